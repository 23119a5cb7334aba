import { join } from 'node:path';
import type { BundleProgress } from '../../../shared/bundle';
import type { Handlers } from '../../../shared/contract';
import { failureOf, LabError } from '../../../shared/errors';
import type { LabReader } from '../../store/reader';
import { cancellable } from '../cancellable';
import type { LabContext } from '../context';
import { writeBundle } from '../export/bundle';
import { identityOf } from '../export/identity';
import { nothingToExport, previewBundle, refusedPreview } from '../export/preview';
import { publicReader } from '../export/publicReader';
import { redactor } from '../export/redact';
import { bundleSource } from '../export/source';
import { importBundle } from '../import/importBundle';

export type ReadBundles = Pick<Handlers, 'previewBundle' | 'exportBundle' | 'cancelBundle' | 'listBundles'>;
export type WriteBundles = Pick<Handlers, 'importBundle'>;

/** How work on bundles ends with the lab, and makes room for a measurement. */
export interface BundleWork {
  /** Cancels what is at work. */
  stop(): void;
  /** Resolves when nothing is at work: called before an experiment is measured. */
  idle(): Promise<void>;
}

/** What a lab that is only looked at has, too. */
export interface FromLab {
  reader: LabReader;
  folder: string;
  nowUnixMs(): number;
  tell(progress: BundleProgress): void;
}

/**
 * Out and in again: what doors ask for of bundles. One export or import at a time, never beside a measurement.
 * @throws LabError bad_input while the lab measures or another export or import is at work, and as writeBundle and
 * importBundle
 */
export function createBundles(
  context: LabContext,
  measuring: () => boolean,
): ReadBundles & WriteBundles & BundleWork {
  const { folder, store, effects, emit } = context;
  const tell = (progress: BundleProgress) => emit({ type: 'bundleProgress', progress });
  const alone = createAlone(measuring);
  const parts = { reader: store.reader, folder, nowUnixMs: effects.nowUnixMs, tell };
  return {
    ...reading(parts, alone),
    importBundle: ({ path }) =>
      alone.run('importing', 'Import', (signal) =>
        importBundle(context, path, { signal, progress: tell, redact: redactor(identityOf(folder)) }),
      ),
    stop: alone.stop,
    idle: alone.idle,
  };
}

/** Of a lab that is open for reading only. */
export function readBundles(parts: FromLab, measuring: () => boolean): ReadBundles & BundleWork {
  const alone = createAlone(measuring);
  return { ...reading(parts, alone), stop: alone.stop, idle: alone.idle };
}

function reading({ reader, folder, nowUnixMs, tell }: FromLab, alone: Alone): ReadBundles {
  const identity = () => identityOf(folder);
  return {
    async previewBundle(options) {
      const refusal = alone.disturbing('exporting', 'Export');
      if (refusal) return refusedPreview(failureOf(refusal));
      return alone.beside(() => previewBundle({ reader, identity: identity(), options, nowUnixMs }));
    },
    exportBundle: ({ into, format, ...options }) =>
      alone.run('exporting', 'Export', async (signal) => {
        const source = bundleSource(publicReader(reader, redactor(identity())), options, nowUnixMs);
        if (source.selection.runs.length === 0) throw nothingToExport();
        return writeBundle(source, { into: into ?? join(folder, 'exports'), format, signal, progress: tell });
      }),
    cancelBundle: async () => alone.cancel(),
    listBundles: async () => ({ labId: reader.labId(), bundles: reader.bundles() }),
  };
}

type Alone = ReturnType<typeof createAlone>;

/** Work of which there is one piece at a time and none beside a measurement. */
function createAlone(measuring: () => boolean) {
  const { run, cancel, stop } = cancellable();
  const atWork = new Set<Promise<unknown>>();
  let busy = false;
  const disturbing = (doing: string, verb: string): LabError | null =>
    measuring()
      ? new LabError(
          'bad_input',
          `The lab is measuring, and ${doing} would disturb it.`,
          `${verb} when the experiment has ended.`,
        )
      : null;
  const refuse = (doing: string, verb: string) => {
    const refusal = disturbing(doing, verb);
    if (refusal) throw refusal;
    if (!busy) return;
    throw new LabError(
      'bad_input',
      'Another export or import is at work.',
      'Wait until it has ended, or cancel it.',
    );
  };
  const beside = async <T>(work: () => Promise<T>): Promise<T> => {
    const running = work();
    atWork.add(running);
    try {
      return await running;
    } finally {
      atWork.delete(running);
    }
  };
  return {
    disturbing,
    /** What is short and writes nothing: as many as are asked for. */
    beside,
    async run<T>(doing: string, verb: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
      refuse(doing, verb);
      busy = true;
      try {
        return await beside(() => run(work));
      } finally {
        busy = false;
      }
    },
    cancel,
    stop,
    async idle() {
      while (atWork.size > 0) await Promise.allSettled(atWork);
    },
  };
}

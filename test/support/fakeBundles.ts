import type {
  BundleFile,
  BundleOptions,
  BundlePreview,
  ExportedBundle,
  ImportedBundle,
  ImportReport,
} from '../../src/shared/bundle';
import type { Handlers, LabEvent } from '../../src/shared/contract';
import { LabError } from '../../src/shared/errors';
import type { RunRow } from '../../src/shared/runRow';
import { hex } from './fakeRecords';

/** What the fake keeps of bundles, and how long its work takes. */
export interface FakeBundles {
  imported: ImportedBundle[];
  /** Steps of an export or import, each a progress event; `stepMs` of real time lie between two. */
  steps: number;
  stepMs: number;
}

export const fakeBundles = (): FakeBundles => ({ imported: [], steps: 4, stepMs: 5 });

export const fakeLabId = '0123456789abcdef0123456789abcdef';
export const otherLabId = '3f9a12c4000000000000000000000000';

type BundleHandlers = Pick<
  Handlers,
  'previewBundle' | 'exportBundle' | 'importBundle' | 'cancelBundle' | 'listBundles' | 'experimentReport'
>;

/** Bundle commands that select, count, report progress and end on a cancel as the real ones do; nothing is written. */
export function fakeBundleHandlers({
  bundles,
  rows,
  claims,
  measuring,
  emit,
}: {
  bundles: FakeBundles;
  rows(): RunRow[];
  /** How many claims were tested. */
  claims(): number;
  measuring(): boolean;
  emit(event: LabEvent): void;
}): BundleHandlers {
  const atWork = new LabError(
    'bad_input',
    'Another export or import is at work.',
    'Wait until it has ended, or cancel it.',
  );
  let working: { cancelled: boolean } | null = null;
  const work = async <T>(labels: readonly string[], kept: string, result: () => T): Promise<T> => {
    if (measuring())
      throw new LabError(
        'bad_input',
        'The lab is measuring, and exporting would disturb it.',
        'Export when the experiment has ended.',
      );
    if (working !== null) throw atWork;
    const own = { cancelled: false };
    working = own;
    try {
      for (let step = 0; step < bundles.steps; step++) {
        if (own.cancelled) throw new LabError('cancelled', kept);
        emit({
          type: 'bundleProgress',
          progress: {
            label: labels[Math.floor((step * labels.length) / bundles.steps)]!,
            share: step / bundles.steps,
            elapsedS: step,
            leftS: step === 0 ? null : 5 * (bundles.steps - step),
          },
        });
        await new Promise((resolve) => setTimeout(resolve, bundles.stepMs));
      }
      if (own.cancelled) throw new LabError('cancelled', kept);
      return result();
    } finally {
      working = null;
    }
  };
  return {
    previewBundle: async (options) => ({
      ...previewOf(options, rows(), claims(), measuring()),
      ...(working === null ? {} : { files: [], refusal: atWork.failure }),
    }),
    exportBundle: async ({ into, format, ...options }): Promise<ExportedBundle> => {
      const preview = previewOf(options, rows(), claims(), false);
      if (preview.refusal)
        throw new LabError(preview.refusal.kind, preview.refusal.message, preview.refusal.remedy);
      const kept = 'Cancelled: nothing was kept of the bundle.';
      return work(['Writing tables', 'Drawing figures', 'Checking sums'], kept, () => ({
        path: `${into ?? '/lab/exports'}/${preview.name}${format === 'zip' ? '.zip' : ''}`,
        bytes: preview.bytes,
        files: preview.files,
        sha256: hex(JSON.stringify(options)),
      }));
    },
    importBundle: ({ path }): Promise<ImportReport> =>
      work(['Checking sums', 'Reading records'], 'The import was cancelled; nothing was imported.', () => {
        const name = path.split(/[\\/]/).at(-1)!;
        if (name.includes('damaged'))
          throw new LabError(
            'lab_damaged',
            `data/runs.csv in ${name} is not what its checksum says.`,
            'Fetch the bundle again from where it came.',
          );
        const sha256 = hex(name);
        const alreadyThere = bundles.imported.some((b) => b.sha256 === sha256);
        if (!alreadyThere)
          bundles.imported.unshift({
            sha256,
            title: `Bundle ${name}`,
            created: '2026-01-15T10:00:00Z',
            importedUnixMs: Date.UTC(2026, 9, 2),
            licence: 'CC-BY-4.0',
            authors: [{ familyNames: 'Hopper', givenNames: 'Grace', affiliation: '', orcid: null }],
            runs: 12,
            labs: [otherLabId],
          });
        emit({ type: 'changed', what: 'bundles' });
        const fresh = alreadyThere ? 0 : 1;
        return {
          sha256,
          title: `Bundle ${name}`,
          alreadyThere,
          added: {
            experiments: fresh,
            runs: 12 * fresh,
            models: 6 * fresh,
            machines: fresh,
            accuracies: 0,
            claimRuns: fresh,
          },
          runsThere: alreadyThere ? 12 : 0,
          conflicts: [],
          warnings: [],
        };
      }),
    cancelBundle: async () => {
      const cancelled = working !== null;
      if (working) working.cancelled = true;
      return { cancelled };
    },
    listBundles: async () => ({ labId: fakeLabId, bundles: [...bundles.imported] }),
    experimentReport: async ({ experiment }) => {
      const own = rows().filter((row) => row.experimentId === experiment);
      if (own.length === 0)
        throw new LabError('not_found', `There is no experiment ${experiment} in this lab.`);
      return {
        name: `report-${experiment}.html`,
        html: `<!doctype html><title>${own.length} runs of ${experiment}</title>`,
      };
    },
  };
}

function previewOf(options: BundleOptions, all: RunRow[], claims: number, measuring: boolean): BundlePreview {
  const { experiments, runs: ids } = options;
  const runs = all.filter(
    (row) =>
      row.status !== 'queued' &&
      row.status !== 'running' &&
      row.binnedUnixMs === null &&
      (experiments === null || experiments.includes(row.experimentId)) &&
      (ids === null || ids.includes(row.id)),
  );
  const distinct = (of: (row: RunRow) => string) => new Set(runs.map(of)).size;
  const table = (name: string, rows: number): BundleFile => ({ path: name, bytes: 900 + 120 * rows, rows });
  const models = distinct((row) => row.modelId);
  const samples = runs.length * 1000;
  const files: BundleFile[] = [
    table('data/runs.csv', runs.length),
    table('data/models.csv', models),
    table('data/runs.parquet', runs.length),
    ...(options.raw === 'none' ? [] : [table('data/samples.parquet', samples)]),
    ...(options.raw === 'both' ? [table('data/samples.csv', samples)] : []),
    { path: 'figures/efficiency.svg', bytes: 30_000, rows: null },
    { path: 'README.md', bytes: 4000, rows: null },
    { path: 'SHA256SUMS', bytes: 1200, rows: null },
  ];
  const title = options.title ?? 'Thirty Watts measurements';
  return {
    name: `${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-20260115T100000Z`,
    title,
    counts: {
      experiments: distinct((row) => row.experimentId),
      runs: runs.length,
      models,
      machines: distinct((row) => row.machineId),
      claims: options.claims === null && experiments === null ? claims : 0,
      figures: 1,
    },
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    identity: options.authors.map(
      ({ givenNames, familyNames }) => `You named ${`${givenNames} ${familyNames}`.trim()} as an author.`,
    ),
    warnings: runs.some((row) => row.sample) ? ['Sample data is in it, marked SAMPLE.'] : [],
    refusal: measuring
      ? {
          kind: 'bad_input',
          message: 'The lab is measuring, and exporting would disturb it.',
          remedy: 'Export when the experiment has ended.',
        }
      : runs.length === 0
        ? {
            kind: 'not_found',
            message: 'No run that has ended is selected.',
            remedy: 'Select runs that have ended.',
          }
        : null,
  };
}

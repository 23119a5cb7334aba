import { LabError } from '../../../shared/errors';
import type { CurveSpec } from '../../../shared/figures/spec';
import type { RunRow } from '../../../shared/runRow';
import type { Answer, Answers, Ask } from './work';

/** Rows in one message: cloning so many takes a few milliseconds. */
const perMessage = 500;

/** The thread that lays figures out, so that ten thousand runs and their fits never hold the page. */
export interface Drawer {
  /** Sends the rows that it does not have yet, then asks for the drawing. */
  draw(runs: readonly RunRow[], spec: CurveSpec): Promise<Answers['draw']>;
  /** Words for a point of the last drawing. */
  lines(index: number): Promise<Answers['lines']>;
  svg(spec: CurveSpec): Promise<string>;
  csv(): Promise<string>;
  close(): void;
}

export function createDrawer(): Drawer {
  const worker = new Worker(new URL('./figureWorker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const sent = new Map<string, RunRow>();
  let seq = 0;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    const call = waiting.get(data.seq);
    waiting.delete(data.seq);
    if (data.failure)
      call?.reject(new LabError(data.failure.kind, data.failure.message, data.failure.remedy));
    else call?.resolve(data.value as never);
  };
  worker.onerror = (event) => {
    const error = new Error(`The figure could not be drawn (${event.message || 'its thread ended'}).`);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const ask = <T>(make: (seq: number) => Ask): Promise<T> =>
    new Promise((resolve, reject) => {
      seq += 1;
      waiting.set(seq, { resolve, reject });
      worker.postMessage(make(seq));
    });
  return {
    async draw(runs, spec) {
      const fresh = runs.filter((run) => sent.get(run.id) !== run);
      for (let from = 0; from < fresh.length; from += perMessage) {
        const rows = fresh.slice(from, from + perMessage);
        worker.postMessage({ kind: 'rows', rows } satisfies Ask);
        for (const row of rows) sent.set(row.id, row);
        if (fresh.length > perMessage) await new Promise((resolve) => setTimeout(resolve));
      }
      return ask((n) => ({ kind: 'draw', seq: n, ids: runs.map((run) => run.id), spec }));
    },
    lines: (index) => ask((n) => ({ kind: 'lines', seq: n, index })),
    svg: (spec) => ask((n) => ({ kind: 'svg', seq: n, spec })),
    csv: () => ask((n) => ({ kind: 'csv', seq: n })),
    close: () => worker.terminate(),
  };
}

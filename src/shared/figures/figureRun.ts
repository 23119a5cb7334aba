import type { RunRow } from '../runRow';

/** What a figure of single runs says about each; every RunRow is one. */
export type FigureRun = Pick<
  RunRow,
  | 'id'
  | 'modelName'
  | 'provider'
  | 'precision'
  | 'batch'
  | 'threads'
  | 'preset'
  | 'device'
  | 'sample'
  | 'origin'
  | 'queuedUnixMs'
  | 'startedUnixMs'
>;

export const measuredUnixMs = (run: FigureRun) => run.startedUnixMs ?? run.queuedUnixMs;

/** Runs are called by their model and by what else differs between them; the id's start where nothing does. */
export function runLabels(runs: readonly FigureRun[]): string[] {
  const parts = (run: FigureRun) => [
    run.modelName,
    run.provider as string,
    run.precision,
    `batch ${run.batch}`,
    `${run.threads} ${run.threads === 1 ? 'thread' : 'threads'}`,
    run.preset as string,
    run.device,
  ];
  const all = runs.map(parts);
  const first = all[0] ?? [];
  const differs = first.map((value, part) => all.some((other) => other[part] !== value));
  const labels = all.map((own) => own.filter((_, part) => part === 0 || differs[part]).join(', '));
  return labels.map((label, i) =>
    labels.some((other, j) => j !== i && other === label)
      ? `${label}, run ${runs[i]!.id.slice(0, 8)}`
      : label,
  );
}

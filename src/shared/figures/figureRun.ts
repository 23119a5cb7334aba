import type { RunRow } from '../runRow';
import { labName } from './rows';
import { plainText } from './textWidth';

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
  | 'lab'
  | 'sample'
  | 'origin'
  | 'n'
  | 'queuedUnixMs'
  | 'startedUnixMs'
>;

/** 'Device: …': each once, with the lab that it stands in where there are several. */
export function deviceSentence(runs: readonly FigureRun[]): string {
  const labs = new Set(runs.map((run) => run.lab));
  const name = (run: FigureRun) => (labs.size > 1 ? `${run.device} (${labName(run.lab)})` : run.device);
  return `Device: ${[...new Set(runs.map((run) => plainText(name(run))))].sort().join('; ')}.`;
}

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
    labName(run.lab),
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

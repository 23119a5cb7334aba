import { newestOfEachPlace, type RunRecord } from '../../../../shared/run';
import { noMarks, type RunRow } from '../../../../shared/runRow';
import type { LabReader } from '../../../store/reader';
import { rowsOfRuns } from '../../figures/curve';
import type { PublicReader } from '../publicReader';
import type { Selection } from '../selection';

/**
 * Rows of the selected runs as every lab that holds them gives them: each says which lab measured it, this one among
 * them, and marks that belong to the lab alone (bin, lock) are left out. Oldest first.
 */
export function selectedRows(reader: PublicReader, selection: Selection): RunRow[] {
  return rowsOfRuns(reader, selectedRuns(selection), {
    marks: new Map([...selection.sample].map((id) => [id, { ...noMarks, sample: true }])),
    labOf: selection.labOf,
  });
}

/** Oldest first: in an order that does not depend on how the lab came by them. */
export const selectedRuns = ({ runs }: Selection): RunRecord[] =>
  runs.toSorted((a, b) => a.queuedUnixMs - b.queuedUnixMs || (a.id < b.id ? -1 : 1));

/** The newest of each place among the runs that are measurements of models. */
export function curveRuns(selection: Selection): ReadonlySet<string> {
  const runs = newestOfEachPlace(selectedRuns(selection));
  return new Set(runs.filter((run) => run.role === 'measure').map((run) => run.id));
}

/** A reader that knows of no run but the selected ones: what is made with it is made of the bundle alone. */
export function onlySelected(reader: PublicReader, selection: Selection): LabReader {
  const ids = new Set(selection.runs.map((run) => run.id));
  return {
    ...reader,
    listRuns: (filter) =>
      reader
        .listRuns(filter)
        .filter((run) => ids.has(run.id))
        .toSorted((a, b) => a.queuedUnixMs - b.queuedUnixMs || (a.id < b.id ? -1 : 1)),
    marks: (what) =>
      what === 'run'
        ? new Map([...selection.sample].map((id) => [id, { ...noMarks, sample: true }]))
        : new Map(),
    origins: (what) =>
      what === 'run'
        ? new Map(selection.runs.map(({ id }) => [id, selection.labOf(id)]))
        : reader.origins(what),
  };
}

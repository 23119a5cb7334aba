import type { Lab } from '../../../shared/contract';
import type { RunRow } from '../../../shared/runRow';

/** Rows a request: one short task of the page each. */
const chunk = 1000;

/** Ids of the runs in the bin. */
export async function binnedRunIds(lab: Pick<Lab, 'runRows'>): Promise<string[]> {
  const ids: string[] = [];
  for (let offset = 0; ; ) {
    const { rows, total } = await lab.runRows({ offset, limit: chunk, binned: true });
    ids.push(...inBin(rows));
    offset += rows.length;
    if (rows.length === 0 || offset >= total) return ids;
  }
}

const inBin = (rows: readonly RunRow[]) =>
  rows.filter((row) => row.binnedUnixMs !== null).map((row) => row.id);

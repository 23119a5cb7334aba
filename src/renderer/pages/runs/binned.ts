import type { Lab } from '../../../shared/contract';
import type { RunRow } from '../../../shared/runRow';

const chunk = 1000;

/** All rows in the bin, in pieces that the page can take without stopping. */
export async function loadBinned(lab: Pick<Lab, 'runRows'>): Promise<RunRow[]> {
  const rows: RunRow[] = [];
  for (;;) {
    const page = await lab.runRows({ binned: true, offset: rows.length, limit: chunk });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total)
      return rows.filter((row) => row.binnedUnixMs !== null);
  }
}

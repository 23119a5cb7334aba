import { describe, expect, it } from 'vitest';
import { binnedRunIds } from '../../../../src/renderer/pages/settings/bins';
import { fakeModel } from '../../../support/fakeRecords';
import { fakeRow } from '../models/rows';

describe('binnedRunIds', () => {
  it('finds those in the bin among all rows, page by page', async () => {
    const model = fakeModel('mlp', 1000);
    const rows = Array.from({ length: 2300 }, (_, i) =>
      fakeRow(model, { binnedUnixMs: i % 10 === 0 ? 1 : null }),
    );
    const offsets: number[] = [];
    const ids = await binnedRunIds({
      runRows: async ({ offset = 0, limit = 1000, binned }) => {
        expect(binned).toBe(true);
        offsets.push(offset);
        return { rows: rows.slice(offset, offset + limit), total: rows.length };
      },
    });
    expect(ids).toEqual(rows.filter((r) => r.binnedUnixMs !== null).map((r) => r.id));
    expect(offsets).toEqual([0, 1000, 2000]);
  });

  it('ends where the lab answers with nothing', async () => {
    expect(await binnedRunIds({ runRows: async () => ({ rows: [], total: 5 }) })).toEqual([]);
  });
});

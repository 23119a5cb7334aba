import { expect, it, vi } from 'vitest';
import { tables } from '../../../src/main/lab/export/tables/index';
import { openLab } from '../../../src/main/store/open';
import { type CellRow, cellFaults, linkFaults, reasonFaults } from '../../support/tableFaults';
import { cellsOf, tableSource } from '../../support/tableSource';
import { counterId, failed, measureOne, usesVirtualTime } from '../../support/virtualLab';

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<typeof import('node:timers/promises')>()),
  setTimeout: (await import('../../support/virtualLab')).virtualWait,
}));

usesVirtualTime();

it('keeps the rules on a lab that was measured, with reads that fail', async () => {
  const { lab, details } = await measureOne(
    {
      reading: (r, here) => (r.sensorId === counterId && here.window === 1 ? failed(r, 'EIO') : r),
      health: () => ({ tempC: 51 }),
    },
    { plan: { models: ['mlp:1e3', 'mlp:2e3'], callOverhead: true } },
  );
  const { reader, close } = openLab((await lab.labInfo({})).folder, { readOnly: true });
  const source = tableSource(reader);
  const rows = new Map<string, CellRow[]>(tables.map((table) => [table.name, cellsOf(table, source)]));
  for (const table of tables) {
    expect(cellFaults(table, rows.get(table.name)!)).toEqual([]);
    if (table.name !== 'readings') expect(reasonFaults(table, rows.get(table.name)!)).toEqual([]);
  }
  expect(linkFaults(tables, rows)).toEqual([]);

  const runs = rows.get('runs')!;
  expect(runs.length).toBe(details.length);
  for (const { run, callOverheadS } of details) {
    const row = runs.find((r) => r.run_id === run.id)!;
    expect(row.call_overhead_s).toBe(callOverheadS);
    if (run.role === 'overhead') {
      expect([row.energy_method, row.energy_missing_reason]).toEqual([
        'none',
        'no meter is read in an overhead run',
      ]);
      continue;
    }
    expect([row.energy_method, row.energy_origin, row.ui_mode]).toEqual([
      'simulated',
      'simulated',
      'headless',
    ]);
    expect([row.temperature_start_Cel, row.on_battery]).toEqual([51, false]);
    // The meter is simulated: 40 W by its truth, over the windows that were not void.
    expect(row.power_mean_W).toBeGreaterThan(38);
    expect(row.power_mean_W).toBeLessThan(42);
  }
  const edges = rows.get('readings')!.filter((r) => r.missing_reason === 'EIO');
  expect(edges.length).toBeGreaterThan(0);
  const windows = rows.get('windows')!.filter((r) => r.energy_missing_reason !== null);
  expect(windows.map((r) => r.sensor_id)).toContain(counterId);
  for (const row of rows.get('readings')!) expect(Math.abs(Number(row.t_s))).toBeLessThan(600);
  close();
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fitColumns, referenceColumns, tables } from '../../../src/main/lab/export/tables/index';
import type { BundleSource } from '../../../src/main/lab/export/types';
import { providers } from '../../../src/main/meters';
import { type BundleLab, openBundleLab } from '../../support/bundleLab';
import {
  type CellRow,
  cellFaults,
  intervalFaults,
  linkFaults,
  nameFaults,
  reasonFaults,
} from '../../support/tableFaults';
import { cellsOf, known, tableSource } from '../../support/tableSource';
import { madeUpFigures } from './madeUpFigures';

/** Count and method beside each interval; null: a range, not an interval of a statistic. */
const beside: Record<string, Parameters<typeof intervalFaults>[1]> = {
  runs: {
    latency: { n: 'latency_n_count', method: 'latency_interval_method' },
    energy: { n: 'energy_n_count', method: 'energy_interval_method' },
    accuracy: { n: 'accuracy_n_count', method: 'accuracy_interval_method' },
  },
  accuracies: { accuracy: { n: 'n_count', method: 'interval_method' } },
  findings: { value: { n: 'n_count', method: 'interval_method' } },
  fits: {
    exponent: { n: 'n_count', method: 'interval_method' },
    x_break: { n: 'n_count', method: 'interval_method' },
    x_domain: null,
  },
  reference_points: { value: null },
};

let lab: BundleLab;
let source: BundleSource;
const rows = new Map<string, CellRow[]>();
beforeAll(() => {
  lab = openBundleLab();
  source = tableSource(lab.store.reader, madeUpFigures);
  for (const table of tables) rows.set(table.name, cellsOf(table, source));
});
afterAll(() => lab.dispose());

describe('every table', () => {
  it('is there, in the order of the bundle, with rows', () => {
    expect(tables.map((t) => t.name)).toEqual(
      'experiments runs windows models machines sensors accuracies claims findings fits reference_points readings samples'.split(
        ' ',
      ),
    );
    for (const [name, of] of rows) expect(of.length, name).toBeGreaterThan(1);
    expect(tables.filter((t) => t.raw).map((t) => t.name)).toEqual(['readings', 'samples']);
  });

  it.each(tables.map((t) => [t.name, t] as const))('%s keeps the rules', (name, table) => {
    expect(nameFaults(table)).toEqual([]);
    expect(intervalFaults(table, beside[name] ?? {})).toEqual([]);
    expect(cellFaults(table, rows.get(name)!)).toEqual([]);
    if (name !== 'readings') expect(reasonFaults(table, rows.get(name)!)).toEqual([]);
    expect(table.primaryKey.every((k) => table.columns.some((c) => c.name === k && !c.nullable))).toBe(true);
    expect(table.description).toMatch(/^\S.+\.$/s);
  });

  it('points to rows that are there', () => {
    expect(linkFaults(tables, rows)).toEqual([]);
    expect(tables.flatMap((t) => t.foreignKeys).length).toBeGreaterThan(10);
  });

  it('says why each quantity is missing', () => {
    const mute = tables.flatMap((t) =>
      t.columns
        .filter((c) => c.nullable && (c.unit !== null || c.unitColumn !== undefined || c.type === 'boolean'))
        .filter((c) => c.missing === undefined)
        .map((c) => `${t.name}.${c.name}`),
    );
    // Its column `kind` says it: a gauge counts nothing.
    expect(mute).toEqual(['readings.count_size_J']);
  });

  it('counts rows as many as there are, but for the large ones, windows and sensors, which it estimates', () => {
    for (const table of tables) {
      const [told, there] = [table.count(source), rows.get(table.name)!.length];
      if (['windows', 'sensors', 'readings', 'samples'].includes(table.name)) {
        expect(told / there, table.name).toBeGreaterThan(0.4);
        expect(told / there, table.name).toBeLessThan(2.5);
      } else expect(told, table.name).toBe(there);
    }
  });

  it('gives batches of some thousands at most', () => {
    for (const table of tables) {
      const sizes = [...known(table).rows(source)].map((batch) => batch.length);
      expect(Math.max(...sizes), table.name).toBeLessThanOrEqual(10_000);
    }
  });
});

describe('the fast way', () => {
  it.each(tables.filter((t) => t.columnar).map((t) => [t.name, t] as const))(
    '%s gives the cells of its rows',
    (name, table) => {
      const names = table.columns.map((c) => c.name);
      const there = rows.get(name)!;
      let at = 0;
      let different = 0;
      for (const batch of table.columnar!(source)) {
        expect(batch.length).toBe(names.length);
        const n = batch[0]!.length;
        expect(n).toBeLessThanOrEqual(10_000);
        expect(batch.every((cells) => cells.length === n)).toBe(true);
        for (const [i, cells] of batch.entries())
          for (let r = 0; r < n; r++) if (!Object.is(cells[r], there[at + r]![names[i]!])) different++;
        at += n;
      }
      expect(at).toBe(there.length);
      expect(different).toBe(0);
    },
  );

  it('is there for both large tables', () => {
    for (const table of tables) expect(table.columnar !== undefined, table.name).toBe(table.raw);
  });
});

it('knows every source of energy by name', () => {
  for (const [table, extra] of [
    ['runs', 'none'],
    ['sensors', 'simulated'],
  ]) {
    const { values } = tables.find((t) => t.name === table)!.columns.find((c) => c.name === 'energy_method')!;
    expect(values).toEqual(expect.arrayContaining([...providers.map((p) => p.id), extra]));
  }
});

it('shares the columns of what figures give', () => {
  expect(fitColumns).toContain('exponent_ratio');
  expect(referenceColumns).toContain('url_or_doi');
  const [fit, reference] = [madeUpFigures[0]!.fits[0]!, madeUpFigures[0]!.references[0]!];
  expect(Object.keys(fit).toSorted()).toEqual([...fitColumns].toSorted());
  expect(Object.keys(reference).toSorted()).toEqual([...referenceColumns].toSorted());
});

it('shows a reference point of several figures once', () => {
  expect(madeUpFigures.flatMap((f) => f.references).length).toBeGreaterThan(
    rows.get('reference_points')!.length,
  );
});

/** With what each rule forbids in it, each check must speak. */
describe('the checks speak', () => {
  const table = () => tables.find((t) => t.name === 'accuracies')!;
  const head = (change: Record<string, unknown>, column = 'accuracy_ratio') => ({
    ...table(),
    columns: table().columns.map((c) => (c.name === column ? { ...c, ...change } : c)),
  });
  const changed = (change: CellRow) =>
    rows.get('accuracies')!.map((row, i) => (i === 3 ? { ...row, ...change } : row));

  it.each([
    [{ unit: 's' }, 'has the unit s'],
    [{ name: 'accuracy_Ratio', unit: null }, 'not in snake_case'],
    [{ name: 'ACCURACY_ID', unit: null }, 'differ only by case'],
    [{ name: 'accuracy', unit: null }, 'without a unit'],
    [{ description: 'share' }, 'described as'],
    [{ type: 'datetime', nullable: true, unit: null }, 'may be missing'],
  ])('of a column %j', (change, sentence) => {
    expect(nameFaults(head(change)).join()).toContain(sentence);
  });

  it.each([
    ['holds NaN', { accuracy_ratio: Number.NaN }],
    ['holds Infinity', { accuracy_ratio: Number.POSITIVE_INFINITY }],
    ['accuracy_ratio holds 0', { accuracy_ratio: -0 }],
    ['holds 0.5', { accuracy_ratio: '0.5' }],
    ['holds 1.5', { n_count: 1.5 }],
    ['holds 9223372036854775808', { n_count: 2n ** 63n }],
    ['dataset holds ', { dataset: '' }],
    ['is missing and never may be', { dataset: null }],
    ['holds 2026', { created_at: '2026-01-15T10:00:00.5Z' }],
    ['holds sideways', { layout: 'sideways' }],
    ['comes before', { accuracy_id: '0' }],
    ['key with a gap', { accuracy_id: null }],
  ] as [string, CellRow][])('of a cell that %s', (sentence, change) => {
    expect(cellFaults(table(), changed(change)).join()).toContain(sentence);
  });

  it('of a missing end, a missing reason, a reason for nothing and a link to nowhere', () => {
    const without = (name: string) => ({
      ...table(),
      columns: table().columns.filter((c) => c.name !== name),
    });
    for (const name of ['accuracy_ci95_high_ratio', 'accuracy_ratio', 'n_count', 'interval_method'])
      expect(intervalFaults(without(name), beside.accuracies!).join(), name).toContain(`lacks ${name}`);
    expect(reasonFaults(table(), changed({ nll_ratio: null, nll_missing_reason: null })).join()).toContain(
      'nothing of a gap',
    );
    expect(reasonFaults(table(), changed({ nll_ratio: 1, nll_missing_reason: 'so' })).join()).toContain(
      'says so of no gap',
    );
    const lost = new Map(rows).set('accuracies', changed({ model_id: 'none' }));
    expect(linkFaults(tables, lost).join()).toContain('is not in models');
  });

  it('of two rows with one key', () => {
    const twice = [...rows.get('accuracies')!.slice(0, 1), ...rows.get('accuracies')!];
    expect(cellFaults(table(), twice).join()).toContain('comes before');
  });
});

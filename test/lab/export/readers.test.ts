import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { readParquet } from 'parquet-wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parquetPieces } from '../../../src/main/lab/export/parquetFile';
import { tables } from '../../../src/main/lab/export/tables/index';
import type { AnyTable } from '../../../src/main/lab/export/types';
import { bytesOf } from '../../support/bundleBytes';
import { hostileNames } from '../../support/bundleLab';
import {
  brokenKeySql,
  csvOf,
  type Duck,
  intervalsOf,
  lackingSql,
  oddIntervalsSql,
  openDuck,
  orphansSql,
  parquetOf,
  strangersSql,
} from '../../support/duck';
import { type Exported, exportFrozen } from '../../support/exportedBundle';
import { temporaryFolder } from '../../support/lab';
import { there, unless } from '../../support/programs';
import { batchesOf, type TypedTable, tableOf as tableOfTypes } from '../../support/typedTable';

let bundle: Exported;
let duck: Duck;
beforeAll(async () => {
  bundle = await exportFrozen();
  duck = await openDuck();
}, 60_000);
afterAll(() => {
  duck?.close();
  bundle?.dispose();
});

const data = () => join(bundle.path, 'data');
const tableOf = (name: string) => tables.find((t) => t.name === name)!;
/** A copy of the bundle in which one file is changed: what a check must find. */
function tampered(file: string, change: (text: string) => string): string {
  const copy = join(temporaryFolder(), 'copy');
  cpSync(bundle.path, copy, { recursive: true });
  const path = join(copy, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return copy;
}

describe('CSV and Parquet, by DuckDB', () => {
  it.each(tables.map((table) => [table.name, table] as const))('%s: the same rows', async (_, table) => {
    const [csv, parquet] = [csvOf(table, data()), parquetOf(table, data())];
    expect(await duck.count(lackingSql(csv, parquet))).toBe(0);
    expect(await duck.count(lackingSql(parquet, csv))).toBe(0);
    expect(await duck.count(`SELECT count(*) FROM ${csv}`)).toBe(bundle.rows.get(`data/${table.name}.csv`));
    expect(await duck.count(`SELECT count(*) FROM ${parquet}`)).toBe(
      bundle.rows.get(`data/${table.name}.parquet`),
    );
  });

  it.each(tables.map((table) => [table.name, table] as const))(
    '%s: the same cells in the same order, and the same nulls',
    async (_, table) => {
      const columns = table.columns.map((c) => c.name);
      const numbered = (relation: string) => `(SELECT row_number() OVER () AS place, * FROM ${relation})`;
      const [csv, parquet] = [numbered(csvOf(table, data())), numbered(parquetOf(table, data()))];
      const [differ] = await duck.rows(
        `SELECT ${columns.map((c) => `count(*) FILTER (a.${c} IS DISTINCT FROM b.${c}) AS ${c}`).join(', ')}
         FROM ${csv} AS a JOIN ${parquet} AS b USING (place)`,
      );
      expect(Object.entries(differ!).filter(([, n]) => Number(n) > 0)).toEqual([]);
      const nulls = (relation: string) =>
        duck.rows(
          `SELECT ${columns.map((c) => `count(*) FILTER (${c} IS NULL) AS ${c}`).join(', ')} FROM ${relation}`,
        );
      expect(await nulls(csv)).toEqual(await nulls(parquet));
      // What may not be missing is not, and '' and NaN are nowhere.
      const [missing] = await nulls(parquet);
      for (const { name, nullable } of table.columns) {
        if (!nullable) expect([name, Number(missing![name])]).toEqual([name, 0]);
      }
      const odd = table.columns.flatMap((c) =>
        c.type === 'string' ? [`${c.name} = ''`] : c.type === 'number' ? [`NOT isfinite(${c.name})`] : [],
      );
      if (odd.length > 0)
        expect(await duck.count(`SELECT count(*) FROM ${parquet} WHERE ${odd.join(' OR ')}`)).toBe(0);
    },
  );

  it('(control) a changed cell, a lost row and a lost value are found', async () => {
    const table = tableOf('windows');
    const parquet = parquetOf(table, data());
    const changes: ((text: string) => string)[] = [
      (text) => text.replace(/,ok,/, ',void,'),
      (text) => text.split('\r\n').toSpliced(3, 1).join('\r\n'),
      (text) => text.replace(/,\d+\.\d+,/, ',,'),
    ];
    for (const change of changes) {
      const csv = csvOf(table, join(tampered('data/windows.csv', change), 'data'));
      const lost = await duck.count(lackingSql(parquet, csv));
      expect(lost).toBeGreaterThan(0);
    }
  });
});

describe('keys, closed lists and intervals, by DuckDB', () => {
  const relation = (name: string, folder = data()) => csvOf(tableOf(name), folder);

  it.each(tables.map((table) => [table.name, table] as const))('%s', async (_, table) => {
    const own = parquetOf(table, data());
    expect(await duck.count(brokenKeySql(table, own))).toBe(0);
    for (const key of table.foreignKeys) {
      const orphans = await duck.count(orphansSql(key, own, parquetOf(tableOf(key.table), data())));
      expect([key.fields.join(), orphans]).toEqual([key.fields.join(), 0]);
    }
    for (const { name, values } of table.columns) {
      if (values) expect([name, await duck.count(strangersSql(name, values, own))]).toEqual([name, 0]);
    }
    for (const interval of intervalsOf(table))
      expect([interval.low, await duck.count(oddIntervalsSql(interval, own))]).toEqual([interval.low, 0]);
  });

  it('look at every interval that there is', () => {
    const all = tables.flatMap(intervalsOf);
    expect(all.length).toBeGreaterThan(12);
    expect(all.filter((i) => i.centre !== null).length).toBeGreaterThan(10);
    const lows = tables.flatMap((t) => t.columns.map((c) => c.name)).filter((n) => /(^|_)low(_|$)/.test(n));
    expect(all.map((i) => i.low).sort()).toEqual(lows.sort());
  });

  it('rows stand in the order of their primary key', async () => {
    for (const table of tables) {
      const key = table.primaryKey.join(', ');
      const inOrder = await duck.count(
        `SELECT count(*) FROM (SELECT row_number() OVER () AS place, row_number() OVER (ORDER BY ${key}) AS due
         FROM ${parquetOf(table, data())}) WHERE place <> due`,
      );
      expect([table.name, inOrder]).toEqual([table.name, 0]);
    }
  });

  it('(control) a double key, an orphan, a stranger and an interval upside down are found', async () => {
    const runs = tableOf('runs');
    const twice = tampered('data/runs.csv', (text) => {
      const lines = text.split('\r\n');
      return lines.toSpliced(1, 0, lines[1]!).join('\r\n');
    });
    expect(await duck.count(brokenKeySql(runs, relation('runs', join(twice, 'data'))))).toBe(1);
    const key = runs.foreignKeys.find((k) => k.table === 'machines')!;
    const alone = tampered('data/machines.csv', (text) => text.split('\r\n').toSpliced(1, 1).join('\r\n'));
    const orphans = orphansSql(key, relation('runs'), relation('machines', join(alone, 'data')));
    expect(await duck.count(orphans)).toBeGreaterThan(0);
    const status = runs.columns.find((c) => c.name === 'status')!;
    const strange = tampered('data/runs.csv', (text) => text.replace(',completed,', ',complete,'));
    expect(
      await duck.count(strangersSql('status', status.values!, relation('runs', join(strange, 'data')))),
    ).toBe(1);
    const [interval] = intervalsOf(runs).filter((i) => i.low === 'latency_median_ci95_low_s');
    const turned = { ...interval!, low: interval!.high, high: interval!.low };
    expect(await duck.count(oddIntervalsSql(turned, relation('runs')))).toBeGreaterThan(0);
    expect(
      await duck.count(oddIntervalsSql({ ...interval!, centre: 'latency_max_s' }, relation('runs'))),
    ).toBeGreaterThan(0);
  });
});

/** Values of all readers in one form. */
function plain(value: unknown, type: AnyTable['columns'][number]['type']): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'datetime') return Number(value);
  if (type === 'integer') return String(value);
  return value;
}
const rowsIn = (table: AnyTable, rows: Iterable<Record<string, unknown>>) =>
  Array.from(rows, (row) => table.columns.map((c) => plain(row[c.name], c.type)));

const byHyparquet = async (table: AnyTable) => {
  const bytes = readFileSync(join(data(), `${table.name}.parquet`));
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  return rowsIn(table, await parquetReadObjects({ file }));
};
const byArrow = (table: AnyTable) => {
  const bytes = readFileSync(join(data(), `${table.name}.parquet`));
  const arrow = tableFromIPC(readParquet(bytes).intoIPCStream());
  expect(arrow.schema.fields.map((f) => f.name)).toEqual(table.columns.map((c) => c.name));
  return rowsIn(
    table,
    arrow.toArray().map((row) => row.toJSON() as Record<string, unknown>),
  );
};

describe('Parquet, by programs that share no code', () => {
  it.each(tables.map((table) => [table.name, table] as const))(
    '%s: hyparquet (JavaScript) and parquet-wasm with Arrow (Rust) read the same rows',
    async (_, table) => {
      const [js, rust] = [await byHyparquet(table), byArrow(table)];
      expect(js).toHaveLength(bundle.rows.get(`data/${table.name}.parquet`)!);
      expect(rust).toEqual(js);
    },
  );

  it('a table without rows is read by all, with its columns', async () => {
    const empty: TypedTable = {
      types: (['string', 'integer', 'number', 'boolean', 'datetime'] as const).map((type) => ({
        type,
        nullable: false,
      })),
      rows: [],
    };
    const bytes = bytesOf(parquetPieces(tableOfTypes(empty), batchesOf(empty)));
    const arrow = tableFromIPC(readParquet(bytes).intoIPCStream());
    expect([arrow.numRows, arrow.schema.fields.map((f) => f.name)]).toEqual([
      0,
      ['c0', 'c1', 'c2', 'c3', 'c4'],
    ]);
    expect(await parquetReadObjects({ file: Uint8Array.from(bytes).buffer })).toEqual([]);
    const path = join(temporaryFolder(), 'empty.parquet');
    writeFileSync(path, bytes);
    expect(await duck.count(`SELECT count(*) FROM '${path}'`)).toBe(0);
    expect(await duck.rows(`DESCRIBE SELECT * FROM '${path}'`)).toHaveLength(5);
  });

  it('hyparquet reads what DuckDB (C++) reads', async () => {
    for (const name of ['runs', 'windows', 'claims', 'models']) {
      const table = tableOf(name);
      const cells = table.columns.map((c) =>
        c.type === 'datetime' ? `epoch_ms(${c.name}) AS ${c.name}` : c.name,
      );
      const rows = await duck.rows(`SELECT ${cells.join(', ')} FROM ${parquetOf(table, data())}`);
      expect(rowsIn(table, rows)).toEqual(await byHyparquet(table));
    }
  });

  it('(control) two tables are not taken for one', async () => {
    expect(await byHyparquet(tableOf('models'))).not.toEqual(byArrow(tableOf('machines')));
  });

  it('gives hostile names back as they were, one apostrophe taken away', async () => {
    const rows = await duck.rows(`SELECT model_name FROM ${parquetOf(tableOf('models'), data())}`);
    const names = rows.map((r) => String(r.model_name).replace(/^'/, ''));
    for (const name of hostileNames) expect(names).toContain(name);
    // No cell of any table begins as a formula does.
    for (const table of tables) {
      for (const { name, type } of table.columns) {
        if (type !== 'string') continue;
        const sql = (relation: string) =>
          `SELECT count(*) FROM ${relation} WHERE regexp_matches(${name}, '^[=+\\-@\\t\\r]')`;
        for (const relation of [csvOf(table, data()), parquetOf(table, data())])
          expect([table.name, name, await duck.count(sql(relation))]).toEqual([table.name, name, 0]);
      }
    }
  });
});

/** Debian's Python, not that of the path. */
const python = '/usr/bin/python3';
const pandasThere = there(python, ['-c', 'import pandas']);

describe.skipIf(!pandasThere)(`pandas${unless(pandasThere, 'python3-pandas')}`, () => {
  interface Said {
    rows: number;
    types: Record<string, string>;
    missing: Record<string, number>;
  }
  /** All tables in one process: Python takes its time to start. */
  const read = (how: string) => {
    const code = `
import json, sys, pandas as pd
said = {}
for name, times in json.loads(sys.argv[1]).items():
    d = pd.read_csv(name + '.csv', ${how} low_memory=False, parse_dates=times)
    said[name] = {'rows': len(d), 'types': {c: str(t) for c, t in d.dtypes.items()}, 'missing': {c: int(n) for c, n in d.isna().sum().items()}}
print(json.dumps(said))`;
    const asked = tables.map((t) => [
      t.name,
      t.columns.filter((c) => c.type === 'datetime').map((c) => c.name),
    ]);
    const args = ['-c', code, JSON.stringify(Object.fromEntries(asked))];
    return JSON.parse(execFileSync(python, args, { cwd: data(), encoding: 'utf8' })) as Record<string, Said>;
  };
  let told: Record<string, Said>;
  beforeAll(() => {
    told = read("keep_default_na=False, na_values=[''],");
  }, 60_000);

  it.each(tables.map((table) => [table.name, table] as const))(
    '%s: rows, types, UTC times and what is missing',
    async (_, table) => {
      const said = told[table.name]!;
      expect(said.rows).toBe(bundle.rows.get(`data/${table.name}.csv`));
      const columns = table.columns.map((c) => c.name);
      const [nulls] = await duck.rows(
        `SELECT ${columns.map((c) => `count(*) FILTER (${c} IS NULL) AS ${c}`).join(', ')} FROM ${parquetOf(table, data())}`,
      );
      expect(said.missing).toEqual(Object.fromEntries(columns.map((c) => [c, Number(nulls![c])])));
      for (const { name, type } of table.columns) {
        const [missing, found] = [said.missing[name]!, said.types[name]];
        // A column of nothing has no type to find, and text may look like numbers everywhere.
        if (said.rows === missing || type === 'string') continue;
        const due = {
          integer: missing > 0 ? ['float64'] : ['int64'],
          number: ['float64', 'int64'],
          boolean: missing > 0 ? ['object'] : ['bool'],
          datetime: ['datetime64[ns, UTC]'],
        }[type];
        expect([name, due.includes(found!) ? 'as due' : found]).toEqual([name, 'as due']);
      }
    },
  );

  it('(control) takes a model called NA for a missing one unless told otherwise', () => {
    expect(told.models!.missing.model_name).toBe(0);
    expect(read('').models!.missing.model_name).toBe(1);
  }, 60_000);
});

const programs = {
  csvclean: there('csvclean', ['--version']),
  sha256sum: there('sha256sum', ['--version']),
  xmllint: there('xmllint', ['--version']),
  'rsvg-convert': there('rsvg-convert', ['--version']),
};

describe.skipIf(!programs.csvclean)(`csvclean${unless(programs.csvclean, 'csvkit')}`, () => {
  const clean = (path: string) => spawnSync('csvclean', ['-n', path], { encoding: 'utf8' });
  it('finds no fault in the small tables, and one in a ragged one', () => {
    // Text by nature: a Python program takes its time, so not the large ones.
    for (const name of ['runs', 'models', 'claims', 'findings']) {
      const { stdout, status } = clean(join(data(), `${name}.csv`));
      expect([name, stdout.trim(), status]).toEqual([name, 'No errors.', 0]);
    }
    const ragged = tampered('data/models.csv', (text) => `${text}one,cell,too,few\r\n`);
    expect(clean(join(ragged, 'data/models.csv')).stdout).toMatch(/Expected \d+ columns/);
  }, 60_000);
});

describe.skipIf(!programs.sha256sum)(`sha256sum${unless(programs.sha256sum, 'coreutils')}`, () => {
  const check = (folder: string) =>
    spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder }).status;
  it('finds every file as it was, and any that was changed, lost or put in its place', () => {
    expect(check(bundle.path)).toBe(0);
    for (const file of ['data/runs.csv', 'README.md', 'provenance/records/runs.jsonl', 'croissant.json'])
      expect(check(tampered(file, (text) => `${text} `))).not.toBe(0);
  });
  it('lists every file but itself', () => {
    const listed = bundle
      .text('SHA256SUMS')
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(66));
    const files = readdirSync(bundle.path, { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name).slice(bundle.path.length + 1));
    expect(listed.toSorted()).toEqual(files.filter((f) => f !== 'SHA256SUMS').sort());
  });
});

describe.skipIf(!programs.xmllint)(`xmllint${unless(programs.xmllint, 'libxml2-utils')}`, () => {
  const lint = (...paths: string[]) => spawnSync('xmllint', ['--noout', '--nonet', ...paths]).status;
  it('finds every figure well formed, and not one that is cut off', () => {
    const figures = readdirSync(join(bundle.path, 'figures')).filter((f) => f.endsWith('.svg'));
    expect(figures.length).toBeGreaterThan(5);
    expect(lint(...figures.map((f) => join(bundle.path, 'figures', f)))).toBe(0);
    const cut = tampered(`figures/${figures[0]}`, (text) => text.slice(0, -8));
    expect(lint(join(cut, 'figures', figures[0]!))).not.toBe(0);
  });
});

describe.skipIf(!programs['rsvg-convert'])(
  `rsvg-convert${unless(programs['rsvg-convert'], 'librsvg2-bin')}`,
  () => {
    it('draws a figure, and draws nothing of what is none', () => {
      const out = temporaryFolder();
      const draw = (path: string) => spawnSync('rsvg-convert', ['-o', join(out, 'x.png'), path]);
      const [figure] = readdirSync(join(bundle.path, 'figures')).filter((f) => f.endsWith('.svg'));
      expect(draw(join(bundle.path, 'figures', figure!)).status).toBe(0);
      expect(readFileSync(join(out, 'x.png')).subarray(1, 4).toString()).toBe('PNG');
      expect(draw(join(data(), 'runs.csv')).status).not.toBe(0);
    });
  },
);

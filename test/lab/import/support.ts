import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, onTestFinished } from 'vitest';
import type { LabContext } from '../../../src/main/lab/context';
import { labEffects } from '../../../src/main/lab/context';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { lineOf, type RecordTable, recordFiles, recordPath } from '../../../src/main/lab/export/records';
import type { Redact } from '../../../src/main/lab/export/redact';
import { selectBundle } from '../../../src/main/lab/export/selection';
import type { BundleSource } from '../../../src/main/lab/export/types';
import { importBundle } from '../../../src/main/lab/import/importBundle';
import { parseCanonical, sha256OfValue } from '../../../src/main/store/canonical';
import { type LabStore, openLab } from '../../../src/main/store/open';
import { type BundleOptionsInput, bundleOptionsSchema, type ImportReport } from '../../../src/shared/bundle';
import type { LabEvent } from '../../../src/shared/contract';

export const asIs: Redact = (text) => text;
export const sumsFile = 'SHA256SUMS';

const kept: (() => void)[] = [];
afterAll(() => {
  for (const remove of kept.splice(0)) remove();
});

/** A folder of the test's own, gone when it ends. @param keep until the file ends (for beforeAll) */
export function folder({ keep = false } = {}): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'tw-import-'));
  const remove = () => rmSync(path, { recursive: true, force: true });
  if (keep) kept.push(remove);
  else onTestFinished(remove);
  return path;
}

/** An open lab in a folder of its own. */
export function openEmpty(path = folder()): LabStore {
  const store = openLab(path);
  onTestFinished(() => store.close());
  return store;
}

export function sourceOf(
  store: Pick<LabStore, 'reader'>,
  options: BundleOptionsInput = {},
  redact = asIs,
): BundleSource {
  const reader = publicReader(store.reader, redact);
  const parsed = bundleOptionsSchema.parse(options);
  return {
    options: parsed,
    createdUnixMs: Date.UTC(2026, 0, 15, 10),
    title: 'A test',
    reader,
    selection: selectBundle(reader, parsed),
    figures: () => [],
  };
}

/**
 * What an import looks at of a bundle, without the tables and figures for other readers: records, the two files that say
 * what it is, sums.
 */
export function writeRecords(
  store: Pick<LabStore, 'reader'>,
  options: BundleOptionsInput = {},
  {
    redact = asIs,
    into = join(folder(), 'a-test-20260115T100000Z'),
  }: { redact?: Redact; into?: string } = {},
): string {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), text);
  };
  put(
    'provenance/environment.json',
    JSON.stringify({ schema: 'thirtywatts.bundle/1', app: { version: '0.1.0' } }),
  );
  put(
    'datapackage.json',
    JSON.stringify({ title: 'A test', created: '2026-01-15T10:00:00Z', licenses: [{ name: 'CC-BY-4.0' }] }),
  );
  for (const { path, lines } of recordFiles(sourceOf(store, options, redact))) put(path, [...lines].join(''));
  writeSums(into);
  return into;
}

/** Paths below a folder, with `/`, sorted. */
export function filesIn(root: string, below = ''): string[] {
  return readdirSync(join(root, below))
    .flatMap((name) => {
      const path = below === '' ? name : `${below}/${name}`;
      return statSync(join(root, path)).isDirectory() ? filesIn(root, path) : [path];
    })
    .sort();
}

export function writeSums(root: string): void {
  const lines = filesIn(root)
    .filter((path) => path !== sumsFile)
    .map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(join(root, path)))
          .digest('hex')}  ${path}\n`,
    );
  writeFileSync(join(root, sumsFile), lines.join(''));
}

/** A copy that may be spoilt. */
export function copied(bundle: string): string {
  const to = join(folder(), 'copy');
  cpSync(bundle, to, { recursive: true });
  return to;
}

export function contextOf(store: LabStore, events: LabEvent[] = []): LabContext {
  return {
    folder: store.dir,
    store,
    effects: { ...labEffects, nowUnixMs: () => 1_790_000_000_000 },
    emit: (e) => events.push(e),
  };
}

export const take = (store: LabStore, path: string, signal?: AbortSignal): Promise<ImportReport> =>
  importBundle(contextOf(store), path, { redact: asIs, ...(signal ? { signal } : {}) });

/** Every row of every table of a lab, whatever the order in which it was stored; its own number and marks of time apart. */
export function rowsOf(
  store: Pick<LabStore, 'dir'>,
  without: readonly string[] = [],
): Record<string, unknown[]> {
  const db = new Database(join(store.dir, 'lab.sqlite'), { readonly: true });
  try {
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .pluck()
      .all()
      .filter((name) => !without.includes(name));
    return Object.fromEntries(
      tables.map((name) => {
        const rows = db.prepare(`SELECT * FROM ${name}`).safeIntegers().raw().all() as unknown[][];
        const texts = rows.map((row) =>
          JSON.stringify(row, (_, cell) =>
            typeof cell === 'bigint'
              ? `${cell}n`
              : cell?.type === 'Buffer'
                ? Buffer.from(cell.data).toString('hex')
                : cell,
          ),
        );
        return [name, texts.sort()];
      }),
    );
  } finally {
    db.close();
  }
}

type Json = Record<string, unknown>;

/**
 * Changes a record of a bundle so that only its content can be at fault: hashes inside it, its own, and the bundle's sums
 * are made anew. @returns its id
 */
export function changeRecord(
  root: string,
  table: RecordTable,
  at: number,
  change: (record: Json) => Json,
): string {
  const path = join(root, recordPath(table));
  const lines = readFileSync(path, 'utf8').split('\n');
  const line = parseCanonical(lines[at]!) as {
    record: Json;
    lab: string;
    sample?: true;
    columns?: Record<string, string>;
  };
  const record = change(line.record);
  if (table === 'experiments' && record.plan !== undefined) record.planSha256 = sha256OfValue(record.plan);
  if (table === 'runs' && record.condition !== undefined)
    record.conditionSha256 = sha256OfValue(record.condition);
  lines[at] = lineOf({ ...line, record }).trimEnd();
  writeFileSync(path, lines.join('\n'));
  writeSums(root);
  return String(record.id);
}

/** Cancels an import when so many runs are in the lab. @returns what it threw */
export async function takenUntil(store: LabStore, path: string, runs: number): Promise<unknown> {
  const abort = new AbortController();
  const { putRun } = store.writer;
  const had = store.reader.runIds().length;
  if (runs === 0) abort.abort();
  const writer = {
    ...store.writer,
    putRun: (whole: Parameters<typeof putRun>[0]) => {
      putRun(whole);
      if (store.reader.runIds().length >= had + runs) abort.abort();
    },
  };
  try {
    await importBundle(contextOf({ ...store, writer }), path, { redact: asIs, signal: abort.signal });
    return null;
  } catch (thrown) {
    return thrown;
  }
}

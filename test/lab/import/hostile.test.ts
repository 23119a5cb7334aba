import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { elsewhereOf } from '../../../src/main/lab/claims/elsewhere';
import { lineOf, type RecordTable, recordPath, recordTables } from '../../../src/main/lab/export/records';
import { parseLine, readLines } from '../../../src/main/lab/import/lines';
import { verifyAll } from '../../../src/main/lab/verify';
import { parseCanonical, sha256, sha256OfValue } from '../../../src/main/store/canonical';
import type { LabStore } from '../../../src/main/store/open';
import { builtinClaims } from '../../../src/shared/claim';
import { LabError } from '../../../src/shared/errors';
import { runRowOf } from '../../../src/shared/runRow';
import { openBundleLab } from '../../support/bundleLab';
import { changeRecord, copied, folder, openEmpty, rowsOf, take, writeRecords, writeSums } from './support';

let bundle: string;
beforeAll(() => {
  const from = openBundleLab({ parts: ['claim'] });
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
  from.dispose();
});

const linesOf = (root: string, table: RecordTable) =>
  readFileSync(join(root, recordPath(table)), 'utf8')
    .split('\n')
    .slice(0, -1);

function writeLines(root: string, table: RecordTable, lines: readonly string[]): void {
  writeFileSync(join(root, recordPath(table)), lines.map((line) => `${line}\n`).join(''));
  writeSums(root);
}

/** Imports a spoilt copy: what it throws, or null. Nothing is stored where it throws. */
async function outcome(spoil: (root: string) => void): Promise<unknown> {
  const root = copied(bundle);
  spoil(root);
  const store = openEmpty();
  const before = rowsOf(store);
  try {
    await take(store, root);
  } catch (thrown) {
    expect(rowsOf(store)).toEqual(before);
    return thrown;
  }
  expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);
  look(store);
  return null;
}

/** What the page and the command line make of what came. */
function look({ reader }: LabStore): void {
  for (const run of reader.listRuns()) {
    const model = reader.getModel(run.condition.modelId);
    const machine = reader.getMachine(run.machineId);
    runRowOf({ run, model, machine, experimentName: reader.getExperiment(run.experimentId).plan.name });
  }
  for (const claim of builtinClaims) elsewhereOf(reader, claim);
}

async function refusal(spoil: (root: string) => void): Promise<string> {
  const thrown = await outcome(spoil);
  expect(thrown, String((thrown as Error | null)?.stack)).toBeInstanceOf(LabError);
  return (thrown as LabError).message;
}

/** A line whose record is this text, under its very SHA-256. */
const lineOfText = (text: string, rest = ',"lab":"4711aaaabbbbcccc"') =>
  `{"sha256":"${sha256(text)}","record":${text}${rest}}`;

describe('a line', () => {
  const record = { b: 1n, a: [1.5, 'x', null], c: { d: '12n' } };
  const good = lineOf({ record, lab: '4711aaaabbbbcccc' }).trimEnd();

  it('that the lab wrote is read as what it was', () => {
    expect(parseLine(good)).toMatchObject({ record, lab: '4711aaaabbbbcccc', sha256: sha256OfValue(record) });
  });

  it.each<[string, string, RegExp]>([
    ['with a space', good.replace(':', ': '), /canonical JSON/],
    ['with a key twice', lineOfText('{"a":1,"a":1}'), /does not have its SHA-256/],
    ['with keys out of order', lineOfText('{"b":1,"a":1}'), /does not have its SHA-256/],
    ['with a number written otherwise', lineOfText('{"a":1.0}'), /does not have its SHA-256/],
    ['with a number too large', lineOfText('{"a":1e999}'), /number that cannot be stored/],
    ['with more digits than a number holds', lineOfText('{"a":123456789012345678901234567890}'), /SHA-256/],
    [
      'with a bigint of a million digits',
      lineOfText(`{"a":"${'9'.repeat(1_000_000)}n"}`),
      /number that is too long/,
    ],
    ['with NaN', lineOfText('{"a":NaN}'), /no JSON/],
    ['nested without end', lineOfText(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), /nests/],
    ['of brackets alone', '['.repeat(1_000_000), /nests/],
    ['that is cut off', good.slice(0, -3), /no JSON/],
    ['that is empty', '', /no JSON/],
    ['that is no record', '[]', /no record/],
    ['with another key', good.replace(/}$/, ',"more":1}'), /canonical JSON/],
    ['with a prototype', good.replace(/}$/, ',"__proto__":{"x":1}}'), /canonical JSON/],
    ['of no lab', lineOfText('{}', ',"lab":"../../../etc"'), /number of a lab/],
    ['with a false mark', lineOfText('{}', ',"lab":"4711aaaabbbbcccc","sample":false'), /mark/],
    ['with columns of numbers', lineOfText('{}', ',"lab":"4711aaaabbbbcccc","columns":{"a":1}'), /no texts/],
  ])('%s is refused', (_, text, words) => {
    expect(() => parseLine(text)).toThrow(words);
  });

  it('keeps a key called __proto__ a key', () => {
    const { record: read } = parseLine(lineOfText('{"__proto__":{"polluted":true}}'));
    expect(Object.keys(read as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('may be as long as the bound, and is refused with its number where it is longer', async () => {
    const root = folder();
    writeFileSync(join(root, 'x'), `ab\n${'y'.repeat(100)}\nlast\n`);
    const all = async (maxBytes: number) => {
      const texts: string[] = [];
      for await (const { text } of readLines(root, 'x', { maxBytes })) texts.push(text);
      return texts;
    };
    expect(await all(100)).toEqual(['ab', 'y'.repeat(100), 'last']);
    await expect(all(99)).rejects.toThrow(/x, line 2, is longer/);
    writeFileSync(join(root, 'x'), Buffer.from([0x61, 0x0a, 0xff, 0x0a]));
    await expect(all(99)).rejects.toThrow(/x, line 2, is no UTF-8/);
    writeFileSync(join(root, 'x'), 'ab\ncd');
    await expect(all(99)).rejects.toThrow(/x, line 2, ends before its line feed/);
  });
});

describe('a bundle whose sums and hashes are right', () => {
  it.each<[RecordTable, string, (record: Record<string, unknown>) => Record<string, unknown>, RegExp]>([
    ['runs', 'a status that is none', (r) => ({ ...r, status: 'done' }), /status/],
    [
      'runs',
      'a run that has not ended',
      (r) => ({ ...r, status: 'running', outcome: null }),
      /has not ended/,
    ],
    [
      'runs',
      'an outcome of another kind',
      (r) => ({ ...r, outcome: { kind: 'cancelled', phase: 'load' } }),
      /another outcome/,
    ],
    ['runs', 'an id that leads elsewhere', (r) => ({ ...r, id: '../../x' }), /no id/],
    ['runs', 'a place that is no whole number', (r) => ({ ...r, ordinal: 1.5 }), /ordinal/],
    [
      'runs',
      'an experiment that is not there',
      (r) => ({ ...r, experimentId: '01990000-0000-7000-8000-000000000000' }),
      /an experiment that is neither/,
    ],
    [
      'runs',
      'a machine that is not there',
      (r) => ({ ...r, machineId: 'f'.repeat(64) }),
      /a machine that is neither/,
    ],
    ['runs', 'latency that is text', (r) => ({ ...r, latency: 'fast' }), /latency/],
    [
      'models',
      'another id than its file has',
      (r) => ({ ...r, id: '0'.repeat(64) }),
      /not the model that its id says|out of order/,
    ],
    [
      'models',
      'external data elsewhere',
      (r) => ({
        ...r,
        externalData: [{ location: '../../../etc/passwd', sha256: '0'.repeat(64), bytes: 1 }],
      }),
      /plain path/,
    ],
    [
      'machines',
      'another id than its facts have',
      (r) => ({ ...r, memoryBytes: 1 }),
      /not the machine that its id says/,
    ],
    ['experiments', 'a plan that is none', (r) => ({ ...r, plan: { schema: 'thirtywatts.plan/1' } }), /plan/],
    [
      'windows',
      'more samples than memory holds',
      (r) => ({ ...r, samples: { ...(r.samples as object), n: 2 ** 50 } }),
      /samples/,
    ],
    [
      'windows',
      'a checksum of other samples',
      (r) => ({ ...r, samples: { ...(r.samples as object), sha256: '0'.repeat(64) } }),
      /columns that do not match/,
    ],
    [
      'readings',
      'reads that are not there',
      (r) => ({ ...r, absent: [{ index: 10 ** 9, error: null }] }),
      /indexes/,
    ],
    [
      'events',
      'a run that is not there',
      (r) => ({ ...r, runId: '01990000-0000-7000-8000-000000000000' }),
      /not in the bundle|out of order/,
    ],
    [
      'claim_runs',
      'a version that is not there',
      (r) => ({ ...r, versionId: 'f'.repeat(64) }),
      /version of its claim/,
    ],
    [
      'claim_steps',
      'a claim run that is not there',
      (r) => ({ ...r, claimRunId: 'ffffffff-ffff-7fff-8fff-ffffffffffff' }),
      /claim run that is not|out of order/,
    ],
    ['events', 'half a character', (r) => ({ ...r, text: 'x\ud800' }), /text that cannot be stored/],
  ])('is refused with file and line: %s with %s', async (table, _, change, words) => {
    const at = linesOf(bundle, table).length - 1;
    const message = await refusal((root) => void changeRecord(root, table, at, change));
    expect(message).toMatch(words);
    expect(message).toContain(`${recordPath(table)}, line ${at + 1}`);
  });

  it('is refused where lines stand twice or in another order', async () => {
    for (const table of ['runs', 'windows', 'sensors', 'events', 'claim_runs'] as const) {
      const lines = linesOf(bundle, table);
      expect(await refusal((root) => writeLines(root, table, [...lines, lines.at(-1)!]))).toMatch(/twice/);
      expect(await refusal((root) => writeLines(root, table, lines.toReversed()))).toMatch(
        /out of order|not in the bundle/,
      );
    }
  });

  it('leaves a run out of which a window, sensor or batch is missing', async () => {
    for (const table of ['windows', 'sensors', 'readings'] as const) {
      const root = copied(bundle);
      writeLines(root, table, linesOf(bundle, table).slice(1));
      const store = openEmpty();
      const { conflicts } = await take(store, root);
      expect(conflicts[0], table).toMatch(/^Run \S+ (contradicts itself|does not fit what is there)/);
      expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);
    }
  });

  it('cannot hide room in its columns', async () => {
    const padded = await refusal((root) => {
      const [first, ...more] = linesOf(root, 'windows');
      const line = parseCanonical(first!) as {
        record: unknown;
        lab: string;
        columns: Record<string, string>;
      };
      const starts = Buffer.concat([Buffer.from(line.columns.starts!, 'base64'), Buffer.alloc(1 << 20)]);
      const columns = { ...line.columns, starts: starts.toString('base64') };
      writeLines(root, 'windows', [lineOf({ ...line, columns }).trimEnd(), ...more]);
    });
    expect(padded).toMatch(/windows\.jsonl, line 1, holds columns that do not match/);
  });

  it('is refused or leaves a lab that verifies, whatever is changed in a record', async () => {
    const tables = recordTables.filter((table) => linesOf(bundle, table).length > 0);
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        '',
        0,
        -1,
        1.5,
        1e300,
        2 ** 53,
        true,
        [],
        {},
        'NaN',
        '12n',
        '../x',
        '\u0000',
        'valid',
      ),
      fc.bigInt(-(2n ** 70n), 2n ** 70n),
    );
    let [refused, taken] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tables),
        fc.nat(),
        fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
        leaf,
        fc.constantFrom('replace', 'remove', 'add'),
        async (table, lineAt, path, value, how) => {
          const at = lineAt % linesOf(bundle, table).length;
          const thrown = await outcome(
            (root) =>
              void changeRecord(
                root,
                table,
                at,
                (record) => mutated(record, path, value, how) as Record<string, unknown>,
              ),
          );
          if (thrown === null) taken += 1;
          else {
            expect(thrown, String((thrown as Error).stack)).toBeInstanceOf(LabError);
            refused += 1;
          }
        },
      ),
      { numRuns: 40, seed: 6 },
    );
    // Control: both happen.
    expect(refused).toBeGreaterThan(10);
    expect(taken).toBeGreaterThan(1);
  }, 60_000);

  it('is refused or taken, whatever byte of a line is changed', async () => {
    const tables = recordTables.filter((table) => linesOf(bundle, table).length > 0);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tables),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (table, at, xor) => {
          const thrown = await outcome((root) => {
            const path = join(root, recordPath(table));
            const bytes = readFileSync(path);
            bytes[at % bytes.length]! ^= xor;
            writeFileSync(path, bytes);
            writeSums(root);
          });
          expect(thrown, String((thrown as Error | null)?.stack)).toBeInstanceOf(LabError);
        },
      ),
      { numRuns: 20, seed: 6 },
    );
  }, 60_000);
});

/** Follows the path as far as it leads and changes what is there. */
function mutated(value: unknown, [step, ...path]: readonly number[], leaf: unknown, how: string): unknown {
  if (step === undefined || value === null || typeof value !== 'object') return leaf;
  if (Array.isArray(value)) {
    if (value.length === 0) return [leaf];
    const at = step % value.length;
    if (how === 'remove' && path.length === 0) return value.toSpliced(at, 1);
    return value.with(at, mutated(value[at], path, leaf, how));
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return { x: leaf };
  const key = keys[step % keys.length]!;
  const entries = Object.entries(value);
  if (path.length > 0)
    return Object.fromEntries(entries.map(([k, v]) => [k, k === key ? mutated(v, path, leaf, how) : v]));
  if (how === 'remove') return Object.fromEntries(entries.filter(([k]) => k !== key));
  if (how === 'add') return { ...value, [`x${step % 7}`]: leaf };
  return { ...value, [key]: leaf };
}

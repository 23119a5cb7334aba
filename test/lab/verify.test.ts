import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RecordTable, recordPath } from '../../src/main/lab/export/records';
import { verifyAll } from '../../src/main/lab/verify';
import { parseCanonical } from '../../src/main/store/canonical';
import type { EnergyResult, RunRecord } from '../../src/shared/run';
import { openBundleLab } from '../support/bundleLab';
import { changeRecord, copied, folder, openEmpty, take, writeRecords } from './import/support';

/** What another program may claim of a run, under right hashes: each must be found where it is taken in. */

let bundle: string;
beforeAll(() => {
  const from = openBundleLab({ parts: ['ladder', 'hostile', 'claim'] });
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
  from.dispose();
});

const recordsOf = <T>(table: RecordTable): T[] =>
  readFileSync(join(bundle, recordPath(table)), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => (parseCanonical(line) as { record: T }).record);

const headline = (run: RunRecord): EnergyResult => run.energy.find((e) => e.sensor !== null)!;
const isMetered = (run: RunRecord) =>
  run.status === 'completed' &&
  run.energy.some((e) => e.provenance === 'firmware-model' && e.gross.perInferenceJ !== null);
const has =
  (of: (run: RunRecord) => readonly string[] | undefined, code: string) =>
  (run: RunRecord): boolean =>
    of(run)?.includes(code) === true;

/** Each is done to a run of its own, and is the only thing that is wrong with it. */
const forgeries: [string, (run: RunRecord) => boolean, (run: RunRecord) => void, RegExp][] = [
  [
    'a shorter median',
    isMetered,
    (r) => (r.latency!.p50S.value! /= 2),
    /latency is not what its samples give/,
  ],
  [
    'a shorter median by a method of its own',
    isMetered,
    (r) => {
      r.latency!.p50S.value! /= 2;
      r.latency!.method = 'better';
    },
    /latency was computed by a method that this version does not know/,
  ],
  [
    'other numbers by the method of an earlier version',
    isMetered,
    (r) => {
      r.latency!.meanS! /= 2;
      r.latency!.method = r.latency!.method.replace(', scatter between windows', '');
    },
    /latency is not what its samples give/,
  ],
  [
    'less energy, and no latency beside it',
    isMetered,
    (r) => {
      r.latency = null;
      headline(r).gross.perInferenceJ! /= 10;
    },
    /energy by \S+ is not what its windows give/,
  ],
  [
    'less energy by a method of its own',
    isMetered,
    (r) => {
      headline(r).gross.perInferenceJ! /= 10;
      headline(r).method = 'better';
    },
    /energy by \S+ was computed by a method that this version does not know/,
  ],
  ['energy of no sensor', isMetered, (r) => (headline(r).sensor = null), /an energy that no sensor measured/],
  [
    'a better sensor than was read',
    isMetered,
    (r) => (headline(r).provenance = 'measured'),
    /not described as its sensor is/,
  ],
  [
    'other power',
    isMetered,
    (r) => (headline(r).powerMeanW! /= 2),
    /energy by \S+ is not what its windows give/,
  ],
  [
    'no doubt',
    isMetered,
    (r) => (headline(r).net.u!.baselineJ = 0),
    /net energy by \S+ is not what its windows give/,
  ],
  [
    'a simulated meter as hardware',
    (r) => r.energy.some((e) => e.sensor?.origin === 'simulated'),
    (r) => (r.energy.find((e) => e.sensor?.origin === 'simulated')!.sensor!.origin = 'hardware'),
    /not described as its sensor is/,
  ],
  [
    'an estimate without its flag',
    has((r) => headline(r)?.gross.codes, 'ESTIMATE_ONLY'),
    (r) => {
      const { gross, net } = headline(r);
      for (const part of [gross, net]) Object.assign(part, { codes: [], verdict: 'valid' });
    },
    /lacks the flag ESTIMATE_ONLY/,
  ],
  [
    'a glance without its flag',
    has((r) => r.latency?.codes, 'GLANCE'),
    (r) => (r.latency!.codes = r.latency!.codes.filter((code) => code !== 'GLANCE')),
    /latency (is not what its samples give|lacks the flag GLANCE)/,
  ],
];

describe('a bundle with right hashes', () => {
  it('that claims what its raw data do not give is found out, run by run', async () => {
    const runs = recordsOf<RunRecord>('runs');
    const root = copied(bundle);
    const spoilt = new Map<string, [string, RegExp]>();
    for (const [name, fits, forge, words] of forgeries) {
      const at = runs.findIndex((run) => fits(run) && !spoilt.has(run.id));
      expect(at, name).toBeGreaterThanOrEqual(0);
      const id = changeRecord(root, 'runs', at, (record) => {
        const run = structuredClone(record) as unknown as RunRecord;
        forge(run);
        return run as unknown as Record<string, unknown>;
      });
      spoilt.set(id, [name, words]);
    }
    const store = openEmpty();
    const { conflicts, added } = await take(store, root);
    for (const [id, [name, words]] of spoilt) {
      expect(
        conflicts.find((sentence) => sentence.includes(id)),
        name,
      ).toMatch(words);
    }
    // Control: nothing else is left out.
    expect(conflicts).toHaveLength(forgeries.length);
    expect(added.runs).toBe(runs.length - forgeries.length);
    expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);
  });

  it.each<[string, (accuracy: Record<string, unknown>) => Record<string, unknown>, RegExp]>([
    [
      'a better share',
      (a) => ({ ...a, accuracy: { value: 0.99, low: 0.98, high: 1 } }),
      /an accuracy that its counts do not give/,
    ],
    [
      'more right than asked',
      (a) => ({ ...a, correct: Number(a.n) + 1 }),
      /more right answers than examples/,
    ],
    ['no classes', (a) => ({ ...a, perClass: [] }), /classes that do not add up/],
  ])('whose accuracy claims %s is refused', async (_, forge, words) => {
    const root = copied(bundle);
    changeRecord(root, 'accuracies', 0, forge);
    const store = openEmpty();
    await expect(take(store, root)).rejects.toThrow(words);
    expect(store.reader.accuracies()).toEqual([]);
  });

  it('leaves out claim runs that began before their prediction, of another claim, or with a verdict of nothing', async () => {
    type Run = { id: string; startedUnixMs: number; claim: string; outcome: Outcome | null };
    type Outcome = { verdict: string; parts: { verdict: string; findings: { state: string }[] }[] };
    const runs = recordsOf<Run>('claim_runs');
    const forge = async (table: RecordTable, at: number, change: (r: Record<string, unknown>) => object) => {
      const root = copied(bundle);
      changeRecord(root, table, at, (r) => change(r) as Record<string, unknown>);
      const store = openEmpty();
      const { conflicts } = await take(store, root);
      expect((await verifyAll(store.reader, store.dir)).problems).toEqual([]);
      return conflicts.join(' ');
    };
    expect(await forge('claim_runs', 0, (r) => ({ ...r, startedUnixMs: 1 }))).toMatch(
      /contradicts itself and was left out: it began before the prediction/,
    );
    expect(await forge('claim_runs', 0, (r) => ({ ...r, claim: 'sparsity' }))).toMatch(
      /tests the version of another claim/,
    );
    const judged = runs.findIndex((r) => r.outcome?.parts.some((p) => p.verdict === 'supported'));
    const emptied = ({ outcome, ...r }: Record<string, unknown>) => {
      const { parts, ...rest } = outcome as Outcome;
      return { ...r, outcome: { ...rest, parts: parts.map((p) => ({ ...p, findings: [] })) } };
    };
    expect(await forge('claim_runs', judged, emptied)).toMatch(/supported, and none of its findings holds/);
  });

  it('whose prediction says something else than its id is refused', async () => {
    const root = copied(bundle);
    changeRecord(root, 'claim_versions', 0, (v) => ({ ...v, statement: 'Something easier.' }));
    await expect(take(openEmpty(), root)).rejects.toThrow(/is not the claim that its id is the hash of/);
  });

  it.each<[RecordTable, (r: Record<string, never>) => object, RegExp]>([
    [
      'claim_runs',
      ({ options, ...r }) => ({ ...r, options: { ...(options as object), form: undefined } }),
      /does not say form/,
    ],
    [
      'experiments',
      ({ plan, ...r }) => ({ ...r, plan: { ...(plan as object), preset: undefined } }),
      /does not say preset/,
    ],
    ['models', (r) => ({ ...r, precision: '' }), /lacks its name, family or precision/],
    [
      'runs',
      ({ facts, ...r }) => ({ ...r, facts: { ...(facts as object), baseRssBytes: -1e300 } }),
      /baseRssBytes/,
    ],
    ['runs', (r) => ({ ...r, startedUnixMs: 8.64e15 }), /startedUnixMs/],
  ])('whose %s could not be exported again is refused', async (table, forge, words) => {
    const root = copied(bundle);
    changeRecord(root, table, 0, (r) =>
      JSON.parse(JSON.stringify(forge(r as Record<string, never>), big), small),
    );
    await expect(take(openEmpty(), root)).rejects.toThrow(words);
  });
});

const big = (_: string, value: unknown) => (typeof value === 'bigint' ? { big: String(value) } : value);
const small = (_: string, value: unknown) =>
  value !== null && typeof value === 'object' && 'big' in value ? BigInt(String(value.big)) : value;

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openLab } from '../../src/main/store/open';
import { makeReader } from '../../src/main/store/reader';
import { LabError } from '../../src/shared/errors';
import { everythingIn, measure, samples, seed, tempDir } from './support';

/** A closed lab of three measured runs and one that waits. */
function measuredLab(windows = 3): string {
  const dir = tempDir();
  const store = openLab(dir);
  for (const id of seed(store, 4).runIds.slice(0, 3)) measure(store, id, windows);
  store.close();
  return dir;
}

/** Changes a lab past every guard, as another program or a failing disk would. */
function tamper(dir: string, sql: string): void {
  const db = new Database(join(dir, 'lab.sqlite'));
  db.pragma('foreign_keys = OFF');
  const triggers = db
    .prepare<[], { name: string; sql: string }>(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`)
    .all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  for (const { sql: text } of triggers) db.exec(text);
  db.close();
}

function problemsOf(dir: string): string[] {
  const view = openLab(dir, { readOnly: true });
  const { problems } = view.reader.verify();
  view.close();
  return problems.map(({ table, what }) => `${table} ${what}`);
}

describe('verify', () => {
  it('finds nothing wrong with a lab that is whole, and looks at every row', () => {
    const view = openLab(measuredLab(), { readOnly: true });
    // model, machine, experiment, 4 runs; 3 × (3 windows, 1 sensor, 4 batches, 3 states, 2 events)
    expect(view.reader.verify()).toEqual({ checked: 7 + 3 * 13, problems: [] });
    view.close();
  });

  it.each<[string, string, RegExp]>([
    ['a changed record', `UPDATE runs SET record = replace(record, '12', '13')`, /runs no longer matches/],
    [
      'a changed number beside it',
      `UPDATE runs SET ended_unix_ms = ended_unix_ms + 1`,
      /column ended_unix_ms/,
    ],
    ['a changed status', `UPDATE runs SET status = 'failed' WHERE status = 'completed'`, /column status/],
    ['a changed time of 64 bits', `UPDATE windows SET open_ns = open_ns + 1`, /column open_ns/],
    ['a record of another row', `UPDATE models SET name = 'x'`, /column name/],
    ['changed samples', `UPDATE windows SET durations = starts`, /windows holds columns/],
    [
      'samples of another column',
      'UPDATE windows SET durations = starts, durations_codec = starts_codec',
      /windows holds columns/,
    ],
    ['a changed codec', `UPDATE windows SET starts_codec = 'f64.raw' WHERE idx = 0`, /windows holds columns/],
    ['changed readings', `UPDATE readings SET t1 = t0`, /readings holds columns/],
    ['a changed hash', `UPDATE windows SET samples_sha256 = 'x'`, /column samples_sha256/],
    ['another hash in the record', `UPDATE events SET record_sha256 = 'x'`, /events no longer matches/],
    ['a missing window', `DELETE FROM windows WHERE idx = 1`, /lacks a window/],
    ['no window at all', 'DELETE FROM windows', /has no window/],
    ['a missing batch', `DELETE FROM readings WHERE role = 'edge' AND seq = 1`, /lacks a batch/],
    ['a missing model', 'DELETE FROM models', /points to a row of models/],
    ['a missing sensor', 'DELETE FROM sensors', /names a sensor that its run does not have/],
  ])('names %s', (_name, sql, expected) => {
    const dir = measuredLab();
    tamper(dir, sql);
    expect(problemsOf(dir).join('\n')).toMatch(expected);
  });

  it('control: tampering with nothing finds nothing', () => {
    const dir = measuredLab();
    tamper(dir, 'SELECT 1');
    expect(problemsOf(dir)).toEqual([]);
  });

  it('holds a record and its samples against their hashes at every read, too', () => {
    const dir = measuredLab();
    tamper(dir, `UPDATE windows SET durations = starts WHERE idx = 1; UPDATE readings SET raw = t0;`);
    const view = openLab(dir, { readOnly: true });
    const [run] = view.reader.listRuns();
    expect(view.reader.getSamples(run!.id, 0)).toEqual(samples(0));
    for (const read of [() => view.reader.getSamples(run!.id, 1), () => view.reader.getReadings(run!.id)]) {
      expect(read).toThrow(LabError);
      expect(read).toThrow(/no longer matches its checksum/);
    }
    view.close();
  });
});

describe('a bit that flips on the disk', () => {
  /** A fixed sequence of places. Xorshift32 (Marsaglia 2003). */
  function* places(max: number) {
    for (let x = 30; ; ) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      yield (x >>> 0) % max;
    }
  }

  it('is noticed, or changes nothing that is read', () => {
    const dir = measuredLab(40);
    const intact = readFileSync(join(dir, 'lab.sqlite'));
    const before = openLab(dir, { readOnly: true });
    const expected = everythingIn(before);
    before.close();
    const spot = places(intact.length * 8);
    const tally = { noticed: 0, byIntegrityAlone: 0, harmless: 0 };
    for (let flip = 0; flip < 60; flip++) {
      const bit = spot.next().value as number;
      const bytes = Buffer.from(intact);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const at = tempDir();
      writeFileSync(join(at, 'lab.sqlite'), bytes);
      // Straight at the file: openLab would refuse some of these flips before verify sees them.
      const db = new Database(join(at, 'lab.sqlite'), { readonly: true });
      try {
        const reader = makeReader(db, at);
        if (db.pragma('integrity_check', { simple: true }) !== 'ok') tally.byIntegrityAlone += 1;
        if (reader.verify().problems.length > 0) tally.noticed += 1;
        else {
          expect(everythingIn({ reader }), `bit ${bit}`).toEqual(expected);
          tally.harmless += 1;
        }
      } catch (thrown) {
        if (thrown instanceof Error && thrown.name === 'AssertionError') throw thrown;
        tally.noticed += 1; // the file does not even open as a lab
      } finally {
        db.close();
      }
    }
    // Control: SQLite's own check alone is blind to most of what the hashes see.
    expect(tally.noticed).toBeGreaterThan(20);
    expect(tally.byIntegrityAlone).toBeLessThan(tally.noticed / 2);
  });
});

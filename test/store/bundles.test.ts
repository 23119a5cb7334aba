import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ForeignClaim } from '../../src/main/store/bundles';
import { openLab } from '../../src/main/store/open';
import type { WholeRun } from '../../src/main/store/writer';
import type { ImportedBundle } from '../../src/shared/bundle';
import { claimOptionsSchema } from '../../src/shared/claim';
import { everythingIn, measure, seed, tempDir, uuid } from './support';

const bundle = (sha256 = 'a'.repeat(64), importedUnixMs = 5): ImportedBundle => ({
  sha256,
  title: 'A bundle',
  created: '2026-01-15T10:00:00Z',
  importedUnixMs,
  licence: 'CC-BY-4.0',
  authors: [],
  runs: 1,
  labs: ['feedfacefeedface'],
});

const claimRun = (status: 'failed' | 'completed'): ForeignClaim => ({
  kind: 'claim_run',
  lab: 'feedfacefeedface',
  key: uuid(9),
  value: {
    id: uuid(9),
    versionId: 'b'.repeat(64),
    claim: 'size',
    options: claimOptionsSchema.parse({}),
    status,
    startedUnixMs: 1,
    endedUnixMs: 2,
    machineId: 'c'.repeat(64),
    outcome: null,
    failure: null,
  },
});

/** A run of a lab with everything that belongs to it. */
function wholeOf(store: ReturnType<typeof openLab>, runId: string): WholeRun {
  const { reader } = store;
  const db = new Database(join(store.dir, 'lab.sqlite'), { readonly: true });
  const records = db.prepare<[string], string>(
    'SELECT record FROM readings WHERE run_id = ? ORDER BY sensor_id, role, seq',
  );
  const readings = records
    .pluck()
    .all(runId)
    .map((text) => JSON.parse(text));
  db.close();
  const cells = reader.readingCells(runId);
  return {
    run: reader.getRun(runId),
    sensors: reader.sensorsOf(runId).map((sensor) => ({ runId, sensor })),
    windows: reader.getWindows(runId).map((window, i) => {
      const { startsNs, durationsNs: _, ...rest } = reader.getSamples(runId, window.index);
      const { samples: sha256 } = reader.hashesOf(runId).windows[i]!;
      return {
        record: { runId, window, samples: { ...rest, n: startsNs.length, sha256 } },
        cells: reader.sampleCells(runId, window.index),
      };
    }),
    readings: readings.map((record, i) => ({ record, cells: cells[i]! })),
    states: reader.getStates(runId),
    events: reader.getEvents(runId),
  };
}

describe('a run that was measured elsewhere', () => {
  it('is stored whole, bytes of its columns and all, and verifies', () => {
    const from = openLab(tempDir());
    const { runIds, experimentId } = seed(from);
    measure(from, runIds[0]!);
    const to = openLab(tempDir());
    seed(to, 0);
    to.writer.putRun(wholeOf(from, runIds[0]!));
    expect(everythingIn(to)).toEqual(everythingIn(from));
    expect(to.reader.verifyRun(runIds[0]!)).toEqual([]);
    expect(to.reader.verify().problems).toEqual([]);
    expect(to.reader.getExperiment(experimentId).id).toBe(experimentId);
    expect(() => to.writer.putRun(wholeOf(from, runIds[0]!))).toThrow(/UNIQUE/);
    from.close();
    to.close();
  });

  it('leaves no half where a row of it is refused, and what verify would say is known before it is kept', () => {
    const from = openLab(tempDir());
    const { runIds } = seed(from);
    measure(from, runIds[0]!);
    const whole = wholeOf(from, runIds[0]!);
    const to = openLab(tempDir());
    seed(to, 0);
    const before = everythingIn(to);
    expect(() => to.writer.putRun({ ...whole, states: [...whole.states, whole.states[0]!] })).toThrow(
      /UNIQUE/,
    );
    expect(everythingIn(to)).toEqual(before);
    to.writer.putRun({ ...whole, windows: whole.windows.slice(1), sensors: [], readings: [] });
    expect(to.reader.verifyRun(runIds[0]!).map((p) => p.what)).toContain(
      'names a sensor that its run does not have',
    );
    from.close();
    to.close();
  });

  it('is older than one that was queued after it, whichever came first', () => {
    const store = openLab(tempDir());
    const { experimentId, runIds } = seed(store, 2);
    for (const id of runIds) measure(store, id);
    const older = wholeOf(store, runIds[0]!);
    const runId = uuid(77);
    store.writer.putRun({
      ...older,
      run: { ...older.run, id: runId, queuedUnixMs: older.run.queuedUnixMs - 1000 },
      sensors: older.sensors.map((each) => ({ ...each, runId })),
      windows: older.windows.map(({ record, cells }) => ({ record: { ...record, runId }, cells })),
      readings: older.readings.map(({ record, cells }) => ({ record: { ...record, runId }, cells })),
      states: older.states.map((each) => ({ ...each, runId })),
      events: older.events.map((each) => ({ ...each, runId })),
    });
    // Of this lab's own the order in which they were stored counts: clocks are set back.
    expect(store.reader.newestRuns(experimentId).get(0)!.id).toBe(runId);
    store.writer.markOrigin('run', [runId, runIds[0]!], 'feedfacefeedface');
    expect(store.reader.newestRuns(experimentId).get(0)!.id).toBe(runIds[0]);
    expect(store.reader.listRuns({ experimentId }).map((run) => run.id)).toEqual([runId, ...runIds]);
    store.close();
  });
});

describe('what came from other labs', () => {
  it('is kept once, newest bundle first, each lab with a number of its own', () => {
    const [store, other] = [openLab(tempDir()), openLab(tempDir())];
    const { reader, writer } = store;
    expect(reader.labId()).toMatch(/^[0-9a-f]{16}$/);
    expect(reader.labId()).not.toBe(other.reader.labId());
    expect([writer.putBundle(bundle()), writer.putBundle({ ...bundle(), title: 'again' })]).toEqual([1, 0]);
    writer.putBundle(bundle('b'.repeat(64), 9));
    expect(reader.bundles().map((b) => [b.title, b.importedUnixMs])).toEqual([
      ['A bundle', 9],
      ['A bundle', 5],
    ]);
    expect(writer.markOrigin('run', [uuid(1), uuid(2)], 'feedfacefeedface')).toBe(2);
    expect(writer.markOrigin('run', [uuid(1)], 'ffffffffffffffff')).toBe(0);
    expect(reader.origins('run')).toEqual(
      new Map([
        [uuid(1), 'feedfacefeedface'],
        [uuid(2), 'feedfacefeedface'],
      ]),
    );
    expect(reader.origins('model').size).toBe(0);
    for (const each of [store, other]) each.close();
  });

  it('never changes, but that a claim run which had stopped may come completed', () => {
    const store = openLab(tempDir());
    const { reader, writer } = store;
    expect(writer.putForeignClaim(claimRun('failed'))).toBe(1);
    expect(writer.putForeignClaim(claimRun('completed'))).toBe(0);
    expect(writer.advanceForeignClaim(claimRun('completed'))).toBe(1);
    expect(reader.foreignClaims()).toEqual([claimRun('completed')]);
    expect(() => writer.advanceForeignClaim(claimRun('failed'))).toThrow(/goes forward/);
    writer.putBundle(bundle());
    writer.markOrigin('run', [uuid(1)], 'feedfacefeedface');
    store.close();
    const db = new Database(join(store.dir, 'lab.sqlite'));
    for (const table of ['lab', 'bundles', 'origins', 'foreign_claims'])
      expect(() => db.exec(`DELETE FROM ${table}`), table).toThrow(/only ever added/);
    for (const sql of [
      "UPDATE lab SET id = '0123456789abcdef'",
      "UPDATE origins SET lab = 'x'",
      'UPDATE bundles SET record = record',
    ])
      expect(() => db.exec(sql), sql).toThrow(/only ever added/);
    expect(() => db.exec("UPDATE foreign_claims SET lab = 'x'")).toThrow(/goes forward/);
    db.close();
  });

  it.each<[string, string, RegExp]>([
    [
      'bundles',
      "UPDATE bundles SET record = replace(record, 'A bundle', 'Another')",
      /no longer matches its checksum/,
    ],
    [
      'bundles',
      'UPDATE bundles SET imported_unix_ms = 7',
      /differs from its record in column imported_unix_ms/,
    ],
    [
      'foreign_claims',
      "UPDATE foreign_claims SET record = replace(record, 'size', 'sizes') WHERE kind = 'claim_run'",
      /no longer matches/,
    ],
    ['foreign_claims', "UPDATE foreign_claims SET key = 'other' WHERE kind = 'claim_run'", /column key/],
    ['foreign_claims', 'SELECT 1', /is of a version of its claim that is not there/],
    ['origins', 'SELECT 1', /belongs to nothing in this lab/],
    ['origins', 'UPDATE origins SET lab = (SELECT id FROM lab)', /own came from elsewhere/],
    ['lab', "INSERT INTO lab (id) VALUES ('0123456789abcdef')", /the one number of this lab/],
  ])('is verified: %s after %s', (table, sql, words) => {
    const dir = tempDir();
    const store = openLab(dir);
    store.writer.putBundle(bundle());
    store.writer.putForeignClaim(claimRun('completed'));
    store.writer.markOrigin('run', [uuid(1)], 'feedfacefeedface');
    store.close();
    const db = new Database(join(dir, 'lab.sqlite'));
    const triggers = db
      .prepare<[], { name: string; sql: string }>(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
      )
      .all();
    for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
    db.exec(sql);
    for (const { sql: text } of triggers) db.exec(text);
    db.close();
    const again = openLab(dir);
    const found = again.reader.verify().problems.filter((p) => p.table === table);
    expect(found.map((p) => p.what).join('; ')).toMatch(words);
    again.close();
  });
});

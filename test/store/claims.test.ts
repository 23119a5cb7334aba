import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { claimVersionId, type StoredClaimRun } from '../../src/main/store/claims';
import { expectedSchema, migrate, migrations, schemaOf } from '../../src/main/store/migrations';
import { openLab } from '../../src/main/store/open';
import { type ClaimVersion, claimOptionsSchema } from '../../src/shared/claim';
import { tempDir } from './support';

const words: Omit<ClaimVersion, 'id' | 'createdUnixMs'> = {
  claim: 'own-1',
  version: 1,
  title: 'Zeros are skipped',
  statement: 'A model of zeros is faster.',
  source: '',
  reading: 'Time over time is at least 1.2.',
  protocol: ['Measure both.'],
  sceptic: ['Caches.'],
  prediction: {
    by: 'user',
    text: 'It is not.',
    expected: 'refuted',
    criteria: [
      {
        key: 'ratio',
        quantity: 'time',
        unit: '1',
        relation: '>=',
        threshold: 1.2,
        upper: null,
        refuteAt: null,
      },
    ],
  },
  test: null,
};
const version = (over: Partial<ClaimVersion> = {}): ClaimVersion => {
  const said = { ...words, ...over };
  return { ...said, id: claimVersionId(said), createdUnixMs: 1000 };
};
const run = (over: Partial<StoredClaimRun> = {}): StoredClaimRun => ({
  id: 'claim-run-1',
  versionId: version().id,
  claim: 'own-1',
  options: claimOptionsSchema.parse({}),
  status: 'running',
  startedUnixMs: 2000,
  endedUnixMs: null,
  machineId: 'm',
  outcome: null,
  failure: null,
  ...over,
});

describe('claims in the store', () => {
  it('gives back what was written, and verify finds nothing', () => {
    const lab = openLab(tempDir());
    lab.writer.putClaimVersion(version());
    lab.writer.addClaimRun(run());
    lab.writer.addClaimStep({
      claimRunId: 'claim-run-1',
      key: 'train',
      seconds: 1.5,
      value: { loss: [0.1] },
    });
    lab.writer.changeClaimRun(run({ status: 'cancelled', endedUnixMs: 3000 }));
    expect(lab.reader.claimVersions('own-1')).toEqual([version()]);
    expect(lab.reader.claimVersions('other')).toEqual([]);
    expect(lab.reader.claimRun('claim-run-1')?.status).toBe('cancelled');
    expect(lab.reader.claimSteps('claim-run-1')[0]).toMatchObject({ key: 'train', value: { loss: [0.1] } });
    expect(lab.reader.verify().problems).toEqual([]);
    lab.close();
  });

  it('keeps a wording for good: a change is another version with another hash', () => {
    const lab = openLab(tempDir());
    lab.writer.putClaimVersion(version());
    const easier = { ...words.prediction, criteria: [{ ...words.prediction.criteria[0]!, threshold: 1 }] };
    expect(() => lab.writer.putClaimVersion({ ...version(), prediction: easier })).toThrow(/hash/);
    expect(() => lab.writer.putClaimVersion(version({ version: 3, prediction: easier }))).toThrow(/count up/);
    lab.writer.putClaimVersion(version({ version: 2, prediction: easier }));
    const ids = lab.reader.claimVersions().map((v) => v.id);
    expect(new Set(ids).size).toBe(2);
    lab.close();
  });

  it('takes runs of the newest version only, and steps of a run that runs', () => {
    const lab = openLab(tempDir());
    lab.writer.putClaimVersion(version());
    lab.writer.putClaimVersion(version({ version: 2, title: 'Zeros again' }));
    expect(() => lab.writer.addClaimRun(run())).toThrow(/newest version/);
    const second = run({ versionId: version({ version: 2, title: 'Zeros again' }).id });
    lab.writer.addClaimRun(second);
    const step = { claimRunId: second.id, key: 'a', seconds: 0, value: 1 };
    lab.writer.addClaimStep(step);
    expect(() => lab.writer.addClaimStep({ ...step, value: 2 })).toThrow(/UNIQUE/);
    lab.writer.changeClaimRun({ ...second, status: 'failed' });
    expect(() => lab.writer.addClaimStep({ ...step, key: 'b' })).toThrow(/while it runs/);
    lab.writer.changeClaimRun({ ...second, status: 'running' });
    lab.writer.changeClaimRun({ ...second, status: 'completed' });
    expect(() => lab.writer.changeClaimRun({ ...second, status: 'running' })).toThrow(/forward/);
    lab.close();
  });

  it('tells a prediction that was written after its run, and one whose text was changed', () => {
    const dir = tempDir();
    const lab = openLab(dir);
    lab.writer.putClaimVersion({ ...version(), createdUnixMs: 5000 });
    lab.writer.addClaimRun(run({ startedUnixMs: 4000 }));
    expect(lab.reader.verify().problems.map((p) => p.what)).toEqual([
      'began before the prediction that it tests was written down',
    ]);
    lab.close();
    const db = new Database(join(dir, 'lab.sqlite'));
    db.exec('DROP TRIGGER claim_versions_never_change');
    db.exec("UPDATE claim_versions SET record = replace(record, '1.2', '0.9')");
    const [sql] = expectedSchema().filter((s) => s.startsWith('trigger claim_versions_never_change'));
    db.exec(sql!.replace(/^[^:]*: /, ''));
    db.close();
    const again = openLab(dir);
    expect(again.reader.verify().problems.map((p) => p.what)).toContain('no longer matches its checksum');
    expect(() => again.reader.claimVersions()).toThrow(/checksum/);
    again.close();
  });
});

describe('a lab of version 30', () => {
  it('gets the tables of claims and keeps what it has', () => {
    const db = new Database(':memory:');
    db.exec(readFileSync(join(import.meta.dirname, 'fixtures', 'version-20.sql'), 'utf8'));
    const older = migrations.filter((m) => m.version <= 30);
    migrate(db, older);
    const tables = expectedSchema(older).flatMap((sql) => /^table (\w+):/.exec(sql)?.[1] ?? []);
    const rows = () => tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY rowid`).raw().all());
    const before = rows();
    expect(before.flat().length).toBeGreaterThan(10);
    migrate(db);
    expect(schemaOf(db)).toEqual(expectedSchema());
    expect(rows()).toEqual(before);
    db.close();
  });
});

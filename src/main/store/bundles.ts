import type { Database } from 'better-sqlite3';
import type { ImportedBundle } from '../../shared/bundle';
import type { ClaimVersion } from '../../shared/claim';
import type { StoredClaimExperiment, StoredClaimRun, StoredStep } from './claims';
import { damaged } from './failures';
import { type RecordCells, type Row, readRecord, recordOf } from './records';

/** What can have come from another lab. */
export type Origin = 'experiment' | 'run' | 'model' | 'machine' | 'accuracy';

/** A record of a claim of another lab, as it came. */
export type ForeignClaim = { lab: string; key: string } & (
  | { kind: 'claim_version'; value: ClaimVersion }
  | { kind: 'claim_run'; value: StoredClaimRun }
  | { kind: 'claim_step'; value: StoredStep }
  | { kind: 'claim_experiment'; value: StoredClaimExperiment }
);

/** Datasets of other labs: which came in, and what of this lab's rows came with them. */
export interface BundleReader {
  /** This lab's own number: 16 hex digits, random. */
  labId(): string;
  /** Id of the lab by id of the row: of what came from elsewhere only. */
  origins(what: Origin): ReadonlyMap<string, string>;
  /** Newest first. */
  bundles(): ImportedBundle[];
  /** By kind, lab and key. */
  foreignClaims(): ForeignClaim[];
}

/** Each call is one transaction. What is there already is kept. @returns how many were new */
export interface BundleWriter {
  putBundle(bundle: ImportedBundle): number;
  markOrigin(what: Origin, ids: readonly string[], lab: string): number;
  putForeignClaim(claim: ForeignClaim): number;
  /** A claim run of another lab that had stopped and went on there. @throws SqliteError for one that has completed */
  advanceForeignClaim(claim: ForeignClaim): number;
}

export const bundleRow = (bundle: ImportedBundle): Row => ({
  id: bundle.sha256,
  imported_unix_ms: bundle.importedUnixMs,
  ...recordOf(bundle),
});

/** What a record of a claim is called among those of its kind in its lab. */
export function foreignClaimKey(kind: ForeignClaim['kind'], value: ForeignClaim['value']): string {
  if (kind === 'claim_version' || kind === 'claim_run') return (value as ClaimVersion | StoredClaimRun).id;
  const { claimRunId, key } = value as StoredStep | StoredClaimExperiment;
  return `${claimRunId}/${key}`;
}

export const foreignClaimRow = ({ kind, key, lab, value }: ForeignClaim): Row => ({
  kind,
  key,
  lab,
  ...recordOf(value),
});

export function makeBundleReader(db: Database, dir: string): BundleReader {
  const id = db.prepare<[], string>('SELECT id FROM lab').pluck();
  const origins = db.prepare<[Origin], { id: string; lab: string }>(
    'SELECT id, lab FROM origins WHERE what = ? ORDER BY id',
  );
  const bundles = db.prepare<[], RecordCells>(
    'SELECT record, record_sha256 FROM bundles ORDER BY imported_unix_ms DESC, id',
  );
  const claims = db.prepare<[], RecordCells & Pick<ForeignClaim, 'kind' | 'key' | 'lab'>>(
    'SELECT kind, key, lab, record, record_sha256 FROM foreign_claims ORDER BY kind, lab, key',
  );
  const known = <T>(cells: RecordCells, what: string): T => {
    const value = readRecord<T>(cells);
    if (value === null) {
      throw damaged(dir, undefined, `A stored ${what} no longer matches its checksum in ${dir}.`);
    }
    return value;
  };
  return {
    labId: () => id.get()!,
    origins: (what) => new Map(origins.all(what).map((o) => [o.id, o.lab])),
    bundles: () => bundles.all().map((cells) => known<ImportedBundle>(cells, 'bundle')),
    foreignClaims: () =>
      claims
        .all()
        .map(
          ({ kind, key, lab, ...cells }) =>
            ({ kind, key, lab, value: known(cells, 'claim of another lab') }) as ForeignClaim,
        ),
  };
}

export function makeBundleWriter(
  db: Database,
  atomic: <A extends unknown[], R>(work: (...args: A) => R) => (...args: A) => R,
): BundleWriter {
  const insert = (table: string, columns: readonly string[]) =>
    db.prepare<[Row]>(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((c) => `:${c}`).join(', ')})
       ON CONFLICT DO NOTHING`,
    );
  const addBundle = insert('bundles', ['id', 'imported_unix_ms', 'record', 'record_sha256']);
  const addOrigin = insert('origins', ['what', 'id', 'lab']);
  const addClaim = insert('foreign_claims', ['kind', 'key', 'lab', 'record', 'record_sha256']);
  const changeClaim = db.prepare<[Row]>(
    `UPDATE foreign_claims SET record = :record, record_sha256 = :record_sha256
     WHERE kind = :kind AND lab = :lab AND key = :key`,
  );
  return {
    putBundle: atomic((bundle) => addBundle.run(bundleRow(bundle)).changes),
    markOrigin: atomic((what, ids, lab) =>
      ids.reduce((n, id) => n + addOrigin.run({ what, id, lab }).changes, 0),
    ),
    putForeignClaim: atomic((claim) => addClaim.run(foreignClaimRow(claim)).changes),
    advanceForeignClaim: atomic((claim) => changeClaim.run(foreignClaimRow(claim)).changes),
  };
}

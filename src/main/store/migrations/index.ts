import Database from 'better-sqlite3';
import { LabError } from '../../../shared/errors';
import { first } from './0010-first';
import { marks } from './0020-marks';
import { protocol } from './0030-protocol';
import { claims } from './0040-claims';
import { bundles } from './0050-bundles';

/** One step forward. Never edited once released: a lab in the field has run it. */
export interface Migration {
  /** Multiple of ten, above the one before; later a step can be slotted in between. */
  version: number;
  /** Statements of the step, without BEGIN and COMMIT. */
  sql: string;
  /** The statements edit the text of definitions, which SQLite allows only when asked. */
  editsSchema?: true;
}

export const migrations: readonly Migration[] = [first, marks, protocol, claims, bundles];

/** "ThWt": says that an SQLite file is a lab (sqlite.org/fileformat2.html, application id). */
export const applicationId = 0x54685774;

/** The version that a list of steps leads to. @throws Error if the steps are out of order. */
export function newestVersion(steps: readonly Migration[] = migrations): number {
  return steps.reduce((last, { version }) => {
    if (version % 10 !== 0 || version <= last) throw new Error(`migration ${version} is out of order`);
    return version;
  }, 0);
}

export interface Header {
  applicationId: number;
  version: number;
  /** Tables, indexes, views and triggers. */
  objects: number;
}

export function readHeader(db: Database.Database): Header {
  return {
    applicationId: Number(db.pragma('application_id', { simple: true })),
    version: Number(db.pragma('user_version', { simple: true })),
    objects: db.prepare<[], number>('SELECT count(*) FROM sqlite_master').pluck().get()!,
  };
}

/** An SQLite file without a mark and without tables: a lab whose making was cut short, or a fresh one. */
export function isEmpty(header: Header): boolean {
  return header.applicationId === 0 && header.version === 0 && header.objects === 0;
}

/**
 * Brings a lab to the newest version: all steps and the version number in one transaction, so that a lab is old
 * or new and never between. Always writes, even with no step to take: the settings are read back after this.
 * @throws LabError lab_newer, lab_damaged (another program's file); SqliteError
 */
export function migrate(
  db: Database.Database,
  steps: readonly Migration[] = migrations,
): { from: number; to: number } {
  const to = newestVersion(steps);
  const step = db.transaction(() => {
    const header = readHeader(db);
    refuseForeign(header, db.name, to);
    for (const each of steps) if (each.version > header.version) takeStep(db, each);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${to}`);
    return { from: header.version, to };
  });
  return step.immediate();
}

/** Runs the statements of one step, inside the caller's transaction. */
export function takeStep(db: Database.Database, { sql, editsSchema }: Migration): void {
  if (!editsSchema) {
    db.exec(sql);
    return;
  }
  db.unsafeMode(true);
  try {
    const before = Number(db.pragma('schema_version', { simple: true }));
    db.pragma('writable_schema = ON');
    db.exec(sql);
    // Other connections, and this one, read the definitions again.
    db.pragma(`schema_version = ${before + 1}`);
    db.pragma('writable_schema = RESET');
  } finally {
    db.unsafeMode(false);
  }
}

/** @throws LabError lab_damaged for another program's file, lab_newer for a lab of a later version. */
export function refuseForeign(header: Header, file: string, newest = newestVersion()): void {
  if (isEmpty(header)) return;
  if (header.applicationId !== applicationId) {
    throw new LabError(
      'lab_damaged',
      `${file} is a database of another program, not a lab.`,
      'Choose another folder for the lab, or move that file away.',
    );
  }
  if (header.version > newest) {
    throw new LabError(
      'lab_newer',
      `This lab was written by a newer Thirty Watts (lab version ${header.version}, this program knows ${newest}).`,
      'Update Thirty Watts, or choose another folder for the lab. Nothing was changed.',
    );
  }
}

/** Every statement that makes up the schema, sorted: two labs of one version answer the same. */
export function schemaOf(db: Database.Database): string[] {
  return db
    .prepare<[], string>(
      `SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master
       WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
    )
    .pluck()
    .all();
}

/** The schema that the steps make, from an empty database in memory. */
export function expectedSchema(steps: readonly Migration[] = migrations): string[] {
  const db = new Database(':memory:');
  try {
    migrate(db, steps);
    return schemaOf(db);
  } finally {
    db.close();
  }
}

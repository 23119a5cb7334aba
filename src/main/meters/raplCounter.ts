import { join } from 'node:path';
import type { MeterFiles } from './files';
import { OpenFile, readFailure, type ValueRead } from './linuxValue';
import type { Zone } from './raplZones';
import { Unwrapper } from './unwrap';

/** Largest power (W) that one processor package can plausibly draw. */
export const mostPackageW = 1000;

export type CounterRead = { total: bigint; error: null } | { total: null; error: string };

/** One open energy file. */
export class RaplCounter {
  private readonly file: OpenFile;
  private readonly unwrapper: Unwrapper;

  /** Throws as `files.open` does, with EACCES where this user may not read the file. */
  constructor(
    files: MeterFiles,
    readonly zone: Zone,
  ) {
    this.file = new OpenFile(files, join(zone.folder, 'energy_uj'));
    const rules = { joulePerCount: 1e-6, modulus: zone.modulus, maxPlausibleW: mostPackageW };
    this.unwrapper = new Unwrapper(rules);
  }

  /** The register, µJ. */
  raw(): ValueRead<bigint> {
    const read = this.file.integer();
    return read.value !== null && read.value < 0n ? readFailure('NOT_A_NUMBER') : read;
  }

  /** µJ since the first read, wraps counted. */
  total(atNs: bigint): CounterRead {
    const { value, error } = this.raw();
    return value === null ? { total: null, error } : { total: this.unwrapper.add(value, atNs), error: null };
  }

  close(): void {
    this.file.close();
  }
}

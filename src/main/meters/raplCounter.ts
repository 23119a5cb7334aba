import { join } from 'node:path';
import { codeOf, type MeterFiles } from './files';
import type { Zone } from './raplZones';
import { Unwrapper } from './unwrap';

/** Largest power (W) that one processor package can plausibly draw. */
export const mostPackageW = 1000;

const digits = /^\d+$/;

export type CounterRead = { total: bigint; error: null } | { total: null; error: string };

/** One open energy file. The descriptor stays open: opening costs more than reading. */
export class RaplCounter {
  private readonly fd: number;
  private readonly buffer = Buffer.alloc(32);
  private readonly unwrapper: Unwrapper;

  /** Throws as `files.open` does, with EACCES where this user may not read the file. */
  constructor(
    private readonly files: MeterFiles,
    readonly zone: Zone,
  ) {
    this.fd = files.open(join(zone.folder, 'energy_uj'));
    const rules = { joulePerCount: 1e-6, modulus: zone.modulus, maxPlausibleW: mostPackageW };
    this.unwrapper = new Unwrapper(rules);
  }

  /** The register, µJ. EINVAL means that it was unreadable just now, so it is asked once more. */
  raw(): { value: bigint; error: null } | { value: null; error: string } {
    const first = this.once();
    return first.error === 'EINVAL' || first.error === 'EIO' ? this.once() : first;
  }

  /** µJ since the first read, wraps counted. */
  total(atNs: bigint): CounterRead {
    const { value, error } = this.raw();
    return value === null ? { total: null, error } : { total: this.unwrapper.add(value, atNs), error: null };
  }

  close(): void {
    this.files.close(this.fd);
  }

  private once(): { value: bigint; error: null } | { value: null; error: string } {
    try {
      const length = this.files.read(this.fd, this.buffer);
      const text = this.buffer.toString('latin1', 0, length).trim();
      // Number('') is 0, so only digits count.
      return digits.test(text)
        ? { value: BigInt(text), error: null }
        : { value: null, error: 'NOT_A_NUMBER' };
    } catch (error) {
      return { value: null, error: codeOf(error) };
    }
  }
}

import { codeOf, type MeterFiles } from './files';
import { deviceLost } from './reading';

/** One read of a file: its value, or the code of the failure. Never a number in place of a failure. */
export type ValueRead<T> = { value: T; error: null } | { value: null; error: string };

export const readFailure = (error: string): { value: null; error: string } => ({ value: null, error });

const wholeNumber = /^-?\d+$/;
/** The driver could not answer just now: asked once more at once. */
const passing = ['EINVAL', 'EIO'];

/**
 * One sysfs file that stays open, because opening costs more than reading. A read that fails with EINVAL or EIO is
 * tried once more; ENODEV means that the device is gone.
 */
export class OpenFile {
  private readonly fd: number;
  private readonly buffer: Buffer;

  /** Throws as `files.open` does, with EACCES where this user may not read the file. */
  constructor(
    private readonly files: MeterFiles,
    readonly path: string,
    capacity = 64,
  ) {
    this.fd = files.open(path);
    this.buffer = Buffer.alloc(capacity);
  }

  /** The whole number that the file holds. */
  integer(): ValueRead<bigint> {
    const { value, error } = this.bytes();
    if (value === null) return readFailure(error);
    const text = value.toString('latin1').trim();
    // Number('') is 0, so only digits count; a text that fills the buffer may go on.
    return wholeNumber.test(text) && value.length < this.buffer.length
      ? { value: BigInt(text), error: null }
      : readFailure('NOT_A_NUMBER');
  }

  /** What the file holds, valid until the next read. */
  bytes(): ValueRead<Buffer> {
    const first = this.once();
    return first.error !== null && passing.includes(first.error) ? this.once() : first;
  }

  close(): void {
    this.files.close(this.fd);
  }

  private once(): ValueRead<Buffer> {
    try {
      const length = this.files.read(this.fd, this.buffer);
      return { value: this.buffer.subarray(0, length), error: null };
    } catch (error) {
      const code = codeOf(error);
      return readFailure(code === 'ENODEV' ? deviceLost : code);
    }
  }
}

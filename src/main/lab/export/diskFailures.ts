import { LabError } from '../../../shared/errors';
import { formatBytes } from '../../../shared/units';
import { type FreeBytes, freeBytes } from '../../store/failures';

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const refused = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'ENOENT',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
]);

/**
 * What a person is told when the disk refuses an export; anything else comes back as it was.
 * @param needBytes what the bundle was estimated to need
 */
export function explainDisk(
  thrown: unknown,
  into: string,
  needBytes: number,
  free: FreeBytes = freeBytes,
): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (thrown instanceof LabError || typeof code !== 'string') return thrown;
  if (full.has(code)) {
    const left = free(into);
    return new LabError(
      'no_space',
      `The disk that holds ${into} is full: the bundle needs about ${formatBytes(needBytes)}${
        left === null ? '' : `, and ${formatBytes(left)} are free`
      }.`,
      'Free some space or choose a folder on another disk; nothing of the bundle was kept.',
      thrown,
    );
  }
  if (refused.has(code)) {
    return new LabError(
      'bad_input',
      `Nothing can be written into ${into} (${code}).`,
      'Choose a folder of your own on a writable disk.',
      thrown,
    );
  }
  if (code === 'EIO') {
    return new LabError(
      'bad_input',
      `The disk that holds ${into} reported an error.`,
      'Check the disk, or choose a folder on another one; nothing of the bundle was kept.',
      thrown,
    );
  }
  return thrown;
}

import { close, read } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPlain } from '../../models/files';

const [readAt, closed] = [promisify(read), promisify(close)];

/**
 * The bytes of a plain file inside a folder, piece by piece, each piece its own. Links are not followed.
 * @param problem what to throw for what is no plain file, with the words for it ("is a symbolic link")
 */
export async function* chunksOf(
  root: string,
  path: string,
  problem: (words: string) => Error,
): AsyncGenerator<Buffer> {
  const file = openPlain(join(root, ...path.split('/')), { oneName: false });
  if ('problem' in file) throw problem(file.problem);
  const { descriptor, bytes } = file;
  try {
    // Small files need no large piece, and one byte more shows their end.
    const size = Math.min(1 << 18, bytes + 1);
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(size);
      const { bytesRead } = await readAt(descriptor, chunk, 0, size, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await closed(descriptor);
  }
}

import { LabError } from '../../shared/errors';
import type { Tensor } from './graph';
import { typedAsRaw } from './values';

/** A file of external data, opened by the caller: fills `buffer` from `position`, answers the bytes read. */
export interface ExternalFile {
  readAt(buffer: Uint8Array, position: number): number;
  readonly size: number;
}
export type OpenExternal = (location: string) => ExternalFile;

/** Bytes per chunk: a multiple of every element width, small enough to stay in the cache. */
export const chunkBytes = 1 << 20;

/**
 * Hands the payload of a tensor to `visit` in chunks of at most 1 MiB, always aligned to 8 bytes: `count` bytes
 * at the start of `chunk`, which is reused. The tensor is never in memory twice. False for strings.
 * Errors: LabError `unsafe_model` where an external file is shorter than declared.
 */
export function streamPayload(
  tensor: Tensor,
  openExternal: OpenExternal,
  visit: (chunk: Uint8Array<ArrayBuffer>, count: number) => void,
): boolean {
  const { payload } = tensor;
  if (payload.kind === 'external') {
    const chunk = chunkFor(payload.length);
    const file = openExternal(payload.location);
    for (let done = 0; done < payload.length; ) {
      const want = Math.min(chunkBytes, payload.length - done);
      let got = 0;
      while (got < want) {
        const n = file.readAt(chunk.subarray(got, want), payload.offset + done + got);
        if (n <= 0) throw tooShort(payload.location);
        got += n;
      }
      visit(chunk, want);
      done += want;
    }
    return true;
  }
  const bytes = payload.kind === 'raw' ? payload.bytes : typedAsRaw(tensor);
  if (bytes === null) return false;
  const chunk = chunkFor(bytes.length);
  for (let done = 0; done < bytes.length; done += chunkBytes) {
    const part = bytes.subarray(done, done + chunkBytes);
    chunk.set(part);
    visit(chunk, part.length);
  }
  return true;
}

/** Most tensors of a model are small: a chunk as large as the tensor, in whole words. */
function chunkFor(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Math.min(chunkBytes, Math.ceil(bytes / 16) * 16));
}

function tooShort(location: string): LabError {
  return new LabError(
    'unsafe_model',
    `The external data file "${location}" ends before a tensor that lies in it.`,
    'Copy the file again, together with its model.',
  );
}

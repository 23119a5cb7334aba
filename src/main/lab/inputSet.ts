import { createHash } from 'node:crypto';
import type { InputJob } from '../runner/protocol';

/**
 * SHA-256 (hex) of what a model is fed, in the order it is fed: for each input one line of JSON with name, element type,
 * shape and bytes, then the bytes themselves. Two runs with one hash computed on the same numbers. Pure.
 */
export function inputSetSha256(
  inputs: readonly Pick<InputJob, 'name' | 'elemType' | 'shape' | 'data'>[],
): string {
  const hash = createHash('sha256').update('tw-inputs-1\n');
  for (const { name, elemType, shape, data } of inputs) {
    hash.update(`${JSON.stringify([name, elemType, shape, data.byteLength])}\n`).update(data);
  }
  return hash.digest('hex');
}

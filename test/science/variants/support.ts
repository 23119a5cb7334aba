import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../../src/main/models/random';
import { readModel } from '../../../src/main/models/reader';
import { modelFile, storedExternals } from '../../../src/main/models/stored';
import { encodeModel, type Graph, modelBytes } from '../../../src/main/models/writer';
import { openOrt } from '../../../src/main/runner/ort/free';
import type { Dataset } from '../../../src/main/science/data/dataset';
import type { Tools, Value } from '../../../src/main/science/tools';
import { makeVariant } from '../../../src/main/science/variants/make';
import {
  settleForm,
  type TransformForm,
  type TransformOptions,
  transformOptionsSchema,
} from '../../../src/shared/transform';
import { temporaryFolder } from '../../support/lab';
import { toolsWith } from '../../support/tools';

export const ort = openOrt();

export const optionsOf = (
  options: Partial<TransformOptions> & Pick<TransformOptions, 'kind'>,
): TransformOptions => transformOptionsSchema.parse({ minimum: 0, ...options });
export const formOf = (options: Partial<TransformOptions> & Pick<TransformOptions, 'kind'>): TransformForm =>
  settleForm(optionsOf(options));

/** Tools of a task in a folder of its own. */
export const testTools = (data?: Dataset): Tools => toolsWith(async () => data!, temporaryFolder());

/** A model in a folder of its own, as the lab stores one. */
export function storeModel(
  graph: Graph | Uint8Array,
  settings: {
    opset?: number;
    irVersion?: number;
    externalLocation?: string;
    domains?: Record<string, number>;
  } = {},
): string {
  const folder = join(temporaryFolder(), 'model');
  mkdirSync(folder);
  const path = join(folder, modelFile);
  if (graph instanceof Uint8Array) {
    writeFileSync(path, graph);
    return path;
  }
  const encoded = encodeModel(graph, settings);
  writeFileSync(path, joined(encoded.model()));
  if (encoded.external)
    writeFileSync(join(folder, encoded.external.location), joined(encoded.external.chunks()));
  return path;
}

export const joined = (chunks: Iterable<Uint8Array>): Uint8Array =>
  new Uint8Array(Buffer.concat([...chunks].map((c) => Buffer.from(c))));

/** The bytes of a variant that needs no second file. */
export function variantOf(graph: Graph | Uint8Array, form: TransformForm, opset = 17) {
  const bytes = graph instanceof Uint8Array ? graph : modelBytes(graph, { opset });
  const variant = makeVariant(bytes, readModel(bytes), form, {
    openExternal: storedExternals('/nowhere'),
    externalLocation: 'variant.data',
  });
  return { ...variant, bytes: joined(variant.encoded.model()) };
}

export async function runOnce(
  model: Uint8Array | string,
  feeds: Record<string, Value>,
): Promise<Record<string, Value>> {
  const session = await ort.open(typeof model === 'string' ? { path: model } : model);
  try {
    return Object.fromEntries(
      Object.entries(await session.run(feeds)).map(([name, v]) => [name, { ...v, data: v.data.slice() }]),
    ) as Record<string, Value>;
  } finally {
    await session.close();
  }
}

export const value = (data: Float32Array, ...dims: number[]): Value => ({ elemType: 'float32', dims, data });

export function noise(n: number, seed: number, name = 'noise'): Float32Array {
  const out = new Float32Array(n);
  createRandom(seed, name).fillSymmetric(out, 1);
  return out;
}

/** Whole numbers from 0 to 255, both ends among them: rounding to 8 bits changes none of them. */
export function bytesLike(n: number, seed: number): Float32Array {
  const random = createRandom(seed, 'bytes');
  const out = Float32Array.from({ length: n }, () => random.integer(0, 256));
  out[0] = 0;
  out[n - 1] = 255;
  return out;
}

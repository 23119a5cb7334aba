import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildSpec, type BuiltFamily, nameOf, recipeOf } from '../../../shared/ladder';
import { encodeModel, type Graph } from '../writer';
import { cnnGraph } from './cnn';
import { decoderGraph } from './decoder';
import { identityGraph } from './identity';
import { mlpGraph } from './mlp';
import { type BuiltModel, elementsOf } from './parts';

export {
  type BuildSpec,
  type BuiltFamily,
  builtFamilies,
  ladderSpecs,
  nameOf,
  parseRecipe,
  recipeOf,
} from '../../../shared/ladder';
export type { BuiltModel } from './parts';

const graphs: Record<BuiltFamily, (targetParameters: number, seed: number, name: string) => Graph> = {
  mlp: mlpGraph,
  cnn: cnnGraph,
  decoder: decoderGraph,
};

/** The model of a spec, within 5 % of its target; weights are generated when it is written. */
export function buildModel(spec: BuildSpec): BuiltModel {
  const recipe = recipeOf(spec);
  const graph = graphs[spec.family](spec.targetParameters, spec.seed, recipe);
  return {
    name: nameOf(spec),
    family: spec.family,
    recipe,
    actualParameters: elementsOf(graph.initializers),
    graph,
  };
}

/** One Identity node on one float: the cost of a call. */
export function buildIdentity(): BuiltModel {
  return {
    name: 'identity',
    family: 'imported',
    recipe: 'identity',
    actualParameters: 0,
    graph: identityGraph(),
  };
}

/** Writes a file from chunks, each of which is only valid until the next. */
export type WriteFile = (path: string, chunks: Iterable<Uint8Array>) => void;

/** Weights above this go into a file beside the model: a .onnx file ends at 2 GiB. */
const inlineAtMostBytes = 1.5e9;

/**
 * Writes the model to `path` (and its weights to `model.data` beside it where they pass 1.5 GB). The same recipe
 * gives the same bytes. A file that is there is replaced; write into a folder of your own and import from it.
 */
export function writeBuilt(
  built: BuiltModel,
  path: string,
  effects: { write: WriteFile } = { write: writeChunks },
): { path: string; bytes: number; external: { path: string; bytes: number } | null } {
  const inline = built.actualParameters * 4 <= inlineAtMostBytes;
  const encoded = encodeModel(built.graph, inline ? {} : { externalLocation: 'model.data' });
  let external: { path: string; bytes: number } | null = null;
  if (encoded.external !== null) {
    external = { path: join(dirname(path), encoded.external.location), bytes: encoded.external.bytes };
    effects.write(external.path, encoded.external.chunks());
  }
  effects.write(path, encoded.model());
  return { path, bytes: encoded.modelBytes, external };
}

/** Writes a file that is there anew; small pieces are gathered. */
export function writeChunks(path: string, chunks: Iterable<Uint8Array>): void {
  const descriptor = openSync(path, 'w');
  try {
    // Small pieces are gathered: a model is thousands of them.
    const buffer = new Uint8Array(1 << 20);
    let used = 0;
    const put = (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at);
    };
    for (const chunk of chunks) {
      if (used + chunk.length > buffer.length) {
        put(buffer.subarray(0, used));
        used = 0;
      }
      if (chunk.length >= buffer.length) put(chunk);
      else {
        buffer.set(chunk, used);
        used += chunk.length;
      }
    }
    put(buffer.subarray(0, used));
  } finally {
    closeSync(descriptor);
  }
}

import type { Counts, Port } from '../../shared/model';
import { type ExternalRange, freeInputs, type OnnxModel } from './graph';
import { countParameters } from './parameters';
import type { OpenExternal } from './payload';
import { readModel } from './reader';

/** What a model file says about itself. */
export interface Inspection {
  irVersion: number | null;
  producer: string;
  opsets: { domain: string; version: number }[];
  /** Inputs a caller has to feed: an input that an initializer fills is none. */
  inputs: Port[];
  outputs: Port[];
  counts: Counts;
  precision: string;
  /** Stretches of files beside the model, in file order; sizes in bytes. The importer judges the locations. */
  externals: ExternalRange[];
  /** For what else is asked of the graph: MACs, ranges of indices. */
  model: OnnxModel;
}

/**
 * Reads and counts an ONNX file. Errors: LabError `not_a_model` and `unsafe_model` of the reader, and whatever
 * `openExternal` throws; it is called only for files that `externals` lists, so an importer that must judge them
 * first calls `readModel` and looks at its `externals`.
 */
export function inspectModel(bytes: Uint8Array, openExternal: OpenExternal): Inspection {
  const model = readModel(bytes);
  const { counts, precision } = countParameters(model, openExternal);
  return {
    irVersion: model.irVersion,
    producer: model.producer,
    opsets: [...model.opsets],
    inputs: freeInputs(model.graph),
    outputs: [...model.graph.outputs],
    counts,
    precision,
    externals: [...model.externals],
    model,
  };
}

import { join } from 'node:path';
import { LabError } from '../../../shared/errors';
import type { TransformForm, TransformReport } from '../../../shared/transform';
import { writeChunks } from '../../models/builders';
import type { Attribute, OnnxGraph, OnnxModel, OnnxNode } from '../../models/graph';
import { opsetMap } from '../../models/graph';
import type { OpenExternal } from '../../models/payload';
import { type ModelEdits, rewriteModel } from '../../models/rewrite';
import type { EncodedModel, GraphNode, Tensor, Attribute as WrittenAttribute } from '../../models/writer';
import { branchesOf, type FoundLayers, findLayers, type Layer, type Left, neededOpset } from './layers';
import { bytesOf, createPieces } from './pieces';

/** A variant as it will be written, and what is said of it. */
export interface Variant {
  encoded: EncodedModel;
  report: Pick<TransformReport, 'layers' | 'left' | 'weightBytes' | 'notes'>;
}

export interface MakeOptions {
  openExternal: OpenExternal;
  /** Name of the file beside the variant, where it needs one. */
  externalLocation: string;
  /** Share of the layers that are written. */
  onProgress?: (share: number) => void;
}

/** Weights above this go into a file beside the model: a .onnx file ends at 2 GiB. */
const inlineAtMostBytes = 1.5e9;

/**
 * The variant of a model. `bytes` and `model` are the same file, before and after `readModel`.
 * @throws LabError unsupported where nothing can be rewritten, with every reason; or where the operator set is too old
 */
export function makeVariant(
  bytes: Uint8Array,
  model: OnnxModel,
  form: TransformForm,
  { openExternal, externalLocation, onProgress = () => {} }: MakeOptions,
): Variant {
  const opset = opsetMap(model.opsets).get('') ?? 0;
  refuseOldOpset(opset, form);
  const found = findLayers(model, form);
  if (found.layers.length === 0) throw nothingToDo(found, form);
  const made = { done: 0 };
  const pieces = createPieces(form, openExternal, opset, () =>
    onProgress(Math.min(1, ++made.done / found.layers.length)),
  );
  const plan = planEdits(model, form, found.layers, pieces);
  const outside =
    model.externals.length > 0 || bytes.length + bytesOf(plan.edits.initializers) > inlineAtMostBytes;
  return {
    encoded: rewriteModel(bytes, model, plan.edits, {
      externalLocation: outside ? externalLocation : null,
      openExternal,
    }),
    report: {
      layers: { withWeights: found.withWeights, changed: found.layers.length },
      left: grouped(found.left),
      weightBytes: { before: plan.before, after: bytesOf(plan.weights) },
      notes: notesOf(model, form, found, plan),
    },
  };
}

/** Writes it as `<stem>.onnx`, and what lies beside it. */
export function writeVariant({ encoded }: Variant, folder: string, stem: string): { file: string } {
  if (encoded.external !== null)
    writeChunks(join(folder, encoded.external.location), encoded.external.chunks());
  writeChunks(join(folder, `${stem}.onnx`), encoded.model());
  return { file: `${stem}.onnx` };
}

interface Plan {
  edits: ModelEdits;
  /** What the weights became. */
  weights: Tensor[];
  /** Bytes of the weights that were rewritten, each once. */
  before: number;
  /** Weights that something else uses too, so that they stay. */
  kept: number;
}

function planEdits(
  model: OnnxModel,
  form: TransformForm,
  layers: readonly Layer[],
  pieces: ReturnType<typeof createPieces>,
): Plan {
  const { graph } = model;
  const others = otherUses(graph, layers);
  const fresh = freshPrefix(model);
  const nodes = new Map<number, readonly GraphNode[]>();
  const without = new Set<string>();
  const initializers: Tensor[] = [];
  const domains: Record<string, number> = {};
  const byWeight = new Map<string, Layer[]>();
  for (const layer of layers)
    byWeight.set(layer.weightName, [...(byWeight.get(layer.weightName) ?? []), layer]);
  const weights: Tensor[] = [];
  let kept = 0;
  for (const [name, users] of byWeight) {
    const stays = others.has(name);
    if (stays) kept++;
    else {
      const { constantAt } = users[0]!;
      if (constantAt === null) without.add(name);
      else nodes.set(constantAt, []);
    }
    if (form.kind === 'pruned') {
      const pruned = pieces.pruned(users[0]!, stays ? `${fresh}${users[0]!.at}.weight` : name);
      initializers.push(pruned);
      weights.push(pruned);
      if (stays) for (const { at, node } of users) nodes.set(at, [withWeight(node, pruned.name)]);
      continue;
    }
    for (const layer of users) {
      const piece = pieces.inPlaceOf(layer, `${fresh}${layer.at}`);
      nodes.set(layer.at, piece.nodes);
      initializers.push(...piece.initializers);
      weights.push(...piece.initializers);
      Object.assign(domains, piece.domains);
    }
  }
  const before = [...byWeight.values()].reduce((n, [layer]) => n + 4 * layer!.weight.elements, 0);
  return { edits: { nodes, without, initializers, domains }, weights, before, kept };
}

/** Values that something else than the weight input of a rewritten layer uses. */
function otherUses(graph: OnnxGraph, layers: readonly Layer[]): Set<string> {
  const rewritten = new Set(layers.map(({ at }) => at));
  const used = new Set(graph.outputs.map(({ name }) => name));
  const visit = (node: OnnxNode, at: number | null) => {
    for (const [i, name] of node.inputs.entries())
      if (!(at !== null && rewritten.has(at) && i === 1)) used.add(name);
    for (const branch of branchesOf(node)) {
      for (const { name } of branch.outputs) used.add(name);
      for (const inner of branch.nodes) visit(inner, null);
    }
  };
  for (const [at, node] of graph.nodes.entries()) visit(node, at);
  return used;
}

/** A beginning that no name anywhere in the model has. */
function freshPrefix({ graph }: OnnxModel): string {
  const names: string[] = [];
  const visit = (g: OnnxGraph) => {
    names.push(...g.initializers.keys(), ...g.sparseInitializers.keys(), ...g.inputs.map(({ name }) => name));
    for (const node of g.nodes) {
      names.push(node.name, ...node.inputs, ...node.outputs);
      for (const branch of branchesOf(node)) visit(branch);
    }
  };
  visit(graph);
  let prefix = 'variant.';
  while (names.some((name) => name.startsWith(prefix))) prefix = `_${prefix}`;
  return prefix;
}

/** The same product with another weight. */
function withWeight(node: OnnxNode, weight: string): GraphNode {
  const attributes = Object.fromEntries(
    [...node.attributes].flatMap(([name, a]) => {
      const value = numberOf(a);
      return value === null ? [] : [[name, value]];
    }),
  );
  return {
    name: node.name,
    op: node.op,
    inputs: node.inputs.map((name, i) => (i === 1 ? weight : name)),
    outputs: node.outputs,
    attributes,
  };
}

/** Gemm's attributes are numbers, MatMul has none. */
function numberOf(a: Attribute): WrittenAttribute | null {
  if (a.kind === 'int') return { int: a.value };
  return a.kind === 'float' ? { float: a.value } : null;
}

function refuseOldOpset(opset: number, { kind }: TransformForm): void {
  if (opset >= neededOpset[kind]) return;
  throw new LabError(
    'unsupported',
    opset === 0
      ? 'The model names no version of the standard operators, so nothing can be written in them.'
      : `The model is written in operator set ${opset}; its ${kind} variant needs ${neededOpset[kind]} or a later one.`,
    'Export the model again with a newer operator set.',
  );
}

function nothingToDo({ left, computed, inside }: FoundLayers, { kind }: TransformForm): LabError {
  const reasons = grouped(left).map(
    ({ reason, count, examples }) =>
      `${count} ${count === 1 ? 'layer' : 'layers'}: ${reason} (${examples.join(', ')})`,
  );
  if (computed > 0)
    reasons.push(
      `${computed} ${computed === 1 ? 'product has' : 'products have'} no stored weight, both sides are computed`,
    );
  if (inside > 0)
    reasons.push(
      `${inside} ${inside === 1 ? 'product lies' : 'products lie'} in a branch, loop or function, which stay as they are`,
    );
  return new LabError(
    'unsupported',
    reasons.length === 0
      ? `This model has no matrix product with stored weights, so there is nothing to make ${kind}.`
      : `No layer of this model can be made ${kind}. ${reasons.join('; ')}.`,
    'Choose another kind of variant, or other sizes for it; thirty-watts models show MODEL lists the operators.',
  );
}

/** Nodes named for each reason. */
const namedAtMost = 3;

function grouped(left: readonly Left[]): TransformReport['left'] {
  const reasons = new Map<string, string[]>();
  for (const { node, reason } of left) reasons.set(reason, [...(reasons.get(reason) ?? []), node]);
  return [...reasons].map(([reason, nodes]) => ({
    reason,
    count: nodes.length,
    examples: nodes.slice(0, namedAtMost),
  }));
}

function notesOf(
  model: OnnxModel,
  form: TransformForm,
  { inside, layers }: FoundLayers,
  { kept }: Plan,
): string[] {
  const notes: string[] = [];
  const weights = new Set(layers.map(({ weightName }) => weightName));
  const replaceable =
    (model.irVersion ?? 0) < 4 ? [] : model.graph.inputs.filter(({ name }) => weights.has(name));
  if (kept > 0)
    notes.push(
      `${kept} of the weights ${kept === 1 ? 'is' : 'are'} used elsewhere in the model too and ${kept === 1 ? 'stays' : 'stay'} beside the new ${kept === 1 ? 'one' : 'ones'}.`,
    );
  if (inside > 0)
    notes.push(
      `${inside} ${inside === 1 ? 'product' : 'products'} in branches, loops or functions stay as they are.`,
    );
  if (replaceable.length > 0)
    notes.push(
      `${replaceable.length} of the weights could be replaced by a caller; in the variant they are fixed.`,
    );
  if (form.kind === 'int8')
    notes.push(
      'What comes into a layer is rounded to 8 bits over the whole batch, so an answer may change a little with what else is in its batch.',
    );
  if (form.kind === 'pruned')
    notes.push('The zeros are stored like other weights: nothing gets smaller or faster by them alone.');
  if (form.kind === 'block-sparse')
    notes.push('Every block of outputs keeps the same number of blocks, those with the largest norm.');
  return notes;
}

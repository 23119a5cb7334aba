import type { OnnxGraph, OnnxModel } from './graph';

/** Operators whose output holds the same indices as their first input. */
const sameValues = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Flatten',
  'Squeeze',
  'Unsqueeze',
  'Transpose',
  'Slice',
  'Expand',
  'Tile',
]);
/** Operators that keep the rows of a table where they are. */
const sameTable = new Set(['Identity', 'Cast', 'DequantizeLinear']);

/**
 * Ranges (low ≤ x < high) of the graph inputs that index constant tables: token ids into an embedding, positions
 * into a table of angles. An input that indexes several takes the smallest. Only Gather in the main graph is
 * followed; what is not found has no entry.
 */
export function indexHints(model: OnnxModel): Record<string, { low: number; high: number }> {
  const { graph } = model;
  const tables = tableDims(graph);
  // Graph input that a value holds the indices of.
  const source = new Map(
    graph.inputs.filter((p) => !graph.initializers.has(p.name)).map((p) => [p.name, p.name]),
  );
  const hints: Record<string, { low: number; high: number }> = {};
  for (const node of graph.nodes) {
    const [first = '', second = ''] = node.inputs;
    const from = source.get(first);
    if (from !== undefined && node.domain === '' && sameValues.has(node.op))
      source.set(node.outputs[0] ?? '', from);
    const dims = tables.get(first);
    if (dims !== undefined && node.domain === '' && sameTable.has(node.op))
      tables.set(node.outputs[0] ?? '', dims);
    if (node.op !== 'Gather' || dims === undefined) continue;
    const input = source.get(second);
    if (input === undefined) continue;
    const attribute = node.attributes.get('axis');
    const axis = attribute?.kind === 'int' ? attribute.value : 0;
    const rows = dims.at(axis);
    if (rows === undefined || rows < 1) continue;
    hints[input] = { low: 0, high: Math.min(rows, hints[input]?.high ?? rows) };
  }
  return hints;
}

/** Shapes of constant tensors by name: initializers and Constant nodes. */
function tableDims(graph: OnnxGraph): Map<string, readonly number[]> {
  const tables = new Map([...graph.initializers].map(([name, tensor]) => [name, tensor.dims]));
  for (const node of graph.nodes) {
    const value = node.op === 'Constant' ? node.attributes.get('value') : undefined;
    if (value?.kind === 'tensor') tables.set(node.outputs[0] ?? '', value.value.dims);
  }
  return tables;
}

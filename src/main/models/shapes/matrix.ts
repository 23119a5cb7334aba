import { type Call, type Rule, type RuleTable, stuck } from './call';
import { broadcast, known, type Value } from './value';

/** Shape of a matrix product by numpy's rules (ONNX operator MatMul), null where the sizes do not meet. */
function matmulShape(a: readonly number[], b: readonly number[]): number[] | null {
  if (a.length === 0 || b.length === 0) return null;
  const left = a.length === 1 ? [1, ...a] : a;
  const right = b.length === 1 ? [...b, 1] : b;
  if (left.at(-1) !== right.at(-2)) return null;
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2));
  if (batch === null) return null;
  const rows = a.length === 1 ? [] : [left.at(-2)!];
  const columns = b.length === 1 ? [] : [right.at(-1)!];
  return [...batch, ...rows, ...columns];
}

function matmul(right: number, type: Value['type'] = null): Rule {
  return (c) => [known(matmulShape(c.shape(0), c.shape(right)) ?? stuck(), type ?? c.type(0))];
}

/** The two operands of FusedMatMul after its transpositions. */
export function fusedOperands(c: Call): [readonly number[], readonly number[]] {
  if (c.int('transBatchA', 0) === 1 || c.int('transBatchB', 0) === 1) stuck();
  const turn = (s: readonly number[], yes: boolean) =>
    yes && s.length > 1 ? [...s.slice(0, -2), s.at(-1)!, s.at(-2)!] : s;
  return [turn(c.shape(0), c.int('transA', 0) === 1), turn(c.shape(1), c.int('transB', 0) === 1)];
}

/** Rows, depth and columns of a Gemm whose right operand is input `right`. */
export function gemmSizes(c: Call, right: number): [m: number, k: number, n: number] {
  const [a, b] = [c.shape(0), c.shape(right)];
  if (a.length !== 2 || b.length !== 2) stuck();
  const [m, k] = c.int('transA', 0) ? [a[1]!, a[0]!] : [a[0]!, a[1]!];
  const [kb, n] = c.int('transB', 0) ? [b[1]!, b[0]!] : [b[0]!, b[1]!];
  return k === kb ? [m, k, n] : stuck();
}

/** A quantised Gemm without a scale for its result (input 6) gives floats. */
function gemm(right: number): Rule {
  return (c) => {
    const [m, , n] = gemmSizes(c, right);
    return [known([m, n], right === 3 && !c.has(6) ? 'float32' : c.type(0))];
  };
}

/** com.microsoft:MatMulNBits: B is packed, its sizes are the attributes K and N. */
export function nbitsSizes(c: Call): [rows: readonly number[], k: number, n: number] {
  const [k, n] = [c.int('K') ?? stuck(), c.int('N') ?? stuck()];
  const x = c.shape(0);
  return x.at(-1) === k ? [x.slice(0, -1), k, n] : stuck();
}

/** An Einsum term by term: labels of each operand and of the result, ellipses spelt out as `0`, `1` … */
export function einsumLabels(c: Call): {
  operands: string[][];
  output: string[];
  sizes: Map<string, number>;
} {
  const [left, right] = c.text('equation', '').replace(/\s/g, '').split('->');
  const terms = (left ?? '').split(',');
  if (terms.length !== c.inputs.length) stuck();
  const rest = (term: string, i: number) => c.rank(i) - term.replace('...', '').length;
  const hidden = Math.max(0, ...terms.map((t, i) => (t.includes('...') ? rest(t, i) : 0)));
  const spell = (term: string, dots: number) => {
    const [before, after] = term.includes('...') ? term.split('...') : [term, ''];
    const middle = term.includes('...')
      ? Array.from({ length: dots }, (_, k) => String(hidden - dots + k))
      : [];
    return [...before!, ...middle, ...after!];
  };
  const operands = terms.map((t, i) => spell(t, rest(t, i)));
  const sizes = new Map<string, number>();
  operands.forEach((labels, i) => {
    const shape = c.shape(i);
    if (labels.length !== shape.length) stuck();
    labels.forEach((label, k) => {
      const size = sizes.get(label) ?? 1;
      if (size !== 1 && shape[k] !== 1 && size !== shape[k]) stuck();
      sizes.set(label, size === 1 ? shape[k]! : size);
    });
  });
  const all = operands.flat();
  const once = [...new Set(all)].filter((l) => all.indexOf(l) === all.lastIndexOf(l)).sort();
  const dots = Array.from({ length: hidden }, (_, k) => String(k));
  const output =
    right === undefined ? [...dots, ...once.filter((l) => !dots.includes(l))] : spell(right, hidden);
  return { operands, output, sizes };
}

function einsum(c: Call): Value[] {
  const { output, sizes } = einsumLabels(c);
  return [
    known(
      output.map((l) => sizes.get(l) ?? stuck()),
      c.type(0),
    ),
  ];
}

export const matrixRules: RuleTable = {
  MatMul: matmul(1),
  MatMulInteger: matmul(1, 'int32'),
  QLinearMatMul: matmul(3),
  'com.microsoft:MatMulIntegerToFloat': matmul(1, 'float32'),
  'com.microsoft:DynamicQuantizeMatMul': matmul(1, 'float32'),
  'com.microsoft:FusedMatMul': (c) => [known(matmulShape(...fusedOperands(c)) ?? stuck(), c.type(0))],
  'com.microsoft:MatMulNBits': (c) => {
    const [rows, , n] = nbitsSizes(c);
    return [known([...rows, n], c.type(0))];
  },
  Gemm: gemm(1),
  'com.microsoft:FusedGemm': gemm(1),
  'com.microsoft:QGemm': gemm(3),
  Einsum: einsum,
  Det: (c) => [known(c.shape(0).slice(0, -2), c.type(0))],
};

import { type Call, type RuleTable, stuck } from './call';
import { known, type Value } from './value';

/** Sizes of one scaled dot-product attention; `total` keys include those of the past. */
export interface AttentionSizes {
  batch: number;
  heads: number;
  keyHeads: number;
  queries: number;
  total: number;
  headSize: number;
  valueSize: number;
}

/** ai.onnx Attention (opset 23 on): Q, K, V as [B, heads, L, size] or [B, L, heads·size]; past at 4 and 5. */
export function attentionSizes(c: Call): AttentionSizes {
  const [q, k, v] = [c.shape(0), c.shape(1), c.shape(2)];
  const past = c.has(4) ? c.shape(4)[2]! : 0;
  const batch = q[0]!;
  if (q.length === 4 && k.length === 4 && v.length === 4) {
    const [heads, keyHeads] = [q[1]!, k[1]!];
    return {
      batch,
      heads,
      keyHeads,
      queries: q[2]!,
      total: past + k[2]!,
      headSize: q[3]!,
      valueSize: v[3]!,
    };
  }
  if (q.length !== 3 || k.length !== 3 || v.length !== 3) stuck();
  const heads = c.int('q_num_heads') ?? stuck();
  const keyHeads = c.int('kv_num_heads') ?? stuck();
  const [headSize, valueSize] = [q[2]! / heads, v[2]! / keyHeads];
  return { batch, heads, keyHeads, queries: q[1]!, total: past + k[1]!, headSize, valueSize };
}

function attention(c: Call): Value[] {
  const s = attentionSizes(c);
  const [x, type] = [c.shape(0), c.type(0)];
  const out =
    x.length === 4 ? [s.batch, s.heads, s.queries, s.valueSize] : [s.batch, s.queries, s.heads * s.valueSize];
  return [
    known(out, type),
    known([s.batch, s.keyHeads, s.total, s.headSize], c.type(1)),
    known([s.batch, s.keyHeads, s.total, s.valueSize], c.type(2)),
    known([s.batch, s.heads, s.queries, s.total], type),
  ];
}

/** com.microsoft MultiHeadAttention with separate Q, K, V [B, L, hidden], or keys already split in heads. */
export function multiHeadSizes(c: Call): AttentionSizes {
  const heads = c.int('num_heads') ?? stuck();
  const q = c.shape(0);
  // Packed QKV or KV (five axes) and buffers shared with the past are not certain.
  if (q.length !== 3 || !c.has(1) || !c.has(2) || c.has(8)) stuck();
  const [k, v] = [c.shape(1), c.shape(2)];
  const headSize = q[2]! / heads;
  const past = c.has(6) ? c.shape(6)[2]! : 0;
  if (k.length === 3 && v.length === 3) {
    const valueSize = v[2]! / heads;
    return { batch: q[0]!, heads, keyHeads: heads, queries: q[1]!, total: past + k[1]!, headSize, valueSize };
  }
  if (k.length !== 4 || v.length !== 4) stuck();
  return { batch: q[0]!, heads, keyHeads: heads, queries: q[1]!, total: k[2]!, headSize, valueSize: v[3]! };
}

function multiHead(c: Call): Value[] {
  const s = multiHeadSizes(c);
  const type = c.type(0);
  return [
    known([s.batch, s.queries, s.heads * s.valueSize], type),
    known([s.batch, s.heads, s.total, s.headSize], type),
    known([s.batch, s.heads, s.total, s.valueSize], type),
    known([s.batch, s.heads, s.queries, s.total], type),
  ];
}

/** com.microsoft Attention and QAttention: input [B, L, width], weight [width, Q + K + V]. */
export function fusedAttentionSizes(
  c: Call,
  pastInput: number,
): AttentionSizes & { width: number; projected: number } {
  const [x, w] = [c.shape(0), c.shape(1)];
  const heads = c.int('num_heads') ?? stuck();
  if (x.length !== 3 || w.length !== 2 || w[0] !== x[2]) stuck();
  if (c.int('past_present_share_buffer', 0) === 1) stuck();
  const split = c.ints('qkv_hidden_sizes') ?? [w[1]! / 3, w[1]! / 3, w[1]! / 3];
  const past = c.has(pastInput) ? c.shape(pastInput)[3]! : 0;
  return {
    batch: x[0]!,
    heads,
    keyHeads: heads,
    queries: x[1]!,
    total: past + x[1]!,
    headSize: split[0]! / heads,
    valueSize: split[2]! / heads,
    width: x[2]!,
    projected: w[1]!,
  };
}

function fusedAttention(pastInput: number): (c: Call) => Value[] {
  return (c) => {
    const s = fusedAttentionSizes(c, pastInput);
    const type = pastInput === 8 ? 'float32' : c.type(0);
    return [
      known([s.batch, s.queries, s.heads * s.valueSize], type),
      known([2, s.batch, s.heads, s.total, s.headSize], type),
    ];
  };
}

/**
 * com.microsoft GroupQueryAttention: Q [B, L, heads·size], K, V [B, L, kvHeads·size], past at 3 and 4. With packed
 * QKV there is no K. The runtime gives the present the longer of the past buffer and `total_sequence_length`.
 */
export function groupQuerySizes(c: Call): AttentionSizes {
  const heads = c.int('num_heads') ?? stuck();
  const keyHeads = c.int('kv_num_heads') ?? stuck();
  const q = c.shape(0);
  if (q.length !== 3) stuck();
  const headSize = c.has(1) ? q[2]! / heads : q[2]! / (heads + 2 * keyHeads);
  const past = c.has(3) ? c.shape(3)[2]! : 0;
  const total = c.has(6) && c.value(6).data !== null ? c.scalar(6) : past === 0 ? q[1]! : stuck(6);
  return { batch: q[0]!, heads, keyHeads, queries: q[1]!, total, headSize, valueSize: headSize };
}

function groupQuery(c: Call): Value[] {
  const q = c.shape(0);
  const heads = c.int('num_heads') ?? stuck();
  const keyHeads = c.int('kv_num_heads') ?? stuck();
  const headSize = c.has(1) ? q[2]! / heads : q[2]! / (heads + 2 * keyHeads);
  const out = known([q[0]!, q[1]!, heads * headSize], c.type(0));
  // The output is certain where the present is not, and most graphs go on with the output alone.
  const totals = c.has(6) ? c.value(6).data : null;
  if (totals === null) return [out];
  const past = c.has(3) ? c.shape(3)[2]! : 0;
  const present = [q[0]!, keyHeads, Math.max(past, totals[0] ?? stuck()), headSize];
  return [out, known(present, c.type(0)), known(present, c.type(0))];
}

export const attentionRules: RuleTable = {
  Attention: attention,
  'com.microsoft:MultiHeadAttention': multiHead,
  'com.microsoft:Attention': fusedAttention(4),
  'com.microsoft:QAttention': fusedAttention(8),
  'com.microsoft:GroupQueryAttention': groupQuery,
  RotaryEmbedding: (c) => [known(c.shape(0), c.type(0))],
  'com.microsoft:RotaryEmbedding': (c) => [known(c.shape(0), c.type(0))],
};

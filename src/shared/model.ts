import { z } from 'zod';

/** ONNX element types as the lab names them; the index is the TensorProto.DataType code of the ONNX spec. */
export const elemTypes = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
  'float8e8m0',
  'uint2',
  'int2',
] as const;
export type ElemType = (typeof elemTypes)[number];

/** Bits per element; strings and the undefined type have none. */
export const elemBits: Readonly<Partial<Record<ElemType, number>>> = {
  float32: 32,
  uint8: 8,
  int8: 8,
  uint16: 16,
  int16: 16,
  int32: 32,
  int64: 64,
  bool: 8,
  float16: 16,
  float64: 64,
  uint32: 32,
  uint64: 64,
  complex64: 64,
  complex128: 128,
  bfloat16: 16,
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  uint4: 4,
  int4: 4,
  float4e2m1: 4,
  float8e8m0: 8,
  uint2: 2,
  int2: 2,
};

/** One dimension: a size, a name for a free one, or null for a free one without a name. */
export const dimSchema = z.union([z.number().int().nonnegative(), z.string(), z.null()]);
export type Dim = z.infer<typeof dimSchema>;

/** A graph input or output. `kind` other than tensor cannot be measured and is refused with its name. */
export const portSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['tensor', 'sequence', 'map', 'optional', 'sparse', 'unknown']),
  elemType: z.enum(elemTypes),
  /** null: the file declares no shape. */
  shape: z.array(dimSchema).nullable(),
});
export type Port = z.infer<typeof portSchema>;

/** Counting convention `tw1` (docs/method.md 6.1: one MAC = a·b + c; parameters as Netron counts them). */
export const countsSchema = z.strictObject({
  convention: z.literal('tw1'),
  /** Elements of unique initializers and Constant tensors used as weights; null where a shape is symbolic. */
  parameters: z.number().int().nonnegative().nullable(),
  parametersMissingReason: z.string().nullable(),
  /** Elements ≠ 0 (quantised: ≠ zero point). */
  parametersNonzero: z.number().int().nonnegative().nullable(),
  /** Payload of those tensors in bytes, inline or external, each once. */
  parameterBytes: z.number().int().nonnegative(),
  /** Node count per operator, `domain:Op` outside the default domain, subgraphs and functions included. */
  operators: z.record(z.string(), z.number().int().positive()),
});
export type Counts = z.infer<typeof countsSchema>;

/** Dense multiply-accumulates of one inference for concrete input shapes. */
export const macsSchema = z.strictObject({
  macs: z.number().int().nonnegative().nullable(),
  /** Why macs is null, naming the operators or dimensions; null otherwise. */
  missingReason: z.string().nullable(),
  /** Operators that stopped the count, sorted. */
  unknownOperators: z.array(z.string()),
});
export type Macs = z.infer<typeof macsSchema>;

export const families = ['mlp', 'cnn', 'decoder', 'imported'] as const;
export type Family = (typeof families)[number];

/** What the lab knows of a model: stored under `id`, never edited. */
export const modelSchema = z.strictObject({
  /** SHA-256 (hex) that addresses the model: of the file, or of file and external data together (see models/import). */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  family: z.enum(families),
  /** Builder recipe (`mlp:…`) or null for an imported file. */
  recipe: z.string().nullable(),
  fileSha256: z.string(),
  externalData: z.array(
    z.strictObject({ location: z.string(), sha256: z.string(), bytes: z.number().int().nonnegative() }),
  ),
  /** Bytes of the .onnx file; external data beside it in `externalData`. */
  fileBytes: z.number().int().positive(),
  irVersion: z.number().int().nullable(),
  producer: z.string(),
  opsets: z.array(z.strictObject({ domain: z.string(), version: z.number().int() })),
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
  /** Element type that holds most parameter bytes, `mixed` where no type holds 90 %, `none` without parameters. */
  precision: z.string(),
  counts: countsSchema,
  importedUnixMs: z.number().int(),
});
export type Model = z.infer<typeof modelSchema>;

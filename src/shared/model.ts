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

const countOrNull = z.number().int().nonnegative().nullable();

/** One node of the main graph, with whatever runs inside it (functions, branches, rounds of a loop). */
export const nodeMacsSchema = z.strictObject({
  /** Its name in the file, or that of its first output. */
  name: z.string(),
  operator: z.string(),
  macs: countOrNull,
  effective: countOrNull,
  /** A product in it has no stored weight and counts densely. */
  computed: z.boolean(),
});
export type NodeMacs = z.infer<typeof nodeMacsSchema>;

/** Multiply-accumulates of one inference for concrete input shapes, counted on the file as given. */
export const macsSchema = z.strictObject({
  convention: z.literal('tw1'),
  /** Dense: zeros count like everything else. */
  macs: z.number().int().nonnegative().nullable(),
  /** Why macs is null, naming the operators or dimensions; null otherwise. */
  missingReason: z.string().nullable(),
  /** Operators that stopped the count, sorted. */
  unknownOperators: z.array(z.string()),
  /** Those whose weight is not zero (quantised: not its zero point); products without a stored weight count densely. */
  effective: countOrNull,
  effectiveMissingReason: z.string().nullable(),
  /** Those whose weight and input are not zero: needs a measurement over named inputs. */
  inputEffective: countOrNull,
  inputEffectiveMissingReason: z.string().nullable(),
  /** Operators with a product of computed values, sorted: they count densely in `effective`. */
  computed: z.array(z.string()),
  /**
   * Operators that multiply and accumulate nothing: how often each ran and the elements it wrote. Never weighed
   * against MACs or each other; null where a loop or a shape leaves it open.
   */
  others: z.record(z.string(), z.strictObject({ calls: countOrNull, elements: countOrNull })),
  nodes: z.array(nodeMacsSchema),
});
export type Macs = z.infer<typeof macsSchema>;

/** A licence as it was found when the model was imported; nobody judged whether it holds. */
export const licenceSchema = z.strictObject({
  /** In the model's metadata, or in a file beside it. */
  from: z.enum(['metadata', 'file']),
  /** Key of the metadata or name of the file. */
  name: z.string(),
  text: z.string(),
});
export type Licence = z.infer<typeof licenceSchema>;

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
  /** Where an imported one comes from and its licence, as far as it says so; absent in models built, or imported by an older version. */
  source: z.string().nullable().optional(),
  licence: licenceSchema.nullable().optional(),
  opsets: z.array(z.strictObject({ domain: z.string(), version: z.number().int() })),
  inputs: z.array(portSchema),
  outputs: z.array(portSchema),
  /** Element type that holds most parameter bytes, `mixed` where no type holds 90 %, `none` without parameters. */
  precision: z.string(),
  counts: countsSchema,
  importedUnixMs: z.number().int(),
});
export type Model = z.infer<typeof modelSchema>;

/** Begins the recipe of a model that an experiment behind a claim made: lists leave these out unless asked. */
export const claimRecipe = 'claim: ';
export const isClaimModel = ({ recipe }: Pick<Model, 'recipe'>): boolean =>
  recipe?.startsWith(claimRecipe) ?? false;

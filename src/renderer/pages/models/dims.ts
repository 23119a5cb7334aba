import type { Outputs } from '../../../shared/contract';
import { batchAxes, isBatchName, termsOf } from '../../../shared/freeDims';
import type { Port } from '../../../shared/model';

/** A free dimension as a person edits it: one field, wherever its name stands in the inputs. */
export interface EditableDim {
  /** What showModel and a plan call it: its name, or `input:axis` where it has none. */
  key: string;
  /** Where it stands, `input_ids, axis 1`. */
  places: string[];
  /** The size that counts now. */
  size: number;
  /** Its size is the batch and cannot be set apart from it. */
  followsBatch: boolean;
}

/**
 * Free dimensions of a model, each name once, in the order of the inputs. A name that is a sum (`past + sequence`) is
 * set by its parts, so those are listed in its place. Pure.
 * @param own sizes that the user has set: of parts that stand in no input by themselves
 */
export function editableDims(
  { freeDims, inputs }: Pick<Outputs['showModel'], 'freeDims' | 'inputs'>,
  own: Readonly<Record<string, number>> = {},
): EditableDim[] {
  const shapes = new Map(inputs.map(({ name, shape }) => [name, shape ?? []]));
  const takesBatch = batchAxes([...shapes.values()]);
  const sizes = new Map(freeDims.map(({ name, size }) => [name, size]));
  const dims = new Map<string, EditableDim>();
  for (const { name, input, axis } of freeDims) {
    const parts = termsOf(name) ?? [name];
    for (const key of parts.filter((part) => !/^\d+$/.test(part))) {
      const place = `${input}, axis ${axis}`;
      const known = dims.get(key);
      if (known) known.places.push(place);
      else
        dims.set(key, {
          key,
          places: [place],
          size: sizes.get(key) ?? own[key] ?? 1,
          followsBatch: isBatchName(key) || takesBatch(shapes.get(input) ?? [], axis),
        });
    }
  }
  return [...dims.values()];
}

/** Inputs whose file declares no shape: their sizes have to be given before anything can be counted. Pure. */
export const shapelessInputs = (inputs: readonly Port[]): string[] =>
  inputs.filter(({ kind, shape }) => kind === 'tensor' && shape === null).map(({ name }) => name);

/** `1, 3, 224` as sizes by `input:axis`; null for anything else. Pure. */
export function sizesOfText(input: string, text: string): Record<string, number> | null {
  const words = text.split(/[\s,×x]+/).filter(Boolean);
  if (words.length === 0 || !words.every((word) => /^\d{1,9}$/.test(word))) return null;
  return Object.fromEntries(words.map((word, axis) => [`${input}:${axis}`, Number(word)]));
}

type DimsByModel = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The stored sizes with one changed; null takes it out, and a model without any leaves nothing behind. Pure. */
export function withDim(
  all: DimsByModel,
  model: string,
  key: string,
  size: number | null,
): Record<string, Record<string, number>> {
  const { [key]: _, ...others } = all[model] ?? {};
  return withDims(all, model, size === null ? others : { ...others, [key]: size });
}

/** The stored sizes with those of one model replaced. Pure. */
export function withDims(
  all: DimsByModel,
  model: string,
  own: Readonly<Record<string, number>>,
): Record<string, Record<string, number>> {
  const { [model]: _, ...rest } = all;
  return Object.keys(own).length > 0 ? { ...rest, [model]: own } : rest;
}

/** `[batch, 3, 224, ?]`; `no shape` where the file declares none. Pure. */
export function shapeText(shape: Port['shape']): string {
  return shape === null ? 'no shape' : `[${shape.map((dim) => dim ?? '?').join(', ')}]`;
}

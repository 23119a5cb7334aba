import type { Dim } from './model';

const batchName = /^(n|b|bs|batch|batch[-_ ]?(size|dim))$/i;

/** Whether a free dimension is called what batch dimensions are called. */
export const isBatchName = (name: string): boolean => batchName.test(name);

/** The parts of `a + b`; null for any other name. */
export function termsOf(name: string): string[] | null {
  const parts = name.split('+').map((part) => part.trim());
  return parts.length > 1 && parts.every((part) => part !== '') ? parts : null;
}

/**
 * Which free dimensions of a model's inputs take the batch: each that is called n, b, bs, batch, batch_size … anywhere;
 * where none is called so, a free first dimension of an input of rank 2 or more, unless its name also stands on another
 * axis (a length, then). A free first dimension without a name is the batch from rank 2 on in any case. Pure.
 */
export function batchAxes(
  shapes: readonly (readonly Dim[])[],
): (shape: readonly Dim[], axis: number) => boolean {
  const all = shapes.flatMap((shape) => shape.map((dim, axis) => ({ dim, axis, rank: shape.length })));
  const explicit = all.some(({ dim }) => typeof dim === 'string' && isBatchName(dim));
  const leading = new Set(all.filter(({ axis, rank }) => axis === 0 && rank >= 2).map(({ dim }) => dim));
  const elsewhere = new Set(all.filter(({ axis }) => axis > 0).map(({ dim }) => dim));
  return (shape, axis) => {
    const dim = shape[axis];
    if (typeof dim === 'number' || dim === undefined) return false;
    if (dim === null) return axis === 0 && shape.length >= 2;
    if (isBatchName(dim)) return true;
    return !explicit && leading.has(dim) && !elsewhere.has(dim) && termsOf(dim) === null;
  };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveInputs } from '../../../../src/main/models/inputs';
import {
  editableDims,
  shapelessInputs,
  shapeText,
  sizesOfText,
  withDim,
  withDims,
} from '../../../../src/renderer/pages/models/dims';
import type { Dim, Port } from '../../../../src/shared/model';

const port = (name: string, shape: Dim[] | null): Port => ({
  name,
  kind: 'tensor',
  elemType: 'float32',
  shape,
});

/** What showModel answers for these inputs. */
function shown(inputs: Port[], batch: number, dims: Record<string, number>) {
  const specs = resolveInputs(inputs, { batch, dims, values: {} });
  const freeDims = inputs.flatMap((p) =>
    (p.shape ?? []).flatMap((dim, axis) =>
      typeof dim === 'number'
        ? []
        : [
            {
              name: dim ?? `${p.name}:${axis}`,
              input: p.name,
              axis,
              size: specs.find((s) => s.name === p.name)!.shape[axis],
            },
          ],
    ),
  );
  return { inputs, freeDims };
}

describe('editableDims', () => {
  it('lists a name once, with every place it stands in', () => {
    const inputs = [port('ids', ['batch', 'sequence']), port('mask', ['batch', 'sequence'])];
    expect(editableDims(shown(inputs, 1, {}))).toEqual([
      { key: 'batch', places: ['ids, axis 0', 'mask, axis 0'], size: 1, followsBatch: true },
      { key: 'sequence', places: ['ids, axis 1', 'mask, axis 1'], size: 1, followsBatch: false },
    ]);
  });

  it('asks for the parts of a sum, and takes their own sizes', () => {
    const inputs = [port('ids', ['batch', 'sequence']), port('mask', ['batch', 'past + sequence'])];
    const own = { past: 7, sequence: 3 };
    const dims = editableDims(shown(inputs, 1, own), own);
    expect(dims.map(({ key, size }) => [key, size])).toEqual([
      ['batch', 1],
      ['sequence', 3],
      ['past', 7],
    ]);
  });

  it('gives a nameless dimension its input and axis', () => {
    const dims = editableDims(shown([port('x', [null, 3, null])], 4, {}));
    expect(dims.map(({ key, size, followsBatch }) => [key, size, followsBatch])).toEqual([
      ['x:0', 4, true],
      ['x:2', 1, false],
    ]);
  });

  it('offers only what the lab then takes, whatever the batch', () => {
    const names = fc.constantFrom('batch', 'N', 'sequence', 'past', 'past + sequence', 'h', 'w');
    const dim: fc.Arbitrary<Dim> = fc.oneof(fc.integer({ min: 1, max: 9 }), names, fc.constant(null));
    const inputs = fc
      .array(fc.array(dim, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
      .map((shapes) => shapes.map((shape, i) => port(`x${i}`, shape)));
    fc.assert(
      fc.property(
        inputs,
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 2, max: 99 }),
        (ports, batch, size) => {
          const free = editableDims(shown(ports, 1, {})).filter((d) => !d.followsBatch);
          const own = Object.fromEntries(free.map((d) => [d.key, size]));
          const takesBatch = editableDims(shown(ports, 1, {})).some((d) => d.followsBatch);
          // Neither refused, nor changed on the way.
          const again = editableDims(shown(ports, takesBatch ? batch : 1, own), own).filter(
            (d) => !d.followsBatch,
          );
          for (const { key, size: got } of again) expect([key, got]).toEqual([key, size]);
        },
      ),
    );
  });
});

describe('stored sizes', () => {
  it('keep one model apart from the other and leave nothing behind', () => {
    const one = withDim({}, 'a', 'sequence', 8);
    const two = withDim(one, 'b', 'sequence', 9);
    expect(two).toEqual({ a: { sequence: 8 }, b: { sequence: 9 } });
    expect(withDim(two, 'a', 'sequence', null)).toEqual({ b: { sequence: 9 } });
    expect(withDims(two, 'b', {})).toEqual({ a: { sequence: 8 } });
    expect(one).toEqual({ a: { sequence: 8 } });
  });
});

describe('inputs without a shape', () => {
  it('are named, and their sizes are read from a list', () => {
    expect(
      shapelessInputs([port('x', null), port('y', [1]), { ...port('s', null), kind: 'sequence' }]),
    ).toEqual(['x']);
    expect(sizesOfText('x', '1, 3, 224')).toEqual({ 'x:0': 1, 'x:1': 3, 'x:2': 224 });
    expect(sizesOfText('x', '1×3×224')).toEqual({ 'x:0': 1, 'x:1': 3, 'x:2': 224 });
    for (const text of ['', 'a', '1, -3', '1.5']) expect(sizesOfText('x', text)).toBeNull();
  });
});

it('prints a shape as it is declared', () => {
  expect(shapeText(['batch', 3, null])).toBe('[batch, 3, ?]');
  expect(shapeText([])).toBe('[]');
  expect(shapeText(null)).toBe('no shape');
});

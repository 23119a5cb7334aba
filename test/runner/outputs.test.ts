import { describe, expect, it } from 'vitest';
import { countNonFinite, describeOutputs } from '../../src/main/runner/outputs';

const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);

describe('outputs of an inference', () => {
  it('count NaN and infinities of each floating type', () => {
    expect(
      countNonFinite('float32', bytes(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, -0))),
    ).toBe(2);
    expect(countNonFinite('float64', bytes(Float64Array.of(Number.NEGATIVE_INFINITY, 2)))).toBe(1);
    expect(countNonFinite('float16', bytes(Uint16Array.of(0x7c00, 0x7e00, 0x3c00)))).toBe(2);
    expect(countNonFinite('bfloat16', bytes(Uint16Array.of(0x7f80, 0x3f80)))).toBe(1);
  });

  it('know that integers cannot be infinite: null, not 0', () => {
    expect(countNonFinite('int64', bytes(BigInt64Array.of(1n)))).toBeNull();
  });

  it('hash names, types, shapes and payloads', () => {
    const value = { name: 'y', elemType: 'float32', shape: [2], bytes: bytes(Float32Array.of(1, 2)) };
    const { sha256 } = describeOutputs([value]);
    expect(describeOutputs([value]).sha256).toBe(sha256);
    expect(describeOutputs([{ ...value, shape: [1, 2] }]).sha256).not.toBe(sha256);
    expect(describeOutputs([{ ...value, bytes: bytes(Float32Array.of(1, 3)) }]).sha256).not.toBe(sha256);
  });
});

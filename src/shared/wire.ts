import { decode, Encoder, ExtensionCodec } from '@msgpack/msgpack';

/**
 * Messages as bytes for a WebSocket: MessagePack (msgpack.org, spec of 2017) with bigints as 64-bit integers and typed
 * arrays as extension types, little endian, so that columns cross without becoming text. `undefined` keys are left out.
 */
const codec = new ExtensionCodec();
const arrays = [
  [1, Float64Array],
  [2, BigInt64Array],
  [3, Uint32Array],
] as const;
for (const [type, Kind] of arrays) {
  codec.register({
    type,
    encode: (value) =>
      value instanceof Kind ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    decode: (bytes) => new Kind(bytes.slice().buffer),
  });
}

const options = { extensionCodec: codec, useBigInt64: true, ignoreUndefined: true } as const;

/** A message of plain data, bigints, Uint8Array, Float64Array, BigInt64Array and Uint32Array as bytes. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return new Encoder(options).encode(message);
}

/** The message again. @throws Error for bytes that are no message */
export function decodeMessage(bytes: Uint8Array): unknown {
  return decode(bytes, options);
}

import { LabError } from '../../shared/errors';

/** Caps of one parse. A real model stays far below; a hostile one ends in a LabError instead of memory. */
export const wireLimits = {
  /** Graphs inside graphs. */
  depth: 64,
  /** Protobuf fields of one file, packed lists counting as one. */
  fields: 5_000_000,
} as const;

/** Counts down over all messages of one file. */
export interface FieldBudget {
  fieldsLeft: number;
}

const remedy = 'Check that the download or copy is complete, or export the model again.';

/** A file whose bytes do not follow the wire format. `at` is the byte position in the file. */
export function malformed(what: string, at: number): LabError {
  return new LabError('not_a_model', `This is not a readable ONNX model: ${what} at byte ${at}.`, remedy);
}

/** A file that is readable, but that two readers could understand differently or that exceeds a cap. */
export function unsafe(what: string, at: number): LabError {
  return new LabError(
    'unsafe_model',
    `The model is refused: ${what} at byte ${at}.`,
    'Export the model again.',
  );
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Pull reader over one protobuf message inside a file: `while (m.next()) switch (m.field) …`.
 * It never recurses and never copies: nested messages are readers over the same bytes, payloads are views.
 * Positions are those of the whole file. Errors: LabError `not_a_model` or `unsafe_model`, nothing else.
 * Source: protobuf.dev, "Encoding". Groups (wire types 3 and 4) are refused: ONNX has none.
 */
export class WireMessage {
  /** Field number and wire type of the field that next() found. */
  field = 0;
  wire = 0;
  /** Where the value of the current field starts. */
  position: number;
  private fresh = false;

  constructor(
    readonly bytes: Uint8Array,
    readonly budget: FieldBudget = { fieldsLeft: wireLimits.fields },
    readonly start = 0,
    readonly end = bytes.length,
  ) {
    this.position = start;
  }

  /** Moves to the next field; an unread value is skipped. False at the end of the message. */
  next(): boolean {
    if (this.fresh) this.skip();
    if (this.position >= this.end) return false;
    if (--this.budget.fieldsLeft < 0) {
      throw unsafe(`it has more than ${wireLimits.fields.toLocaleString('en-US')} fields`, this.position);
    }
    const at = this.position;
    const tag = this.unsigned();
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (tag > 0xffffffff || this.field === 0) throw malformed('a field number is impossible', at);
    if (this.wire === 3 || this.wire === 4 || this.wire > 5) {
      throw malformed(`wire type ${this.wire} is unknown`, at);
    }
    this.fresh = true;
    return true;
  }

  /** A length or a small unsigned number; refuses what JavaScript cannot hold exactly. */
  private unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; ; i++) {
      if (this.position >= this.end) throw this.truncated();
      const byte = this.bytes[this.position++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
      if (i === 9) throw malformed('a number has more than ten bytes', this.position);
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw malformed('a length is impossible', this.position);
    return value;
  }

  private varint(): bigint {
    // Most values fit into 28 bits; the slow path keeps two's complement for the rest.
    let small = 0;
    for (let i = 0; i < 4; i++) {
      if (this.position + i >= this.end) throw this.truncated();
      const byte = this.bytes[this.position + i]!;
      small |= (byte & 127) << (7 * i);
      if (byte < 128) {
        this.position += i + 1;
        return BigInt(small);
      }
    }
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (shift > 63n) throw malformed('a number has more than ten bytes', this.position);
      if (this.position >= this.end) throw this.truncated();
      const byte = this.bytes[this.position++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  }

  private truncated(): LabError {
    const what = this.end === this.bytes.length ? 'the file ends too early' : 'a part ends too early';
    return malformed(what, this.position);
  }

  private want(wire: number): void {
    if (this.wire !== wire) throw malformed(`field ${this.field} has the wrong type`, this.position);
    this.fresh = false;
  }

  private take(count: number): number {
    if (count > this.end - this.position) throw this.truncated();
    const at = this.position;
    this.position += count;
    return at;
  }

  skip(): void {
    this.fresh = false;
    if (this.wire === 0) this.unsignedOrBig();
    else if (this.wire === 1) this.take(8);
    else if (this.wire === 5) this.take(4);
    else this.take(this.unsigned());
  }

  private unsignedOrBig(): void {
    for (let i = 0; ; i++) {
      if (this.position >= this.end) throw this.truncated();
      if (this.bytes[this.position++]! < 128) return;
      if (i === 9) throw malformed('a number has more than ten bytes', this.position);
    }
  }

  /** A signed 64-bit number. */
  int64(): bigint {
    this.want(0);
    return this.varint();
  }

  /** A signed 64-bit number as a JavaScript number; beyond 2^53 it is rounded. */
  number(): number {
    return Number(this.int64());
  }

  /** A view of the bytes of a length-delimited field. */
  view(): Uint8Array {
    this.want(2);
    const count = this.unsigned();
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  /** The bytes of a field of any fixed width or length, without their length. */
  payload(): Uint8Array {
    if (this.wire === 2) return this.view();
    this.want(this.wire === 1 ? 1 : 5);
    const width = this.wire === 1 ? 8 : 4;
    const at = this.take(width);
    return this.bytes.subarray(at, at + width);
  }

  text(): string {
    return decoder.decode(this.view());
  }

  /** A nested message: shares bytes and budget with this one. */
  message(): WireMessage {
    this.want(2);
    const count = this.unsigned();
    const at = this.take(count);
    return new WireMessage(this.bytes, this.budget, at, at + count);
  }

  float32(): number {
    this.want(5);
    const at = this.take(4);
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + at, 4).getFloat32(0, true);
  }

  /** Appends the values of a repeated int64/int32/uint64 field, packed or not. */
  appendInts(out: bigint[]): void {
    if (this.wire === 0) {
      out.push(this.int64());
      return;
    }
    const packed = this.message();
    while (packed.position < packed.end) out.push(packed.varint());
  }

  /** Appends the values of a repeated float field, packed or not. */
  appendFloats(out: number[]): void {
    const bytes = this.payload();
    if (bytes.length % 4 !== 0) throw malformed('a list of numbers has a broken length', this.position);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < bytes.length; i += 4) out.push(view.getFloat32(i, true));
  }
}

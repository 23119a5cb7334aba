import { createHash } from 'node:crypto';

/**
 * One value, one text: what every stored record is hashed over.
 *
 * Keys in UTF-16 order, no white space, numbers as ECMAScript prints them (RFC 8785, JSON Canonicalization
 * Scheme; so -0 is written 0). Beyond JSON: a bigint is the string of its digits and `n` ("123n"), and a string
 * that looks like one gets a leading `~` ("123n" -> "~123n", "~123n" -> "~~123n"), so that reading is exact.
 * A key whose value is undefined is left out, as JSON does.
 * @throws Error for NaN, an infinity, undefined in an array, functions, symbols and objects that are not plain.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(looksLikeBigint.test(value) ? `~${value}` : value);
    case 'bigint':
      return `"${value}n"`;
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`canonical JSON: ${value} is not a number to store`);
      return JSON.stringify(value);
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`;
      return canonicalObject(value);
    default:
      throw new Error(`canonical JSON: cannot store a value of type ${typeof value}`);
  }
}

function canonicalObject(value: object): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`canonical JSON: cannot store a ${value.constructor?.name ?? 'strange object'}`);
  }
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`).join(',')}}`;
}

const digits = '(?:0|-?[1-9][0-9]*)n';
const looksLikeBigint = new RegExp(`^~*${digits}$`);
const bigintText = new RegExp(`^${digits}$`);
const anyTagged = new RegExp(`"~*${digits}"`);

/**
 * The value a canonical text stands for; bigints come back as bigints.
 * @throws SyntaxError if the text is no JSON.
 */
export function parseCanonical(text: string): unknown {
  // The reviver visits every value: skip it for the many records without a bigint.
  return anyTagged.test(text) ? JSON.parse(text, revive) : JSON.parse(text);
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !looksLikeBigint.test(value)) return value;
  return bigintText.test(value) ? BigInt(value.slice(0, -1)) : value.slice(1);
}

/** SHA-256 as 64 hex digits, of the UTF-8 text or of the parts' bytes one after the other. */
export function sha256(...parts: (string | ArrayBufferView)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(
      typeof part === 'string' ? part : new Uint8Array(part.buffer, part.byteOffset, part.byteLength),
    );
  }
  return hash.digest('hex');
}

/** SHA-256 of a value's canonical JSON: the hash of plans, conditions, machines and records. */
export function sha256OfValue(value: unknown): string {
  return sha256(canonicalJson(value));
}

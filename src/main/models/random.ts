/**
 * The lab's seeded generator: sfc32 by Chris Doty-Humphrey (PractRand 0.94, "Small Fast Counting", 128 bits of
 * state, period at least 2^32, passes PractRand). Integer arithmetic only, so a seed gives the same numbers on
 * every machine. Not for secrets.
 */
export interface Random {
  /** Next 32 bits, as a signed integer. */
  int32(): number;
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal (Box and Muller 1958). */
  normal(): number;
  /** Integer in [low, high): unbiased by rejection where the range fits 32 bits, by 53-bit scaling above. */
  integer(low: number, high: number): number;
  /** Fills `out` with numbers uniform in (-bound, bound): symmetric and never exactly 0. */
  fillSymmetric(out: Float32Array, bound: number): void;
}

/** 32-bit FNV-1a of the UTF-16 code units of a text (Fowler, Noll, Vo). */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  return h >>> 0;
}

/** A stream of its own for each pair of `seed` (0 … 2^32 - 1) and `stream` (a tensor's or input's name). */
export function createRandom(seed: number, stream: string): Random {
  // As PractRand seeds it: three words and a counter of 1, then a few rounds to mix.
  let a = hashText(stream) | 0;
  let b = seed | 0;
  let c = (Math.imul(stream.length, 0x9e3779b9) ^ Math.floor(seed / 2 ** 32)) | 0;
  let counter = 1;

  const int32 = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t;
  };
  for (let i = 0; i < 15; i++) int32();

  const uniform = (): number => (int32() >>> 5) * 2 ** -27 + (int32() >>> 6) * 2 ** -53;
  return {
    int32,
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (low, high) => {
      const span = high - low;
      if (span > 2 ** 32) return low + Math.floor(uniform() * span);
      const limit = Math.floor(2 ** 32 / span) * span;
      for (;;) {
        const x = int32() >>> 0;
        if (x < limit) return low + (x % span);
      }
    },
    fillSymmetric: (out, bound) => {
      const scale = bound * 2 ** -31;
      // The state in locals: 10^8 weights take about a third of a second so.
      let [a1, b1, c1, n1] = [a, b, c, counter];
      for (let i = 0; i < out.length; i++) {
        const t = (((a1 + b1) | 0) + n1) | 0;
        n1 = (n1 + 1) | 0;
        a1 = b1 ^ (b1 >>> 9);
        b1 = (c1 + (c1 << 3)) | 0;
        c1 = (((c1 << 21) | (c1 >>> 11)) + t) | 0;
        out[i] = (t | 1) * scale;
      }
      [a, b, c, counter] = [a1, b1, c1, n1];
    },
  };
}

/** Lags summed one by one; beyond them every lag of a grid 2 % apart stands for its neighbours. */
const exactLags = 128;
const gridGrowth = 1.02;

/** One bit per sample, with the count of ones before each word. */
interface Bits {
  n: number;
  words: Uint32Array;
  onesBefore: Uint32Array;
  ones: number;
}

/**
 * Effective number of independent samples behind the quantile `q` of a series in time order.
 * n_eff = n / (1 + 2·Σ ρ_k), ρ_k the autocorrelation of the indicator x_i ≤ q, summed until ρ_k < 2/√n.
 * Source: docs/method.md, 2.2; Chen & Kelton 2001 for indicators of quantiles.
 *
 * Up to lag 128 the sum is exact; beyond it is a trapezoid over lags that grow by 2 %, so that a slow drift in
 * 10⁶ samples costs some hundred lags and not 10⁵. A constant indicator gives n. Result in [1, n].
 */
export function effectiveSize(series: Float64Array, q: number): number {
  const bits = indicatorBits(series, q);
  const { n, ones } = bits;
  const variance = ones * (1 - ones / n);
  if (!(variance > 0)) return n;
  const floor = 2 / Math.sqrt(n);
  let sum = 0;
  let previousLag = 0;
  let previousRho = 1;
  for (let lag = 1; lag < n; lag = nextLag(lag)) {
    const rho = covarianceSum(bits, lag) / variance;
    if (rho < floor) break;
    const width = lag - previousLag;
    // Lags between the last one and this: a straight line; the last one itself is already in the sum.
    sum += width * rho + ((width - 1) * (previousRho - rho)) / 2;
    previousLag = lag;
    previousRho = rho;
  }
  return Math.min(n, Math.max(1, n / (1 + 2 * sum)));
}

function nextLag(lag: number): number {
  return lag < exactLags ? lag + 1 : Math.ceil(lag * gridGrowth);
}

function indicatorBits(series: Float64Array, q: number): Bits {
  const n = series.length;
  // One spare word, so that the shifted read never leaves the array.
  const words = new Uint32Array(Math.ceil(n / 32) + 1);
  const onesBefore = new Uint32Array(words.length + 1);
  for (let w = 0, i = 0; w < words.length; w++) {
    let word = 0;
    const end = Math.min(n, i + 32);
    for (let bit = 0; i < end; i++, bit++) if (series[i]! <= q) word |= 1 << bit;
    words[w] = word;
    onesBefore[w + 1] = onesBefore[w]! + popCount(word);
  }
  return { n, words, onesBefore, ones: onesBefore[words.length]! };
}

/** Σ (I_i − m)(I_{i+k} − m) over the n − k pairs, from counts of ones. */
function covarianceSum(bits: Bits, lag: number): number {
  const { n, ones } = bits;
  const mean = ones / n;
  const head = onesIn(bits, n - lag);
  const tail = ones - onesIn(bits, lag);
  return pairsOfOnes(bits, lag) - mean * (head + tail) + (n - lag) * mean * mean;
}

function onesIn(bits: Bits, first: number): number {
  const word = first >>> 5;
  const rest = first & 31;
  const mask = rest === 0 ? 0 : (1 << rest) - 1;
  return bits.onesBefore[word]! + popCount(bits.words[word]! & mask);
}

function pairsOfOnes(bits: Bits, lag: number): number {
  const { words } = bits;
  const skip = lag >>> 5;
  const shift = lag & 31;
  const last = words.length - 1;
  let count = 0;
  if (shift === 0) {
    for (let w = 0; w + skip <= last; w++) count += popCount(words[w]! & words[w + skip]!);
    return count;
  }
  const back = 32 - shift;
  for (let w = 0; w + skip < last; w++) {
    const shifted = (words[w + skip]! >>> shift) | (words[w + skip + 1]! << back);
    count += popCount(words[w]! & shifted);
  }
  return count;
}

/** Ones in 32 bits. Source: Warren, Hacker's Delight, section 5-1. */
function popCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  v = (v + (v >>> 4)) & 0x0f0f0f0f;
  return Math.imul(v, 0x01010101) >>> 24;
}

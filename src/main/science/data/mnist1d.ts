import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { LabError } from '../../../shared/errors';
import { createRandom, type Random } from '../../models/random';
import type { Dataset, Examples } from './dataset';
import { meanAndSd, shuffledIndices, standardise } from './examples';

const features = 40;
const classes = 10;
const templateLength = 12;
/** Length before the last resampling: 12 points and at most 60 zeros. */
const padded = 72;
const recipe =
  'mnist1d/1: pad 36-60, 72 points, scale 0.4, roll 48, noise 0.25 sigma 2, 0.02, shear 0.75, 40 points';

/** What comes out where no number of examples fits: a generator has no end, memory has. */
const mostExamples = 1_000_000;

/**
 * MNIST-1D (Greydanus and Kobak, arXiv 2011.14439, section 2), made from its ten templates; guide section 13. Any number of
 * examples: the first n of a part are the same whatever n, every ten in a row hold each class once, and the two parts share no
 * randomness. One mean and one standard deviation of the TRAINING part standardise both. With `shuffled`, one random order of
 * the 40 positions for the whole set takes away what neighbours tell.
 */
export function makeMnist1d(
  templates: readonly (readonly number[])[],
  { seed, train, test, shuffled = false }: { seed: number; train: number; test: number; shuffled?: boolean },
): Dataset {
  if (train + test > mostExamples || train < 2 || test < 0) {
    throw new LabError(
      'bad_input',
      `${train} training and ${test} test examples of MNIST-1D cannot be made.`,
      `Ask for at least 2 and together at most ${mostExamples.toLocaleString('en')}.`,
    );
  }
  const shapes = templates.map(whitened);
  const order = shuffled ? shuffledIndices(features, createRandom(seed, 'mnist1d.positions')) : null;
  const parts = {
    train: makePart(shapes, train, createRandom(seed, 'mnist1d.train'), order),
    test: makePart(shapes, test, createRandom(seed, 'mnist1d.test'), order),
  };
  const scale = meanAndSd(parts.train.x);
  standardise(parts.train.x, scale);
  standardise(parts.test.x, scale);
  const name = shuffled ? 'mnist1d-shuffled' : 'mnist1d';
  return {
    name,
    shape: [features],
    features,
    classes,
    ...parts,
    licence:
      'Generated on this machine from the ten templates of MNIST-1D (Apache-2.0, Greydanus and Kobak).',
    sha256: createHash('sha256')
      .update(JSON.stringify([recipe, name, templates, seed, train, test]))
      .digest('hex'),
  };
}

/** The ten templates of resources/data/mnist1d.json. @throws LabError not_found where the file is not what it should be */
export async function readTemplates(path: string): Promise<number[][]> {
  const parsed: unknown = await readFile(path, 'utf8')
    .then(JSON.parse)
    .catch(() => null);
  const templates = (parsed as { templates?: unknown } | null)?.templates;
  const good =
    Array.isArray(templates) &&
    templates.length === classes &&
    templates.every((t) => Array.isArray(t) && t.length === templateLength && t.every(Number.isFinite));
  if (!good) {
    throw new LabError(
      'not_found',
      'The templates of MNIST-1D are not where the app keeps them.',
      'Install Thirty Watts again.',
    );
  }
  return templates as number[][];
}

/** Standard deviation 1, moved to start at 0, divided by 6. */
function whitened(template: readonly number[]): number[] {
  const mean = template.reduce((a, b) => a + b) / template.length;
  const sd = Math.sqrt(template.reduce((a, b) => a + (b - mean) ** 2, 0) / template.length);
  return template.map((v) => (v - template[0]) / sd / 6);
}

function makePart(
  templates: readonly (readonly number[])[],
  n: number,
  random: Random,
  order: readonly number[] | null,
): Examples {
  const x = new Float32Array(n * features);
  const y = new Uint8Array(n);
  for (let start = 0; start < n; start += classes) {
    // A whole block of ten is drawn even where n cuts it, so that more examples begin with the same ones.
    shuffledIndices(classes, random).forEach((c, k) => {
      const row = makeExample(templates[c], random);
      if (start + k >= n) return;
      y[start + k] = c;
      for (let j = 0; j < features; j++) x[(start + k) * features + j] = row[order ? order[j] : j];
    });
  }
  return { x, y, n };
}

function makeExample(template: readonly number[], random: Random): Float64Array {
  // A zero of the template is signal: it is kept apart from the padding, which the noise fills.
  const signal = new Float64Array(templateLength + random.integer(36, 61));
  template.forEach((v, i) => {
    signal[i] = v + 1e-8;
  });
  const long = resampled(signal, padded);
  const scale = 1 + 0.4 * (random.uniform() - 0.5);
  const shift = random.integer(0, 48);
  const noise = blurred(Float64Array.from({ length: padded }, () => 0.25 * random.normal()));
  const iid = Float64Array.from({ length: padded }, () => 0.02 * random.normal());
  const shear = 0.75 * (random.uniform() - 0.5);
  const made = Float64Array.from({ length: padded }, (_, i) => {
    const v = scale * long[(i - shift + padded) % padded];
    return (v === 0 ? noise[i] : v) + iid[i] - shear * (i / (padded - 1) - 0.5);
  });
  return resampled(made, features);
}

/** By straight lines to `n` points over the same range. */
function resampled(x: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const at = (i * (x.length - 1)) / (n - 1);
    const k = Math.min(Math.floor(at), x.length - 2);
    return x[k] + (at - k) * (x[k + 1] - x[k]);
  });
}

const blurSigma = 2;
const blurHalf = 4 * blurSigma;
const blurWeights = (() => {
  const w = Array.from({ length: 2 * blurHalf + 1 }, (_, i) =>
    Math.exp(-((i - blurHalf) ** 2) / (2 * blurSigma ** 2)),
  );
  const sum = w.reduce((a, b) => a + b);
  return w.map((v) => v / sum);
})();

/** Gaussian blur with sigma 2, cut at four sigma, ends reflected. */
function blurred(x: Float64Array): Float64Array {
  return x.map((_, i) => {
    let sum = 0;
    for (let j = 0; j < blurWeights.length; j++) {
      let at = i + j - blurHalf;
      if (at < 0) at = -1 - at;
      else if (at >= x.length) at = 2 * x.length - 1 - at;
      sum += blurWeights[j] * x[at];
    }
    return sum;
  });
}

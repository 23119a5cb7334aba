import type { XQuantity, YQuantity } from './spec';

interface AxisWords {
  /** For titles and captions: 'Energy per inference'. */
  name: string;
  /** As the axis shows it: 'J'. */
  unit: string;
  /** UCUM code, for the points file. */
  ucum: string;
  /** Which way is better; null where neither is. */
  better: 'lower is better' | 'higher is better' | null;
}

/** Words of the x axis. */
export const xWords: Readonly<Record<XQuantity, AxisWords>> = {
  parameters: { name: 'Parameters', unit: 'count', ucum: '1', better: null },
  parametersNonzero: { name: 'Non-zero parameters', unit: 'count', ucum: '1', better: null },
  macs: { name: 'Multiply-accumulates per inference', unit: 'count', ucum: '1', better: null },
  parameterBytes: { name: 'Parameter bytes', unit: 'By', ucum: 'By', better: null },
};

interface YWords extends AxisWords {
  /** What a point is; `n` counts these. */
  statistic: string;
  sample: string;
  repeatInterval: string;
  /** null where the quantity has no absolute interval. */
  absoluteInterval: string | null;
  isEnergy: boolean;
}

const energyIntervals = {
  sample: 'windows',
  repeatInterval: '95\u00a0% interval of repeats, Student t on logarithms',
  absoluteInterval: '95\u00a0% with the sensor’s gain and offset, Welch–Satterthwaite',
  isEnergy: true,
};

/** Words of the y axis. */
export const yWords: Readonly<Record<YQuantity, YWords>> = {
  energyGross: {
    name: 'Energy per inference',
    unit: 'J',
    ucum: 'J',
    better: 'lower is better',
    statistic: 'Geometric mean of gross energy',
    ...energyIntervals,
  },
  latencyP50: {
    name: 'Median latency',
    unit: 's',
    ucum: 's',
    better: 'lower is better',
    statistic: 'Median latency',
    sample: 'inferences',
    repeatInterval: '95\u00a0% order-statistic interval on the effective sample',
    absoluteInterval: null,
    isEnergy: false,
  },
  inferencesPerJoule: {
    name: 'Inferences per joule',
    unit: '1/J',
    ucum: 'J-1',
    better: 'higher is better',
    statistic: 'Inverse of the geometric mean of gross energy',
    ...energyIntervals,
  },
};

/** 'Energy per inference (J), lower is better'. */
export function axisTitle(words: AxisWords, note: string | null = null): string {
  const better = words.better === null ? '' : `, ${words.better}`;
  return `${words.name} (${words.unit})${better}${note === null ? '' : ` · ${note}`}`;
}

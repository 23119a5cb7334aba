import { formatInterval, formatSi } from '../units';
import type { XQuantity, YQuantity } from './spec';

export interface AxisWords {
  /** For titles and captions: 'Energy per inference'. */
  name: string;
  /** As the axis shows it: 'J'. */
  unit: string;
  /** UCUM code, for the points file. */
  ucum: string;
  /** Which way is better; null where neither is. */
  better: 'lower is better' | 'higher is better' | null;
}

interface XWords extends AxisWords {
  /** A model's size: more of it is what a front wants; its values are counted, not measured. */
  isSize: boolean;
}

/** Words of the x axis. */
export const xWords: Readonly<Record<XQuantity, XWords>> = {
  parameters: { name: 'Parameters', unit: 'count', ucum: '1', better: null, isSize: true },
  parametersNonzero: { name: 'Non-zero parameters', unit: 'count', ucum: '1', better: null, isSize: true },
  macs: { name: 'Multiply-accumulates per inference', unit: 'count', ucum: '1', better: null, isSize: true },
  parameterBytes: { name: 'Parameter bytes', unit: 'By', ucum: 'By', better: null, isSize: true },
  latencyP50: { name: 'Median latency', unit: 's', ucum: 's', better: 'lower is better', isSize: false },
};

export interface YWords extends AxisWords {
  /** What a point is; `n` counts these. */
  statistic: string;
  sample: string;
  repeatInterval: string;
  /** null where the quantity has no absolute interval. */
  absoluteInterval: string | null;
  /** From a meter: an estimate is drawn as one. */
  isEnergy: boolean;
}

/** Of a point that stands for all turns of a comparison. */
export const overBlocks = '95\u00a0% interval over blocks, Student t on logarithms';

const absoluteInterval = '95\u00a0% with the sensor’s gain and offset, Welch–Satterthwaite';
const energyIntervals = {
  sample: 'windows',
  repeatInterval: '95\u00a0% interval of repeats, Student t on logarithms',
  absoluteInterval,
  isEnergy: true,
};
const latencyInterval = '95\u00a0% order-statistic interval on the effective sample';

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
  energyNet: {
    name: 'Energy per inference, net of idle',
    unit: 'J',
    ucum: 'J',
    better: 'lower is better',
    statistic: 'Gross energy less that of the idle machine over the same time',
    ...energyIntervals,
  },
  latencyP50: {
    name: 'Median latency',
    unit: 's',
    ucum: 's',
    better: 'lower is better',
    statistic: 'Median latency',
    sample: 'inferences',
    repeatInterval: latencyInterval,
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
  throughput: {
    name: 'Items per second',
    unit: '1/s',
    ucum: 's-1',
    better: 'higher is better',
    statistic: 'Items (inferences × batch) over the time of the windows',
    sample: 'inferences',
    repeatInterval: latencyInterval,
    absoluteInterval: null,
    isEnergy: false,
  },
  powerMean: {
    name: 'Mean power',
    unit: 'W',
    ucum: 'W',
    better: null,
    statistic: 'Energy of the windows over their time',
    ...energyIntervals,
  },
};

/** 'Energy per inference (J), lower is better'. */
export function axisTitle(words: AxisWords, note: string | null = null): string {
  const better = words.better === null ? '' : `, ${words.better}`;
  return `${words.name} (${words.unit})${better}${note === null ? '' : ` · ${note}`}`;
}

/** '1.23 M [0.95, 1.6]' on the x axis; an end that is null lies beyond what was measured. */
export function sizeInterval(
  quantity: XQuantity,
  value: number,
  low: number | null,
  high: number | null,
): string {
  const unit = plainUnit(quantity);
  if (low !== null && high !== null) return formatInterval(value, low, high, unit);
  const end = (v: number | null) => (v === null ? 'beyond measured range' : formatSi(v, unit));
  return `${formatSi(value, unit)} [${end(low)}, ${end(high)}]`;
}

/** '1.23 M' on the x axis. */
export const sizeText = (quantity: XQuantity, value: number) => formatSi(value, plainUnit(quantity));

function plainUnit(quantity: XQuantity): string {
  const { unit } = xWords[quantity];
  return unit === 'count' ? '' : unit === 'By' ? 'B' : unit;
}

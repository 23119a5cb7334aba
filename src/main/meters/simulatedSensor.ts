import type { SimulatedSpec } from './madeUp';

/** What a sensor shows: counts, watts, or that the read failed or the device is gone. */
export type Shown = bigint | number | 'failed' | 'lost';

/** A sensor of known truth: updates every τ, sees `duty` of each period, with gain, offset and noise. */
export class SimulatedSensor {
  private readonly phaseS: number;
  private readonly random: () => number;
  private updates = 0;
  private countedJ = 0;
  private watts: number;
  private wasReset = false;

  constructor(private readonly spec: SimulatedSpec) {
    this.random = mulberry32(spec.seed);
    this.phaseS = this.random() * spec.tauS;
    this.watts = this.seenW(0);
  }

  /** What it shows `tS` seconds after opening; times must not go back. */
  at(tS: number): Shown {
    const { spec } = this;
    if (spec.lostFromS !== null && tS >= spec.lostFromS) return 'lost';
    if (spec.failsFromS !== null && tS >= spec.failsFromS) return 'failed';
    this.advance(spec.frozenFromS === null ? tS : Math.min(tS, spec.frozenFromS));
    if (spec.resetsAtS !== null && tS >= spec.resetsAtS && !this.wasReset) {
      this.wasReset = true;
      this.countedJ = 0;
    }
    if (spec.kind === 'gauge') return this.watts;
    const counts = BigInt(Math.floor(this.countedJ / spec.joulePerCount));
    return spec.modulus === null ? counts : counts % BigInt(spec.modulus);
  }

  private advance(tS: number): void {
    const { tauS } = this.spec;
    while (this.phaseS + this.updates * tauS <= tS) {
      const updateS = this.phaseS + this.updates * tauS;
      this.watts = this.seenW(updateS);
      this.countedJ += this.watts * tauS;
      this.updates++;
    }
  }

  /** The power that the update at `tS` reports. */
  private seenW(tS: number): number {
    const { tauS, averagingS, duty, gain, offsetW, noiseW, kind } = this.spec;
    const backS = duty < 1 || kind === 'counter' ? tauS : (averagingS ?? tauS);
    const fromS = tS - backS;
    const toS = duty < 1 ? fromS + duty * tauS : tS;
    const trueW = meanW(this.spec, fromS, toS);
    return Math.max(0, gain * trueW + offsetW + noiseW * this.gauss());
  }

  private gauss(): number {
    return Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
  }
}

/** Mean true power (W) of a step curve from one second to another. */
export function meanW(spec: Pick<SimulatedSpec, 'curve' | 'periodS'>, fromS: number, toS: number): number {
  if (toS <= fromS) return powerW(spec, toS);
  return (energyJ(spec, toS) - energyJ(spec, fromS)) / (toS - fromS);
}

/** True power (W) at a second after opening. */
export function powerW(spec: Pick<SimulatedSpec, 'curve' | 'periodS'>, tS: number): number {
  const at = spec.periodS === null ? tS : tS - Math.floor(tS / spec.periodS) * spec.periodS;
  return (spec.curve.findLast(([fromS]) => fromS <= at) ?? spec.curve[0]!)[1];
}

/** True energy (J) from second 0 on; the first step also holds before it. */
export function energyJ(spec: Pick<SimulatedSpec, 'curve' | 'periodS'>, tS: number): number {
  if (spec.periodS === null) return within(spec.curve, tS);
  const periods = Math.floor(tS / spec.periodS);
  return periods * within(spec.curve, spec.periodS) + within(spec.curve, tS - periods * spec.periodS);
}

function within(curve: SimulatedSpec['curve'], tS: number): number {
  if (tS <= 0) return curve[0]![1] * tS;
  const { starts, upTo } = sumsOf(curve);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= tS) low = middle;
    else high = middle;
  }
  return upTo[low]! + curve[low]![1] * (tS - starts[low]!);
}

/** Start of each step, s, and the energy up to it, J: simulations ask for thousands of instants of one curve. */
function sumsOf(curve: SimulatedSpec['curve']): { starts: Float64Array; upTo: Float64Array } {
  const known = sums.get(curve);
  if (known) return known;
  const starts = Float64Array.from(curve, ([fromS], i) => (i === 0 ? 0 : fromS));
  const upTo = new Float64Array(curve.length);
  for (let i = 1; i < curve.length; i++)
    upTo[i] = upTo[i - 1]! + curve[i - 1]![1] * Math.max(0, starts[i]! - starts[i - 1]!);
  const made = { starts, upTo };
  sums.set(curve, made);
  return made;
}
const sums = new WeakMap<SimulatedSpec['curve'], { starts: Float64Array; upTo: Float64Array }>();

/** Small seeded generator, uniform in [0, 1): Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

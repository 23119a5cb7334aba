import type { ComparedQuantity } from '../../shared/comparison';
import type { Machine } from '../../shared/machine';
import type { Model } from '../../shared/model';
import { type ReasonCode, reasons, weightiest } from '../../shared/reasons';
import { type EnergyPart, headlineEnergy, type RunRecord, type Verdict } from '../../shared/run';
import { mean } from '../../shared/stats/robust';

/** One undamaged window; null where it has no such value. Energies per inference on the headline's sensor. */
export interface ComparedWindow {
  medianS: number;
  p95S: number;
  itemsPerS: number;
  grossJ: number | null;
  netJ: number | null;
}

/** One turn of a condition: a run with what a comparison looks at. */
export interface ComparedTurn {
  run: RunRecord;
  machine: Machine;
  /** In order; only needed where the run stands alone. */
  windows: readonly ComparedWindow[];
  /** Median power limit over the windows and the system's power mode; null where not known. */
  powerLimitW: number | null;
  powerMode: string | null;
}

/** A run that was chosen, with all turns of its condition where the plan has blocks. */
export interface ComparedRun extends ComparedTurn {
  model: Model;
  sample: boolean;
  /** Lab that measured it; null: this one. */
  lab: string | null;
  /** The condition's runs, one a block, this one among them; only this one in a plan without blocks. */
  turns: readonly ComparedTurn[];
}

/** One quantity of one run or condition: its value, or why there is none. */
export interface Measured {
  value: number | null;
  verdict: Verdict;
  codes: ReasonCode[];
  /** Sentence for a value that is null. */
  missing: string;
}

export const isEnergy = (quantity: ComparedQuantity): quantity is 'grossJ' | 'netJ' =>
  quantity === 'grossJ' || quantity === 'netJ';

/** Of a condition: the mean over its usable turns (geometric; arithmetic for net energy, which may be negative). */
export function measuredOf(quantity: ComparedQuantity, { turns }: Pick<ComparedRun, 'turns'>): Measured {
  const all = turns.map((turn) => measuredOfTurn(quantity, turn));
  const usable = all.filter((m) => m.value !== null);
  const [first] = usable.length > 0 ? usable : all;
  if (all.length === 1 || usable.length === 0) return first;
  const values = usable.map((m) => m.value!);
  const geometric = values.every((v) => v > 0) && quantity !== 'netJ';
  return {
    ...first,
    value: geometric ? Math.exp(mean(values.map(Math.log))) : mean(values),
    codes: [...new Set(usable.flatMap((m) => m.codes))],
  };
}

export function measuredOfTurn(quantity: ComparedQuantity, { run }: Pick<ComparedTurn, 'run'>): Measured {
  const { latency, facts } = run;
  const nothing =
    run.status === 'queued' || run.status === 'running' ? 'The run has not ended yet.' : 'The run failed.';
  if (quantity === 'memoryPeakBytes') {
    const missing = latency ? 'The peak memory is not known.' : nothing;
    return { value: facts?.peakRssBytes ?? null, verdict: 'valid', codes: [], missing };
  }
  if (isEnergy(quantity)) {
    const part = partOf(quantity, run);
    return judged(part?.perInferenceJ ?? null, part?.verdict, part?.codes ?? [], nothing);
  }
  if (!latency) return judged(null, undefined, [], nothing);
  const estimate = quantity === 'throughputHz' ? null : latency[quantity];
  const value = estimate === null ? latency.throughputHz : estimate.value;
  const own = judged(value, latency.verdict, latency.codes, nothing);
  // A tail percentile that was refused carries its reason alone.
  return estimate?.missingReason && own.verdict !== 'invalid'
    ? { ...own, missing: reasons[estimate.missingReason].sentence }
    : own;
}

/** A number of an invalid result is nothing to compare with. */
function judged(
  value: number | null,
  verdict: Verdict | undefined,
  codes: ReasonCode[],
  nothing: string,
): Measured {
  const usable = verdict === 'valid' || verdict === 'limited';
  const code = weightiest(codes);
  const missing = code === null ? nothing : reasons[code].sentence;
  return { value: usable ? value : null, verdict: verdict ?? 'not_measured', codes, missing };
}

export function partOf(quantity: 'grossJ' | 'netJ', run: RunRecord): EnergyPart | null {
  const energy = headlineEnergy(run);
  return energy === null ? null : quantity === 'grossJ' ? energy.gross : energy.net;
}

/** The quantity in each window; empty where it has none a window. */
export function windowValues(quantity: ComparedQuantity, windows: readonly ComparedWindow[]): number[] {
  const of = (w: ComparedWindow): number | null => {
    switch (quantity) {
      case 'p50S':
        return w.medianS;
      case 'p95S':
        return w.p95S;
      case 'throughputHz':
        return w.itemsPerS;
      case 'grossJ':
      case 'netJ':
        return w[quantity];
      case 'memoryPeakBytes':
        return null;
    }
  };
  return windows.flatMap((w) => of(w) ?? []);
}

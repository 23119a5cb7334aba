import type { ComparedQuantity, ControlResult, NoiseFloor } from '../../shared/comparison';
import type { Provider } from '../../shared/plan';
import type { RunRecord } from '../../shared/run';
import { holm } from '../../shared/stats/holm';
import { excludesOne, leastFloor } from '../../shared/stats/ratio';
import { formatPercent } from '../../shared/units';
import { estimatePair } from './comparePairs';
import type { ComparedTurn } from './compareSides';

/** One model entered twice (A/A): its two entries, each with all its turns. */
export interface ControlPair {
  experimentId: string;
  provider: Provider;
  entries: readonly [readonly ComparedTurn[], readonly ComparedTurn[]];
}

/** The two entries of each control among the runs of one experiment: equal conditions under two numbers. */
export function controlEntries(
  runs: readonly RunRecord[],
): { experimentId: string; provider: Provider; entries: [RunRecord[], RunRecord[]] }[] {
  const conditions = new Map<string, Map<number, RunRecord[]>>();
  for (const run of runs) {
    if (run.role !== 'control' || !run.turn) continue;
    const entries = conditions.get(run.conditionSha256) ?? new Map<number, RunRecord[]>();
    entries.set(run.turn.entry, [...(entries.get(run.turn.entry) ?? []), run]);
    conditions.set(run.conditionSha256, entries);
  }
  return [...conditions.values()].flatMap((entries) => {
    const [first, second] = [...entries.keys()].sort((a, b) => a - b).map((entry) => entries.get(entry)!);
    if (!first || !second) return [];
    const [{ experimentId, condition }] = first;
    return [{ experimentId, provider: condition.provider, entries: [first, second] }];
  });
}

/**
 * What each control differed by. It has failed where its interval leaves out 1 and p after Holm's correction for all of
 * them is below 0.05; measured once each, where its interval leaves out 1 and the difference is above 1 %, for
 * the windows of one run do not hold what differs between two.
 */
export function controlResults(quantity: ComparedQuantity, pairs: readonly ControlPair[]): ControlResult[] {
  const estimates = pairs.map(({ entries: [first, second] }) =>
    estimatePair(quantity, sideOf(second), sideOf(first)),
  );
  const adjusted = holm(estimates.map((e) => e.p));
  return pairs.map(({ experimentId, provider }, i) => {
    const { ratio, p, blocks, method } = estimates[i];
    const pHolm = adjusted[i];
    const differs = ratio !== null && excludesOne(ratio);
    const failed =
      method === 'paired'
        ? differs && pHolm !== null && pHolm < 0.05
        : differs && Math.abs(Math.log(ratio.value)) > leastFloor;
    return { experimentId, provider, ratio, p, pHolm, blocks, failed };
  });
}

const sideOf = (turns: readonly ComparedTurn[]) => ({
  turns,
  run: turns[0].run,
  windows: turns.length === 1 ? turns[0].windows : [],
});

/** The larger of 1 % and what the controls differed by. */
export function floorOf(controls: readonly ControlResult[]): NoiseFloor {
  const known = controls.filter((c) => c.ratio !== null);
  let floor: NoiseFloor = { ln: leastFloor, from: 'least', provider: null, controls: known.length };
  for (const { ratio, provider } of known) {
    const ln = Math.abs(Math.log(ratio!.value));
    if (ln > floor.ln) floor = { ln, from: 'control', provider, controls: known.length };
  }
  return floor;
}

/** Why nothing is compared where a control failed. */
export function failureWords({ provider, ratio }: ControlResult): string {
  const { value, low, high } = ratio!;
  const share = (v: number) => formatPercent(Math.abs(v - 1), 2);
  const ends = [share(low), share(high)].sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  return (
    `The control failed: one and the same model, measured twice on ${provider}, differed by ${share(value)} ` +
    `(95 %: ${ends.join(' to ')}). The machine was not steady enough; let it come to rest and measure again.`
  );
}

import { mean as meanOf } from '../../../shared/stats/robust';
import type { Random } from '../../models/random';
import { accuracyOf, equalDecisions } from '../scores';
import { type RuleName, ruleOf } from './integral';
import { type Activation, forward, type Labelled, movedShare, type Sizes, startNetwork } from './network';
import { pathOf, type Step, type Training } from './path';
import { type Queries, rebuilder } from './rebuild';

export interface RebuildSetup extends Training, Pick<Sizes, 'hidden' | 'classes'> {
  activation: Activation;
  /** Factor on the start weights; 1: the usual size. */
  gain: number;
  rules: readonly RuleName[];
  /** Points of the rule `gauss`. */
  gaussPoints: number;
}

/** How far one rule's logits are from the network's; every figure is over queries and classes, of logits. */
export interface RuleError {
  rule: RuleName;
  /** At the end of training: mean and largest |difference|. */
  mean: number;
  largest: number;
  /** Mean |difference| over the mean movement |f_S − f_0|; null where nothing moved. */
  relative: number | null;
  /** Share of queries with the same decision, 0 to 1. */
  agreement: number;
  /** By query: mean |difference| over classes, and 1 where the decision is the same. */
  queryError: number[];
  querySame: (0 | 1)[];
  /** Largest |difference| after any step. */
  largestEver: number;
  /** Mean |difference| after each step that is kept (`keptSteps`). */
  trace: number[];
}

export interface RebuildResult {
  steps: number;
  /** Mean |f_S − f_0| over classes, by query, and over all. */
  queryMovement: number[];
  movement: number | null;
  /** |w_S − w_0| / |w_0| over both layers. */
  weightsMoved: number | null;
  /** Largest |logit| of the network after any step: rounding errors are in proportion to it. */
  largestLogit: number | null;
  /** Share of queries that the network itself gets right. */
  accuracy: number | null;
  /** Numbers of steps (1 … steps) of which `trace` tells. */
  keptSteps: number[];
  rules: RuleError[];
  /** Step after which weights or logits were no longer finite numbers; null: none. Nothing is rebuilt then. */
  divergedAt: number | null;
}

const mostKept = 64;

/**
 * Trains a network by gradient descent and rebuilds its answers to queries from its training examples by every rule, step
 * by step; error recorded at every step. `queries.y`, where given, tells the accuracy. `tamper` changes what the rebuilding
 * is told of a step (for negative controls; the training itself never sees it).
 */
export function rebuildNetwork(
  examples: Labelled,
  queries: Queries & { y?: ArrayLike<number> },
  setup: RebuildSetup,
  random: Random,
  tamper: (step: Step) => Step = (step) => step,
): RebuildResult {
  const { classes, rules, eta, momentum, steps } = setup;
  const features = queries.x.length / queries.n;
  const start = startNetwork(
    { features, hidden: setup.hidden, classes },
    setup.activation,
    random,
    setup.gain,
  );
  const f0 = forward(start, queries.x, queries.n);
  const machine = rebuilder(examples, queries, f0, {
    eta,
    momentum,
    rules: rules.map((rule) => ruleOf(rule, setup.gaussPoints)),
  });
  const keep = keptStepsOf(steps);
  const traces = rules.map((): number[] => []);
  const ever = rules.map(() => 0);
  let end = start;
  let f = f0;
  let done = 0;
  let largestLogit = 0;
  let divergedAt: number | null = null;
  for (const step of pathOf(start, examples, setup, random)) {
    machine.add(tamper(step));
    end = step.after;
    f = forward(end, queries.x, queries.n);
    done += 1;
    if (!f.every(Number.isFinite)) {
      divergedAt = done;
      break;
    }
    for (const v of f) largestLogit = Math.max(largestLogit, Math.abs(v));
    machine.rebuilt.forEach((rebuilt, k) => {
      const { mean, largest } = differenceOf(f, rebuilt);
      ever[k] = Math.max(ever[k]!, largest);
      if (keep.includes(done)) traces[k]!.push(rounded(mean));
    });
  }
  const moved = byQuery(f, f0, queries.n);
  const movement = meanOf(moved);
  const diverged = divergedAt !== null;
  return {
    steps: done,
    queryMovement: diverged ? [] : moved.map(rounded),
    movement: diverged ? null : movement,
    weightsMoved: diverged ? null : movedShare(end, start),
    largestLogit: diverged ? null : largestLogit,
    accuracy: diverged || queries.y === undefined ? null : accuracyOf(f, queries.y),
    keptSteps: diverged ? [] : keep,
    rules: diverged
      ? []
      : rules.map((rule, k) => ({
          rule,
          ...compared(f, machine.rebuilt[k]!, queries.n, movement),
          largestEver: ever[k]!,
          trace: traces[k]!,
        })),
    divergedAt,
  };
}

function compared(f: Float64Array, rebuilt: Float64Array, n: number, movement: number) {
  const { mean, largest } = differenceOf(f, rebuilt);
  const querySame = equalDecisions(f, rebuilt, f.length / n);
  return {
    mean,
    largest,
    relative: movement > 0 ? mean / movement : null,
    agreement: meanOf(querySame),
    queryError: byQuery(f, rebuilt, n).map(rounded),
    querySame,
  };
}

/** Six digits: what is stored by query and by step. */
const rounded = (v: number) => Number(v.toPrecision(6));

/** Numbers of at most 64 steps from 1 to the last, evenly spread. */
function keptStepsOf(steps: number): number[] {
  const n = Math.min(steps, mostKept);
  return Array.from({ length: n }, (_, i) => Math.round(((i + 1) * steps) / n));
}

/** Mean and largest |a − b|. */
function differenceOf(a: Float64Array, b: Float64Array): { mean: number; largest: number } {
  let [sum, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    sum += d;
    if (!(d <= largest)) largest = d;
  }
  return { mean: sum / a.length, largest };
}

/** Mean |a − b| of each of n rows. */
export function byQuery(a: Float64Array, b: Float64Array, n: number): number[] {
  const width = a.length / n;
  return Array.from(
    { length: n },
    (_, i) =>
      differenceOf(a.subarray(i * width, (i + 1) * width), b.subarray(i * width, (i + 1) * width)).mean,
  );
}

import type { Published, ResultTable } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import type { RuleName } from '../pathkernel/integral';
import { machines } from '../pathkernel/ordinary';
import {
  etasOf,
  machineName,
  machineOver,
  type OrdinaryConfiguration,
  type RebuildConfiguration,
  ruleAt,
  ruleName,
  slopeOf,
} from './kernelJudge';

const quadrature: readonly RuleName[] = ['left', 'trapezoid', 'midpoint', 'gauss'];

/** Errors by step size, slopes by rule, ordinary machines. Pure. */
export function kernelTables(
  rebuilt: readonly RebuildConfiguration[],
  ordinary: readonly OrdinaryConfiguration[],
): ResultTable[] {
  return [errorTable(rebuilt), slopeTable(rebuilt), machineTable(ordinary)];
}

function errorTable(rebuilt: readonly RebuildConfiguration[]): ResultTable {
  return {
    key: 'errors',
    title: 'Error of the rebuilt logits by step size',
    columns: [
      { key: 'configuration', title: 'Training', unit: '' },
      { key: 'eta', title: 'Step size', unit: '' },
      { key: 'steps', title: 'Steps', unit: '' },
      { key: 'left-mean', title: 'Paper’s sum: mean error', unit: '' },
      { key: 'left', title: 'Paper’s sum: relative error', unit: '' },
      { key: 'agreement', title: 'Paper’s sum: equal decisions', unit: '' },
      { key: 'trapezoid', title: 'Trapezoid: relative error', unit: '' },
      { key: 'midpoint', title: 'Midpoint: relative error', unit: '' },
      { key: 'gauss', title: 'Gauss, 4 points: mean error', unit: '' },
      { key: 'closed', title: 'Closed form: mean error', unit: '' },
      { key: 'closed-largest', title: 'Closed form: largest after any step', unit: '' },
      { key: 'largest-logit', title: 'Largest logit after any step', unit: '' },
      { key: 'diverged', title: 'Diverged', unit: '' },
    ],
    rows: rebuilt.flatMap((configuration) =>
      etasOf(configuration).map((eta) => {
        const at = (rule: RuleName) => ruleAt(configuration, rule, eta);
        const left = at('left');
        const runs = configuration.runs.filter((r) => r.eta === eta);
        const logits = runs.flatMap((r) => r.largestLogit ?? []);
        return [
          configuration.label,
          eta,
          Math.max(...runs.map((r) => r.steps)),
          left.mean,
          left.relative,
          left.agreement,
          at('trapezoid').relative,
          at('midpoint').relative,
          at('gauss').mean,
          at('closed').mean,
          at('closed').largestEver,
          logits.length > 0 ? Math.max(...logits) : null,
          left.diverged,
        ];
      }),
    ),
    note: 'Errors are differences of logits, means over seeds; rounding errors are in proportion to the logits; relative error and equal decisions with 95 % intervals by bootstrap over seeds and queries.',
  };
}

function slopeTable(rebuilt: readonly RebuildConfiguration[]): ResultTable {
  return {
    key: 'slopes',
    title: 'Slope of ln(error) against ln(step size), three smallest steps',
    columns: [
      { key: 'configuration', title: 'Training', unit: '' },
      ...quadrature.map((rule) => ({ key: rule, title: ruleName[rule], unit: '' })),
    ],
    rows: rebuilt.map((c) => [c.label, ...quadrature.map((rule) => slopeOf(c, rule))]),
    note: 'For smooth networks 1, 2, 2 and 8 are expected, until rounding ends the fall; the kinks of ReLU hold every rule near 1. Student’s t over seeds.',
  };
}

function machineTable(ordinary: readonly OrdinaryConfiguration[]): ResultTable {
  return {
    key: 'ordinary',
    title: 'Kernel machines beside the network, tanh, full batch, step size 1/4',
    columns: [
      { key: 'configuration', title: 'Network', unit: '' },
      { key: 'moved', title: 'Weights moved, of their size', unit: '' },
      { key: 'machine', title: 'Machine', unit: '' },
      { key: 'relative', title: 'Relative error', unit: '' },
      { key: 'agreement', title: 'Equal decisions', unit: '' },
      { key: 'control', title: 'Error over the control’s', unit: '' },
      { key: 'accuracy', title: 'Accuracy', unit: '' },
      { key: 'network', title: 'Network’s accuracy', unit: '' },
    ],
    rows: ordinary.flatMap((c) => {
      const mean = (pick: (r: (typeof c.runs)[number]) => number) =>
        c.runs.reduce((sum, r) => sum + pick(r) / c.runs.length, 0);
      return machines.map((machine) => {
        const { relative, agreement, accuracy, overControl } = machineOver(c.runs, machine);
        return [
          c.label,
          mean((r) => r.weightsMoved),
          machineName[machine],
          relative,
          agreement,
          overControl,
          accuracy,
          mean((r) => r.accuracy),
        ];
      });
    }),
    note: 'The path kernel is averaged over 64 points of the path. The control says how near a kernel comes that knows only the distance of two inputs.',
  };
}

/** The papers’ statements beside ours. Pure. */
export function kernelPublished(rebuilt: readonly RebuildConfiguration[]): Published[] {
  const all = (rule: RuleName) => rebuilt.flatMap((c) => etasOf(c).map((eta) => ruleAt(c, rule, eta)));
  const largest = all('closed').flatMap((at) => at.largestEver ?? []);
  const relative = all('left').flatMap((at) => at.relative?.value ?? []);
  return [
    {
      what: 'Error of the exact sum over steps',
      theirs: 'up to machine precision',
      ours: largest.length === 0 ? null : `largest error ${plainNumber(Math.max(...largest))} (float64)`,
      source:
        'Bell et al., “An Exact Kernel Equivalence for Finite Classification Models”, arXiv 2308.00824, PMLR 221:206–217, abstract.',
      note: 'Their abstract gives no table.',
    },
    {
      what: 'Error of “approximately”',
      theirs: 'none given: the theorem is the limit of small steps',
      ours:
        relative.length === 0
          ? null
          : `${plainNumber(100 * Math.min(...relative))} % to ${plainNumber(100 * Math.max(...relative))} % of the movement`,
      source: 'Domingos, arXiv 2012.00152, full text.',
      note: 'The paper has no experiments.',
    },
  ];
}

import {
  type ClaimOutcome,
  type ClaimPart,
  type ClaimRun,
  type ClaimVersion,
  type Criterion,
  claimOptionsSchema,
  type Estimate,
} from '../../src/shared/claim';
import type { PanelFigure } from '../../src/shared/figures/panels/spec';
import { finding } from '../../src/shared/verdicts';
import { about, hourMs, kernelCriteria, texts } from './fakeClaimVersions';
import { hex } from './fakeRecords';

/** Runs of invented claims and what came out. */

export function fakeClaimRun(version: ClaimVersion, over: Partial<ClaimRun> = {}): ClaimRun {
  const startedUnixMs = over.startedUnixMs ?? version.createdUnixMs + 2 * hourMs;
  return {
    id: `claimrun-${version.claim}-${version.version}`,
    versionId: version.id,
    claim: version.claim,
    version: version.version,
    options: claimOptionsSchema.parse({}),
    status: 'completed',
    startedUnixMs,
    endedUnixMs: startedUnixMs + 84_000,
    outcome: null,
    failure: null,
    steps: [
      { key: 'train', sha256: hex(`${version.id} train`), seconds: 21.4 },
      { key: 'rebuild', sha256: hex(`${version.id} rebuild`), seconds: 34 },
      { key: 'measure', sha256: hex(`${version.id} measure`), seconds: 28.6 },
    ],
    runs: [],
    ...over,
  };
}

/** One part with one criterion over conditions: their values, null for what is missing. */
export function fakePart(
  title: string,
  c: Criterion,
  conditions: readonly (readonly [string, Estimate | null])[],
  over: Partial<ClaimPart> & Pick<ClaimPart, 'verdict' | 'sentence'>,
): ClaimPart {
  return {
    key: c.key,
    title,
    boundary: null,
    findings: conditions.map(([condition, value]) =>
      finding(c, condition, {
        value,
        n: 5,
        missing: value === null ? 'not measured: no energy meter was found' : null,
      }),
    ),
    ...over,
  };
}

export function fakeOutcome(
  over: Partial<ClaimOutcome> & Pick<ClaimOutcome, 'verdict' | 'sentence'>,
): ClaimOutcome {
  return { boundary: null, parts: [], tables: [], figures: [], published: [], notes: [], ...over };
}

export const fakeFigure: PanelFigure = {
  schema: 'thirtywatts.panels/1',
  kind: 'reconstruction-step',
  id: 'reconstruction-step',
  title: 'The error of Domingos’ form falls with the step size, slope 1.02',
  caption:
    'Mean over 60 queries; bars: 95 % bootstrap interval over 5 seeds. Fit over 1/16 to 1. Invented for a test.',
  badge: null,
  panels: [
    {
      key: 'error',
      title: '',
      x: { title: 'Step size', scale: 'log2', domain: null, fromZero: false },
      y: {
        title: 'Relative error of the logits (ratio), lower is better',
        scale: 'log',
        domain: null,
        fromZero: false,
      },
      series: ['left end (Domingos)', 'trapezoid'].map((name, s) => ({
        key: `rule-${s}`,
        name,
        points: [1, 0.5, 0.25, 0.125, 0.0625].map((x) => {
          const y = s === 0 ? 0.043 * x : 0.0037 * x * x;
          return { x, y, xLow: null, xHigh: null, yLow: y * 0.8, yHigh: y * 1.25, n: 5, label: null };
        }),
        line: 'solid' as const,
        marks: true,
        band: null,
        estimated: false,
        extrapolated: false,
      })),
      guides: [{ kind: 'horizontal', at: 0.05, label: 'threshold 5 %' }],
      references: [],
    },
  ],
};

export function kernelOutcome(): ClaimOutcome {
  const [relative, agreement, exact, slope] = kernelCriteria;
  return fakeOutcome({
    verdict: 'within_limits',
    sentence:
      'The sum over examples rebuilds the network within 5 % for tanh at every step size, for ReLU only at step sizes of 1/8 and below.',
    boundary:
      'It holds for tanh at every step size tried and for ReLU at step sizes up to 1/8; above that it fails.',
    parts: [
      fakePart(
        'Approximately a kernel machine (the essay’s sentence)',
        relative,
        [
          ['tanh, step 1', about(0.043, 0.1)],
          ['tanh, step 1/16', about(0.0014, 0.1)],
          ['ReLU, step 1', about(0.59, 0.2)],
          ['ReLU, step 1/4', about(0.052, 0.12)],
          ['ReLU, step 1/16', about(0.0022, 0.1)],
        ],
        {
          verdict: 'within_limits',
          sentence: 'The relative error runs from 0.14 % to 59 %, set by the step size.',
          boundary: 'It holds for ReLU at step sizes up to 1/8.',
        },
      ),
      {
        ...fakePart(
          'Equal decisions',
          agreement,
          [
            ['tanh, step 1', about(0.97, 0.01)],
            ['ReLU, step 1', about(0.9, 0.02)],
          ],
          {
            verdict: 'within_limits',
            sentence: 'The rebuilt machine decides like the network in 90 to 100 % of queries.',
            boundary: 'It fails for ReLU at step 1.',
          },
        ),
      },
      fakePart(
        'The exact discrete form',
        exact,
        [
          ['tanh', { value: 3.2e-14, low: 1.1e-14, high: 9.8e-14 }],
          ['ReLU', { value: 4e-15, low: 2e-15, high: 8e-15 }],
        ],
        {
          verdict: 'supported',
          sentence: 'The exact form rebuilds every logit to 3.2 × 10⁻¹⁴ or better.',
        },
      ),
      fakePart(
        'How the error falls',
        slope,
        [
          ['tanh, left end', about(1.02, 0.04)],
          ['ReLU, left end', about(1.1, 0.12)],
        ],
        {
          verdict: 'inconclusive',
          sentence: 'The slope is 1.02 for tanh; for ReLU its interval reaches over the end of the range.',
        },
      ),
    ],
    tables: [
      {
        key: 'rules',
        title: 'Error by rule',
        columns: [
          { key: 'configuration', title: 'Configuration', unit: '' },
          { key: 'left', title: 'Left end (Domingos)', unit: '1' },
          { key: 'exact', title: 'Exact form', unit: '1' },
          { key: 'seconds', title: 'Time to rebuild', unit: 's' },
          { key: 'equal', title: 'All decisions equal', unit: '' },
        ],
        rows: [
          ['tanh, step 1', about(0.043, 0.1), 7.9e-10, 0.0214, true],
          ['ReLU, step 1', about(0.59, 0.2), 4e-15, 0.0301, false],
          ['ReLU, step 1/16', about(0.0022, 0.1), 1.6e-14, 0.42, null],
        ],
        note: 'Relative to the mean movement of the logits in training.',
      },
    ],
    figures: [fakeFigure],
    published: [
      {
        what: 'Exactness of the discrete form',
        theirs: '“up to machine precision”',
        ours: '3.2 × 10⁻¹⁴',
        source: 'Bell et al., arXiv 2308.00824 (abstract)',
        note: 'No table to compare with.',
      },
      {
        what: 'Domingos’ theorem',
        theirs: 'no experiment, no number',
        ours: null,
        source: 'arXiv 2012.00152',
        note: null,
      },
    ],
    notes: ['Time was measured and energy was not: no energy meter was found.'],
  });
}

export const idleOutcome = (): ClaimOutcome =>
  fakeOutcome({
    verdict: 'not_measured',
    sentence: 'The power of the pool’s machine at the wall was not measured, so no break-even can be given.',
    parts: [
      fakePart(
        'Energy',
        texts.idle.criteria[0],
        [
          ['marginal', null],
          ['woken', null],
          ['full', null],
        ],
        {
          verdict: 'not_measured',
          sentence: 'No wall meter was found.',
        },
      ),
    ],
    tables: [
      {
        key: 'inputs',
        title: 'Inputs',
        columns: [
          { key: 'key', title: 'Key', unit: '' },
          { key: 'input', title: 'Input', unit: '' },
          { key: 'value', title: 'Value', unit: '' },
          { key: 'unit', title: 'Unit', unit: '' },
          { key: 'source', title: 'Source', unit: '' },
        ],
        rows: [
          ['price', 'Price of electricity', 0.1872, '$/kWh', 'US residential mean, stated default'],
          ['pue', 'Power usage effectiveness of the data centre', 1.54, '1', 'stated default'],
          ['hours', 'Idle hours offered a year', 4000, 'h', 'placeholder'],
        ],
        note: null,
      },
    ],
    notes: ['PLACEHOLDER INPUTS: nothing here was measured.'],
  });

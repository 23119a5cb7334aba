import {
  type BuiltinClaim,
  type ClaimCard,
  type ClaimDetail,
  type ClaimOptions,
  type ClaimOutcome,
  type ClaimRun,
  type ClaimStep,
  type ClaimVerdict,
  type ClaimVersion,
  claimLabel,
  claimOptionsSchema,
  type Estimate,
} from '../../src/shared/claim';
import type { Handlers, LabEvent } from '../../src/shared/contract';
import { LabError } from '../../src/shared/errors';
import { fakeClaimRun, fakeOutcome, fakePart, idleOutcome, kernelOutcome } from './fakeClaimRuns';
import { about, bornUnixMs, criterion, fakeVersion, hourMs, texts } from './fakeClaimVersions';
import { hex } from './fakeRecords';

/** Invented claims with every verdict, one that runs, one unfinished, one edited after its run, one of the user's own. */

/** Everything the fake lab knows of claims. */
export function fakeClaims(): ClaimDetail[] {
  const done = (claim: BuiltinClaim, outcome: ClaimOutcome, over: Partial<ClaimRun> = {}) => {
    const current = fakeVersion(claim);
    return detail([current], [fakeClaimRun(current, { outcome, ...over })]);
  };
  const simple = (
    claim: BuiltinClaim,
    verdict: ClaimVerdict,
    sentence: string,
    values: [string, Estimate | null][],
    boundary: string | null = null,
  ) =>
    fakeOutcome({
      verdict,
      sentence,
      boundary,
      parts: [
        fakePart(texts[claim].title, texts[claim].criteria[0], values, { verdict, sentence, boundary }),
      ],
      notes: ['Time was measured and energy was not: no energy meter was found.'],
    });

  const size = fakeVersion('size');
  const running = fakeClaimRun(size, {
    status: 'running',
    endedUnixMs: null,
    steps: fakeClaimRun(size).steps.slice(0, 1),
  });
  const lessData = fakeVersion('less-data');
  const edited = fakeVersion('less-data', {
    version: 2,
    prediction: {
      by: 'user',
      text: 'I expect no method to need fewer than half of the examples.',
      expected: 'refuted',
      criteria: [{ ...texts['less-data'].criteria[0], threshold: 2 }],
    },
  });
  const chips = fakeVersion('fewer-chips');
  const own = fakeVersion('own-1a2b3c4d', {
    title: 'int8 halves the latency of my model',
    statement: 'The int8 version of my model answers in at most half the time.',
    source: '',
    reading: 'The median latency of the first condition over that of the second is at most 0.5.',
    protocol: ['Measure both conditions in turns and take the ratio of the medians.'],
    sceptic: ['One model on one machine.'],
    prediction: {
      by: 'user',
      text: 'It takes half the time or less.',
      expected: 'supported',
      criteria: [
        criterion('ratio', {
          quantity: 'latency, median: first over second condition',
          relation: '<=',
          threshold: 0.5,
        }),
      ],
    },
    test: {
      kind: 'ratio',
      a: { model: 'mlp-1e6-int8', provider: 'cpu', batch: 1, threads: 1 },
      b: { model: 'mlp-1e6', provider: 'cpu', batch: 1, threads: 1 },
      quantity: 'latencyP50',
      dataset: null,
    },
    createdUnixMs: bornUnixMs + 48 * hourMs,
  });
  return [
    detail([size], [running], {
      claimRunId: running.id,
      claim: 'size',
      label: 'Training 784-64-10, seed 2 of 3',
      done: 1,
      total: 3,
      elapsedS: 22,
      leftS: 61,
    }),
    done('kernel', kernelOutcome(), { runs: [] }),
    done(
      'superposition',
      simple(
        'superposition',
        'supported',
        'The network takes 8 µs and 0.03 MB per query at every n; the explicit machine grows with slope 0.97.',
        [
          ['batch 1', { value: 0.004, low: -0.02, high: 0.03 }],
          ['batch 256', { value: -0.01, low: -0.03, high: 0.02 }],
        ],
      ),
      { options: { ...claimOptionsSchema.parse({}), form: 'full' } },
    ),
    done(
      'same-hardware',
      simple('same-hardware', 'supported', 'The kernel machine reaches 0.86 times the network’s rate.', [
        ['batch 256', about(0.86)],
      ]),
    ),
    done(
      'sparsity',
      simple(
        'sparsity',
        'refuted',
        'Zeros stored in a dense graph were not skipped: 1.00 times the speed at every batch.',
        [
          ['95 % zeros, batch 1', about(1, 0.02)],
          ['95 % zeros, batch 256', about(1.01, 0.02)],
        ],
      ),
    ),
    detail(
      [lessData, edited],
      [
        fakeClaimRun(lessData, {
          outcome: simple(
            'less-data',
            'within_limits',
            'Kernel ridge regression needs a quarter of the examples; the sparse network needs twice as many.',
            [
              ['kernel ridge', about(4.1, 0.1)],
              ['sparse network', about(0.48, 0.1)],
            ],
            'It holds for kernel ridge regression and fails for the sparse network.',
          ),
        }),
      ],
    ),
    done('idle', idleOutcome()),
    done(
      'brain',
      simple(
        'brain',
        'within_limits',
        'Three of four equalities hold within 5 %.',
        [
          ['homes', about(1, 0.01)],
          ['streaming hours', about(1, 0.01)],
          ['streaming hours, later estimate', about(10.4, 0.05)],
        ],
        'The arithmetic holds; the premise of 0.8 kWh per streamed hour does not.',
      ),
    ),
    detail(
      [chips],
      [
        fakeClaimRun(chips, {
          status: 'interrupted',
          endedUnixMs: chips.createdUnixMs + 3 * hourMs,
          steps: fakeClaimRun(chips).steps.slice(0, 2),
        }),
      ],
    ),
    detail(
      [own],
      [
        fakeClaimRun(own, {
          outcome: fakeOutcome({
            verdict: 'inconclusive',
            sentence: 'The ratio is 0.51, and its interval holds the threshold of 0.5.',
            parts: [
              fakePart(
                'Latency, median',
                own.prediction.criteria[0],
                [['batch 1, cpu', { value: 0.51, low: 0.47, high: 0.55 }]],
                {
                  verdict: 'inconclusive',
                  sentence: 'The interval of the ratio, 0.47 to 0.55, holds the threshold.',
                },
              ),
            ],
          }),
        }),
      ],
    ),
  ];
}

function detail(
  history: ClaimVersion[],
  runs: ClaimRun[],
  progress: ClaimDetail['progress'] = null,
): ClaimDetail {
  const current = history.at(-1)!;
  const own = runs.filter((r) => r.versionId === current.id);
  return {
    current,
    versions: history.length,
    latest: own.filter((r) => r.status === 'completed').at(-1) ?? null,
    unfinished: own.find((r) => r.status !== 'completed') ?? null,
    progress,
    expectedS: { glance: 84, full: 1260 },
    history,
    runs,
  };
}

/** The same with what belongs together computed anew. */
const again = ({ history, runs, progress }: ClaimDetail): ClaimDetail => detail(history, runs, progress);

export interface FakeClaims {
  claims: ClaimDetail[];
  handlers: Pick<
    Handlers,
    | 'listClaims'
    | 'showClaim'
    | 'previewClaim'
    | 'runClaim'
    | 'resumeClaimRun'
    | 'cancelClaimRun'
    | 'predictClaim'
    | 'writeClaim'
  >;
}

/** Handlers over `claims`; a run stays running until it is cancelled or a test ends it by `claimEnded` events. */
export function fakeClaimHandlers(
  state: { claims: ClaimDetail[] },
  emit: (event: LabEvent) => void,
): FakeClaims['handlers'] {
  const changed = () => emit({ type: 'changed', what: 'claims' });
  const find = (text: string): ClaimDetail => {
    const small = text.toLowerCase();
    const found = state.claims.find(
      ({ current: { claim, title } }) =>
        claim === small || claimLabel(claim).toLowerCase() === small || title.toLowerCase() === small,
    );
    if (!found)
      throw new LabError(
        'not_found',
        `There is no claim ${text} in this lab.`,
        'See them all with: thirty-watts claims list',
      );
    return found;
  };
  const put = (next: ClaimDetail) => {
    state.claims = state.claims.map((c) => (c.current.claim === next.current.claim ? next : c));
    changed();
  };
  const ofRun = (id: string): ClaimDetail => {
    const found = state.claims.find((c) => c.runs.some((r) => r.id === id));
    if (!found) throw new LabError('not_found', `There is no run ${id} of a claim.`);
    return found;
  };
  const start = (claim: ClaimDetail, run: ClaimRun) => {
    put(
      again({
        ...claim,
        runs: [...claim.runs.filter((r) => r.id !== run.id), run],
        progress: {
          claimRunId: run.id,
          claim: run.claim,
          label: 'Training',
          done: run.steps.length,
          total: 3,
          elapsedS: 0,
          leftS: 84,
        },
      }),
    );
    return { claimRunId: run.id };
  };
  const steps = ({ form }: ClaimOptions): ClaimStep[] => [
    { key: 'train', label: 'Train five small networks', expectedS: form === 'glance' ? 22 : 400 },
    { key: 'rebuild', label: 'Rebuild them from their examples', expectedS: form === 'glance' ? 34 : 500 },
    { key: 'measure', label: 'Measure time and energy', expectedS: form === 'glance' ? 28 : 360 },
  ];
  return {
    listClaims: async () => ({
      claims: state.claims.map(({ history: _, runs: __, ...card }): ClaimCard => card),
    }),
    showClaim: async ({ claim }) => find(claim),
    previewClaim: async ({ claim, options }) => {
      find(claim);
      const planned = steps(options);
      return {
        steps: planned,
        expectedS: planned.reduce((sum, s) => sum + s.expectedS, 0),
        warnings:
          options.meters === 'auto' ? ['No energy meter was found: time is measured, energy is not.'] : [],
        refusal:
          options.dataset === 'nowhere'
            ? {
                kind: 'not_found',
                message: 'There is no data set “nowhere” in this lab.',
                remedy: 'Add it under Models, or choose mnist1d, which is made on this machine.',
              }
            : null,
      };
    },
    runClaim: async ({ claim, options }) => {
      const found = find(claim);
      const run = fakeClaimRun(found.current, {
        id: `claimrun-${found.current.claim}-${found.current.version}-${found.runs.length}`,
        options,
        status: 'running',
        startedUnixMs: bornUnixMs + 96 * hourMs,
        endedUnixMs: null,
        steps: [],
      });
      return start(found, run);
    },
    resumeClaimRun: async ({ claimRunId }) => {
      const found = ofRun(claimRunId);
      const run = found.runs.find((r) => r.id === claimRunId)!;
      return start(found, { ...run, status: 'running', endedUnixMs: null });
    },
    cancelClaimRun: async ({ claimRunId }) => {
      const found = ofRun(claimRunId);
      put(
        again({
          ...found,
          progress: null,
          runs: found.runs.map((r) =>
            r.id === claimRunId ? { ...r, status: 'cancelled', endedUnixMs: r.startedUnixMs + 30_000 } : r,
          ),
        }),
      );
      emit({
        type: 'claimEnded',
        claimRunId,
        claim: found.current.claim,
        status: 'cancelled',
        verdict: null,
      });
      return { cancelled: true };
    },
    predictClaim: async ({ claim, prediction }) => {
      const found = find(claim);
      if (JSON.stringify(found.current.prediction) === JSON.stringify(prediction))
        return { version: found.current };
      const version = fakeVersion(found.current.claim, {
        ...found.current,
        id: hex(JSON.stringify(prediction)),
        version: found.versions + 1,
        prediction,
        createdUnixMs: bornUnixMs + 72 * hourMs,
      });
      put(again({ ...found, history: [...found.history, version] }));
      return { version };
    },
    writeClaim: async ({ claim, own }) => {
      const before = claim === null ? null : find(claim);
      const id = before?.current.claim ?? `own-${hex(own.title).slice(0, 8)}`;
      const version = fakeVersion(id, {
        version: (before?.versions ?? 0) + 1,
        id: hex(JSON.stringify(own)),
        title: own.title,
        statement: own.statement,
        source: own.source,
        reading: own.statement,
        sceptic: own.sceptic === '' ? [] : own.sceptic.split('\n'),
        prediction: own.prediction,
        test: own.test,
        createdUnixMs: bornUnixMs + 72 * hourMs,
      });
      if (before) put(again({ ...before, history: [...before.history, version] }));
      else {
        state.claims = [...state.claims, detail([version], [])];
        changed();
      }
      return { version };
    },
  };
}

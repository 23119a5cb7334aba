import {
  type CalibrationEntry,
  type CalibrationLine,
  type CalibrationRecord,
  fitCalibration,
  viewCalibrations,
} from '../../src/shared/calibration';
import type { ClaimDetail } from '../../src/shared/claim';
import {
  type CommandName,
  commands,
  type Experiment,
  type Handlers,
  type LabEvent,
  type Outputs,
} from '../../src/shared/contract';
import { LabError } from '../../src/shared/errors';
import type { Model } from '../../src/shared/model';
import { expandPlan, type PlanInput, planSchema } from '../../src/shared/plan';
import type { Served } from '../../src/shared/rpc';
import type { RunRecord } from '../../src/shared/run';
import { noMarks, type RunMarks, type RunRow, runRowOf } from '../../src/shared/runRow';
import {
  errorBounds,
  settleForm,
  type TransformForm,
  type TransformReport,
  transformRecipe,
  variantLabel,
} from '../../src/shared/transform';
import type { WallMeterView } from '../../src/shared/wallMeter';
import { type FakeBundles, fakeBundleHandlers, fakeBundles } from './fakeBundles';
import { fakeClaimHandlers, fakeClaims } from './fakeClaims';
import { type FakeData, fakeData, fakeDataHandlers } from './fakeData';
import { fakeProvenance } from './fakeProvenance';
import { fakeMachine, fakeMacs, fakeModel, fakeRun, hex } from './fakeRecords';

export interface FakeLab extends Served {
  emit(event: LabEvent): void;
  models: Model[];
  runs: RunRecord[];
  marks: Map<string, RunMarks>;
  binnedModels: Set<string>;
  settings: Record<string, import('../../src/shared/contract').Json>;
  experiments: Experiment[];
  wallMeters: WallMeterView[];
  calibrations: CalibrationEntry[];
  claims: ClaimDetail[];
  data: FakeData;
  bundles: FakeBundles;
  /** Which lab measured a run, by its id; one that is not in it: this lab. */
  origins: Map<string, string>;
  /** Every command that came, in order, with its parsed input. */
  calls: { name: CommandName; input: unknown }[];
  /** Takes the place of one command's answer until it is set back to undefined. */
  override: { [N in CommandName]?: Handlers[N] };
  /** Plays an experiment: every step is an event that a real lab would send; `stepMs` of real time lie between two. */
  play(options: { runs: number; stepMs?: number; power?: boolean }): Promise<void>;
}

/**
 * A lab behind the same contract without runners, meters or disk, for pages in a browser. What it answers is invented;
 * rules that matter to a page (bin, locks, settings, paging) hold as in the real one.
 */
export function fakeLab(
  start: { models?: Model[]; runs?: RunRecord[]; experiments?: Experiment[]; claims?: ClaimDetail[] } = {},
): FakeLab {
  const listeners = new Set<(event: LabEvent) => void>();
  const emit = (event: LabEvent) => {
    for (const listener of listeners) listener(event);
  };
  let cancelled = false;
  const lab: FakeLab = {
    models: start.models ?? [],
    runs: start.runs ?? [],
    experiments: start.experiments ?? [],
    marks: new Map(),
    binnedModels: new Set(),
    settings: {},
    wallMeters: [],
    calibrations: [],
    claims: start.claims ?? fakeClaims(),
    data: fakeData(),
    bundles: fakeBundles(),
    origins: new Map(),
    calls: [],
    override: {},
    emit,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    handlers: {} as Handlers,
    async play({ runs: total, stepMs = 20, power = true }) {
      cancelled = false;
      const experimentId = `fake-${lab.experiments.length + 1}`;
      const pause = () => new Promise((resolve) => setTimeout(resolve, stepMs));
      const model = lab.models[0] ?? fakeModel('mlp-1e3', 1000);
      const experiment = fakeExperiment(experimentId, {
        status: 'running',
        runs: { queued: total, running: 0, completed: 0, cancelled: 0, failed: 0 },
      });
      lab.experiments.push(experiment);
      emit({ type: 'changed', what: 'experiments' });
      const progress = (
        n: number,
        runId: string | null,
        stage: Extract<LabEvent, { type: 'progress' }>['stage'],
      ) =>
        emit({
          type: 'progress',
          experimentId,
          runId,
          label: `${model.name} on cpu`,
          stage,
          finished: n,
          total,
          elapsedS: n * 10,
          leftS: (total - n) * 10,
        });
      let n = 0;
      for (; n < total && !cancelled; n++) {
        const run = fakeRun({ experiment: experimentId, ordinal: n, model, p50S: 1e-3 * (1 + n / 100) });
        emit({ type: 'runChanged', experimentId, runId: run.id, status: 'running' });
        for (const stage of ['launch', 'load', 'warmup'] as const) {
          progress(n, run.id, stage);
          await pause();
        }
        emit({ type: 'window', experimentId, runId: run.id, index: 0, open: true });
        progress(n, run.id, 'window');
        await pause();
        emit({ type: 'window', experimentId, runId: run.id, index: 0, open: false });
        emit({
          type: 'samples',
          experimentId,
          runId: run.id,
          power: power
            ? [
                {
                  sensor: {
                    id: 'rapl:0',
                    device: 'Example 9000',
                    domain: 'cpu.package',
                    provenance: 'firmware-model',
                    origin: 'hardware',
                  },
                  tS: Float64Array.of(1, 2, 3),
                  powerW: Float64Array.of(10, 20, 15),
                },
              ]
            : [],
          latency: { tS: Float64Array.of(1, 2, 3), durationS: Float64Array.of(1e-3, 1.1e-3, 0.9e-3) },
        });
        if (cancelled) break;
        lab.runs.push(run);
        experiment.runs = { ...experiment.runs, queued: total - n - 1, completed: n + 1 };
        emit({ type: 'runChanged', experimentId, runId: run.id, status: 'completed' });
      }
      experiment.status = cancelled ? 'cancelled' : 'completed';
      progress(n, null, 'done');
      emit({ type: 'experimentEnded', experimentId, status: experiment.status });
      emit({ type: 'changed', what: 'runs' });
      emit({ type: 'changed', what: 'experiments' });
    },
  };
  const modelOf = (text: string) => {
    const found = lab.models.find((m) => m.id === text || m.name === text || m.id.startsWith(text));
    if (!found) throw new LabError('not_found', `There is no model ${text} in this lab.`, 'Import it again.');
    return found;
  };
  const marksOf = (id: string) => lab.marks.get(id) ?? noMarks;
  const rowOf = (run: RunRecord): RunRow =>
    runRowOf(
      {
        run,
        model: lab.models.find((m) => m.id === run.condition.modelId) ?? fakeModel('gone', 1),
        machine: fakeMachine(),
        experimentName: lab.experiments.find((e) => e.id === run.experimentId)?.name ?? run.experimentId,
        lab: lab.origins.get(run.id) ?? null,
      },
      marksOf(run.id),
    );
  const find = (id: string) => {
    const run = lab.runs.find((r) => r.id.startsWith(id));
    if (!run) throw new LabError('not_found', `There is no run ${id} in this lab.`);
    return run;
  };
  const handlers: Handlers = {
    describeMachine: async () => ({
      machine: fakeMachine(),
      providers: [
        { provider: 'cpu', status: 'ok', reason: null, device: null },
        { provider: 'webgpu', status: 'ok', reason: null, device: 'SwiftShader' },
        {
          provider: 'cuda',
          status: 'refused',
          reason: 'The CUDA provider is not in this build.',
          device: null,
        },
      ],
      meters: [
        {
          provider: 'rapl',
          title: 'Linux RAPL (powercap)',
          result: {
            status: 'denied',
            reason: 'The energy counter of the processor may only be read by root.',
            remedy: {
              text: 'Allow your user to read it, then check again.',
              command: 'sudo chmod o+r /sys/class/powercap/intel-rapl:0/energy_uj',
            },
          },
        },
        {
          provider: 'nvml',
          title: 'NVIDIA NVML',
          result: { status: 'absent', reason: 'No NVIDIA driver was found.', remedy: null },
        },
      ],
      lab: '/lab',
    }),
    importModels: async ({ paths }) => {
      const answer: Outputs['importModels'] = { imported: [], refused: [] };
      for (const [done, path] of paths.entries()) {
        emit({ type: 'importProgress', done, total: paths.length, path });
        const name = path.split('/').at(-1)!;
        if (!name.endsWith('.onnx')) {
          answer.refused.push({
            path,
            failure: {
              kind: 'not_a_model',
              message: `${name} is not an ONNX model.`,
              remedy: 'Choose a file that ends in .onnx.',
            },
          });
          continue;
        }
        const model = fakeModel(name.replace(/\.onnx$/, ''), 12_345, 'imported');
        const alreadyThere = lab.models.some((m) => m.id === model.id);
        if (!alreadyThere) lab.models.push(model);
        lab.binnedModels.delete(model.id);
        answer.imported.push({ model, alreadyThere, path });
      }
      emit({ type: 'changed', what: 'models' });
      return answer;
    },
    buildModel: async ({ family, parameters }) => {
      const model = fakeModel(`${family}-${parameters}`, parameters, family);
      const alreadyThere = lab.models.some((m) => m.id === model.id);
      if (!alreadyThere) lab.models.push(model);
      emit({ type: 'changed', what: 'models' });
      return { model, alreadyThere };
    },
    transformModel: async ({ model: text, ...options }) => {
      const parent = modelOf(text);
      const form = settleForm(options);
      const model = {
        ...fakeModel(`${parent.name} ${variantLabel(form)}`, parent.counts.parameters ?? 1000, 'imported'),
        recipe: transformRecipe(parent.id, form),
        licence: parent.licence,
      };
      lab.models.push(model);
      emit({ type: 'changed', what: 'models' });
      return { model, report: fakeTransformReport(form) };
    },
    ...fakeDataHandlers({ data: lab.data, modelOf, rows: () => lab.runs.map(rowOf), emit }),
    cancelTransform: async () => ({ cancelled: false }),
    labInfo: async () => ({
      folder: '/lab',
      version: '0.0.0-fake',
      readOnly: null,
      models: lab.models.length,
      runs: lab.runs.length,
      sampleLoaded: [...lab.marks.values()].some((m) => m.sample),
      measuring: lab.experiments.find((e) => e.status === 'running')?.id ?? null,
    }),
    listModels: async ({ binned }) => ({
      models: lab.models.filter((m) => binned || !lab.binnedModels.has(m.id)),
    }),
    setBinned: async ({ what, ids, binned }) => {
      const locked = ids.find((id) => marksOf(id).locked);
      if (locked) throw new LabError('bad_input', `Run ${locked.slice(-8)} is locked.`, 'Unlock it first.');
      for (const id of ids) {
        if (what === 'run') lab.marks.set(id, { ...marksOf(id), binnedUnixMs: binned ? Date.now() : null });
        else if (binned) lab.binnedModels.add(id);
        else lab.binnedModels.delete(id);
      }
      emit({ type: 'changed', what: what === 'run' ? 'runs' : 'models' });
      return { changed: ids.length };
    },
    setLocked: async ({ runs, locked }) => {
      for (const id of runs) lab.marks.set(id, { ...marksOf(id), locked });
      emit({ type: 'changed', what: 'runs' });
      return { changed: runs.length };
    },
    getSettings: async () => ({ settings: lab.settings }),
    putSetting: async ({ key, value }) => {
      lab.settings[key] = value;
      return {};
    },
    previewPlan: async ({ plan }) => {
      const runs = expandPlan(plan).length;
      return {
        runs: runs + (plan.callOverhead ? 1 : 0),
        overheadRuns: plan.callOverhead ? 1 : 0,
        controlRuns: 0,
        expectedS: { low: runs * 8, high: runs * 20 },
        warnings: [],
        refusal: null,
      };
    },
    showModel: async ({ model: text, batch, dims }) => {
      const model = modelOf(text);
      const sequence = dims.sequence ?? 1;
      return {
        model,
        macs: fakeMacs((model.counts.parameters ?? 0) * batch * sequence),
        freeDims: [{ name: 'sequence', input: 'x', axis: 0, size: sequence }],
        inputs: model.inputs,
      };
    },
    startExperiment: async ({ plan }) => {
      const runs = expandPlan(plan).length;
      void lab.play({ runs });
      return { experimentId: `fake-${lab.experiments.length}`, runs };
    },
    findUnfinished: async () => ({ experiment: null }),
    resumeExperiment: async ({ experimentId }) => {
      void lab.play({ runs: 3 });
      return { experimentId, runs: 3 };
    },
    cancelExperiment: async () => {
      cancelled = true;
      return { cancelled: true };
    },
    listExperiments: async () => ({ experiments: lab.experiments }),
    listRuns: async () => ({
      runs: lab.runs.map((run) => ({
        run,
        modelName: rowOf(run).modelName,
        parameters: rowOf(run).parameters,
        sample: rowOf(run).sample,
      })),
    }),
    runRows: async ({ offset, limit, ids, binned }) => {
      const own = lab.runs.filter(
        (r) => (binned || marksOf(r.id).binnedUnixMs === null) && (ids === null || ids.includes(r.id)),
      );
      return { rows: own.slice(offset, offset + limit).map(rowOf), total: own.length };
    },
    runColumns: async ({ run }) => fakeColumns(find(run)),
    compareRuns: async ({ runs }) => ({
      runIds: runs,
      quantities: [
        {
          quantity: 'p50S',
          method: 'Welch interval on the logarithms of window medians',
          rows: runs.map((id, i) => ({
            runId: id,
            value: find(id).latency?.p50S.value ?? null,
            ratio: i === 0 ? null : { value: 1.2, low: 1.1, high: 1.3 },
            verdict: i === 0 ? null : 'A_lower',
            word: i === 0 ? 'reference' : 'higher',
            why: null,
            codes: [],
            method: i === 0 ? null : 'unpaired',
            p: i === 0 ? null : 0.004,
            pHolm: i === 0 ? null : 0.008,
            blocks: null,
            floor: i === 0 ? null : { ln: Math.log(1.01), from: 'least', provider: null, controls: 0 },
          })),
          controls: [],
        },
      ],
      differences: [{ field: 'Batch', values: runs.map((id) => String(find(id).condition.batch)) }],
      same: [{ field: 'Execution provider', value: 'cpu' }],
    }),
    showProvenance: async ({ run: id }) => fakeProvenance(find(id), modelOf(find(id).condition.modelId)),
    showRun: async ({ run: id }) => {
      const run = find(id);
      return {
        run,
        model: lab.models.find((m) => m.id === run.condition.modelId) ?? fakeModel('gone', 1),
        machine: fakeMachine(),
        windows: [],
        sample: marksOf(run.id).sample,
        callOverheadS: 6e-6,
      };
    },
    figure: async () => {
      throw new LabError('unsupported', 'The fake lab draws no figure.');
    },
    ...fakeBundleHandlers({
      bundles: lab.bundles,
      rows: () => lab.runs.map(rowOf),
      claims: () => lab.claims.filter((claim) => claim.runs.length > 0).length,
      measuring: () => lab.experiments.some((e) => e.status === 'running'),
      emit,
    }),
    watchMeters: async ({ on }) => ({ watching: on }),
    ...fakeMeters(lab, emit),
    ...fakeClaimHandlers(lab, emit),
    selfTestMeters: async () => ({ machine: fakeMachine(), meters: [], sensors: [], loads: [], seconds: 0 }),
    confirmQuiet: async () => ({}),
    loadSample: async () => {
      for (const run of lab.runs) lab.marks.set(run.id, { ...marksOf(run.id), sample: true });
      emit({ type: 'changed', what: 'runs' });
      return { runs: lab.runs.length, alreadyThere: false };
    },
    verify: async () => ({ checked: lab.runs.length, problems: [] }),
  };
  lab.handlers = Object.fromEntries(
    (Object.keys(commands) as CommandName[]).map((name) => [
      name,
      (input: unknown) => {
        lab.calls.push({ name, input });
        return ((lab.override[name] ?? handlers[name]) as (i: unknown) => Promise<unknown>)(input);
      },
    ]),
  ) as Handlers;
  return lab;
}

/** Wall meters and calibrations that behave like the real ones; a meter at a `.local` name answers, others do not. */
function fakeMeters(lab: FakeLab, emit: (event: LabEvent) => void) {
  const changed = () => emit({ type: 'changed', what: 'settings' });
  const removed = new Map<string, WallMeterView>();
  const find = (id: string) => {
    const meter = lab.wallMeters.find((m) => m.id === id);
    if (!meter) throw new LabError('not_found', `There is no wall meter ${id} in this lab.`);
    return meter;
  };
  return {
    listMeters: async () => ({
      wallMeters: [...lab.wallMeters],
      calibrations: viewCalibrations(lab.calibrations),
    }),
    addWallMeter: async ({ meter: { token, ...rest } }) => {
      const meter: WallMeterView = {
        ...rest,
        id: `w${lab.wallMeters.length + removed.size}`,
        enabled: true,
        lagS: null,
        lagAtUnixMs: null,
        hasToken: token !== null,
      };
      lab.wallMeters.push(meter);
      changed();
      return { meter };
    },
    changeWallMeter: async ({ id, enabled, label }) => {
      const meter = find(id);
      if (enabled !== null) meter.enabled = enabled;
      if (label !== null) meter.label = label;
      changed();
      return { meter };
    },
    removeWallMeter: async ({ id }) => {
      removed.set(id, find(id));
      lab.wallMeters = lab.wallMeters.filter((m) => m.id !== id);
      changed();
      return {};
    },
    restoreWallMeter: async ({ id }) => {
      const meter = removed.get(id) as WallMeterView;
      lab.wallMeters.push(meter);
      changed();
      return { meter };
    },
    testWallMeter: async ({ id, meter }) =>
      (id === null ? (meter?.address ?? '') : find(id).address).includes('.local')
        ? {
            reading: { watts: 61.2, energyJ: null, roundTripS: 0.012, intervalS: 1, label: 'Desk' },
            failure: null,
          }
        : {
            reading: null,
            failure: {
              kind: 'bad_input',
              message: 'Nothing answered at that address within 1 s.',
              remedy: 'Check the address, that the meter has power, and that it is in the same network.',
            },
          },
    measureWallLag: async ({ id }) => {
      Object.assign(find(id), { lagS: 1.52, lagAtUnixMs: Date.UTC(2026, 9, 1) });
      changed();
      return { lagS: 1.52, correlation: 0.97 };
    },
    addCalibration: async (input) => {
      const fit = input.from.kind === 'loads' ? fitCalibration(input.from.pairs, input.from.reference) : null;
      if (fit?.ok === false) throw new LabError('bad_input', fit.reason);
      const calibration: CalibrationRecord = {
        ...input,
        id: `cal-${lab.calibrations.length}`,
        line: input.from.kind === 'line' ? input.from.line : (fit as { line: CalibrationLine }).line,
        atUnixMs: input.atUnixMs ?? Date.UTC(2026, 9, 1),
        enteredUnixMs: Date.UTC(2026, 9, 1),
      };
      lab.calibrations.push({ type: 'add', calibration });
      changed();
      return { calibration };
    },
    setCalibrationRevoked: async ({ id, revoked }) => {
      lab.calibrations.push({ type: revoked ? 'revoke' : 'restore', id, atUnixMs: Date.UTC(2026, 9, 1) });
      changed();
      return { changed: true };
    },
  } satisfies Partial<Handlers>;
}

export function fakeExperiment(id: string, over: Partial<Experiment> = {}): Experiment {
  const input: PlanInput = { schema: 'thirtywatts.plan/1', name: `Experiment ${id}`, models: ['mlp-1e3'] };
  return {
    id,
    name: input.name!,
    createdUnixMs: Date.UTC(2026, 9, 1),
    status: 'completed',
    plan: planSchema.parse(input),
    planSha256: hex(id),
    runs: { queued: 0, running: 0, completed: 6, cancelled: 0, failed: 0 },
    ...over,
  };
}

function fakeColumns(run: RunRecord): Outputs['runColumns'] {
  const p50 = run.latency?.p50S.value ?? 1e-3;
  const n = 500;
  return {
    phases: [
      { phase: 'load', fromS: 0, toS: 0.4 },
      { phase: 'idle_before', fromS: 0.4, toS: 10 },
      { phase: 'warmup', fromS: 10, toS: 13 },
      { phase: 'window', fromS: 13, toS: 33 },
      { phase: 'close', fromS: 33, toS: 33.2 },
    ],
    windows: [0, 1].map((index) => ({
      index,
      openS: 13 + index * 10,
      closeS: 22.9 + index * 10,
      verdict: 'ok' as const,
      p50S: p50,
    })),
    latency: {
      tS: Float64Array.from({ length: n }, (_, i) => 13 + (i * 20) / n),
      durationS: Float64Array.from({ length: n }, (_, i) => p50 * (1 + 0.1 * Math.sin(i))),
    },
    distribution: {
      latencyS: Float64Array.from({ length: n }, (_, i) => p50 * (0.9 + (0.4 * i) / n)),
      share: Float64Array.from({ length: n }, (_, i) => (i + 1) / n),
    },
    power: [
      {
        sensor: {
          id: 'rapl:0',
          device: 'Example 9000',
          domain: 'cpu.package',
          provenance: 'firmware-model',
          origin: 'hardware',
        },
        tS: Float64Array.from({ length: 330 }, (_, i) => i / 10),
        powerW: Float64Array.from({ length: 330 }, (_, i) => (i < 100 ? 6 : 18) + (i % 7) * 0.1),
      },
    ],
    samples: 1000,
  };
}

function fakeTransformReport(form: TransformForm): TransformReport {
  return {
    form,
    layers: { withWeights: 4, changed: 3 },
    left: [{ reason: 'Conv is no plain matrix product', count: 1, examples: ['conv1'] }],
    weightBytes: { before: 4_000_000, after: 1_004_000 },
    outputs: [{ name: 'y', elements: 640, relativeL2: 0.0062, maxAbs: 0.021, sameTop: 0.984 }],
    bound: errorBounds[form.kind],
    fed: { rows: 64, calls: 4, seed: 1, provider: 'cpu' },
    accuracy: null,
    notes: [],
  };
}

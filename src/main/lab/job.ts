import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import { type Condition, protocolOf } from '../../shared/plan';
import type { RunRecord } from '../../shared/run';
import { indexHints, makeData, resolveInputs } from '../models/inputs';
import { readModel } from '../models/reader';
import type { RunnerJob } from '../runner/protocol';
import { inputSetSha256 } from './inputSet';
import { macsOfRun, modelMacs } from './modelMacs';
import { isRecipe } from './recipes';

export interface PreparedRun {
  job: RunnerJob;
  macs: NonNullable<RunRecord['macs']>;
  /** SHA-256 over the inputs that are fed: names, types, shapes, bytes. */
  inputSetSha256: string;
}

/** What meters and lab ask of a runner. */
export interface MeterNeeds {
  /** Load before a window opens, s, and a random part of `phaseS` on top. */
  prerollS: number;
  phaseS: number;
  /** Pause after each eighth of a window, s; 0: none. */
  gapS: number;
  samplesMax: number | null;
  /** The device's temperature can be read, so the warm-up waits for it too. */
  askTemperature: boolean;
}

/** Folder of an imported model inside the lab. */
export function modelFolder(labFolder: string, modelId: string): string {
  return join(labFolder, 'models', modelId);
}

/**
 * Turns a condition into a runner's job: inputs of concrete shapes filled from the seed, files with their hashes, the
 * preset's numbers; and counts the MACs at these shapes. `prerollS` and `phaseS` are what the meters ask for; `samplesMax`
 * bounds the inferences stored of a window.
 * Errors: LabError bad_plan for a dimension or value that the model does not have, not_found for a missing file.
 */
export function prepareRun(
  labFolder: string,
  model: Model,
  condition: Condition,
  { prerollS, phaseS, gapS, samplesMax, askTemperature }: MeterNeeds,
): PreparedRun {
  const folder = modelFolder(labFolder, model.id);
  const modelPath = modelFile(labFolder, model);
  const graph = readModel(readFileSync(modelPath));
  const specs = resolveInputs(model.inputs, {
    batch: condition.batch,
    dims: condition.dims,
    values: condition.values,
    hints: indexHints(graph),
  });
  const macs = modelMacs(folder, model, graph, specs);
  const inputs = specs.map((spec) => ({
    name: spec.name,
    elemType: spec.elemType,
    shape: spec.shape,
    fill: JSON.stringify(spec.fill),
    data: makeData(spec, condition.seed),
  }));
  const preset = protocolOf(condition);
  const short = condition.windowS < 1; // tests and the call overhead: everything scaled down with the window
  return {
    macs: macsOfRun(macs),
    inputSetSha256: inputSetSha256(inputs),
    job: {
      type: 'measure',
      engine: condition.engine,
      provider: condition.provider,
      threads: condition.threads,
      graphOptimization: condition.graphOptimization,
      modelPath,
      files: [
        { path: modelPath, sha256: model.fileSha256 },
        ...model.externalData.map(({ location, sha256 }) => ({ path: join(folder, location), sha256 })),
      ],
      inputs,
      assumed: [
        ...new Set(
          specs.flatMap((spec) => [
            ...spec.freeDims
              .filter((d) => d.from === 'default')
              .map((d) => `${d.name ?? `${spec.name}:${d.axis}`} = ${d.size}`),
            ...(spec.fill.kind === 'constant' && !(spec.name in condition.values)
              ? [`${spec.name} = ${spec.fill.value}`]
              : []),
          ]),
        ),
      ],
      warmup: {
        inferences: 20,
        minS: short ? condition.windowS / 5 : preset.warmupMinS,
        capS: short ? condition.windowS : preset.warmupCapS,
        // Glance has one second in all: its blocks are a quarter of one.
        blockS: short ? condition.windowS / 10 : Math.min(1, preset.warmupMinS / 4),
      },
      windows: {
        seconds: condition.windowS,
        // Each can be void and measured again; one more if one of them is an outlier.
        count: (preset.windowsMax + (preset.targetRel === null ? 0 : 1)) * (1 + preset.repeats),
        inferencesMin: preset.inferencesMin,
        capS: Math.max(preset.windowCapS, condition.windowS),
        prerollS,
        phaseS,
        gapS,
        seed: condition.seed,
        ...(samplesMax === null ? {} : { samplesMax }),
      },
      meterCheckS: short ? 0 : preset.meterCheckS,
      askTemperature,
      idle: { settleS: preset.settleS, beforeS: preset.idleBeforeS, afterS: preset.idleAfterS },
      parentPid: process.pid,
    },
  };
}

/** Whether the lab has the model's file: one that came with a bundle is only known by its record. */
export const isModelHere = (labFolder: string, modelId: string): boolean =>
  existsSync(join(modelFolder(labFolder, modelId), 'model.onnx'));

/** Path of the model's ONNX file. @throws LabError not_found where it is not here, with what brings it */
export function modelFile(labFolder: string, model: Model): string {
  if (isModelHere(labFolder, model.id)) return join(modelFolder(labFolder, model.id), 'model.onnx');
  throw modelAbsent(model);
}

/** What a person is told of a model whose file is gone, or that came with a bundle, which holds no files of models. */
export function modelAbsent({ name, recipe, fileSha256, externalData }: Model): LabError {
  const file = `the ONNX file with SHA-256 ${fileSha256}${externalData.length > 0 ? ' and its external data' : ''}`;
  return new LabError(
    'not_found',
    `The file of ${name} is not in the lab's folder: the lab only has its record.`,
    recipe !== null && isRecipe(recipe)
      ? `Build it (thirty-watts models build ${recipe}), or import ${file}.`
      : `Import ${file}.`,
  );
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../../shared/errors';
import type { Model } from '../../shared/model';
import { type Condition, presets } from '../../shared/plan';
import { indexHints, knownValues, makeData, resolveInputs } from '../models/inputs';
import { countMacs } from '../models/macs';
import { readModel } from '../models/reader';
import type { RunnerJob } from '../runner/protocol';

export interface PreparedRun {
  job: RunnerJob;
  macs: { macs: number | null; missingReason: string | null };
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
  { prerollS, phaseS, samplesMax }: { prerollS: number; phaseS: number; samplesMax: number | null },
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
  const macs = countMacs(graph, Object.fromEntries(specs.map((s) => [s.name, s.shape])), knownValues(specs));
  const preset = presets[condition.preset];
  const short = condition.windowS < 1; // tests and the call overhead: everything scaled down with the window
  return {
    macs: { macs: macs.macs, missingReason: macs.missingReason },
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
      inputs: specs.map((spec) => ({
        name: spec.name,
        elemType: spec.elemType,
        shape: spec.shape,
        fill: JSON.stringify(spec.fill),
        data: makeData(spec, condition.seed),
      })),
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
        count: preset.windowsMax,
        inferencesMin: preset.inferencesMin,
        capS: Math.max(preset.windowCapS, condition.windowS),
        prerollS,
        phaseS,
        seed: condition.seed,
        ...(samplesMax === null ? {} : { samplesMax }),
      },
      idle: { settleS: preset.settleS, beforeS: preset.idleBeforeS, afterS: preset.idleAfterS },
      parentPid: process.pid,
    },
  };
}

/** Path of the model's ONNX file. @throws LabError not_found where it is gone */
export function modelFile(labFolder: string, model: Model): string {
  const path = join(modelFolder(labFolder, model.id), 'model.onnx');
  if (existsSync(path)) return path;
  throw new LabError(
    'not_found',
    `The file of ${model.name} is no longer in the lab's folder.`,
    'Import the model again.',
  );
}

import type { Model } from '../../../shared/model';
import type { RunRow } from '../../../shared/runRow';

/** One line of the model list. Absent is null and sorts last. */
export interface ModelRow {
  model: Model;
  /** The .onnx file and its external data. */
  bytes: number;
  /** Weights that are not zero over all weights, 0 to 1. */
  nonzeroShare: number | null;
  /** Of one inference at batch 1; undefined until the model was opened once. */
  macs: number | null | undefined;
  /** Version of the default domain. */
  opset: number | null;
  runs: number;
  /** All of its runs are of the sample dataset. */
  sample: boolean;
  /** It came with a bundle, which holds no files of models. */
  noFile: boolean;
}

const isDefaultDomain = (domain: string) => domain === '' || domain === 'ai.onnx';

/** `ai.onnx 17, com.microsoft 1`. Pure. */
export function opsetText(opsets: Model['opsets']): string {
  return opsets.map(({ domain, version }) => `${domain || 'ai.onnx'} ${version}`).join(', ');
}

export function nonzeroShareOf({ counts }: Pick<Model, 'counts'>): number | null {
  const { parameters, parametersNonzero } = counts;
  return parameters === null || parametersNonzero === null || parameters === 0
    ? null
    : parametersNonzero / parameters;
}

export const bytesOf = ({ fileBytes, externalData }: Pick<Model, 'fileBytes' | 'externalData'>): number =>
  externalData.reduce((sum, { bytes }) => sum + bytes, fileBytes);

/** Why a model that came without its file cannot be measured, and what helps. Pure. */
export const noFileText = ({ recipe }: Pick<Model, 'recipe'>): string =>
  `It came with a bundle, which holds no files of models. ${recipe === null ? 'Import its ONNX file' : 'Build it, or import its ONNX file,'} to measure it.`;

/** Runs of each model: how many, and how many of them are samples. Pure. */
export function tallyRuns(rows: readonly RunRow[]): Map<string, { runs: number; samples: number }> {
  const tally = new Map<string, { runs: number; samples: number }>();
  for (const { modelId, sample } of rows) {
    const own = tally.get(modelId) ?? { runs: 0, samples: 0 };
    own.runs += 1;
    if (sample) own.samples += 1;
    tally.set(modelId, own);
  }
  return tally;
}

/** Pure. @param macs of models that were opened, by id */
export function modelRowsOf(
  models: readonly Model[],
  tally: ReadonlyMap<string, { runs: number; samples: number }>,
  macs: Readonly<Record<string, number | null>>,
  withoutFile: ReadonlySet<string> = new Set(),
): ModelRow[] {
  return models.map((model) => {
    const own = tally.get(model.id) ?? { runs: 0, samples: 0 };
    return {
      model,
      bytes: bytesOf(model),
      nonzeroShare: nonzeroShareOf(model),
      macs: macs[model.id],
      opset: model.opsets.find(({ domain }) => isDefaultDomain(domain))?.version ?? null,
      runs: own.runs,
      sample: own.runs > 0 && own.samples === own.runs,
      noFile: withoutFile.has(model.id),
    };
  });
}

/** Rows that hold every word of the text in their name, family, precision, producer, recipe or id. Pure. */
export function filterModels(rows: readonly ModelRow[], text: string): ModelRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ model: { name, family, precision, producer, recipe, id } }) => {
    const own = [name, family, precision, producer, recipe ?? ''].join(' ').toLowerCase();
    return words.every((word) => own.includes(word) || (word.length >= 4 && id.startsWith(word)));
  });
}

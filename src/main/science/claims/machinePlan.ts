import type { ClaimOptions } from '../../../shared/claim';
import { reasons } from '../../../shared/reasons';
import { type Batch, batches, type Measured, measuringS, type ToMeasure } from '../protocol';

/** Key of a machine's condition in a call of `bench.measure`. */
export const conditionKey = (machine: string, batch: number) => `${machine}, batch ${batch}`;

/** Turns of each condition in the full form (guide 1.3: at least 5 windows for anything timed). */
export const fullBlocks = 5;

/** Window of a first look, s: a little longer than usual, since one condition without a median leaves the claim undecided. */
export const glanceWindowS = 1.2;

export function measureSeconds(conditions: number, form: ClaimOptions['form']): number {
  return measuringS(conditions, form, { blocks: fullBlocks, plans: batches.length });
}

/** Conditions with the models' ids. @throws RangeError for a machine of which no model was made */
export function toMeasure(
  conditions: readonly { machine: string; batch: Batch }[],
  models: Readonly<Record<string, string>>,
): ToMeasure[] {
  return conditions.map(({ machine, batch }) => {
    const modelId = models[machine];
    if (modelId === undefined) throw new RangeError(`there is no model ${machine}`);
    return { key: conditionKey(machine, batch), modelId, batch };
  });
}

/** Why a condition has no time, in a sentence; null where it has one. */
export function whyNoTime(measured: Measured | undefined | null): string | null {
  if (!measured) return 'It was not measured.';
  const { row } = measured;
  if (row.p50S.value !== null) return null;
  const spoiling = row.latencyCodes.map((code) => reasons[code]).filter(({ level }) => 'VRX'.includes(level));
  return (
    row.failure ?? (spoiling.map(({ sentence }) => sentence).join(' ') || 'Its run gave no median time.')
  );
}

import type { ClaimInput, ClaimOptions } from '../../../shared/claim';
import { LabError } from '../../../shared/errors';

/** A number as it is used: typed by a person, or the stated default. */
export interface GivenInput {
  value: number;
  typed: boolean;
}

/**
 * Every input of a claim, checked. @throws LabError bad_input for a key that the claim does not have and for what is no
 * number of its range
 */
export function givenInputs<K extends string>(
  inputs: readonly (ClaimInput & { key: K })[],
  options: Pick<ClaimOptions, 'inputs'>,
): Record<K, GivenInput> {
  const unknown = Object.keys(options.inputs).find((key) => !inputs.some((i) => i.key === key));
  if (unknown !== undefined) {
    throw new LabError(
      'bad_input',
      `This claim has no input called “${unknown}”.`,
      `It has ${inputs.map((i) => i.key).join(', ')}.`,
    );
  }
  return Object.fromEntries(
    inputs.map((input) => {
      const typed = options.inputs[input.key];
      const value = typed ?? input.default;
      const { min, max, label, unit } = input;
      if (!Number.isFinite(value) || (min !== null && value < min) || (max !== null && value > max)) {
        const ends = [min === null ? null : `at least ${min}`, max === null ? null : `at most ${max}`];
        throw new LabError(
          'bad_input',
          `“${label}” is ${value}${unit === '1' ? '' : ` ${unit}`}; it must be ${ends.filter(Boolean).join(' and ')}.`,
        );
      }
      return [input.key, { value, typed: typed !== undefined }];
    }),
  ) as Record<K, GivenInput>;
}

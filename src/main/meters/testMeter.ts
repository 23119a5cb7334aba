import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LabError } from '../../shared/errors';
import type { MeterProvider } from '../../shared/meter';
import { replaySchema, simulatedSchema } from './madeUp';
import { replayProvider } from './replay';
import { simulatedProvider } from './simulated';

/** Names a JSON file that replaces every meter of the lab by a made-up one; for tests only. */
export const testMeterVariable = 'THIRTY_WATTS_TEST_METER';

const fileSchema = z.discriminatedUnion('meter', [
  z.strictObject({ meter: z.literal('simulated'), sensors: z.array(simulatedSchema).min(1) }),
  z.strictObject({ meter: z.literal('replay'), sensors: z.array(replaySchema).min(1) }),
]);

/** The meter that a test-meter file describes. Throws LabError where the file is missing or wrong. */
export function readTestMeter(path: string): MeterProvider {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new LabError(
      'bad_input',
      `The test meter ${path} cannot be read.`,
      `Unset ${testMeterVariable}.`,
      error,
    );
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    throw new LabError('bad_input', `The test meter ${path} is wrong: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data.meter === 'simulated'
    ? simulatedProvider(parsed.data.sensors)
    : replayProvider(parsed.data.sensors);
}

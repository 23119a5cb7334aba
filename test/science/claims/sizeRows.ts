import type { SizeData, SizePoint } from '../../../src/main/science/claims/sizeData';
import type { Batch, Measured } from '../../../src/main/science/protocol';
import { claimOptionsSchema } from '../../../src/shared/claim';
import { around, fakeMeasured } from '../../support/fakeBench';

export const rungs = [100, 400, 1600, 6400, 25_600, 102_400, 409_600];
const nothing = { value: null, low: null, high: null };

export interface MadeUp {
  /** Accuracy of rung i, mean over seeds; ten classes. */
  accuracy(i: number): number;
  /** Net J of a query of rung i; null: no meter. */
  joules: ((parameters: number, i: number, batch: Batch) => number) | null;
  /** s of a query; as the joules unless told. */
  seconds?: (parameters: number, i: number, batch: Batch) => number;
  /** Standard deviation over seeds. */
  spread?: number;
  turns?: number;
  over?: Partial<SizeData>;
}

/** Made-up results of one ladder: measured as the lab gives them, per call. */
export function madeUp({
  accuracy,
  joules,
  seconds,
  spread = 0.002,
  turns = 5,
  over = {},
}: MadeUp): SizeData {
  const time = seconds ?? joules ?? (() => 1);
  const points = rungs.map((parameters, i): SizePoint => {
    const one = (batch: Batch): Measured =>
      fakeMeasured(
        `mlp-${i}`,
        {
          parameters,
          batch,
          p50S: around(batch * time(parameters, i, batch)),
          netJ: joules ? around(batch * joules(parameters, i, batch)) : nothing,
          grossJ: joules ? around(1.5 * batch * joules(parameters, i, batch)) : nothing,
          meter: joules ? { provider: 'rapl', domain: 'cpu.package' } : null,
          origin: joules ? 'hardware' : null,
        },
        turns,
      );
    return {
      key: `mlp-${i}`,
      parameters,
      active: parameters,
      macs: parameters,
      runs: [-1.5, -0.5, 0, 0.5, 1.5].map((z, seed) => ({
        seed,
        accuracy: accuracy(i) + z * spread,
        nll: 1 - accuracy(i),
        earlyAccuracy: null,
        earlySteps: null,
        seconds: 1,
      })),
      measured: { 1: one(1), 256: one(256) },
      training: null,
    };
  });
  return {
    options: claimOptionsSchema.parse({}),
    classes: 10,
    dataName: 'mnist1d',
    ladders: [{ key: 'mlp', name: 'fully connected ladder', points }],
    mixture: null,
    decoders: [],
    ...over,
  };
}

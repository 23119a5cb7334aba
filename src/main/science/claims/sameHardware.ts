import type { ClaimOptions, ClaimStep } from '../../../shared/claim';
import type { MachinesInput } from '../machines/make';
import { type Batch, batches, type ClaimExperiment } from '../protocol';
import { threadsText, whyNoEnergy } from './captions';
import { fullBlocks, measureSeconds, toMeasure } from './machinePlan';
import { hasEnergy } from './ratio';
import { judgeSameHardware, type RatePair, type SameHardwareFound } from './sameHardwareJudge';
import { sameHardwareFigures, sameHardwarePublished, sameHardwareTables } from './sameHardwareTables';
import { sameHardwareText } from './sameHardwareText';

interface Plan {
  machines: MachinesInput;
  pairs: RatePair[];
  conditions: { machine: string; batch: Batch }[];
  steps: ClaimStep[];
}

const sizes = {
  glance: { ridge: [500, 2000], explicit: 400 },
  full: { ridge: [500, 1000, 2000, 4000, 8000], explicit: 1600 },
} as const;

function planOf({ form, dataset, seed, provider, threads }: ClaimOptions): Plan {
  const full = form === 'full';
  const { ridge, explicit } = sizes[form];
  const pairs: RatePair[] = ridge.map((n) => ({
    kernel: `ridge-${n}`,
    network: `trained-${n}-${n}`,
    decides: batches,
  }));
  const kept = `explicit-${explicit}`;
  const keys = pairs.flatMap(({ kernel, network }) => [kernel, network]);
  // A first look has ten conditions, so that where a meter is its windows may be long enough for energy.
  const beside = full
    ? batches.flatMap((batch) => [kept, `network-${explicit}`].map((machine) => ({ machine, batch })))
    : [{ machine: kept, batch: 256 as const }];
  const network = full ? `network-${explicit}` : (pairs.at(-1)?.network as string);
  pairs.push({ kernel: kept, network, decides: [] });
  const conditions: Plan['conditions'] = [
    ...keys.flatMap((machine) => batches.map((batch) => ({ machine, batch }))),
    ...beside,
    { machine: 'product', batch: 256 },
  ];
  return {
    pairs,
    conditions,
    machines: {
      dataset,
      seed,
      queries: 1000,
      path: { hidden: 32, steps: 64, rate: 0.5 },
      paths: [{ n: explicit, models: full ? ['explicit', 'network'] : ['explicit'] }],
      beside: ridge.flatMap((n) => [
        { kind: 'ridge' as const, n, model: true },
        { kind: 'trained' as const, n, m: n, model: true },
      ]),
      ridge: { lambda: 0.1, width: 0.5, tolerance: 1e-3 },
      trainedSteps: 300,
      product: 2048,
      provider,
      threads,
    },
    steps: [
      {
        key: 'machines',
        label: 'Train kernel machines and networks, write them as models',
        expectedS: full ? 90 : 8,
      },
      {
        key: 'measure',
        label: 'Measure the rates of all of them',
        expectedS: measureSeconds(conditions.length, form),
      },
    ],
  };
}

/** C4: does the same hardware serve kernel machines? */
export const sameHardwareClaim: ClaimExperiment = {
  text: sameHardwareText,
  steps: (options) => planOf(options).steps,
  async run(bench) {
    const { options, machine } = bench;
    const plan = planOf(options);
    const made = await bench.task('machines', 'superposition-machines', plan.machines);
    const measured = await bench.measure('measure', toMeasure(plan.conditions, made.models), {
      blocks: fullBlocks,
    });
    const found: SameHardwareFound = {
      provider: options.provider,
      machines: made.output,
      measured,
      pairs: plan.pairs,
    };
    return {
      ...judgeSameHardware((key) => bench.criterion(key), found),
      tables: sameHardwareTables(found),
      figures: sameHardwareFigures(found, machine),
      published: sameHardwarePublished(found),
      notes: [
        `Judged for the provider ${options.provider} with ${threadsText(options)} alone; run it again for each provider of the machine.`,
        ...(hasEnergy(measured)
          ? []
          : [
              `FLOP/J was not measured. ${whyNoEnergy(options, measured.values())} The verdict stands on rates by time.`,
            ]),
        'Free inputs are random numbers: no machine’s work depends on what it is asked.',
      ],
    };
  },
};

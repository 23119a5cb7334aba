import { domains, provenances } from '../../../../shared/meter';
import { weightiest } from '../../../../shared/reasons';
import { type EnergyPart, type EnergyResult, headlineEnergy, verdicts } from '../../../../shared/run';
import type { BundleColumn } from '../types';
import { columnsOf, count, explained, notRecorded, oneOf, optional, quantity, text } from './columns';
import { codesText, type RunFacts, whyUnreached } from './runFacts';

/** Sources of power or energy (src/main/meters), made-up ones for tests, and none. */
export const meterProviders = (
  'nvml amdgpu intel-gpu rapl perf hwmon battery wall ioreport smc ioreg emi pdh windowsbattery adl igcl estimate ' +
  'simulated replay'
).split(' ');
export const sensorOrigins = ['hardware', 'model', 'simulated', 'replayed'] as const;

const of =
  <T>(get: (energy: EnergyResult) => T) =>
  ({ run }: RunFacts): T | null => {
    const headline = headlineEnergy(run);
    return headline === null ? null : get(headline);
  };

/** Why a part of the headline energy has no value; null where it has one. */
const whyNone = (part: 'gross' | 'net') => (r: RunFacts) => {
  const energy = headlineEnergy(r.run);
  if (energy === null) return whyUnasked(r);
  return energy[part].perInferenceJ === null ? weightiest(energy[part].codes) : null;
};
function whyUnasked({ run, experiment }: RunFacts): string {
  if (run.role === 'overhead') return 'no meter is read in an overhead run';
  return run.status === 'completed' && experiment.plan.meters === 'none'
    ? 'the plan asked for no meter'
    : whyUnreached(run);
}

const noGross = whyNone('gross');
const noNet = whyNone('net');

export const runEnergyColumns: BundleColumn<RunFacts>[] = columnsOf<RunFacts>(
  oneOf(
    'energy_verdict',
    verdicts,
    'Verdict on the energy.',
    (r) => of((e) => e.gross.verdict)(r) ?? 'not_measured',
  ),
  optional(
    text(
      'energy_flags',
      'Codes behind the verdict.',
      of((e) => codesText(e.gross.codes)),
    ),
  ),
  oneOf(
    'energy_statistic',
    ['geometric mean'],
    'Statistic of the gross energy over windows; net energy is an arithmetic mean.',
    () => 'geometric mean',
  ),
  oneOf(
    'energy_method',
    [...meterProviders, 'none'],
    'Source of the energy; none where there is none.',
    (r) => of((e) => e.sensor?.provider)(r) ?? 'none',
  ),
  oneOf(
    'energy_provenance',
    [...provenances, 'none'],
    'measured by a sensor, firmware-model: computed inside the device, estimate: from load and rated power, or none.',
    (r) => of((e) => e.provenance)(r) ?? 'none',
  ),
  optional(
    oneOf(
      'energy_origin',
      sensorOrigins,
      'simulated and replayed meters are for tests.',
      of((e) => e.sensor?.origin),
    ),
  ),
  optional(
    text(
      'energy_sensor',
      'Sensor behind the energy.',
      of((e) => e.sensor?.id),
    ),
  ),
  optional(
    oneOf(
      'energy_scope',
      domains,
      'What the sensor sees.',
      of((e) => e.domain),
    ),
  ),
  explained('energy_missing_reason', noGross, [
    quantity(
      'energy_per_inference_J',
      'Gross energy of one inference.',
      of((e) => e.gross.perInferenceJ),
    ),
    quantity('energy_per_item_J', 'The same over the items of its batch.', (r) => {
      const perCall = of((e) => e.gross.perInferenceJ)(r);
      return perCall === null ? null : perCall / r.run.condition.batch;
    }),
  ]),
  explained('energy_n_missing_reason', noGross, [
    count(
      'energy_n_count',
      'Windows that the energy stands on.',
      of((e) => e.windows),
    ),
  ]),
  explained(
    'energy_repeat95_missing_reason',
    (r) => noGross(r) ?? (of((e) => e.windows < 2)(r) ? 'one window has no repeats' : notRecorded),
    ends('energy_per_inference_repeat95', 'of what repeats shrink', (e) => e.gross.repeat),
  ),
  explained(
    'energy_ci95_missing_reason',
    (r) => noGross(r) ?? 'no uncertainty of the sensor is known',
    ends('energy_per_inference_ci95', 'with everything that is known of the sensor', (e) => e.gross.absolute),
  ),
  explained(
    'energy_systematic_missing_reason',
    (r) => noGross(r) ?? 'no uncertainty of the sensor is known',
    [
      quantity(
        'energy_systematic_ratio',
        'Standard uncertainty (1 sigma) that the sensor’s gain and offset add, over the energy.',
        of((e) => systematic(e.gross)),
      ),
    ],
  ),
  optional(
    oneOf(
      'energy_net_verdict',
      verdicts,
      'Verdict on the net energy.',
      of((e) => e.net.verdict),
    ),
  ),
  explained('energy_net_missing_reason', (r) => noNet(r), [
    quantity(
      'energy_per_inference_net_J',
      'Energy of one inference above ready idle.',
      of((e) => e.net.perInferenceJ),
    ),
  ]),
  explained(
    'energy_net_ci95_missing_reason',
    (r) => noNet(r) ?? 'no uncertainty of the sensor is known',
    ends(
      'energy_per_inference_net_ci95',
      'with everything that is known of the sensor',
      (e) => e.net.absolute,
    ),
  ),
  optional(
    text(
      'energy_interval_method',
      'How energies and intervals are made.',
      of((e) => e.method),
    ),
  ),
  explained('power_missing_reason', (r) => noGross(r), [
    quantity(
      'power_mean_W',
      'Mean power over the windows.',
      of((e) => e.powerMeanW),
    ),
  ]),
  explained('power_idle_missing_reason', (r) => noNet(r) ?? 'no idle stretch was measured', [
    quantity(
      'power_idle_W',
      'Power at ready idle: the model loaded, nothing running.',
      of((e) => e.powerReadyW),
    ),
  ]),
  explained('power_bare_missing_reason', (r) => noGross(r) ?? 'not measured in this session', [
    quantity(
      'power_bare_W',
      'Power before any model was loaded.',
      of((e) => e.powerBareW),
    ),
  ]),
);

function ends(name: string, what: string, get: (e: EnergyResult) => { low: number; high: number } | null) {
  return [
    quantity<RunFacts>(
      `${name}_low_J`,
      `Lower end of the 95 % interval ${what}.`,
      of((e) => get(e)?.low),
    ),
    quantity<RunFacts>(
      `${name}_high_J`,
      `Upper end of the 95 % interval ${what}.`,
      of((e) => get(e)?.high),
    ),
  ];
}

function systematic({ u, perInferenceJ }: EnergyPart): number | null {
  const parts = [u?.gainJ ?? null, u?.offsetJ ?? null].filter((part) => part !== null);
  return perInferenceJ === null || parts.length === 0 ? null : Math.hypot(...parts) / perInferenceJ;
}

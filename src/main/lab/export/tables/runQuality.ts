import type { RunRecord } from '../../../../shared/run';
import type { BundleColumn } from '../types';
import { columnsOf, count, explained, flag, oneOf, optional, quantity, text } from './columns';
import { codesText, type RunFacts, whyUnreached } from './runFacts';

const untested = () => 'the accuracy of the model was not tested';
const unreached = ({ run }: RunFacts) => whyUnreached(run);

/** Accuracy of the model, memory, and the state of machine and device meanwhile. */
export const runQualityColumns: BundleColumn<RunFacts>[] = columnsOf<RunFacts>(
  optional(
    text('accuracy_id', 'Test of the model’s accuracy that the next columns repeat.', (r) => r.accuracy?.id),
  ),
  optional(text('accuracy_dataset', 'Data set of the test.', (r) => r.accuracy?.dataset)),
  optional(
    oneOf(
      'accuracy_interval_method',
      ['wilson'],
      'Method of its 95 % interval.',
      (r) => r.accuracy && 'wilson',
    ),
  ),
  explained('accuracy_missing_reason', untested, [
    quantity('accuracy_ratio', 'Share of right answers.', (r) => r.accuracy?.accuracy.value),
    quantity('accuracy_ci95_low_ratio', 'Lower end of its 95 % interval.', (r) => r.accuracy?.accuracy.low),
    quantity('accuracy_ci95_high_ratio', 'Upper end of its 95 % interval.', (r) => r.accuracy?.accuracy.high),
    count('accuracy_n_count', 'Examples of the test.', (r) => r.accuracy?.n),
  ]),
  explained('memory_peak_missing_reason', unreached, [
    count(
      'memory_peak_By',
      'Largest resident set of the process that ran the model.',
      ({ run }) => run.facts?.peakRssBytes,
    ),
  ]),
  explained('memory_base_missing_reason', unreached, [
    count(
      'memory_base_By',
      'Its resident set before the model was loaded.',
      ({ run }) => run.facts?.baseRssBytes,
    ),
  ]),
  optional(text('output_sha256', 'SHA-256 of the outputs.', ({ run }) => run.facts?.outputSha256)),
  optional(
    text('input_set_sha256', 'SHA-256 of the inputs that were fed.', ({ run }) => run.facts?.inputSetSha256),
  ),
  explained('temperature_start_missing_reason', whyNoStart, [
    quantity('temperature_start_Cel', 'Temperature of the device at the first look at it.', firstTemperature),
  ]),
  explained('temperature_end_missing_reason', () => 'the device does not tell', [
    quantity(
      'temperature_end_Cel',
      'Temperature of the device at the end of the last window.',
      ({ windows }) => windows.findLast((w) => w.state?.tempC != null)?.state?.tempC,
    ),
  ]),
  explained('throttled_missing_reason', () => 'the device does not tell', [
    flag('throttled', 'True where the device slowed itself down during a window.', throttled),
  ]),
  explained('on_battery_missing_reason', () => 'the system does not tell', [
    flag('on_battery', 'True where the machine ran on battery at any time of the run.', onBattery),
  ]),
  optional(text('flags', 'Codes of all results of the run.', ({ run }) => codesText(codesOf(run)))),
);

/** What several devices say at one moment is not told apart in the record: then nobody knows which one is meant. */
function firstLook({ states }: RunFacts): number[] {
  const told = states.filter((s) => s.health.tempC !== null);
  return told.filter((s) => s.atNs === told[0]?.atNs).map((s) => s.health.tempC!);
}

function firstTemperature(r: RunFacts): number | null {
  const temperatures = new Set(firstLook(r));
  return temperatures.size === 1 ? [...temperatures][0]! : null;
}

function whyNoStart(r: RunFacts): string {
  return firstLook(r).length > 1 ? 'several devices told different temperatures' : 'the device does not tell';
}

function throttled({ windows }: RunFacts): boolean | null {
  if (windows.some((w) => w.codes.includes('THROTTLED'))) return true;
  return windows.some((w) => w.state?.throttle != null || w.state?.throttleTime != null) ? false : null;
}

function onBattery({ run, windows }: RunFacts): boolean | null {
  const states = [run.system?.power, ...windows.flatMap((w) => w.state?.power ?? [])];
  const sources = states.flatMap((s) => s?.source ?? []);
  return sources.length === 0 ? null : sources.includes('battery');
}

const codesOf = ({ latency, energy }: RunRecord) => [
  ...(latency?.codes ?? []),
  ...energy.flatMap((e) => [...e.gross.codes, ...e.net.codes]),
];

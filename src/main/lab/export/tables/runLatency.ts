import { type Estimate, inferencesPerSecond, type RunRecord, verdicts } from '../../../../shared/run';
import type { BundleColumn } from '../types';
import { columnsOf, count, explained, oneOf, optional, quantity, text } from './columns';
import { codesText, nsToS, type RunFacts, whyUnreached } from './runFacts';

const of =
  <T>(get: (latency: NonNullable<RunRecord['latency']>) => T) =>
  ({ run }: RunFacts): T | null =>
    run.latency === null ? null : get(run.latency);
const unreached = ({ run }: RunFacts) => whyUnreached(run);

/** A percentile with its 95 % interval and the reason where it is refused. */
function percentile(name: string, words: string, get: (run: RunRecord) => Estimate | undefined) {
  const part = (key: 'value' | 'low' | 'high') => (r: RunFacts) => get(r.run)?.[key];
  const reason = ({ run }: RunFacts) => get(run)?.missingReason ?? whyUnreached(run);
  return explained<RunFacts>(`latency_${name}_missing_reason`, reason, [
    quantity(`latency_${name}_s`, `${words} of one inference.`, part('value')),
    quantity(`latency_${name}_ci95_low_s`, `Lower end of its 95 % interval.`, part('low')),
    quantity(`latency_${name}_ci95_high_s`, `Upper end of its 95 % interval.`, part('high')),
  ]);
}

export const runLatencyColumns: BundleColumn<RunFacts>[] = columnsOf<RunFacts>(
  oneOf(
    'latency_verdict',
    verdicts,
    'Verdict on the latency.',
    (r) => r.run.latency?.verdict ?? 'not_measured',
  ),
  optional(
    text(
      'latency_flags',
      'Codes behind the verdict.',
      of((l) => codesText(l.codes)),
    ),
  ),
  oneOf('latency_statistic', ['median'], 'Statistic of the latency’s headline.', () => 'median'),
  explained('latency_missing_reason', unreached, [
    count(
      'latency_n_count',
      'Inferences that the percentiles stand on.',
      of((l) => l.n),
    ),
    quantity(
      'latency_n_eff_count',
      'Their effective number at the median, after autocorrelation.',
      of((l) => l.nEff),
    ),
    count(
      'latency_stride_count',
      'One of so many inferences is stored.',
      of((l) => l.stride),
    ),
    count(
      'latency_spikes_count',
      'Single latencies with robust z above 5; they stay in every statistic.',
      of((l) => l.spikes),
    ),
  ]),
  percentile('median', 'Median latency', (run) => run.latency?.p50S),
  percentile('p90', '90th percentile of the latency', (run) => run.latency?.p90S),
  percentile('p95', '95th percentile of the latency', (run) => run.latency?.p95S),
  percentile('p99', '99th percentile of the latency', (run) => run.latency?.p99S),
  percentile('p999', '99.9th percentile of the latency', (run) => run.latency?.p999S),
  explained('latency_range_missing_reason', unreached, [
    quantity(
      'latency_min_s',
      'Smallest latency.',
      of((l) => l.minS),
    ),
    quantity(
      'latency_max_s',
      'Largest latency.',
      of((l) => l.maxS),
    ),
    quantity(
      'latency_mean_s',
      'Arithmetic mean of the latencies.',
      of((l) => l.meanS),
    ),
    quantity(
      'latency_sd_s',
      'Their standard deviation.',
      of((l) => l.sdS),
    ),
  ]),
  optional(
    text(
      'latency_interval_method',
      'How percentiles and intervals are made.',
      of((l) => l.method),
    ),
  ),
  explained('latency_first_missing_reason', unreached, [
    quantity('latency_first_s', 'Latency of the first inference after loading.', ({ run }) =>
      nsToS(run.facts?.firstInferenceNs),
    ),
  ]),
  explained('load_time_missing_reason', unreached, [
    quantity('load_time_s', 'Time to load the model and make its session.', ({ run }) =>
      nsToS(run.facts?.sessionCreateNs),
    ),
  ]),
  explained('warmup_missing_reason', unreached, [
    count('warmup_count', 'Inferences of the warm-up.', ({ run }) => run.facts?.warmupInferences),
    quantity('warmup_s', 'Length of the warm-up.', ({ run }) => nsToS(run.facts?.warmupNs)),
  ]),
  explained('throughput_missing_reason', unreached, [
    quantity('inference_rate_Hz', 'Inferences per second over the windows.', ({ run }) =>
      inferencesPerSecond(run),
    ),
    quantity(
      'throughput_Hz',
      'Items (inferences times batch) per second.',
      of((l) => l.throughputHz),
    ),
  ]),
  explained(
    'call_overhead_missing_reason',
    () => 'no usable overhead run of this provider, engine and number of threads in this dataset',
    [
      quantity(
        'call_overhead_s',
        'Median latency of an identity model on the same provider and engine.',
        (r) => r.callOverheadS,
      ),
    ],
  ),
);

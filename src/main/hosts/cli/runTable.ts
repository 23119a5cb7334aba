import type { RunDetail } from '../../../shared/contract';
import {
  type EnergyResult,
  type Estimate,
  headlineEnergy,
  inferencesPerSecond,
  type RunRecord,
} from '../../../shared/run';
import { formatCount, formatEstimate, formatInterval, formatSi } from '../../../shared/units';

export type RunLine = Pick<RunDetail, 'run'> & {
  modelName: string;
  parameters: number | null;
  sample: boolean;
};

/** Two lines each on a terminal, so that the table fits one of ordinary width. */
export const runHead = [
  'Model',
  'Parameters',
  'MACs',
  'p50\n[95 %]',
  'Inferences\nper second',
  'Power',
  'Energy per inference\n[95 %]',
  'Source',
  'Verdict\nlatency · energy',
] as const;
export const rightColumns = [1, 2, 3, 4, 5, 6] as const;
const none = '–';

/** One row of the result table. A value that is not known is a dash; the reasons follow below the table. */
export function runCells({ run, modelName, parameters, sample }: RunLine): string[] {
  const energy = headlineEnergy(run);
  // The value of an invalid result is in the log only: a table is read without its verdicts.
  const latency = run.latency?.verdict === 'invalid' ? null : run.latency;
  const rate = latency ? inferencesPerSecond(run) : null;
  return [
    withCondition(modelName, run, sample),
    parameters === null ? none : formatCount(parameters),
    run.macs?.macs == null ? none : formatSi(run.macs.macs, '', 4),
    latency ? interval(latency.p50S, 's') : none,
    rate === null ? none : formatSi(rate, '').trim(),
    power(energy),
    joules(energy),
    source(energy),
    verdictCell(run),
  ];
}

/** What tells rows of one model apart, when it is not the plain default. */
function withCondition(name: string, { condition, role, turn }: RunRecord, sample: boolean): string {
  const parts = [
    sample ? 'SAMPLE' : '',
    role === 'control' ? 'control' : '',
    turn && turn.blocks > 1 ? `block ${turn.block + 1}` : '',
    condition.provider === 'cpu' ? '' : condition.provider,
    condition.engine === 'capi' ? '' : 'session.run',
    condition.batch === 1 ? '' : `batch ${condition.batch}`,
    condition.threads === 1 ? '' : `${condition.threads} threads`,
  ].filter(Boolean);
  return parts.length > 0 ? `${name} (${parts.join(', ')})` : name;
}

export function interval(estimate: Estimate | undefined, unit: string): string {
  return estimate === undefined || estimate.value === null
    ? none
    : formatInterval(estimate.value, estimate.low, estimate.high, unit);
}

function power(energy: EnergyResult | null): string {
  if (energy?.powerMeanW == null || energy.gross.verdict === 'invalid') return none;
  return energy.provenance === 'estimate'
    ? formatEstimate(energy.powerMeanW, 'W')
    : formatSi(energy.powerMeanW, 'W');
}

function joules(energy: EnergyResult | null): string {
  const value = energy?.gross.perInferenceJ ?? null;
  if (energy === null || value === null || energy.gross.verdict === 'invalid') return none;
  const band = energy.gross.absolute;
  if (energy.provenance === 'estimate')
    return `${formatEstimate(value, 'J')}${band ? ` [${formatSi(band.low, 'J', 2)}, ${formatSi(band.high, 'J', 2)}]` : ''}`;
  return band ? formatInterval(value, band.low, band.high, 'J') : formatSi(value, 'J');
}

function source(energy: EnergyResult | null): string {
  if (energy === null) return none;
  if (energy.sensor === null) return 'no meter';
  const how = energy.provenance === 'estimate' ? 'ESTIMATE' : energy.provenance;
  const origin =
    energy.sensor.origin === 'simulated' || energy.sensor.origin === 'replayed'
      ? `${energy.sensor.origin.toUpperCase()} `
      : '';
  return `${origin}${energy.sensor.provider}, ${how}`;
}

/** Latency and gross energy are judged apart, and shown apart. */
function verdictCell(run: RunRecord): string {
  if (run.status === 'queued' || run.status === 'running') return run.status;
  if (run.outcome?.kind === 'failed') return `failed (${run.outcome.cause})`;
  if (run.outcome?.kind === 'cancelled') return 'cancelled';
  return `${run.latency?.verdict ?? 'not_measured'} · ${headlineEnergy(run)?.gross.verdict ?? 'not_measured'}`;
}

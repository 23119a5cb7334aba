import type { ReactNode } from 'react';
import { reasons, weightiest } from '../../../shared/reasons';
import {
  type EnergyPart,
  type EnergyResult,
  type Estimate,
  headlineEnergy,
  type RunRecord,
} from '../../../shared/run';
import { formatEstimate, formatInterval, formatSi, significant } from '../../../shared/units';
import { OriginBadge, VerdictText } from '../../parts/badges';
import { Everyday } from '../../parts/Everyday';
import { sensorName } from '../../parts/traceData';

/** The numbers that a run is measured for, each with its interval, or a dash and why. */
export function Headline({ run, callOverheadS }: { run: RunRecord; callOverheadS: number | null }) {
  const { latency } = run;
  const energy = headlineEnergy(run);
  const estimate = energy?.provenance === 'estimate';
  const unknown =
    run.status === 'queued' || run.status === 'running' ? 'Not measured yet.' : 'The run gave no result.';
  const watts = energy?.powerMeanW ?? null;
  return (
    <section className="tw-card" aria-label="Results">
      <h2>Results</h2>
      <div className="tw-numbers">
        <Latency title="Latency, median (p50)" of={latency?.p50S} unknown={unknown} />
        <Latency title="Latency, p95" of={latency?.p95S} unknown={unknown} />
        <Latency title="Latency, p99" of={latency?.p99S} unknown={unknown} />
        <Figure
          title="Throughput"
          value={latency?.throughputHz == null ? null : `${significant(latency.throughputHz, 3)} items/s`}
          note={latency?.throughputHz == null ? unknown : 'Inferences × batch, over all windows.'}
        />
        <Energy title="Energy, gross" of={energy?.gross} estimate={estimate} unknown={unknown} />
        <Energy
          title="Energy, net of idle"
          of={energy?.net}
          estimate={estimate}
          unknown={unknown}
          noIdle={energy != null && energy.gross.perInferenceJ !== null && energy.powerReadyW === null}
        />
        <Figure
          title="Mean power"
          value={watts === null ? null : estimate ? formatEstimate(watts, 'W') : formatSi(watts, 'W')}
          note={
            energy?.sensor ? (
              <>
                {sensorName(energy.sensor.device.name, energy.sensor.domain)}, {energy.provenance}{' '}
                <OriginBadge origin={energy.sensor.origin} />
              </>
            ) : (
              'No meter.'
            )
          }
        />
        {energy?.powerReadyW != null && <Idle energy={energy} estimate={estimate} />}
        {run.role === 'measure' && (
          <Figure
            title="Call overhead"
            value={callOverheadS === null ? null : formatSi(callOverheadS, 's')}
            note={
              callOverheadS === null
                ? 'The experiment measured none.'
                : 'Median of a model that does nothing. Never subtracted.'
            }
          />
        )}
      </div>
    </section>
  );
}

/** Power of the machine that computes nothing: with the model loaded, and before any was. */
function Idle({ energy, estimate }: { energy: EnergyResult; estimate: boolean }) {
  const text = (watts: number) => (estimate ? formatEstimate(watts, 'W') : formatSi(watts, 'W'));
  const { powerReadyW: ready, powerBareW: bare } = energy;
  return (
    <Figure
      title="Idle power, model loaded"
      value={ready === null ? null : text(ready)}
      note={
        bare == null
          ? 'Net energy is what lies above it. Without a model it was not measured.'
          : `Net energy is what lies above it. Without a model: ${text(bare)}.`
      }
    />
  );
}

function Figure({
  title,
  value,
  per,
  note,
}: {
  title: ReactNode;
  value: string | null;
  per?: string;
  note: ReactNode;
}) {
  return (
    <div className="tw-number">
      <div className="tw-muted">{title}</div>
      <div className="tw-number-value tw-num">
        {value ?? '–'} {value !== null && per && <small>{per}</small>}
      </div>
      <div className="tw-number-note tw-num">{note}</div>
    </div>
  );
}

function Latency({ title, of, unknown }: { title: string; of: Estimate | undefined; unknown: string }) {
  if (!of) return <Figure title={title} value={null} note={unknown} />;
  if (of.value === null)
    return <Figure title={title} value={null} note={reasons[of.missingReason].sentence} />;
  return (
    <Figure
      title={title}
      value={formatSi(of.value, 's')}
      note={`95 % interval ${bracket(of.value, of, 's')}`}
    />
  );
}

function Energy({
  title,
  of,
  estimate,
  unknown,
  noIdle = false,
}: {
  title: string;
  of: EnergyPart | undefined;
  estimate: boolean;
  unknown: string;
  /** Idle power alone is missing: the reason is that of an idle stretch. */
  noIdle?: boolean;
}) {
  if (!of) return <Figure title={title} value={null} note={unknown} />;
  const why = weightiest(of.codes);
  const heading = (
    <>
      {title} · <VerdictText verdict={of.verdict} codes={of.codes} />
    </>
  );
  const { perInferenceJ: value, repeat, absolute } = of;
  if (value === null)
    return (
      <Figure
        title={heading}
        value={null}
        note={why ? `${noIdle ? 'The idle power is not known. ' : ''}${reasons[why].sentence}` : unknown}
      />
    );
  return (
    <Figure
      title={heading}
      value={estimate ? formatEstimate(value, 'J') : formatSi(value, 'J')}
      per="per inference"
      note={
        <>
          {repeat && <div>95 % interval, repeats {bracket(value, repeat, 'J')}</div>}
          {absolute && <div>and meter error {bracket(value, absolute, 'J')}</div>}
          {value > 0 && (
            <Everyday joules={{ value, ...(absolute ?? repeat ?? { low: value, high: value }) }} />
          )}
        </>
      }
    />
  );
}

/** `[0.99, 1.01] ms`: the ends in the unit of the value. */
function bracket(value: number, { low, high }: { low: number; high: number }, unit: string): string {
  const text = formatInterval(value, low, high, unit);
  const [, head, ends] = /^(.*) (\[.*\])$/.exec(text)!;
  // Never apart from its unit.
  return `${ends} ${head.replace(/^[-−\d.,]+ ?/, '')}`.replaceAll(' ', '\u00a0');
}

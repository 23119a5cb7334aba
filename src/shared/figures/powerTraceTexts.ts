import type { PowerTrace, RunColumns, TraceSensor } from '../live';
import type { Phase } from '../run';
import { countRange, formatCount, significant } from '../units';
import { deviceSentence, type FigureRun, measuredUnixMs } from './figureRun';
import type { PowerTraceSpec } from './spec';
import { badgeOf, datesOf, type FigureTexts, markedTitle } from './texts';
import { plainText } from './textWidth';

/** What the shading tells apart. */
export type Shade = 'idle' | 'warm-up' | 'measured';
export const shadeOf: Partial<Record<Phase, Shade>> = {
  idle_before: 'idle',
  idle_after: 'idle',
  warmup: 'warm-up',
  window: 'measured',
};

export function traceLabel({ sensor }: PowerTrace): string {
  const name = plainText(sensorName(sensor));
  return sensor.provenance === 'estimate' ? `≈ ${name} (estimate)` : name;
}

export function traceTexts(
  spec: PowerTraceSpec,
  run: FigureRun,
  columns: RunColumns,
  { traces, gaps }: { traces: readonly PowerTrace[]; gaps: number },
): FigureTexts {
  const xTitle = 'Time since the run started (s)';
  const yTitle = 'Power (W)';
  const caption = [
    ...(traces.length === 0
      ? ['No trace to show.']
      : [
          `Power between two reads of a counter, or as a gauge showed it, n = ${countRange(traces.map((t) => t.tS.length))} values a meter; no average, so no interval.`,
        ]),
    ...shadeSentences(columns),
    ...(gaps > 0 ? [`Gaps, where nothing was read: ${formatCount(gaps)}.`] : []),
    ...(traces.some((t) => t.sensor.provenance === 'estimate')
      ? ['≈, dashed: an estimate, not a measurement.']
      : []),
    ...(traces.length > 0 ? [`Meter: ${traces.map(meterOf).join('; ')}.`] : []),
    deviceSentence([run]),
    `${datesOf([measuredUnixMs(run)])}Thirty\u00a0Watts\u00a0${plainText(spec.appVersion)}.`,
  ];
  return {
    title: markedTitle(spec.title ?? `Power while ${run.modelName} ran`, run.sample),
    badge: badgeOf(traces.map((t) => t.sensor.origin)),
    xTitle,
    yTitle,
    caption,
    description: [
      `Power over time. Horizontal: ${xTitle}, linear. Vertical: ${yTitle}, linear, from zero.`,
      ...traces.map((t) => `Line ${traceLabel(t)}: ${formatCount(t.tS.length)} values.`),
      ...caption,
    ].join(' '),
  };
}

function meterOf({ sensor }: PowerTrace): string {
  const unreal = sensor.origin === 'simulated' || sensor.origin === 'replayed' ? `, ${sensor.origin}` : '';
  return plainText(`${sensorName(sensor)} (${sensor.provenance}${unreal})`);
}

function shadeSentences({ phases }: RunColumns): string[] {
  const shades = ['idle', 'warm-up', 'measured'] as const;
  const said = shades.flatMap((shade) => {
    const own = phases.filter((p) => shadeOf[p.phase] === shade);
    const seconds = own.reduce((sum, p) => sum + p.toS - p.fromS, 0);
    const times = shade === 'measured' && own.length > 1 ? ` in ${formatCount(own.length)} windows` : '';
    return own.length === 0 ? [] : [`${shade} ${significant(seconds, 3)}\u00a0s${times}`];
  });
  return said.length === 0 ? [] : [`Shaded, from faint to strong: ${said.join(', ')}.`];
}

/** Device and domain; the domain once where the device is called by it. */
function sensorName({ device, domain }: TraceSensor): string {
  return device.includes(domain) ? device : `${device}, ${domain}`;
}

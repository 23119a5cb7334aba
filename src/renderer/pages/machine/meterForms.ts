import type { CalibrationInput, CalibrationLine } from '../../../shared/calibration';
import { fitCalibration } from '../../../shared/calibration';
import type { MeterReport, SensorInfo } from '../../../shared/meter';
import { domainWords } from '../../../shared/meterWords';
import { significant } from '../../../shared/units';
import {
  type WallKind,
  type WallMeterInput,
  type WallReading,
  wallKindFacts,
} from '../../../shared/wallMeter';

/** The form for a wall meter as it is typed. */
export interface WallDraft {
  kind: WallKind;
  address: string;
  label: string;
  token: string;
  entity: string;
  channel: number | string;
  intervalS: number | string;
}

export const emptyWall: WallDraft = {
  kind: 'generic',
  address: '',
  label: '',
  token: '',
  entity: '',
  channel: 0,
  intervalS: '',
};

/** What the lab is asked with: fields that the kind does not need stay out. Pure. */
export function wallInput(draft: WallDraft): WallMeterInput {
  const { needs } = wallKindFacts[draft.kind];
  const text = (wanted: boolean, value: string) => (wanted && value.trim() !== '' ? value.trim() : null);
  return {
    kind: draft.kind,
    address: draft.address.trim(),
    label: draft.label.trim(),
    token: text(needs.token, draft.token),
    entity: text(needs.entity, draft.entity),
    channel: needs.channel && typeof draft.channel === 'number' ? draft.channel : 0,
    intervalS: typeof draft.intervalS === 'number' ? draft.intervalS : null,
  };
}

/** `Shows 61.2 W …`: what a meter said, for a person. Pure. */
export function wallReadingText({ watts, energyJ, roundTripS, intervalS, label }: WallReading): string {
  const named = label === null ? '' : ` It calls itself “${label}”.`;
  const counts = energyJ === null ? '' : ' It counts energy, too.';
  return `Shows ${watts.toFixed(1)} W now. Answered in ${Math.round(1000 * roundTripS)} ms; it is asked every ${significant(intervalS, 2)} s.${counts}${named}`;
}

/** Sensors that can be calibrated, with words: one of each device and domain, no estimates. Pure. */
export function calibratable(meters: readonly MeterReport[]): { value: string; label: string }[] {
  const sensors = meters.flatMap(({ result }) => (result.status === 'ok' ? result.sensors : []));
  const seen = new Set<string>();
  return sensors.flatMap((s) => {
    const place = `${s.provider} ${s.device.key} ${s.domain}`;
    if (s.provenance === 'estimate' || seen.has(place)) return [];
    seen.add(place);
    return [{ value: s.id, label: sensorWords(s) }];
  });
}

/** `Example 9000: whole processor chip` */
export const sensorWords = ({ device, domain }: Pick<SensorInfo, 'device' | 'domain'>): string =>
  `${device.name}: ${domainWords[domain]}`;

/** A number field as Mantine gives it: empty is a text. */
export type Field = number | string;

export interface CalibrationDraft {
  sensorId: string;
  kind: 'loads' | 'line';
  pairs: { shownW: Field; trueW: Field }[];
  referencePercent: Field;
  referenceW: Field;
  gain: Field;
  offsetW: Field;
  gainPercent: Field;
  offsetSigmaW: Field;
  against: string;
  note: string;
  /** `2026-01-31`; empty: now. */
  date: string;
}

export const emptyCalibration: CalibrationDraft = {
  sensorId: '',
  kind: 'loads',
  pairs: [
    { shownW: '', trueW: '' },
    { shownW: '', trueW: '' },
  ],
  referencePercent: 2,
  referenceW: 0.5,
  gain: 1,
  offsetW: 0,
  gainPercent: 2,
  offsetSigmaW: 0.5,
  against: '',
  note: '',
  date: '',
};

export type CalibrationCheck =
  | { ok: true; input: CalibrationInput; line: CalibrationLine }
  /** What is still missing, or why these numbers make no calibration. */
  | { ok: false; reason: string };

/** What the typed numbers make. Pure. */
export function checkCalibration(draft: CalibrationDraft): CalibrationCheck {
  const missing = (reason: string): CalibrationCheck => ({ ok: false, reason });
  const { sensorId, against, note, date } = draft;
  if (sensorId === '') return missing('Choose the sensor.');
  const number = (field: Field) => (typeof field === 'number' && Number.isFinite(field) ? field : null);
  let from: CalibrationInput['from'];
  let line: CalibrationLine;
  if (draft.kind === 'loads') {
    const pairs = draft.pairs.flatMap(({ shownW, trueW }) => {
      const [shown, real] = [number(shownW), number(trueW)];
      return shown === null || real === null ? [] : [{ shownW: shown, trueW: real }];
    });
    if (pairs.length < 2) return missing('Enter two loads at least, each as both meters showed it.');
    const reference = {
      rel1s: (number(draft.referencePercent) ?? 2) / 100,
      w1s: number(draft.referenceW) ?? 0.5,
    };
    const fit = fitCalibration(pairs, reference);
    if (!fit.ok) return missing(fit.reason);
    line = fit.line;
    from = { kind: 'loads', pairs, reference };
  } else {
    const [gain, offsetW] = [number(draft.gain), number(draft.offsetW)];
    const [percent, offsetW1s] = [number(draft.gainPercent), number(draft.offsetSigmaW)];
    if (gain === null || offsetW === null || percent === null || offsetW1s === null)
      return missing('Enter gain and offset with their uncertainties.');
    line = { gain, offsetW, gainRel1s: percent / 100, offsetW1s };
    from = { kind: 'line', line };
  }
  if (against.trim() === '') return missing('Name the better meter.');
  const atUnixMs = date === '' ? null : Date.parse(`${date}T12:00:00Z`);
  if (atUnixMs !== null && !Number.isFinite(atUnixMs)) return missing('The date is not one.');
  return { ok: true, line, input: { sensorId, from, against: against.trim(), note: note.trim(), atUnixMs } };
}

/** `shows 1.0500 × true power + 3.00 W (1 σ: 2.4 % and 1.1 W)` */
export function lineText({ gain, offsetW, gainRel1s, offsetW1s }: CalibrationLine): string {
  return `shows ${gain.toFixed(4)} × true power ${offsetW < 0 ? '−' : '+'} ${Math.abs(offsetW).toFixed(2)} W (1 σ: ${significant(100 * gainRel1s, 2)} % and ${significant(offsetW1s, 2)} W)`;
}

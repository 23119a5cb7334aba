import { z } from 'zod';
import type { Calibration } from './meter';

const watts = z.number().min(0).max(100_000);

/** One load: what the sensor showed and what the better meter showed of the same, W. */
export const calibrationPair = z.strictObject({ shownW: watts, trueW: watts });
export type CalibrationPair = z.infer<typeof calibrationPair>;

/** A sensor shows gain · true + offset. 1 sigma of the gain is relative, that of the offset in W of the true power. */
export const calibrationLine = z.strictObject({
  gain: z.number().min(0.2).max(5),
  offsetW: z.number().min(-1000).max(1000),
  gainRel1s: z.number().min(0).max(1),
  offsetW1s: z.number().min(0).max(1000),
});
export type CalibrationLine = z.infer<typeof calibrationLine>;

/** How good the better meter is, 1 sigma: relative, and W. A plug's unless said otherwise. */
export const referenceSchema = z.strictObject({
  rel1s: z.number().min(0).max(0.5).default(0.02),
  w1s: z.number().min(0).max(100).default(0.5),
});

/** A comparison as it is entered: loads, or a line that is known from elsewhere. */
export const calibrationInput = z.strictObject({
  sensorId: z.string().min(1).max(300),
  from: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('loads'),
      pairs: z.array(calibrationPair).min(2).max(100),
      reference: referenceSchema.default({ rel1s: 0.02, w1s: 0.5 }),
    }),
    z.strictObject({ kind: z.literal('line'), line: calibrationLine }),
  ]),
  /** The better meter, in the user's words. */
  against: z.string().trim().min(1).max(200),
  note: z.string().trim().max(1000).default(''),
  /** When it was measured, Unix ms; null: now. */
  atUnixMs: z.number().int().min(0).nullable().default(null),
});
export type CalibrationInput = z.input<typeof calibrationInput>;

/** A calibration as it is kept; never changed, only revoked. */
export const calibrationRecord = calibrationInput.extend({
  id: z.string().min(1).max(60),
  atUnixMs: z.number().int(),
  enteredUnixMs: z.number().int(),
  line: calibrationLine,
});
export type CalibrationRecord = z.infer<typeof calibrationRecord>;

/** The lab's settings under `calibrations`: a list that only grows. */
export const calibrationEntry = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add'), calibration: calibrationRecord }),
  /** Takes one out of force, or puts it back; the record stays. */
  z.strictObject({
    type: z.enum(['revoke', 'restore']),
    id: z.string(),
    atUnixMs: z.number().int(),
  }),
]);
export type CalibrationEntry = z.infer<typeof calibrationEntry>;

/** A calibration with its state; of several in force for one sensor the newest one is used. */
export interface CalibrationView {
  record: CalibrationRecord;
  state: 'in force' | 'replaced' | 'revoked';
}

/** Every calibration that was ever entered, oldest first, with what became of it. Pure. */
export function viewCalibrations(entries: readonly CalibrationEntry[]): CalibrationView[] {
  const revoked = new Set<string>();
  for (const entry of entries) {
    if (entry.type === 'revoke') revoked.add(entry.id);
    if (entry.type === 'restore') revoked.delete(entry.id);
  }
  const records = entries.flatMap((e) => (e.type === 'add' ? [e.calibration] : []));
  const used = new Map(records.filter((r) => !revoked.has(r.id)).map((r) => [r.sensorId, r.id]));
  return records.map((record) => {
    if (revoked.has(record.id)) return { record, state: 'revoked' };
    return { record, state: used.get(record.sensorId) === record.id ? 'in force' : 'replaced' };
  });
}

/** What is in force, by sensor id, as results name it. Pure. */
export function calibrationsInForce(entries: readonly CalibrationEntry[]): Record<string, Calibration> {
  return Object.fromEntries(
    viewCalibrations(entries).flatMap(({ record, state }) => {
      const { id, sensorId, line, atUnixMs, against } = record;
      return state === 'in force' ? [[sensorId, { id, ...line, atUnixMs, against }]] : [];
    }),
  );
}

/** Why no line goes through the loads; in words. */
export type CalibrationFit = { ok: true; line: CalibrationLine } | { ok: false; reason: string };

/**
 * The line shown = gain · true + offset through two or more loads by least squares; exact through two.
 * Uncertainties (1 sigma): the scatter of the loads about the line, at least the reference's own in W; the reference's
 * relative uncertainty is common to all loads and goes into the gain whole. Gain and offset are anti-correlated; taken as
 * independent in a budget they err on the safe side. Source: Draper and Smith, Applied Regression Analysis (1998), 1.4.
 */
export function fitCalibration(
  pairs: readonly CalibrationPair[],
  reference: z.infer<typeof referenceSchema>,
): CalibrationFit {
  const n = pairs.length;
  const refuse = (reason: string): CalibrationFit => ({ ok: false, reason });
  if (n < 2) return refuse('A line needs two loads at least.');
  const meanTrue = pairs.reduce((sum, p) => sum + p.trueW, 0) / n;
  const meanShown = pairs.reduce((sum, p) => sum + p.shownW, 0) / n;
  const sxx = pairs.reduce((sum, p) => sum + (p.trueW - meanTrue) ** 2, 0);
  const sxy = pairs.reduce((sum, p) => sum + (p.trueW - meanTrue) * (p.shownW - meanShown), 0);
  const spreadW = Math.max(...pairs.map((p) => p.trueW)) - Math.min(...pairs.map((p) => p.trueW));
  if (!(spreadW > 0)) return refuse('All loads have the same true power: measure one more, well apart.');
  const slope = sxy / sxx;
  const interceptW = meanShown - slope * meanTrue;
  const squares = pairs.reduce((sum, p) => sum + (p.shownW - interceptW - slope * p.trueW) ** 2, 0);
  const residualW = n > 2 ? Math.sqrt(squares / (n - 2)) : 0;
  const scatterW = Math.max(residualW, Math.abs(slope) * reference.w1s);
  const line = {
    gain: slope,
    offsetW: interceptW,
    gainRel1s: Math.hypot(scatterW / Math.sqrt(sxx) / Math.abs(slope || 1), reference.rel1s),
    offsetW1s: (scatterW * Math.sqrt(1 / n + meanTrue ** 2 / sxx)) / Math.abs(slope || 1),
  };
  if (!calibrationLine.safeParse(line).success) {
    return refuse(
      `These loads give a gain of ${slope.toPrecision(3)} ± ${(100 * line.gainRel1s).toPrecision(2)} % and an offset of ${interceptW.toPrecision(3)} W, which is no calibration of one device. Check that both meters saw the same load, and take loads further apart.`,
    );
  }
  return { ok: true, line };
}

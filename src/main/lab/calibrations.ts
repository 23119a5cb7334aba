import { z } from 'zod';
import {
  type CalibrationEntry,
  type CalibrationRecord,
  calibrationEntry,
  calibrationInput,
  fitCalibration,
  viewCalibrations,
} from '../../shared/calibration';
import type { Handlers } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import type { LabReader } from '../store/reader';
import type { LabContext } from './context';

/** Key of the append-only list of calibrations in the lab's settings. */
export const calibrationsKey = 'calibrations';

/** Entries that were ever made, oldest first. @throws LabError lab_damaged for what is none */
export function storedCalibrations(reader: Pick<LabReader, 'settings'>): CalibrationEntry[] {
  const parsed = z.array(calibrationEntry).safeParse(reader.settings()[calibrationsKey] ?? []);
  if (parsed.success) return parsed.data;
  throw new LabError(
    'lab_damaged',
    'The list of calibrations in this lab cannot be read.',
    'Restore the lab from a backup, or measure into a new lab with --lab FOLDER.',
    parsed.error,
  );
}

export type CalibrationHandlers = Pick<Handlers, 'addCalibration' | 'setCalibrationRevoked'>;

/** Entering and revoking calibrations. Nothing that was entered is ever changed or taken away. */
export function writeCalibrations({
  store: { reader, writer },
  effects,
  emit,
}: LabContext): CalibrationHandlers {
  const append = (entry: CalibrationEntry) => {
    const entries = [...storedCalibrations(reader), entry];
    writer.putSetting(calibrationsKey, z.json().parse(entries), effects.nowUnixMs());
    emit({ type: 'changed', what: 'settings' });
  };
  return {
    async addCalibration(input) {
      const parsed = calibrationInput.parse(input);
      const { from, ...rest } = parsed;
      let { line } = from.kind === 'line' ? from : { line: null };
      if (from.kind === 'loads') {
        const fit = fitCalibration(from.pairs, from.reference);
        if (!fit.ok) throw new LabError('bad_input', fit.reason, 'Enter other loads.');
        line = fit.line;
      }
      if (line === null) throw new Error('a calibration needs a line');
      const enteredUnixMs = effects.nowUnixMs();
      const calibration: CalibrationRecord = {
        ...rest,
        from,
        line,
        id: `cal-${effects.newId()}`,
        atUnixMs: parsed.atUnixMs ?? enteredUnixMs,
        enteredUnixMs,
      };
      append({ type: 'add', calibration });
      return { calibration };
    },
    async setCalibrationRevoked({ id, revoked }) {
      const known = viewCalibrations(storedCalibrations(reader)).find((v) => v.record.id === id);
      if (known === undefined) {
        throw new LabError(
          'not_found',
          `There is no calibration ${id} in this lab.`,
          'List them with “thirty-watts meters”.',
        );
      }
      if ((known.state === 'revoked') !== revoked)
        append({ type: revoked ? 'revoke' : 'restore', id, atUnixMs: effects.nowUnixMs() });
      return { changed: (known.state === 'revoked') !== revoked };
    },
  };
}

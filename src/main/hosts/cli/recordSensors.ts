import { writeFileSync } from 'node:fs';
import { arch, hostname, release, userInfo } from 'node:os';
import { gzipSync } from 'node:zlib';
import { LabError } from '../../../shared/errors';
import type { MeterReport } from '../../../shared/meter';
import { type RecordEffects, recordFiles, recordSeries } from '../../meters/linuxRecord';
import { recordingText, type SensorRecording, withoutNames } from '../../meters/linuxRecording';

export interface RecordOptions {
  effects: RecordEffects;
  platform: NodeJS.Platform;
  app: string;
  reports: readonly MeterReport[];
  hz?: number;
  seconds?: number;
}

/** What this machine's meters see, without what would name the machine or its owner. */
export async function recordSensors(options: RecordOptions): Promise<SensorRecording> {
  const { effects, platform, app, reports } = options;
  const files = platform === 'linux' ? recordFiles(effects) : {};
  return {
    schema: 'thirtywatts.sensors/1',
    origin: 'recorded by thirty-watts machine --record-sensors',
    app,
    platform,
    arch: arch(),
    kernel: release(),
    files,
    series: await recordSeries(effects, files, { hz: options.hz, seconds: options.seconds }),
    reports: withoutNames([...reports], namesOfThisMachine()),
  };
}

function namesOfThisMachine(): string[] {
  const names = [hostname(), hostname().split('.')[0] ?? ''];
  try {
    names.push(userInfo().username);
  } catch {
    // A user without an entry has no name to leak.
  }
  // 'root' is nobody's name, and part of many words.
  return names.filter((name) => name !== 'root' && name !== 'localhost');
}

/**
 * Writes a recording, packed where the name ends in .gz; never over another file.
 * @returns one sentence for the user
 * @throws LabError bad_input where the file exists or cannot be written
 */
export function writeRecording(path: string, recording: SensorRecording): string {
  const text = recordingText(recording);
  try {
    writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text, { flag: 'wx' });
  } catch (thrown) {
    const exists = (thrown as NodeJS.ErrnoException).code === 'EEXIST';
    throw new LabError(
      'bad_input',
      exists ? `There is already a file ${path}.` : `The file ${path} cannot be written.`,
      exists ? 'Give another name.' : 'Give a place where you may write.',
    );
  }
  const count = Object.keys(recording.files).length;
  const what =
    recording.platform === 'linux'
      ? `${count} sensor files of this machine, ${recording.series.length} of them over time, and what each meter said`
      : 'what each meter said of this machine';
  return `Wrote ${path}: ${what}, without host name, user name, serial numbers, UUIDs and hardware addresses; nothing was sent anywhere.`;
}

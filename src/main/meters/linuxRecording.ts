import type { MeterReport } from '../../shared/meter';

/** The value of a file, or the code with which the system refused it. */
export type RecordedFile = { text: string } | { base64: string } | { error: string };

/** One file over time: seconds since the start, and its text (base64 for a binary file), null where a read failed. */
export interface RecordedSeries {
  path: string;
  points: [tS: number, value: string | null][];
}

/** What `thirty-watts machine --record-sensors` writes: enough to play the machine's meters again elsewhere. */
export interface SensorRecording {
  schema: 'thirtywatts.sensors/1';
  /** Recorded by the program, or written by hand, and after what. */
  origin: string;
  app: string;
  platform: string;
  arch: string;
  kernel: string;
  /** By path below the root of the system's files, without a leading slash. */
  files: Record<string, RecordedFile>;
  series: RecordedSeries[];
  /** What each meter said of this machine. */
  reports: MeterReport[];
}

const address = /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi;
const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** Takes hardware addresses and UUIDs out of a text. */
export const withoutAddresses = (text: string): string =>
  text.replace(uuid, '<uuid>').replace(address, '<address>');

/** The same for every string of a value, keys included; whole `words` (host and user name) go too. */
export function withoutNames<T>(value: T, words: readonly string[] = []): T {
  const clean = (text: string): string =>
    words
      .filter((word) => word.length > 1)
      .reduce((out, word) => out.replaceAll(wholeWord(word), '<name>'), withoutAddresses(text));
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return clean(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [clean(key), walk(inner)]));
  };
  return walk(value) as T;
}

const wholeWord = (word: string) =>
  new RegExp(`(?<![\\w-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'gi');

/** The recording as a file's text; counters' moduli are written as strings of digits. */
export const recordingText = (recording: SensorRecording): string =>
  `${JSON.stringify(recording, (_, v) => (typeof v === 'bigint' ? v.toString() : v), 1)}\n`;

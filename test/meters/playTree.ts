import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { nodeFiles } from '../../src/main/meters/files';
import type { SensorRecording } from '../../src/main/meters/linuxRecording';
import type { ProbeEnv } from '../../src/shared/meter';
import { FaultyFiles } from './raplTree';
import { testEnv, VirtualClock } from './support';

export const recordings = [
  'amd-desktop',
  'amd-apu-laptop',
  'intel-arc-xe',
  'amd-epyc-two-dies',
  'intel-msr-mmio',
] as const;

/** A recording among the fixtures. */
export const recordingNamed = (name: string): SensorRecording =>
  recordingOf(readFileSync(join(import.meta.dirname, 'fixtures/recordings', `${name}.json`)));

/** A recording as the program wrote it, packed or not. */
export function recordingOf(bytes: Buffer): SensorRecording {
  const text = bytes[0] === 0x1f ? gunzipSync(bytes) : bytes;
  return JSON.parse(text.toString('utf8')) as SensorRecording;
}

export interface PlayedMachine {
  root: string;
  /** Refuses the files that the recorded machine refused; a test may set other faults. */
  files: FaultyFiles;
  clock: VirtualClock;
  env: ProbeEnv;
  /** Lets time pass: the clock moves, and the files show what they showed then (the last value after the end). */
  advance(seconds: number): void;
  /** For providers that wait: waiting lets time pass. */
  pause(ms: number): Promise<void>;
  write(path: string, value: string | number | bigint | Uint8Array): void;
}

/** Lays a recorded machine out as a tree in a temporary folder, gone when the test ends. */
export function playTree(recording: SensorRecording, cpuModel?: string): PlayedMachine {
  const root = mkdtempSync(join(tmpdir(), 'tw-play-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write: PlayedMachine['write'] = (path, value) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), value instanceof Uint8Array ? value : `${value}\n`);
  };
  const refused = new Map<string, string>();
  for (const [path, file] of Object.entries(recording.files)) {
    if ('error' in file) {
      refused.set(join(root, path), file.error);
      write(path, '');
    } else write(path, 'base64' in file ? Buffer.from(file.base64, 'base64') : file.text.trimEnd());
  }
  let nowS = 0;
  const shown = new Map<string, unknown>();
  const show = () => {
    for (const { path, points } of recording.series) {
      const point = points.findLast(([tS]) => tS <= nowS + 1e-3);
      // Not yet: the file as it was found. Shown already: a test may have written something else meanwhile.
      if (point === undefined || shown.get(path) === point) continue;
      shown.set(path, point);
      const [, value] = point;
      const file = recording.files[path];
      if (value === null) refused.set(join(root, path), 'EIO');
      else {
        if (file !== undefined && !('error' in file)) refused.delete(join(root, path));
        write(path, file !== undefined && 'base64' in file ? Buffer.from(value, 'base64') : value);
      }
    }
  };
  show();
  const files = new FaultyFiles();
  files.fault = (_call, path) => refused.get(path) ?? null;
  files.text = (path) => {
    const code = refused.get(path);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return nodeFiles.text(path);
  };
  const clock = new VirtualClock();
  const advance = (seconds: number) => {
    clock.advance(seconds);
    nowS += seconds;
    show();
  };
  const cpuinfo = recording.files['proc/cpuinfo'];
  const model = cpuinfo && 'text' in cpuinfo ? /^model name\s*: (.+)$/m.exec(cpuinfo.text)?.[1] : undefined;
  return {
    root,
    files,
    clock,
    env: testEnv({
      fsRoot: root,
      now: clock.now,
      cpu: { model: cpuModel ?? model ?? 'unknown', logicalCores: 16, virtualized: false },
    }),
    advance,
    pause: async (ms) => advance(ms / 1000),
    write,
  };
}

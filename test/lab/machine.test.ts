import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  buildSha256,
  describeMachine,
  gpusOf,
  osBuild,
  physicalCores,
  systemState,
} from '../../src/main/lab/machine';
import type { MeterReport } from '../../src/shared/meter';
import { packageSensor } from '../support/fakeRecords';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'machine-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const put = (path: string, text: string) => {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
};

const board = (key: string, notes: string[]): MeterReport => ({
  provider: 'nvml',
  title: 'NVIDIA NVML',
  result: {
    status: 'ok',
    sensors: ['energy', 'power'].map((kind) => ({
      ...packageSensor,
      id: `nvml:${key}:${kind}`,
      provider: 'nvml',
      domain: 'gpu.board',
      device: { key, name: 'Example RTX', driver: '580.1' },
      notes,
    })),
  },
});

describe('the machine', () => {
  it('has the same id at each look while nothing changes', () => {
    const [first, second] = [describeMachine('1.30.0', []), describeMachine('1.30.0', [])];
    expect(second).toEqual(first);
    expect(describeMachine('1.30.1', []).id).not.toBe(first.id);
  });

  it('holds nothing that names a person, a place or a thing, and no fact of the minute', () => {
    const text = JSON.stringify(describeMachine('1.30.0', []));
    for (const secret of [hostname(), userInfo().homedir, process.cwd()]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/battery_?pct|charge|temp/i);
  });

  it('tells two cards of one name apart, each once, with what their notes say', () => {
    const notes = [
      'pciBusId=0000:01:00.0',
      'enforcedLimitW=300',
      'defaultLimitW=320',
      'persistence=on',
      'architecture=Ada',
      'memoryBytes=8589934592',
      'mig=off',
    ];
    expect(gpusOf([board('GPU-a', notes), board('GPU-b', [])])).toEqual([
      {
        name: 'Example RTX',
        driver: '580.1',
        memoryBytes: 8 * 2 ** 30,
        uuid: 'GPU-a',
        pciBusId: '0000:01:00.0',
        architecture: 'Ada',
        powerLimitW: 300,
        defaultPowerLimitW: 320,
        persistence: true,
        mig: false,
      },
      {
        name: 'Example RTX',
        driver: '580.1',
        memoryBytes: null,
        uuid: 'GPU-b',
        pciBusId: null,
        architecture: null,
        powerLimitW: null,
        defaultPowerLimitW: null,
        persistence: null,
        mig: null,
      },
    ]);
    const refused: MeterReport = {
      provider: 'nvml',
      title: 'NVIDIA NVML',
      result: { status: 'absent', reason: 'none', remedy: null },
    };
    expect(gpusOf([refused])).toEqual([]);
  });

  it('counts cores once, whatever their threads', () => {
    const thread = (socket: number, core: number) =>
      `processor\t: 0\nphysical id\t: ${socket}\ncore id\t\t: ${core}\n`;
    const all = [thread(0, 0), thread(0, 1), thread(0, 0), thread(1, 0)].join('\n');
    expect(physicalCores(all)).toBe(3);
    expect(physicalCores('processor\t: 0\nBogoMIPS\t: 50\n')).toBeNull();
    expect(physicalCores(null)).toBeNull();
  });

  it('names the system as its maker does', () => {
    const files = (all: Record<string, string>) => (path: string) => all[path] ?? null;
    const release = 'NAME="Example"\nPRETTY_NAME="Example Linux 13 (one)"\nBUILD_ID=20261001\n';
    expect(osBuild('linux', files({ 'etc/os-release': release }))).toBe('Example Linux 13 (one) (20261001)');
    expect(osBuild('linux', files({ 'usr/lib/os-release': 'NAME=Tiny' }))).toBe('Tiny');
    expect(osBuild('linux', files({}))).toBeNull();
    const plist =
      '<key>ProductBuildVersion</key>\n<string>24B83</string><key>ProductVersion</key>\n\t<string>15.1</string>';
    const macFile = 'System/Library/CoreServices/SystemVersion.plist';
    expect(osBuild('darwin', files({ [macFile]: plist }))).toBe('macOS 15.1 (24B83)');
    expect(osBuild('darwin', files({}))).toBeNull();
  });

  it('a build has a hash of its programs: one byte changes it, other files do not', () => {
    put('runner.cjs', 'a');
    put('cli.cjs', 'b');
    const first = buildSha256(root);
    put('notes.txt', 'c');
    expect(buildSha256(root)).toBe(first);
    put('runner.cjs', 'A');
    expect(buildSha256(root)).not.toBe(first);
    expect(buildSha256(join(root, 'nowhere'))).toBeNull();
  });
});

describe('the state of the system as a run begins', () => {
  it('power source, mode and charge of the machine’s own battery', () => {
    const supply = (name: string, files: Record<string, string>) => {
      for (const [file, text] of Object.entries(files))
        put(`sys/class/power_supply/${name}/${file}`, `${text}\n`);
    };
    supply('AC', { type: 'Mains', online: '0' });
    supply('BAT0', { type: 'Battery', status: 'Discharging', capacity: '40' });
    supply('BAT1', { type: 'Battery', status: 'Discharging', capacity: '60' });
    supply('mouse', { type: 'Battery', scope: 'Device', capacity: '5' });
    put('sys/firmware/acpi/platform_profile', 'balanced\n');
    expect(systemState(root)).toEqual({ power: { source: 'battery', mode: 'balanced' }, batteryPct: 50 });
  });

  it('null where there is nothing', () => {
    expect(systemState(root)).toEqual({ power: { source: null, mode: null }, batteryPct: null });
  });
});

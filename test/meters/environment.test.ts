import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultEnv, isVirtualized, libraryPaths } from '../../src/main/meters/environment';
import { probeAll } from '../../src/main/meters/index';
import { descendsFrom } from '../../src/main/meters/processTree';
import type { MeterProvider } from '../../src/shared/meter';
import { temporaryFolder } from '../support/lab';
import { RecordedMachine } from './raplTree';
import { testEnv } from './support';

describe('the environment', () => {
  it('knows a guest by its processor, and elsewhere by its firmware', () => {
    expect(isVirtualized('linux', new RecordedMachine('guest').root)).toBe(true);
    const client = new RecordedMachine('intel-client');
    expect(isVirtualized('linux', client.root)).toBe(false);
    const arm = new RecordedMachine('guest');
    arm.write('proc/cpuinfo', 'processor\t: 0\nFeatures\t: fp asimd');
    expect(isVirtualized('linux', arm.root)).toBe(true);
    arm.write('sys/class/dmi/id/sys_vendor', 'Raspberry Pi');
    expect(isVirtualized('linux', arm.root)).toBe(false);
  });

  it('loads the NVIDIA library on Windows by full path only', () => {
    const paths = libraryPaths('nvml', 'win32', {
      SystemRoot: 'C:\\Windows',
      ProgramW6432: 'C:\\Program Files',
    });
    expect(paths).toHaveLength(2);
    expect(paths.every((p) => /^C:\\/.test(p))).toBe(true);
    expect(libraryPaths('nvml', 'win32', {})).toEqual([]);
    expect(libraryPaths('nvml', 'linux', {})[0]).toBe('libnvidia-ml.so.1');
    expect(libraryPaths('nvml', 'darwin', {})).toEqual([]);
  });

  it('takes the lab’s options and the machine’s facts', () => {
    const env = defaultEnv({ userTdpW: 65, libraries: { nvml: ['/x'] } });
    expect(env).toMatchObject({ userTdpW: 65, fsRoot: '/', platform: process.platform });
    expect(env.libraryPaths('nvml')).toEqual(['/x']);
    expect(env.cpu.logicalCores).toBeGreaterThan(0);
  });
});

describe('probing', () => {
  const provider = (changed: Partial<MeterProvider>): MeterProvider => ({
    id: 'x',
    title: 'Meter X',
    platforms: ['linux'],
    probe: async () => ({ status: 'absent', reason: 'No.', remedy: null }),
    open: async () => {
      throw new Error('not opened here');
    },
    ...changed,
  });

  it('reports a provider that throws as broken and goes on with the others', async () => {
    const throws = provider({
      probe: async () => {
        throw new Error('surprise');
      },
    });
    const reports = await probeAll(testEnv(), [throws, provider({ id: 'y' })]);
    expect(reports.map((r) => r.result.status)).toEqual(['broken', 'absent']);
    expect(reports[0]!.result).toMatchObject({ reason: expect.stringContaining('Meter X') });
  });

  it('asks only the providers of the platform', async () => {
    expect(await probeAll(testEnv(), [provider({ platforms: ['darwin'] })])).toEqual([]);
  });
});

describe('process tree', () => {
  it('tells a descendant from a stranger, and unknown from both', () => {
    const root = temporaryFolder();
    const add = (pid: number, parent: number) => {
      mkdirSync(join(root, 'proc', String(pid)), { recursive: true });
      writeFileSync(join(root, 'proc', String(pid), 'stat'), `${pid} (a (strange) name) S ${parent} 1 1 0`);
    };
    add(30, 20);
    add(20, 10);
    add(40, 1);
    expect(descendsFrom(30, 20, root)).toBe(true);
    expect(descendsFrom(30, 10, root)).toBe(true);
    expect(descendsFrom(40, 10, root)).toBe(false);
    expect(descendsFrom(99, 10, root)).toBeNull();
  });
});

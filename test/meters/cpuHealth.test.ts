import { describe, expect, it } from 'vitest';
import { cpuHealthReader } from '../../src/main/meters/cpuHealth';
import { playTree, recordingNamed } from './playTree';

const cpus = 'sys/devices/system/cpu';

describe('state of the processor', () => {
  it('shows the highest clock of all cores, since the first may be idle', () => {
    const machine = playTree(recordingNamed('amd-desktop'));
    const health = cpuHealthReader(machine.files, machine.root);
    expect(health()).toMatchObject({ clockMHz: 5700, tempC: 61.25, throttle: null });
    machine.write(`${cpus}/cpu2/cpufreq/scaling_cur_freq`, 5_750_000);
    expect(health().clockMHz).toBe(5750);
    for (const cpu of [0, 1, 2]) machine.write(`${cpus}/cpu${cpu}/cpufreq/scaling_cur_freq`, '<unknown>');
    expect(health().clockMHz).toBeNull();
  });

  it('reads one file per group of cores where the kernel lists them', () => {
    const machine = playTree(recordingNamed('amd-desktop'));
    machine.write(`${cpus}/cpufreq/policy0/scaling_cur_freq`, 3_000_000);
    machine.write(`${cpus}/cpufreq/policy10/scaling_cur_freq`, 3_400_000);
    expect(cpuHealthReader(machine.files, machine.root)().clockMHz).toBe(3400);
  });

  it('tells throttling of any core once', () => {
    const machine = playTree(recordingNamed('amd-desktop'));
    for (const cpu of [0, 15]) machine.write(`${cpus}/cpu${cpu}/thermal_throttle/core_throttle_count`, 7);
    const health = cpuHealthReader(machine.files, machine.root);
    expect(health().throttle).toEqual([]);
    machine.write(`${cpus}/cpu15/thermal_throttle/core_throttle_count`, 8);
    expect(health().throttle).toEqual(['thermal']);
    expect(health().throttle).toEqual([]);
  });
});

import { cpus } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readUsage, swappedPages } from '../../src/main/runner/usage';

/** Keeps this thread busy. */
function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('pages that were swapped', () => {
  it('are the sum of those that came in and went out', () => {
    expect(swappedPages('pgpgin 1\npswpin 12\npswpout 30\npgfault 5\n')).toBe(42);
    expect(swappedPages('pswpin 12')).toBe(12);
    expect(swappedPages('pswpin 0\npswpout 0\n')).toBe(0);
  });

  it('are unknown where the kernel does not tell, and not 0', () => {
    expect(swappedPages('')).toBeNull();
    expect(swappedPages('pgpgin 1\nthp_swpout 7\nxpswpin 3\npswpin\n')).toBeNull();
  });
});

describe('what machine and runner have used', () => {
  it('only grows, and the runner’s own time with its work', () => {
    const before = readUsage();
    work(200);
    const after = readUsage();
    expect(after.atNs).toBeGreaterThan(before.atNs);
    expect(after.ownS - before.ownS).toBeGreaterThan(0);
    // Not more than all its threads could have had.
    const seconds = Number(after.atNs - before.atNs) / 1e9;
    expect(after.ownS - before.ownS).toBeLessThanOrEqual(seconds * cpus().length + 0.05);
    expect(after.majorFaults).toBeGreaterThanOrEqual(before.majorFaults);
  });

  it.runIf(process.platform === 'linux')('is of the machine what node:os tells, on Linux', () => {
    const sum = () =>
      cpus().reduce(
        ({ busyS, totalS }, { times }) => {
          const busy = (times.user + times.nice + times.sys + times.irq) / 1000;
          return { busyS: busyS + busy, totalS: totalS + busy + times.idle / 1000 };
        },
        { busyS: 0, totalS: 0 },
      );
    const [before, osBefore] = [readUsage().machine!, sum()];
    work(1000);
    const [after, osAfter] = [readUsage().machine!, sum()];
    const busyS = after.busyS - before.busyS;
    expect(busyS).toBeGreaterThan(0);
    expect(after.totalS - before.totalS).toBeGreaterThanOrEqual(busyS);
    // node:os leaves out soft interrupts and waiting for a disk, and both count in ticks of 10 ms per core.
    const slackS = 0.02 * cpus().length + 0.1 * busyS;
    expect(Math.abs(busyS - (osAfter.busyS - osBefore.busyS))).toBeLessThan(slackS);
  });

  it('is told on other systems too, without what only Linux knows', () => {
    const { machine, swappedPages: swapped } = readUsage('darwin');
    expect(machine!.totalS).toBeGreaterThan(machine!.busyS);
    expect(swapped).toBeNull();
  });
});

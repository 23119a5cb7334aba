import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRapl } from '../../src/main/meters/rapl';
import { modulusOf } from '../../src/main/meters/raplZones';
import { windowEnergy } from '../../src/main/meters/windowEnergy';
import { FaultyFiles, RecordedMachine } from './raplTree';
import { readOne, sensorsOf, testEnv, VirtualClock } from './support';

const packageId = 'rapl:package';

function setUp(machine: string, model = 'Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz') {
  const tree = new RecordedMachine(machine);
  const files = new FaultyFiles();
  const clock = new VirtualClock();
  const env = testEnv({
    fsRoot: tree.root,
    now: clock.now,
    cpu: { model, logicalCores: 12, virtualized: machine === 'guest' },
  });
  /** What the machine does between the two looks of the probe. */
  const player = { during: () => {} };
  const rapl = makeRapl({
    files,
    pause: async () => {
      clock.advance(0.025);
      player.during();
    },
  });
  return { tree, files, clock, env, player, rapl };
}

describe('RAPL zones', () => {
  it('offers package, cores, uncore, memory and platform of a client processor', async () => {
    const { rapl, env } = setUp('intel-client');
    const sensors = sensorsOf(await rapl.probe(env));
    expect(sensors.map((s) => [s.id, s.domain])).toEqual([
      ['rapl:package', 'cpu.package'],
      ['rapl:dram', 'dram'],
      ['rapl:cores', 'cpu.cores'],
      ['rapl:uncore', 'cpu.uncore'],
      ['rapl:psys', 'platform.psys'],
    ]);
    expect(sensors[0]).toMatchObject({
      contains: ['cpu.cores', 'cpu.uncore'],
      joulePerCount: 1e-6,
      gainRel1s: 0.05,
      maxPlausibleW: 1000,
      provenance: 'measured',
    });
  });

  it('counts a zone once that the memory-mapped interface shows again', async () => {
    const { rapl, env } = setUp('intel-msr-mmio');
    const sensors = sensorsOf(await rapl.probe(env));
    expect(sensors.map((s) => s.id)).toEqual(['rapl:package', 'rapl:cores']);
    expect(sensors[0]!.notes).toEqual([expect.stringContaining('zone=intel-rapl:0 (package-0)')]);
  });

  it('counts a socket once whose dies mirror it', async () => {
    const { rapl, env, tree, player } = setUp('amd-mirrored-dies', 'AMD Ryzen Threadripper 3970X 32-Core');
    player.during = () => {
      tree.energy('intel-rapl:0', 45123456789 + 1_700_000);
      tree.energy('intel-rapl:1', 45123457400 + 1_702_000);
    };
    const sensors = sensorsOf(await rapl.probe(env));
    // AMD's core counters are wrong, so they are not offered.
    expect(sensors.map((s) => s.id)).toEqual(['rapl:package']);
    expect(sensors[0]).toMatchObject({ maxPlausibleW: 1000, gainRel1s: 0.1 });
  });

  it('keeps two dies with alike values whose energy differs', async () => {
    const { rapl, env, tree, player } = setUp('amd-mirrored-dies', 'AMD Ryzen Threadripper 3970X 32-Core');
    player.during = () => {
      tree.energy('intel-rapl:0', 45123456789 + 1_700_000);
      tree.energy('intel-rapl:1', 45123457400 + 400_000);
    };
    expect(sensorsOf(await rapl.probe(env))[0]).toMatchObject({ maxPlausibleW: 2000 });
  });

  it('adds the sockets of a server', async () => {
    const { rapl, env, tree, clock } = setUp('intel-two-sockets');
    const info = sensorsOf(await rapl.probe(env))[0]!;
    expect(info.maxPlausibleW).toBe(2000);
    const meter = await rapl.open([packageId], env);
    const open = readOne(meter, packageId);
    clock.advance(10);
    tree.energy('intel-rapl:0', 118372910441 + 1e9);
    tree.energy('intel-rapl:1', 90011223344 + 5e8);
    const close = readOne(meter, packageId);
    meter.close();
    const result = windowEnergy(info, { open, close, trace: [], powerLimitW: null, loaded: true });
    expect(result).toMatchObject({ energyJ: 1500, code: null });
  });

  it('wraps one unit after the range', () => {
    expect(modulusOf(262_143_328_850)).toBe(262_143_328_911n);
    expect(modulusOf(65_532_610_987)).toBe(65_532_611_002n);
  });

  it('is absent in a guest and on a machine without powercap', async () => {
    const guest = setUp('guest');
    expect(await guest.rapl.probe(guest.env)).toMatchObject({
      status: 'absent',
      reason: expect.stringContaining('virtual machine'),
    });
    const bare = setUp('guest');
    const env = { ...bare.env, cpu: { ...bare.env.cpu, virtualized: false } };
    expect(await bare.rapl.probe(env)).toMatchObject({
      status: 'absent',
      remedy: { command: expect.any(String) },
    });
  });
});

describe('RAPL without permission', () => {
  const denied = {
    status: 'denied',
    remedy: {
      command:
        'sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj /sys/class/powercap/intel-rapl*/*/energy_uj',
    },
  };

  it('is denied, with the command that allows it', async () => {
    const { rapl, env, files } = setUp('intel-client');
    files.fault = (call, path) => (call === 'open' && path.endsWith('energy_uj') ? 'EACCES' : null);
    expect(await rapl.probe(env)).toMatchObject(denied);
    files.fault = () => null;
    expect(await rapl.probe(env)).toMatchObject({ status: 'ok' });
  });

  // The kernel's own answer, too; root may read everything, so it becomes somebody else for a moment.
  it.skipIf(process.platform !== 'linux')('is denied by the kernel itself', async () => {
    const { rapl, env, tree } = setUp('intel-client');
    for (const zone of ['intel-rapl:0', 'intel-rapl:0:0']) {
      chmodSync(join(tree.root, 'sys/class/powercap', zone, 'energy_uj'), 0o000);
    }
    chmodSync(tree.root, 0o755);
    const root = process.geteuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      expect(await rapl.probe(env)).toMatchObject(denied);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  it('leaves out a child that cannot be read while the package can', async () => {
    const { rapl, env, files } = setUp('intel-client');
    files.fault = (call, path) => (call === 'open' && path.includes(':0:2/') ? 'EACCES' : null);
    expect(sensorsOf(await rapl.probe(env)).map((s) => s.id)).not.toContain('rapl:dram');
  });

  it('is broken by any other error', async () => {
    const { rapl, env, files } = setUp('intel-client');
    files.fault = (call) => (call === 'read' ? 'EIO' : null);
    expect(await rapl.probe(env)).toMatchObject({ status: 'broken', reason: expect.stringContaining('EIO') });
  });
});

describe('RAPL windows', () => {
  const startMicroJ = 118372910441;

  /** A window of `seconds` in which the package draws 100 W, read every 10 s in between. */
  async function measure(
    seconds: number,
    change: (at: {
      i: number;
      microJ: number;
      set: (microJ: number) => void;
      files: FaultyFiles;
    }) => void = ({ microJ, set }) => set(microJ),
  ) {
    const { rapl, env, tree, clock, files } = setUp('intel-client');
    const info = sensorsOf(await rapl.probe(env))[0]!;
    const meter = await rapl.open([packageId], env);
    const open = readOne(meter, packageId);
    let close = open;
    for (let i = 1; i <= seconds / 10; i++) {
      clock.advance(10);
      const set = (microJ: number) => tree.energy('intel-rapl:0', Math.round(microJ));
      change({ i, microJ: startMicroJ + i * 1e9, set, files });
      close = readOne(meter, packageId);
    }
    meter.close();
    expect(files.openFiles).toBe(0);
    return windowEnergy(info, { open, close, trace: [], powerLimitW: null, loaded: true });
  }

  it('measures 100 W over 10 s as 1,000 J', async () => {
    expect(await measure(10)).toMatchObject({ energyJ: 1000, code: null });
  });

  it('counts through wraps, however often', async () => {
    const range = Number(modulusOf(262_143_328_850));
    const wrapped = await measure(3000, ({ microJ, set }) => set(microJ % range));
    expect(wrapped).toMatchObject({ energyJ: 300_000, code: null });
  });

  it.each([
    ['a reset', ({ i, set, microJ }) => set(i < 2 ? microJ : 1000), 'COUNTER_RESET'],
    ['an impossible jump', ({ i, set, microJ }) => set(i < 2 ? microJ : microJ + 2e11), 'COUNTER_RESET'],
    ['a counter that stands still', ({ set }) => set(startMicroJ), 'ZERO_READ'],
    [
      'a zone that vanishes',
      ({ i, set, microJ, files }) => {
        set(microJ);
        if (i === 3) files.fault = (call) => (call === 'read' ? 'ENOENT' : null);
      },
      'READ_FAILED',
    ],
  ] as [string, NonNullable<Parameters<typeof measure>[1]>, string][])(
    '%s: no number',
    async (_name, change, code) => {
      expect(await measure(30, change)).toMatchObject({ energyJ: null, code });
      expect(await measure(30)).toMatchObject({ energyJ: 3000, code: null });
    },
  );

  it.each(['EINVAL', 'EIO'])('reads again at once after a single %s', async (code) => {
    let failures = 0;
    const result = await measure(30, ({ microJ, set, files }) => {
      set(microJ);
      let once = true;
      files.fault = (call) => {
        if (call !== 'read' || !once) return null;
        once = false;
        failures++;
        return code;
      };
    });
    expect(failures).toBe(3);
    expect(result).toMatchObject({ energyJ: 3000, code: null });
  });

  it('takes an empty or spoilt file for a failed read, not for 0', async () => {
    const { rapl, env, tree } = setUp('intel-client');
    const meter = await rapl.open([packageId], env);
    for (const text of ['', 'nonsense', '-5']) {
      tree.write('sys/class/powercap/intel-rapl:0/energy_uj', text);
      expect(readOne(meter, packageId)).toMatchObject({ raw: null, error: { code: 'NOT_A_NUMBER' } });
    }
    meter.close();
  });
});

describe('state of the processor', () => {
  it('tells temperature and clock, and throttling when a count grew', async () => {
    const { rapl, env, tree } = setUp('intel-client');
    const meter = await rapl.open([packageId], env);
    expect(meter.health()).toMatchObject({ tempC: 52, clockMHz: 4300, throttle: [], powerLimitW: null });
    tree.write('sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count', 4);
    expect(meter.health().throttle).toEqual(['thermal']);
    expect(meter.health().throttle).toEqual([]);
    meter.close();
  });

  it('is null where the machine tells nothing', async () => {
    const { rapl, env } = setUp('intel-msr-mmio');
    const meter = await rapl.open([packageId], env);
    expect(meter.health()).toMatchObject({ tempC: null, clockMHz: null, throttle: null });
    meter.close();
  });
});

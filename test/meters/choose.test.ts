import { describe, expect, it } from 'vitest';
import { chooseSensors, containment, nested, overlap } from '../../src/main/meters/choose';
import {
  type Domain,
  domains,
  type MeterReport,
  type ProbeResult,
  type SensorInfo,
} from '../../src/shared/meter';
import { providers } from '../../src/shared/plan';
import { sensor } from './support';

const report = (provider: string, result: ProbeResult): MeterReport => ({
  provider,
  title: provider,
  result,
});
const ok = (provider: string, ...sensors: SensorInfo[]) => report(provider, { status: 'ok', sensors });

const cpuPackage = sensor({ id: 'rapl:package', contains: ['cpu.cores', 'cpu.uncore'] });
const cores = sensor({ id: 'rapl:cores', domain: 'cpu.cores' });
const dram = sensor({ id: 'rapl:dram', domain: 'dram' });
const psys = sensor({
  id: 'rapl:psys',
  domain: 'platform.psys',
  contains: ['cpu.package', 'cpu.cores', 'cpu.uncore', 'dram'],
});
const gpuDevice = { key: 'GPU-0', name: 'RTX', driver: '1' };
const board = sensor({
  id: 'nvml:GPU-0:energy',
  domain: 'gpu.board',
  device: gpuDevice,
  contains: ['gpu.package'],
});
const boardPower = sensor({ id: 'nvml:GPU-0:power', domain: 'gpu.board', device: gpuDevice, kind: 'gauge' });
const estimated = sensor({ id: 'estimate:cpu', provenance: 'estimate', origin: 'model', factor1s: 1.6 });
const denied = report('rapl', {
  status: 'denied',
  reason: 'Only root may read it.',
  remedy: { text: 'Allow it:', command: 'sudo chmod' },
});
const noGpu = report('nvml', { status: 'absent', reason: 'There is no NVIDIA driver.', remedy: null });

const rapl = ok('rapl', psys, cores, dram, cpuPackage);
const nvml = ok('nvml', boardPower, board);

describe('the sensor of a run', () => {
  it('is the package for the processor, with memory beside it and nothing nested', () => {
    const choice = chooseSensors([nvml, rapl, ok('estimate', estimated)], 'cpu');
    expect(choice).toMatchObject({ headline: cpuPackage, second: null, codes: [], reason: null });
    expect(choice.beside).toEqual([dram, psys]);
  });

  it.each(['webgpu', 'cuda', 'dml'] as const)('is the board for %s, with the host beside it', (provider) => {
    const choice = chooseSensors([nvml, rapl], provider);
    expect(choice).toMatchObject({ headline: board, second: boardPower, codes: [] });
    expect(choice.beside).toEqual([cpuPackage, dram, psys]);
  });

  it('is the package for WebGPU on a software device', () => {
    expect(chooseSensors([nvml, rapl], 'webgpu', { softwareDevice: true }).headline).toBe(cpuPackage);
  });

  it('is that of the device named, where there are several', () => {
    const other = sensor({
      id: 'nvml:GPU-1:energy',
      domain: 'gpu.board',
      device: { ...gpuDevice, key: 'GPU-1' },
    });
    const reports = [ok('nvml', board, other)];
    expect(chooseSensors(reports, 'cuda').headline).toBe(board);
    expect(chooseSensors(reports, 'cuda', { device: 'GPU-1' }).headline).toBe(other);
  });

  it('is never platform power', () => {
    for (const provider of providers) {
      expect(chooseSensors([ok('rapl', psys)], provider).headline).toBeNull();
    }
  });

  it('prefers measured over modelled by firmware over estimated', () => {
    const gauge = sensor({ id: 'gauge', kind: 'gauge' });
    const firmware = sensor({ id: 'firmware', provenance: 'firmware-model' });
    const order = [cpuPackage, gauge, firmware, estimated];
    for (let i = 0; i < order.length; i++) {
      expect(chooseSensors([ok('x', ...order.slice(i).reverse())], 'cpu').headline).toBe(order[i]);
    }
  });
});

describe('without a good sensor', () => {
  it('says why, and what to do, also when an estimate stands in', () => {
    const withEstimate = chooseSensors([noGpu, denied, ok('estimate', estimated)], 'cpu');
    expect(withEstimate).toMatchObject({
      headline: estimated,
      codes: ['ESTIMATE_ONLY'],
      reason: 'Only root may read it.',
      remedy: { command: 'sudo chmod' },
    });
    const without = chooseSensors([noGpu, denied], 'cpu');
    expect(without).toMatchObject({ headline: null, codes: ['SENSOR_DENIED'] });
  });

  it('does not blame the processor meter for a missing GPU meter', () => {
    expect(chooseSensors([noGpu, denied], 'cuda')).toMatchObject({
      headline: null,
      codes: ['NO_SENSOR'],
      reason: 'There is no NVIDIA driver.',
    });
    const broken = report('nvml', { status: 'broken', reason: 'Updated.', remedy: null });
    expect(chooseSensors([broken, rapl], 'cuda')).toMatchObject({ headline: null, codes: ['SENSOR_BROKEN'] });
  });

  it('never puts an estimate of the processor on a GPU run', () => {
    expect(chooseSensors([noGpu, ok('estimate', estimated)], 'webgpu').headline).toBeNull();
  });

  it('refuses a shared board and names a whole module', () => {
    const shared = { ...board, notes: ['SHARED_DEVICE: MIG'] };
    expect(chooseSensors([ok('nvml', shared)], 'cuda')).toMatchObject({
      headline: null,
      codes: ['SHARED_DEVICE'],
    });
    const module = sensor({
      domain: 'module',
      contains: ['gpu.board', 'cpu.package'],
      notes: ['SCOPE_SUBSTITUTED: x'],
    });
    const choice = chooseSensors([ok('nvml', module), rapl], 'cuda');
    expect(choice).toMatchObject({ headline: module, codes: ['SCOPE_SUBSTITUTED'] });
    expect(choice.beside).toEqual([dram, psys]);
  });

  it('knows nothing without reports', () => {
    for (const provider of providers) {
      expect(chooseSensors([], provider)).toMatchObject({ headline: null, codes: ['NO_SENSOR'], beside: [] });
    }
  });
});

describe('the whole computer', () => {
  const others = domains.filter((d) => d !== 'wall.ac');
  const plug = sensor({
    id: 'wall:w:power',
    domain: 'wall.ac',
    kind: 'gauge',
    contains: others,
    delivery: 'push',
    device: { key: 'w', name: 'Plug', driver: null },
  });
  const plugCounter = { ...plug, id: 'wall:w:energy', kind: 'counter' as const };
  const second = { ...plug, id: 'wall:v:power', device: { ...plug.device, key: 'v' } };
  const battery = sensor({ id: 'battery', domain: 'battery.dc', kind: 'gauge' });
  const system = sensor({
    id: 'system',
    domain: 'system.dc',
    kind: 'gauge',
    device: { key: 'mac', name: 'Mac', driver: null },
  });
  const wall = ok('wall', plugCounter, plug);

  it('stands beside a sensor of the device, from whichever meter, and never in its place', () => {
    const choice = chooseSensors([rapl, wall, ok('smc', system)], 'cpu');
    expect(choice).toMatchObject({ headline: cpuPackage, second: null, codes: [] });
    expect(choice.beside).toEqual([dram, psys, plugCounter, system]);
    const firmware = sensor({ id: 'firmware', provenance: 'firmware-model' });
    expect(chooseSensors([wall, ok('x', firmware)], 'cpu').headline).toBe(firmware);
  });

  it('stands in where the device has no sensor but an estimate; then its counter has its gauge beside', () => {
    for (const provider of providers) {
      const choice = chooseSensors(
        [wall, noGpu, denied, ok('estimate', estimated), ok('smc', system)],
        provider,
      );
      expect(choice).toMatchObject({ headline: plugCounter, second: plug, codes: [] });
      expect(choice.beside).toEqual([estimated, system]);
    }
    expect(chooseSensors([wall, denied], 'cpu')).toMatchObject({ reason: 'Only root may read it.' });
    expect(chooseSensors([ok('smc', system)], 'cpu').headline).toBe(system);
    expect(chooseSensors([ok('wall', plug, second)], 'cpu')).toMatchObject({
      headline: plug,
      beside: [second],
    });
  });

  it('does not take the place of an estimate in windows that it cannot see', () => {
    const reports = [wall, ok('estimate', estimated)];
    expect(chooseSensors(reports, 'cpu', { windowS: 60 }).headline).toBe(plugCounter);
    expect(chooseSensors(reports, 'cpu', { windowS: 5 })).toMatchObject({
      headline: estimated,
      beside: [plugCounter],
      codes: ['ESTIMATE_ONLY'],
    });
    // Without one it is chosen all the same: that the window is too short is the more useful reason.
    expect(chooseSensors([wall], 'cpu', { windowS: 5 }).headline).toBe(plugCounter);
  });

  it('by its battery only while that carries the machine', () => {
    const reports = [ok('battery', battery), ok('smc', system), ok('estimate', estimated)];
    expect(chooseSensors(reports, 'cpu')).toMatchObject({ headline: system, beside: [estimated] });
    expect(chooseSensors(reports, 'cpu', { onBattery: true })).toMatchObject({
      headline: battery,
      beside: [estimated, system],
    });
    expect(chooseSensors([ok('battery', battery)], 'cpu')).toMatchObject({
      headline: null,
      codes: ['NO_SENSOR'],
    });
  });

  it('is never blamed for a device without a sensor', () => {
    const broken = report('wall', { status: 'broken', reason: 'The plug does not answer.', remedy: null });
    expect(chooseSensors([broken, noGpu], 'cuda')).toMatchObject({
      headline: null,
      codes: ['NO_SENSOR'],
      reason: 'There is no NVIDIA driver.',
    });
  });

  it('shows the parts of a chip beside each other', () => {
    const soc = (domain: Domain) =>
      sensor({ id: domain, domain, device: { key: 'soc', name: 'M', driver: null } });
    const parts = (['soc.cpu', 'soc.gpu', 'soc.ane', 'soc.dram'] as const).map(soc);
    const choice = chooseSensors([ok('ioreport', ...parts)], 'cpu');
    expect(choice.headline).toBe(parts[0]);
    expect(choice.beside).toEqual(parts.slice(1));
    expect(overlap(parts)).toBeNull();
  });
});

describe('what contains what', () => {
  const of = (domain: Domain, key = 'same') =>
    sensor({ id: domain, domain, device: { key, name: key, driver: null } });
  /** Section 3.4 of the method, line by line. */
  const inside: [Domain, Domain][] = [
    ...domains.filter((d) => d !== 'wall.ac').map((d): [Domain, Domain] => ['wall.ac', d]),
    ['platform.psys', 'cpu.package'],
    ['platform.psys', 'cpu.cores'],
    ['platform.psys', 'cpu.uncore'],
    ['cpu.package', 'cpu.cores'],
    ['cpu.package', 'cpu.uncore'],
    ['module', 'gpu.board'],
    ['gpu.board', 'gpu.package'],
    ['gpu.board', 'gpu.memory'],
    ['system.dc', 'soc.cpu'],
    ['system.dc', 'soc.gpu'],
    ['system.dc', 'soc.ane'],
    ['system.dc', 'soc.dram'],
    ['system.dc', 'battery.dc'],
    ['battery.dc', 'cpu.package'],
    ['battery.dc', 'gpu.board'],
  ];
  it.each(inside)('%s contains %s', (whole, part) => {
    expect(nested(of(whole), of(part))).toBe(true);
    expect(nested(of(part), of(whole))).toBe(true);
    expect(overlap([of('dram', 'else'), of(part), of(whole)].slice(part === 'dram' ? 1 : 0))).toBe(
      'DOMAIN_OVERLAP',
    );
  });
  it.each<[Domain, Domain]>([
    ['cpu.package', 'dram'],
    ['cpu.package', 'gpu.board'],
    ['gpu.board', 'dram'],
    ['cpu.cores', 'cpu.uncore'],
    ['soc.cpu', 'soc.gpu'],
    ['soc.gpu', 'soc.ane'],
    ['soc.cpu', 'soc.dram'],
    ['module', 'cpu.package'],
  ])('%s and %s lie beside each other', (a, b) => expect(nested(of(a), of(b))).toBe(false));

  it('is transitive and contains nothing in itself, but for the two views of one flow', () => {
    const flow = new Set<Domain>(['system.dc', 'battery.dc']);
    for (const a of domains) {
      expect(containment[a]).not.toContain(a);
      for (const b of containment[a]) {
        if (!flow.has(a)) expect(containment[b]).not.toContain(a);
        for (const c of containment[b]) if (c !== a) expect(containment[a]).toContain(c);
      }
    }
  });

  it('knows two cards apart, and what only one sensor contains', () => {
    const apu = {
      ...of('gpu.package', 'apu'),
      contains: ['cpu.package', 'cpu.cores', 'cpu.uncore'] as const,
    };
    expect(nested(of('gpu.board', 'nvidia'), apu)).toBe(false);
    expect(nested(apu, of('cpu.package', 'cpu'))).toBe(true);
    expect(nested(of('gpu.board', 'one'), of('gpu.board', 'two'))).toBe(false);
    expect(nested(of('cpu.package', 'socket-0'), of('cpu.package', 'socket-1'))).toBe(false);
    expect(nested(of('cpu.package', 'socket-0'), { ...of('cpu.package'), provenance: 'estimate' })).toBe(
      true,
    );
  });
});

describe('sums', () => {
  it('of nested domains are refused', () => {
    const apu = sensor({ id: 'amdgpu', domain: 'gpu.package', contains: ['cpu.package'] });
    expect(overlap([apu, cpuPackage])).toBe('DOMAIN_OVERLAP');
    expect(overlap([psys, dram])).toBe('DOMAIN_OVERLAP');
    expect(overlap([cpuPackage, estimated])).toBe('DOMAIN_OVERLAP');
    expect(overlap([board, cpuPackage, dram])).toBeNull();
    expect(nested(cpuPackage, cores)).toBe(true);
  });
});

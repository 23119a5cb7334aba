import { describe, expect, it } from 'vitest';
import { chooseSensors, nested, overlap } from '../../src/main/meters/choose';
import type { MeterReport, ProbeResult, SensorInfo } from '../../src/shared/meter';
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
    expect(choice.beside).toEqual([dram]);
  });

  it.each(['webgpu', 'cuda', 'dml'] as const)('is the board for %s, with the host beside it', (provider) => {
    const choice = chooseSensors([nvml, rapl], provider);
    expect(choice).toMatchObject({ headline: board, second: boardPower, codes: [] });
    expect(choice.beside).toEqual([cpuPackage, dram]);
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
    expect(choice.beside).toEqual([dram]);
  });

  it('knows nothing without reports', () => {
    for (const provider of providers) {
      expect(chooseSensors([], provider)).toMatchObject({ headline: null, codes: ['NO_SENSOR'], beside: [] });
    }
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

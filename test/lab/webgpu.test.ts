import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findProviders } from '../../src/main/lab/providers';
import { runnerEffects } from '../../src/main/lab/runnerProcess';
import { buildModel, writeBuilt } from '../../src/main/models/builders';
import { openCapiEngine } from '../../src/main/runner/engines/capi';
import { experimentEnd, openTestLab, temporaryFolder } from '../support/lab';
import { oneNodeGraph, writeModel } from '../support/models';

/** SwiftShader's Vulkan driver, as Debian's chromium carries it; and the Vulkan loader. */
const driver = ['/usr/lib/chromium/vk_swiftshader_icd.json'].find((path) => existsSync(path));
const loader = ['/usr/lib/x86_64-linux-gnu/libvulkan.so.1', '/usr/lib/aarch64-linux-gnu/libvulkan.so.1'].some(
  (path) => existsSync(path),
);
const reason = driver && loader ? '' : ' (skipped: install the Debian packages chromium and libvulkan1)';

afterEach(() => {
  delete process.env.VK_ICD_FILENAMES;
});

describe.skipIf(reason !== '')(`WebGPU on a software device${reason}`, () => {
  it('is found by really creating a session, and told to be software', async () => {
    process.env.VK_ICD_FILENAMES = driver;
    const { reports } = await findProviders(runnerEffects);
    expect(reports.find((r) => r.provider === 'webgpu')).toMatchObject({
      status: 'ok',
      device: expect.stringContaining('SwiftShader'),
    });
  });

  it('gives the outputs of the CPU to float precision', async () => {
    process.env.VK_ICD_FILENAMES = driver;
    const { path } = writeBuilt(
      buildModel({ family: 'cnn', targetParameters: 3e3, seed: 1 }),
      join(temporaryFolder(), 'model.onnx'),
    );
    const data = Float32Array.from({ length: 3 * 32 * 32 }, (_, i) => Math.sin(i));
    const input = {
      name: 'image',
      elemType: 'float32' as const,
      shape: [1, 3, 32, 32],
      data: new Uint8Array(data.buffer),
    };
    const outputs = async (provider: 'cpu' | 'webgpu') => {
      const loaded = await openCapiEngine().load({
        modelPath: path,
        provider,
        threads: 1,
        graphOptimization: 'all',
      });
      const session = loaded.bind([input]);
      const [y] = await session.outputs();
      session.close();
      return new Float32Array(y.bytes!.slice().buffer);
    };
    const [cpu, webgpu] = [await outputs('cpu'), await outputs('webgpu')];
    expect(cpu.some((y) => Math.abs(y) > 0.01)).toBe(true);
    for (const [i, y] of cpu.entries()) expect(Math.abs(webgpu[i] - y)).toBeLessThan(1e-4);
  }, 60_000);

  it('runs every node of a model', async () => {
    process.env.VK_ICD_FILENAMES = driver;
    const { lab } = openTestLab();
    const ended = experimentEnd(lab);
    const { experimentId } = await lab.startExperiment({
      plan: {
        schema: 'thirtywatts.plan/1',
        models: ['mlp:1e4'],
        providers: ['cpu', 'webgpu'],
        preset: 'glance',
        windowS: 0.5,
        callOverhead: false,
      },
    });
    await ended;
    const { runs } = await lab.listRuns({ experimentId });
    const webgpu = runs.find((r) => r.run.condition.provider === 'webgpu')!.run;
    expect(webgpu.outcome).toEqual({ kind: 'completed' });
    expect(webgpu.facts?.assignment?.map((a) => a.provider)).toEqual(['WebGpuExecutionProvider']);
    expect(webgpu.latency?.codes).not.toContain('EP_FALLBACK');
    expect(webgpu.latency!.n).toBeGreaterThan(0);
  }, 60_000);

  it('a node that fell back to the CPU is told, whether the plan names the fallback or not', async () => {
    process.env.VK_ICD_FILENAMES = driver;
    const { lab } = openTestLab();
    const port = { elemType: 'float64' as const, dims: [64] };
    const { imported } = await lab.importModels({
      paths: [
        writeModel(temporaryFolder(), 'double', oneNodeGraph({ op: 'Relu', inputs: [port], output: port })),
      ],
    });
    for (const fallback of ['none', 'cpu'] as const) {
      const ended = experimentEnd(lab);
      const { experimentId } = await lab.startExperiment({
        plan: {
          schema: 'thirtywatts.plan/1',
          models: [imported[0].model.id],
          providers: ['webgpu'],
          preset: 'glance',
          windowS: 0.3,
          callOverhead: false,
          fallback,
        },
      });
      await ended;
      const { run } = (await lab.listRuns({ experimentId })).runs[0];
      expect(run.latency?.codes).toContain('EP_FALLBACK');
      expect(run.latency?.verdict).not.toBe('valid');
      expect(run.facts?.assignment?.map((a) => a.provider)).toContain('CPUExecutionProvider');
    }
  }, 60_000);
});

describe('without a driver', () => {
  it('WebGPU is refused with a reason that a person understands, never replaced', async () => {
    process.env.VK_ICD_FILENAMES = '/no/such/driver.json';
    const { reports } = await findProviders(runnerEffects);
    const webgpu = reports.find((r) => r.provider === 'webgpu')!;
    if (webgpu.status === 'ok') return; // a machine with a driver that needs no file
    expect(webgpu.reason).toMatch(/adapter|Vulkan|build of ONNX Runtime/);
    expect(webgpu.reason).not.toMatch(/\.cc:|onnxruntime::/);
  });
});

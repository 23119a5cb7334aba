import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderReport } from '../../shared/contract';
import { type Provider, providers } from '../../shared/plan';
import { buildIdentity, writeBuilt } from '../models/builders';
import type { FromRunner } from '../runner/protocol';
import { type RunnerEffects, startRunner } from './runnerProcess';

export interface FoundProviders {
  reports: ProviderReport[];
  ortVersion: string;
}

/**
 * Finds the execution providers by really creating a session of a tiny model on each, in a runner of its own: a
 * provider that the library lists may lack its driver, and one that crashes while it starts takes only its runner down.
 */
export async function findProviders(runner: RunnerEffects): Promise<FoundProviders> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-probe-'));
  try {
    const modelPath = join(folder, 'model.onnx');
    writeBuilt(buildIdentity(), modelPath);
    let ortVersion = 'unknown';
    const reports = await Promise.all(
      providers.map(async (provider) => {
        const { report, version } = await probe(provider, modelPath, runner);
        ortVersion = version ?? ortVersion;
        return report;
      }),
    );
    return { reports, ortVersion };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function probe(
  provider: Provider,
  modelPath: string,
  effects: RunnerEffects,
): Promise<{ report: ProviderReport; version: string | null }> {
  let answer: Extract<FromRunner, { type: 'probed' }> | null = null;
  const input = {
    name: 'x',
    elemType: 'float32' as const,
    shape: [1],
    fill: 'constant',
    data: new Uint8Array(4),
  };
  const end = await startRunner(
    { type: 'probe', provider, modelPath, inputs: [input], parentPid: process.pid },
    { deadlineS: 20, memoryBytes: null },
    (message) => {
      if (message.type === 'probed') answer = message;
    },
    effects,
  ).ended;
  const probed = answer as Extract<FromRunner, { type: 'probed' }> | null;
  if (probed) {
    return {
      report: { provider, status: 'ok', reason: null, device: softwareDevice(provider) },
      version: probed.ortVersion,
    };
  }
  const reason =
    end.kind === 'failed' ? plainReason(end.message, end.stderrTail) : 'The probe ended without an answer.';
  return { report: { provider, status: 'refused', reason, device: null }, version: null };
}

/** Vulkan drivers that run on the processor: what they show says nothing about a GPU. */
export function softwareDevice(provider: Provider, env: NodeJS.ProcessEnv = process.env): string | null {
  if (provider !== 'webgpu') return null;
  const drivers = `${env.VK_ICD_FILENAMES ?? ''} ${env.VK_DRIVER_FILES ?? ''}`.toLowerCase();
  if (drivers.includes('swiftshader')) return 'SwiftShader (software, runs on the processor)';
  if (drivers.includes('lvp') || drivers.includes('lavapipe'))
    return 'lavapipe (software, runs on the processor)';
  return null;
}

/** The part of ONNX Runtime's message that a person needs: source paths and C++ names go, the cause stays. */
function plainReason(message: string, stderr: string): string {
  if (/libvulkan\.so\.1/.test(stderr)) return 'No Vulkan loader (libvulkan.so.1) is installed.';
  if (/No supported adapters/.test(message))
    return 'No GPU adapter with a Vulkan, Metal or Direct3D 12 driver was found.';
  if (/providers_cuda|libcublas|libcudart|libcudnn|ExecutionProvider_Cuda/.test(message))
    return 'The CUDA provider library or the CUDA libraries it needs are not installed.';
  if (/DML|Dml/.test(message) && /not (supported|enabled|available)/i.test(message))
    return 'This build of ONNX Runtime does not contain it.';
  return message
    .split('\n')[0]
    .replace(/^\/\S+:\d+ .*?(?:was false\.|\))\s*/, '')
    .slice(0, 300);
}

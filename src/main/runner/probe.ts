import { LabError } from '../../shared/errors';
import { findAssignment } from './engines/capi';
import { ortProviderNames } from './engines/engine';
import type { RunnerLink } from './measure';
import { availableProviders, openOrtApi } from './ort/api';
import type { ProbeJob } from './protocol';

/**
 * Is the provider really there? Creates a session of a tiny model on it, runs it, and looks where its node ran.
 * A provider that ONNX Runtime lists but cannot start (no driver, no adapter) is refused with its reason.
 */
export async function probe(job: ProbeJob, link: RunnerLink): Promise<void> {
  try {
    const api = openOrtApi();
    const available = availableProviders(api);
    const wanted = ortProviderNames[job.provider];
    if (!available.includes(wanted)) {
      throw new LabError('unsupported', 'This build of ONNX Runtime does not contain it.');
    }
    const options = {
      modelPath: job.modelPath,
      provider: job.provider,
      threads: 1,
      graphOptimization: 'disabled',
    } as const;
    const assignment = findAssignment(api, options, job.inputs);
    if (!assignment?.some((a) => a.provider === wanted)) {
      throw new LabError('unsupported', 'ONNX Runtime ran the test model on another provider.');
    }
    await link.post({ type: 'probed', ortVersion: api.version, available, assignment });
  } catch (thrown) {
    const failure = thrown instanceof LabError ? thrown.failure : { message: String(thrown), remedy: null };
    await link.post({ type: 'failed', phase: 'load', message: failure.message, remedy: failure.remedy });
  }
}

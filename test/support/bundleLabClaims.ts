import { claimVersionId, type StoredClaimRun } from '../../src/main/store/claims';
import type { LabWriter } from '../../src/main/store/writer';
import { type ClaimVersion, claimOptionsSchema } from '../../src/shared/claim';
import { kernelOutcome } from './fakeClaimRuns';
import { criterion, fakeVersion } from './fakeClaimVersions';

const versionOf = (version: ClaimVersion): ClaimVersion => ({ ...version, id: claimVersionId(version) });

/** C2 in two versions, the second with a result; and a user's own claim whose run failed. */
export function storeBundleClaims(
  writer: LabWriter,
  { machineId, experimentId, fromUnixMs }: { machineId: string; experimentId: string; fromUnixMs: number },
): void {
  const first = versionOf(fakeVersion('kernel', { createdUnixMs: fromUnixMs - 7_200_000 }));
  const second = versionOf(
    fakeVersion('kernel', {
      version: 2,
      prediction: { ...first.prediction, text: `${first.prediction.text} Said again.` },
      createdUnixMs: fromUnixMs - 3_600_000,
    }),
  );
  const own = versionOf(
    fakeVersion('own-0badcafe', {
      title: '=1+1 is what Odile Quillfeather claims',
      statement: 'It holds on grendelbox.',
      source: 'someone@post.example',
      reading: 'Time over time is at least 1.2.',
      prediction: {
        by: 'user',
        text: 'It is not.',
        expected: 'refuted',
        criteria: [criterion('ratio', { upper: null })],
      },
      test: {
        kind: 'ratio',
        a: { model: 'dense-3k', provider: 'cpu', batch: 1, threads: 1 },
        b: { model: 'sparse-3k', provider: 'cpu', batch: 1, threads: 1 },
        quantity: 'latencyP50',
        dataset: null,
      },
      createdUnixMs: fromUnixMs - 1_800_000,
    }),
  );
  const run = (version: ClaimVersion, n: number, over: Partial<StoredClaimRun>): StoredClaimRun => ({
    id: `${experimentId.slice(0, 14)}7c0${n}${experimentId.slice(18)}`,
    versionId: version.id,
    claim: version.claim,
    options: claimOptionsSchema.parse({ inputs: { price: 0.19 } }),
    status: 'running',
    startedUnixMs: fromUnixMs + n * 60_000,
    endedUnixMs: null,
    machineId,
    outcome: null,
    failure: null,
    ...over,
  });
  const go = (
    running: StoredClaimRun,
    keys: readonly string[],
    end: Partial<StoredClaimRun>,
    measured: boolean,
  ) => {
    writer.addClaimRun(running);
    for (const [i, key] of keys.entries()) {
      writer.addClaimStep({
        claimRunId: running.id,
        key,
        seconds: 1.5 + i,
        value: { loss: [0.1, 1e-7, 0], from: '/home/quillfeather/secret-linux.json', none: null },
      });
    }
    if (measured) writer.addClaimExperiment({ claimRunId: running.id, key: 'measure', experimentId });
    writer.changeClaimRun({ ...running, endedUnixMs: running.startedUnixMs + 30_000, ...end });
  };
  writer.putClaimVersion(first);
  go(run(first, 1, {}), ['train'], { status: 'cancelled' }, false);
  writer.putClaimVersion(second);
  const outcome = kernelOutcome();
  go(
    run(second, 2, {}),
    ['train', 'rebuild', 'measure'],
    { status: 'completed', outcome: { ...outcome, notes: [...outcome.notes, 'Measured on grendelbox.'] } },
    true,
  );
  writer.putClaimVersion(own);
  const failure = {
    message: 'The model /home/quillfeather/secret-linux.onnx is gone.',
    remedy: 'Import it again.',
  };
  go(run(own, 3, {}), [], { status: 'failed', failure }, false);
}

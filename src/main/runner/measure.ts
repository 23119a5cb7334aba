import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { LabError } from '../../shared/errors';
import type { Provider } from '../../shared/plan';
import type { Phase, RunFacts } from '../../shared/run';
import { type Columns, newColumns, resetColumns } from './columns';
import { findAssignment, openCapiEngine } from './engines/capi';
import type { Engine, TimedSession } from './engines/engine';
import { openPackageEngine } from './engines/package';
import { record } from './loop';
import { openOrtApi } from './ort/api';
import { describeOutputs } from './outputs';
import { plainOrtMessage } from './plainError';
import type { FromRunner, RunnerJob } from './protocol';
import { readUsage } from './usage';
import { warmUp } from './warmup';

/** Time between announcing a window and opening it: the sampler must have its timer set by then. */
const LEAD_S = 0.03;
/** The load runs on so long after a window closes, so that the meter's closing read meets it. */
const TAIL_S = 0.02;
/** So long the lab may wait for a meter that does not answer before it gives it up: the runner waits with it and does not hang. */
const ANSWER_S = 12;
/** A window sized for its least inferences gets a tenth more: the period it is sized by is a median. */
const MARGIN = 1.1;
/** Slowest disk that a load must not be mistaken for a hang on. */
const LOAD_BYTES_PER_S = 50e6;

export interface RunnerLink {
  /** Resolves when the message has left this process: nothing is still to be written when a window opens. */
  post(message: FromRunner): Promise<void>;
  /** The lab's next answer: go on or not. To be called before the question is posted: an answer that nobody waits for is lost. */
  more(): Promise<boolean>;
  cancelled(): boolean;
}

/** One run, start to end (docs/method.md, 1.2). Every phase is announced with the seconds it should take. */
export async function measure(job: RunnerJob, link: RunnerLink): Promise<void> {
  let phase = 'load' as Phase;
  const enter = async (next: Phase, expectedS: number) => {
    phase = next;
    await link.post({ type: 'phase', phase: next, expectedS });
  };
  try {
    await enter('load', loadSeconds(job));
    const session = await load(job, link);
    if (job.idle.beforeS > 0) await idle(job.idle.settleS, job.idle.beforeS, 'before', enter, link);

    if (link.cancelled()) {
      await link.post({ type: 'done', peakRssBytes: peakRssBytes(), cancelled: true });
      return;
    }
    await enter('warmup', 6 * job.warmup.capS);
    const columns = newColumns(job.windows.samplesMax);
    const askTemperature = async () => {
      const answer = link.more();
      await link.post({ type: 'steady' });
      return (await underLoad(session, columns, answer)) || link.cancelled();
    };
    const warm = await warmUp(session, columns, job.warmup, job.askTemperature ? askTemperature : undefined);
    await link.post({ type: 'warmed', result: warm });
    if (job.meterCheckS > 0 && !link.cancelled()) {
      const leadS = LEAD_S + job.windows.prerollS;
      await enter('meter_check', leadS + job.meterCheckS + ANSWER_S + warm.periodNs / 1e9);
      const openNs = process.hrtime.bigint() + seconds2ns(leadS);
      const closeNs = openNs + seconds2ns(job.meterCheckS);
      const answer = link.more();
      await link.post({ type: 'meterCheck', openNs, closeNs });
      resetColumns(columns, 0);
      await record(session, columns, closeNs + seconds2ns(TAIL_S));
      await underLoad(session, columns, answer);
    }

    const { seconds, inferencesMin, capS, count, prerollS, phaseS, seed } = job.windows;
    const windowS = Math.max(seconds, Math.min(capS, (MARGIN * inferencesMin * warm.periodNs) / 1e9));
    for (let index = 0; index < count && !link.cancelled(); index++) {
      const leadS = LEAD_S + prerollS + phaseS * fraction(seed, index);
      await enter('window', leadS + windowS + warm.periodNs / 1e9);
      const openNs = process.hrtime.bigint() + seconds2ns(leadS);
      const closeNs = openNs + seconds2ns(windowS);
      resetColumns(columns, (1e9 * (leadS + windowS + TAIL_S)) / warm.periodNs);
      await link.post({ type: 'windowPlan', index, openNs, closeNs });
      const before = readUsage();
      const gapS = await recordWindow(session, columns, openNs, closeNs, job.windows.gapS);
      const after = readUsage();
      const { length, stride, inferences } = columns;
      const answer = index + 1 < count ? link.more() : null;
      await link.post({
        type: 'window',
        index,
        openNs,
        closeNs,
        stride,
        inferences,
        usage: [before, after],
        gapS,
        starts: columns.starts.subarray(0, length),
        ends: columns.ends.subarray(0, length),
      });
      if (answer !== null && !(await underLoad(session, columns, answer))) break;
    }
    if (job.idle.afterS > 0 && !link.cancelled())
      await idle(job.idle.settleS, job.idle.afterS, 'after', enter, link);
    await enter('close', 10);
    await link.post({ type: 'done', peakRssBytes: peakRssBytes(), cancelled: link.cancelled() });
    if (!link.cancelled()) await link.post({ type: 'assignment', assignment: assignmentOf(session, job) });
  } catch (thrown) {
    if (phase === 'close') return; // everything is posted; where the nodes ran stays unknown
    const failure =
      thrown instanceof LabError
        ? thrown.failure
        : { message: thrown instanceof Error ? thrown.message : String(thrown), remedy: null };
    const remedy = failure.remedy ?? remedyFor(job);
    await link.post({ type: 'failed', phase, message: plainOrtMessage(failure.message), remedy });
  }
}

/**
 * Where the nodes ran. Asked last, when nothing can be spoiled any more: a provider other than `cpu` needs a second
 * session for it, which would make the first one's cold start warm and its peak memory double.
 */
function assignmentOf(session: TimedSession, job: RunnerJob): RunFacts['assignment'] {
  const known = session.assignment();
  session.close();
  return known ?? (job.provider === 'cpu' ? null : findAssignment(openOrtApi(), job, job.inputs));
}

/** Seconds that hashing and loading the files may take. */
function loadSeconds({ files }: RunnerJob): number {
  return files.reduce(
    (sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / LOAD_BYTES_PER_S,
    0,
  );
}

function createRemedy(provider: Provider): string {
  return provider === 'cpu'
    ? 'An operator or a type of this model is missing in ONNX Runtime, or the file does not fit it; export the model again, perhaps for another opset.'
    : `If ${provider} cannot start here or lacks an operator or a type, choose another provider: thirty-watts machine lists those that were found.`;
}

/** What a user can try when ONNX Runtime refuses: the shapes and values that were made up are the first suspects. */
function remedyFor(job: RunnerJob): string {
  const given = job.inputs.map((i) => `${i.name} ${i.elemType}[${i.shape.join(', ')}]`).join('; ');
  const assumed =
    job.assumed.length > 0
      ? ` The lab chose ${job.assumed.join(', ')}: give the model what it needs with --dim NAME=SIZE and --value INPUT=NUMBER (dims and values in a plan).`
      : '';
  return `Its inputs were ${given}.${assumed}`;
}

/** Keeps the device loaded while the lab stores the window and decides: between windows nothing cools down. */
async function underLoad(
  session: TimedSession,
  columns: Columns,
  answer: Promise<boolean>,
): Promise<boolean> {
  let go: boolean | null = null;
  answer.then((value) => {
    go = value;
  });
  while (go === null) {
    resetColumns(columns, 0);
    await record(session, columns, process.hrtime.bigint() + 5_000_000n);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return go;
}

/** Stretches of a window between the gaps that a part-time sensor needs. */
const STRETCHES = 8;

/**
 * The load of one window. A sensor that sees only part of each period meets a periodic load always at the same phase: a
 * short gap after each eighth shifts it (arXiv 2312.02741). @returns seconds without inferences inside the window
 */
async function recordWindow(
  session: TimedSession,
  columns: Columns,
  openNs: bigint,
  closeNs: bigint,
  gapS: number,
): Promise<number> {
  let pausedS = 0;
  for (let k = 1; gapS > 0 && k < STRETCHES; k++) {
    await record(session, columns, openNs + (BigInt(k) * (closeNs - openNs)) / BigInt(STRETCHES));
    const from = process.hrtime.bigint();
    Atomics.wait(sleeper, 0, 0, gapS * 1000);
    pausedS += Number(process.hrtime.bigint() - from) / 1e9;
  }
  await record(session, columns, closeNs + seconds2ns(TAIL_S));
  return pausedS;
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Checks the files, opens the engine, loads, runs once, looks at the outputs. Each time is taken apart. */
async function load(job: RunnerJob, link: RunnerLink): Promise<TimedSession> {
  await refuseChangedFiles(job.files);
  const baseRssBytes = process.memoryUsage.rss();
  const engine: Engine = job.engine === 'capi' ? openCapiEngine() : openPackageEngine();
  const options = {
    modelPath: job.modelPath,
    provider: job.provider,
    threads: job.threads,
    graphOptimization: job.graphOptimization,
  };

  const t0 = process.hrtime.bigint();
  const loaded = await engine.load(options).catch((thrown) => {
    // No input has been seen yet: what is wrong is the file or the provider.
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LabError('runner_failed', message, createRemedy(job.provider));
  });
  const t1 = process.hrtime.bigint();
  const session = loaded.bind(job.inputs);
  const t2 = process.hrtime.bigint();
  session.settle(await session.invoke());
  const t3 = process.hrtime.bigint();

  await link.post({ type: 'phase', phase: 'check', expectedS: Number(t3 - t2) / 1e9 });
  const { outputs, sha256 } = describeOutputs(await session.outputs());
  await link.post({
    type: 'loaded',
    facts: {
      ortVersion: engine.ortVersion,
      nodeVersion: process.versions.node,
      sessionCreateNs: Number(t1 - t0),
      firstInferenceNs: Number(t3 - t2),
      outputs,
      outputSha256: sha256,
      inputs: job.inputs.map(({ name, elemType, shape, fill }) => ({ name, elemType, shape, fill })),
      baseRssBytes,
    },
  });
  return session;
}

/** What is measured is what was imported: every file is hashed again just before the runtime sees it. */
async function refuseChangedFiles(files: RunnerJob['files']): Promise<void> {
  for (const { path, sha256 } of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
    if (hash.digest('hex') !== sha256) {
      throw new LabError(
        'not_found',
        'The model file in the lab was changed after its import.',
        'Import the model again.',
      );
    }
  }
}

async function idle(
  settleS: number,
  idleS: number,
  which: 'before' | 'after',
  enter: (phase: Phase, s: number) => Promise<void>,
  link: RunnerLink,
): Promise<void> {
  await enter(which === 'before' ? 'idle_before' : 'idle_after', settleS + idleS);
  const openNs = process.hrtime.bigint() + seconds2ns(settleS);
  const closeNs = openNs + seconds2ns(idleS);
  await link.post({ type: 'idle', which, openNs, closeNs });
  while (process.hrtime.bigint() < closeNs + seconds2ns(TAIL_S) && !link.cancelled())
    await new Promise((r) => setTimeout(r, 100));
}

function seconds2ns(seconds: number): bigint {
  return BigInt(Math.round(seconds * 1e9));
}

/** Uniform in [0, 1) from seed and window, the same on every machine. */
function fraction(seed: number, index: number): number {
  return createHash('sha256').update(`window ${seed} ${index}`).digest().readUInt32LE(0) / 2 ** 32;
}

/** High-water mark of the resident set. Linux: VmHWM, which execve resets; elsewhere getrusage, in KiB. */
function peakRssBytes(): number {
  try {
    const line = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    if (line) return Number(line[1]) * 1024;
  } catch {}
  return process.resourceUsage().maxRSS * 1024;
}

import type { Experiment, Lab, LabEvent } from '../../../shared/contract';
import type { PlanInput } from '../../../shared/plan';
import { type ReasonCode, resultSentence } from '../../../shared/reasons';
import { headlineEnergy, newestOfEachPlace } from '../../../shared/run';
import { formatSi } from '../../../shared/units';
import { pc } from './colors';
import { exitCodes } from './exitCodes';
import type { Output } from './output';
import { createProgress } from './progress';
import { type RunLine, rightColumns, runCells, runHead } from './runTable';

export interface Measured {
  experimentId: string;
  status: Experiment['status'];
  lines: RunLine[];
  overhead: RunLine[];
  /** What the lab had to say on the way. */
  warnings: string[];
}

/**
 * Starts or resumes an experiment and stays until it has ended: progress line, one line per finished run, Ctrl-C that
 * cancels and keeps what was measured (a second one leaves at once).
 */
export async function measureAndShow(
  lab: Lab,
  output: Output,
  begin: () => Promise<{ experimentId: string; runs: number }>,
): Promise<Measured> {
  const progress = createProgress(process.stderr, output.json);
  const warnings: string[] = [];
  let experimentId: string | null = null;
  const ended = new Promise<Experiment['status']>((resolve) => {
    lab.onEvent((event: LabEvent) => {
      if (event.type === 'progress') progress.show(event);
      else if (event.type === 'warning') warnings.push(event.text);
      else if (event.type === 'runChanged' && event.status !== 'running' && event.status !== 'queued')
        void tell(event.runId);
      else if (event.type === 'experimentEnded') resolve(event.status);
    });
  });
  let telling: Promise<void> = Promise.resolve();
  const tell = (runId: string) => {
    telling = telling.then(async () => {
      const { run, model, sample } = await lab.showRun({ run: runId });
      if (run.role === 'measure')
        progress.above(
          () =>
            output.tty &&
            output.say(oneLine({ run, modelName: model.name, parameters: model.counts.parameters, sample })),
        );
    });
    return telling;
  };
  let asked = 0;
  const onSignal = () => {
    asked += 1;
    if (asked > 1 || experimentId === null) process.exit(exitCodes.cancelled);
    progress.above(() =>
      output.warn('Cancelling; what was measured is kept. Press Ctrl-C again to leave at once.'),
    );
    void lab.cancelExperiment({ experimentId });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    ({ experimentId } = await begin());
    const status = await ended;
    await telling;
    progress.stop();
    return { experimentId, status, warnings, ...(await linesOf(lab, experimentId)) };
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Resumes an unfinished experiment with the same plan when the user agrees, else starts anew. */
export async function startOrResume(
  lab: Lab,
  output: Output,
  plan: PlanInput,
  tdpW: number | null,
  choice: 'resume' | 'new' | 'ask',
): Promise<Measured> {
  const { experiment } = await lab.findUnfinished({ plan });
  if (experiment && choice !== 'new') {
    const { completed, queued, running, cancelled, failed } = experiment.runs;
    const total = completed + queued + running + cancelled + failed;
    const question = `This plan was started before and has ${completed} of ${total} runs. Resume it?`;
    if (choice === 'resume' || (await askYes(output, question))) {
      return measureAndShow(lab, output, () => lab.resumeExperiment({ experimentId: experiment.id, tdpW }));
    }
  }
  return measureAndShow(lab, output, () => lab.startExperiment({ plan, tdpW }));
}

/** A yes-or-no question on a terminal; without one the answer is no and the flag that says yes is named. */
export async function askYes(
  output: Output,
  question: string,
  without = 'Answer with --resume or --new. Starting anew.',
): Promise<boolean> {
  if (!process.stdin.isTTY || output.json) {
    output.warn(`${question} ${without}`);
    return false;
  }
  const { createInterface } = await import('node:readline/promises');
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question(`${question} [Y/n] `);
  ask.close();
  return !/^n/i.test(answer.trim());
}

export async function linesOf(lab: Lab, experimentId: string): Promise<Pick<Measured, 'lines' | 'overhead'>> {
  const { runs } = await lab.listRuns({ experimentId });
  const newest = new Set(newestOfEachPlace(runs.map((r) => r.run)).map((r) => r.id));
  const lines = runs.filter((r) => newest.has(r.run.id));
  return {
    lines: lines.filter((l) => l.run.role === 'measure'),
    overhead: lines.filter((l) => l.run.role === 'overhead'),
  };
}

/** The table of an experiment, then what the codes in it mean, each once, in words. */
export function showResults(output: Output, { lines, overhead, status, warnings }: Measured): void {
  output.table(runHead, lines.map(runCells), rightColumns);
  for (const { run } of overhead) {
    const p50 = run.latency?.p50S.value;
    if (p50 != null)
      output.say(
        `Call overhead on ${run.condition.provider} (${engineWords[run.condition.engine]}): ${formatSi(p50, 's')} for a model that does nothing; contained in the figures above, not subtracted.`,
      );
  }
  for (const { run, modelName } of lines) {
    const chosen = run.facts?.assumed ?? [];
    if (chosen.length > 0)
      output.say(
        `${modelName} was measured with ${chosen.join(', ')}, chosen by the lab: give other sizes with --dim, other values with --value (dims and values in a plan).`,
      );
  }
  for (const text of engineDifferences(lines)) output.say(text);
  const codes = new Set<ReasonCode>(
    lines.flatMap(({ run }) => [...(run.latency?.codes ?? []), ...(headlineEnergy(run)?.gross.codes ?? [])]),
  );
  if (codes.size > 0) output.say();
  for (const code of codes) output.say(`${pc.dim(code)}  ${resultSentence(code)}`);
  for (const { run, modelName } of lines) {
    if (run.outcome?.kind === 'failed')
      output.say(
        `${pc.red('failed')}  ${modelName}: ${run.outcome.message}${run.outcome.remedy ? ` ${run.outcome.remedy}` : ''}`,
      );
  }
  for (const text of warnings) output.warn(text);
  if (status === 'interrupted')
    output.say('\nStopped before the end. What was measured is stored; start the same plan again to go on.');
  if (status === 'cancelled')
    output.say('\nCancelled. What was measured is stored; start the same plan again to go on.');
}

/** What the package's JavaScript path adds to each model that was measured through both engines. */
function engineDifferences(lines: readonly RunLine[]): string[] {
  return lines.flatMap(({ run, modelName }) => {
    if (run.condition.engine !== 'package') return [];
    const same = { ...run.condition, engine: 'capi' };
    const capi = lines.find((l) => JSON.stringify(l.run.condition) === JSON.stringify(same));
    const [a, b] = [capi?.run.latency?.p50S.value, run.latency?.p50S.value];
    if (a == null || b == null) return [];
    return [
      `session.run on ${modelName}: ${(b / a).toFixed(2)} times the C API at p50 (${formatSi(b - a, 's')} more).`,
    ];
  });
}

const engineWords = { capi: 'C API', package: 'session.run' } as const;

function oneLine(line: RunLine): string {
  const [model, parameters, , p50, perSecond, , energy, , verdict] = runCells(line);
  const joule = energy === '–' ? '' : `  ${energy}`;
  return `  ${model}  ${parameters} parameters  p50 ${p50}  ${perSecond}/s${joule}  ${pc.dim(verdict)}`;
}

export function exitCodeOfMeasured({ status, lines, overhead }: Measured): number {
  if (status === 'cancelled') return exitCodes.cancelled;
  if (status !== 'completed') return exitCodes.failed;
  return [...lines, ...overhead].some((l) => l.run.status === 'failed')
    ? exitCodes.someRunsFailed
    : exitCodes.ok;
}

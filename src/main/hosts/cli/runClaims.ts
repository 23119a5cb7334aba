import type { ClaimCard, ClaimOptions, ClaimRunStatus, ClaimVerdict } from '../../../shared/claim';
import { aboutText, claimName, formWords } from '../../../shared/claimWords';
import type { Lab } from '../../../shared/contract';
import { type Failure, failureOf, LabError } from '../../../shared/errors';
import { claimVerdictWords } from '../../../shared/verdicts';
import { exitCodes } from './exitCodes';
import { askYes } from './measure';
import type { Output } from './output';
import { createClaimProgress } from './progress';

export interface ClaimChoice {
  /** What to do with an unfinished run of the same claim and form. */
  unfinished: 'resume' | 'new' | 'ask';
  /** Starts a long run without asking. */
  yes: boolean;
}

/** How one claim of a start ended. */
export interface ClaimDone {
  claim: string;
  claimRunId: string | null;
  status: ClaimRunStatus | 'refused' | 'declined';
  verdict: ClaimVerdict | null;
  /** Why it was refused or failed. */
  failure: Pick<Failure, 'message' | 'remedy'> | null;
}

/** Above this a person is asked before it starts, s. */
const longS = 300;

/**
 * Runs claims one after another and stays until the last has ended: progress line with time left, Ctrl-C that cancels the
 * one that runs, keeps its steps and starts none of the others (a second one leaves at once).
 */
export async function runClaims(
  lab: Lab,
  output: Output,
  cards: readonly ClaimCard[],
  optionsOf: (card: ClaimCard) => ClaimOptions,
  choice: ClaimChoice,
  stream: NodeJS.WriteStream = process.stderr,
): Promise<ClaimDone[]> {
  const progress = createClaimProgress(stream, output.json);
  const endings = new Map<string, { status: ClaimRunStatus; verdict: ClaimVerdict | null }>();
  let [current, asked, wake]: [string | null, number, () => void] = [null, 0, () => {}];
  const stopEvents = lab.onEvent((event) => {
    if (event.type === 'claimProgress') progress.show(event.progress);
    if (event.type !== 'claimEnded') return;
    endings.set(event.claimRunId, event);
    wake();
  });
  const onSignal = () => {
    asked += 1;
    if (asked > 1 || current === null) process.exit(exitCodes.cancelled);
    progress.above(() =>
      output.warn('Cancelling; finished steps are kept. Press Ctrl-C again to leave at once.'),
    );
    void lab.cancelClaimRun({ claimRunId: current });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const done: ClaimDone[] = [];
    for (const card of cards) {
      const { claim } = card.current;
      try {
        const wanted = optionsOf(card);
        // Of several, each takes those numbers that are its own; of one, a number that is not is refused.
        const options = cards.length === 1 ? wanted : await withOwnInputs(lab, card, wanted);
        current = await begin(lab, output, card, options, choice, progress);
        if (current === null) {
          done.push({ claim, claimRunId: null, status: 'declined', verdict: null, failure: null });
          continue;
        }
        while (!endings.has(current)) await new Promise<void>((resolve) => (wake = resolve));
        progress.stop();
        const ended = endings.get(current)!;
        const failure = ended.status === 'failed' ? await failureOfRun(lab, claim, current) : null;
        done.push({ claim, claimRunId: current, status: ended.status, verdict: ended.verdict, failure });
        output.say(endedText(done.at(-1)!));
        if (ended.status === 'cancelled') break;
      } catch (thrown) {
        // Of several, one that is refused does not keep the others from running.
        if (cards.length === 1) throw thrown;
        const failure = failureOf(thrown);
        done.push({ claim, claimRunId: null, status: 'refused', verdict: null, failure });
        output.refuse({ ...failure, message: `${claimName(claim)}: ${failure.message}` });
      } finally {
        current = null;
      }
    }
    return done;
  } finally {
    progress.stop();
    stopEvents();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Says what a start does, asks where it takes long, and starts or resumes. @returns null where the user would not */
async function begin(
  lab: Lab,
  output: Output,
  card: ClaimCard,
  options: ClaimOptions,
  choice: ClaimChoice,
  progress: { above(print: () => void): void },
): Promise<string | null> {
  const { claim } = card.current;
  const unfinished = card.unfinished?.options.form === options.form ? card.unfinished : null;
  if (unfinished !== null && choice.unfinished !== 'new') {
    const steps = unfinished.steps.length;
    const question = `${claimName(claim)} was started before and has ${steps} ${steps === 1 ? 'step' : 'steps'}. Go on from there?`;
    if (choice.unfinished === 'resume' || (await askYes(output, question)))
      return (await lab.resumeClaimRun({ claimRunId: unfinished.id })).claimRunId;
  } else if (unfinished === null && choice.unfinished === 'resume') {
    progress.above(() => output.warn(`${claimName(claim)} has no unfinished run; it starts anew.`));
  }
  const preview = await lab.previewClaim({ claim, options });
  if (preview.refusal)
    throw new LabError(preview.refusal.kind, preview.refusal.message, preview.refusal.remedy);
  progress.above(() => {
    const n = preview.steps.length;
    output.say(
      `${claimName(claim)}: ${formWords[options.form]}, ${n} ${n === 1 ? 'step' : 'steps'}, ${aboutText(preview.expectedS)} on two cores.`,
    );
    for (const text of preview.warnings) output.warn(text);
  });
  if (preview.expectedS > longS && !choice.yes && process.stdin.isTTY && !output.json) {
    if (!(await askYes(output, `Run it now, ${aboutText(preview.expectedS)}?`))) return null;
  }
  return (await lab.runClaim({ claim, options })).claimRunId;
}

async function withOwnInputs(lab: Lab, card: ClaimCard, options: ClaimOptions): Promise<ClaimOptions> {
  if (Object.keys(options.inputs).length === 0) return options;
  const { inputs = [] } = await lab.previewClaim({
    claim: card.current.claim,
    options: { ...options, inputs: {} },
  });
  const own = Object.entries(options.inputs).filter(([key]) => inputs.some((i) => i.key === key));
  return { ...options, inputs: Object.fromEntries(own) };
}

async function failureOfRun(lab: Lab, claim: string, id: string): Promise<ClaimDone['failure']> {
  const { runs } = await lab.showClaim({ claim });
  return runs.find((r) => r.id === id)?.failure ?? null;
}

/** A line for each claim that ended. Pure. */
export function endedText({ claim, status, verdict, failure }: ClaimDone): string {
  const name = claimName(claim);
  if (status === 'completed') return `${name}: ${claimVerdictWords[verdict ?? 'not_measured']}.`;
  if (status === 'cancelled')
    return `${name}: cancelled. Finished steps are stored; go on with: thirty-watts claims run ${claim} --resume`;
  if (status === 'failed')
    return `${name}: failed. ${[failure?.message, failure?.remedy].filter(Boolean).join(' ')} Go on with: thirty-watts claims run ${claim} --resume`;
  if (status === 'declined') return `${name}: not started.`;
  return `${name}: ${status}.`;
}

export function exitCodeOfClaims(done: readonly ClaimDone[]): number {
  if (done.some((d) => d.status === 'cancelled')) return exitCodes.cancelled;
  const bad = done.filter((d) => d.status === 'failed' || d.status === 'refused').length;
  if (bad === 0) return exitCodes.ok;
  return bad < done.length ? exitCodes.someRunsFailed : exitCodes.failed;
}

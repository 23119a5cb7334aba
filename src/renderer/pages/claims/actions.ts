import type { ClaimCard, ClaimOptions } from '../../../shared/claim';
import type { Ready } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import { useSettings } from '../../state/settings';

/** A run that can go on: it was begun, and nobody works on it. */
export const resumable = ({ unfinished, progress }: Pick<ClaimCard, 'unfinished' | 'progress'>) =>
  unfinished !== null && progress === null && unfinished.status !== 'running' ? unfinished : null;

/** The options with the rated power of the Machine page, for the labelled estimate. */
export function withTdp(options: ClaimOptions): ClaimOptions {
  const { tdpW } = useSettings.getState();
  return tdpW === null ? options : { ...options, tdpW };
}

export async function resumeClaim({ lab }: Ready, claimRunId: string): Promise<void> {
  try {
    await lab.resumeClaimRun({ claimRunId });
  } catch (thrown) {
    refuse(thrown);
  }
}

/** Cancels them one after another: those that wait first, or the next would begin when the first ends. */
export async function cancelClaims({ lab }: Ready, claimRunIds: readonly string[]): Promise<void> {
  try {
    for (const claimRunId of claimRunIds) await lab.cancelClaimRun({ claimRunId });
  } catch (thrown) {
    refuse(thrown);
  }
}

/** Asks for every claim in turn; unfinished ones go on where they stopped. @returns what was refused */
export async function runAll(
  { lab }: Ready,
  cards: readonly ClaimCard[],
  optionsOf: (claim: string) => ClaimOptions,
): Promise<{ claim: string; thrown: unknown }[]> {
  const refused: { claim: string; thrown: unknown }[] = [];
  for (const card of cards) {
    const { claim } = card.current;
    if (card.progress !== null) continue;
    const options = optionsOf(claim);
    const unfinished = resumable(card);
    try {
      if (unfinished !== null && unfinished.options.form === options.form)
        await lab.resumeClaimRun({ claimRunId: unfinished.id });
      else await lab.runClaim({ claim, options: withTdp(options) });
    } catch (thrown) {
      refused.push({ claim, thrown });
    }
  }
  return refused;
}

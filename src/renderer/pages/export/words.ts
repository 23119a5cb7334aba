import {
  type Author,
  authorName,
  type BundlePreview,
  type BundleProgress,
  type ImportedBundle,
  type ImportReport,
  labWord,
} from '../../../shared/bundle';
import { aboutText } from '../../../shared/claimWords';
import { listed } from '../../../shared/text';
import { counted, formatBytes } from '../../../shared/units';

/** `3 experiments, 42 runs, 6 models, 1 machine, 2 claims, 14 figures`; what there is none of is left out. Pure. */
export function countsText(counts: BundlePreview['counts']): string {
  const parts = [
    [counts.experiments, 'experiment'],
    [counts.runs, 'run'],
    [counts.models, 'model'],
    [counts.machines, 'machine'],
    [counts.claims, 'claim'],
    [counts.figures, 'figure'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, word]) => counted(n, word))
    .join(', ');
}

/** `≈ 1.2 MB`: sizes of a preview are estimates. Pure. */
export const aboutBytes = (bytes: number): string => `≈ ${formatBytes(bytes)}`;

/** `42 %, about 15 s left`; the time only where it is known. Pure. */
export function progressText({ share, leftS }: Pick<BundleProgress, 'share' | 'leftS'>): string {
  const percent = `${Math.floor(100 * Math.min(1, Math.max(0, share)))} %`;
  return leftS === null ? percent : `${percent}, ${aboutText(leftS)} left`;
}

/** `Ada Lovelace, Grace Hopper`; nobody: not named. Pure. */
export function authorsText(authors: readonly Pick<Author, 'familyNames' | 'givenNames'>[]): string {
  if (authors.length === 0) return 'not named';
  return authors.map(authorName).join(', ');
}

/** `lab 3f9a12c4 and lab 00c1d2e3`. Pure. */
export const labsText = (labs: ImportedBundle['labs']): string => listed(labs.map(labWord));

/** What an import did, in sentences. Pure. */
export function reportSentences({ alreadyThere, added, runsThere }: ImportReport): string[] {
  const parts = [
    [added.experiments, 'experiment', undefined],
    [added.runs, 'run', undefined],
    [added.models, 'model', undefined],
    [added.machines, 'machine', undefined],
    [added.accuracies, 'accuracy', 'accuracies'],
    [added.claimRuns, 'run of a claim', 'runs of claims'],
  ] as const;
  const fresh = parts.filter(([n]) => n > 0).map(([n, one, many]) => counted(n, one, many));
  const sentences: string[] = [];
  if (alreadyThere) sentences.push('This very bundle was brought in before.');
  sentences.push(fresh.length > 0 ? `Added: ${listed(fresh)}.` : 'Nothing was added.');
  if (runsThere > 0)
    sentences.push(
      `${counted(runsThere, 'run')} ${runsThere === 1 ? 'was' : 'were'} here already, with the same content.`,
    );
  return sentences;
}

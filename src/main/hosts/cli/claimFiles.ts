import { readFileSync } from 'node:fs';
import {
  type ClaimVerdict,
  type Criterion,
  claimVerdicts,
  type OwnClaim,
  type Prediction,
} from '../../../shared/claim';
import { criterionText } from '../../../shared/claimWords';
import { LabError } from '../../../shared/errors';
import { criteriaProblems, readOwnClaim } from '../../../shared/ownClaimWords';
import { claimVerdictWords } from '../../../shared/verdicts';

/** A claim of the user's own from a JSON file. @throws LabError not_found, bad_input with every fault as a sentence */
export function readClaimFile(path: string): OwnClaim {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new LabError(
      'not_found',
      `There is no file ${path}.`,
      'Write one as the guide of the claims shows.',
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new LabError('bad_input', `${path} is not JSON: ${(thrown as Error).message}.`, 'Mend the file.');
  }
  const read = readOwnClaim(json);
  if (read.ok) return read.own;
  throw new LabError(
    'bad_input',
    `${path} is no claim that can be tested. ${read.problems.map(({ path: at, sentence }) => (at === '' ? sentence : `${at}: ${sentence}`)).join(' ')}`,
    'Mend these fields and write it again.',
  );
}

/**
 * The prediction with other numbers: `key=threshold`, for a range `key=low..high`; keys as `claims show` prints them. Pure.
 * @throws LabError bad_input for a key or a number that is none
 */
export function changedPrediction(
  now: Prediction,
  changes: { set: readonly string[]; text: string | null; expected: ClaimVerdict | null },
): Prediction {
  const criteria = now.criteria.map((c) => ({ ...c }));
  for (const change of changes.set) {
    const at = change.indexOf('=');
    const key = change.slice(0, Math.max(0, at));
    const criterion = criteria.find((c) => c.key === key);
    if (!criterion)
      throw new LabError(
        'bad_input',
        `This claim has no threshold “${at < 0 ? change : key}”.`,
        `It has: ${now.criteria.map((c) => `${c.key} (${criterionText(c)})`).join('; ')}. Write key=number.`,
      );
    Object.assign(criterion, boundOf(criterion, change.slice(at + 1)));
  }
  const [problem] = criteriaProblems(criteria);
  if (problem) throw new LabError('bad_input', problem.sentence, 'Give other numbers.');
  const text = changes.text?.trim() || (now.by === 'user' ? now.text : null);
  if (!text)
    throw new LabError(
      'bad_input',
      'A prediction says in words what is expected.',
      'Give it with --text "…".',
    );
  return { by: 'user', text, expected: changes.expected ?? now.expected, criteria };
}

function boundOf(criterion: Criterion, text: string): Partial<Criterion> {
  const numbers = text.split('..').map((t) => (t.trim() === '' ? Number.NaN : Number(t)));
  const range = criterion.relation === 'within';
  if (numbers.length !== (range ? 2 : 1) || !numbers.every(Number.isFinite))
    throw new LabError(
      'bad_input',
      `“${text}” is no ${range ? 'range' : 'number'} for ${criterion.key}.`,
      range ? `Write ${criterion.key}=low..high.` : `Write ${criterion.key}=number.`,
    );
  if (range) return { threshold: numbers[0], upper: numbers[1] };
  // The value that refutes stays on the far side of the threshold.
  const { refuteAt, relation } = criterion;
  const beyond = refuteAt !== null && (relation === '>=' ? refuteAt > numbers[0] : refuteAt < numbers[0]);
  return { threshold: numbers[0], refuteAt: beyond ? null : refuteAt };
}

/** `within_limits`, `within-limits` or `supported within limits`. @throws LabError bad_input */
export function verdictOfText(text: string): ClaimVerdict {
  const wanted = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  const found = claimVerdicts.find(
    (v) => v === wanted || claimVerdictWords[v].replace(/\s+/g, '_') === wanted,
  );
  if (found) return found;
  throw new LabError('bad_input', `“${text}” is no verdict.`, `One of: ${claimVerdicts.join(', ')}.`);
}

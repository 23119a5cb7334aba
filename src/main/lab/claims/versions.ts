import {
  type BuiltinClaim,
  type ClaimVersion,
  claimLabel,
  type OwnClaim,
  type Prediction,
} from '../../../shared/claim';
import { LabError } from '../../../shared/errors';
import { builtClaims, claimExperiments } from '../../science/claims';
import type { ClaimText } from '../../science/protocol';
import { canonicalJson } from '../../store/canonical';
import { claimVersionId } from '../../store/claims';
import type { LabReader } from '../../store/reader';

type Content = Omit<ClaimVersion, 'id' | 'version' | 'createdUnixMs'>;

/** A version from what it says, numbered after those that are there. */
function versionOf(content: Content, version: number, createdUnixMs: number): ClaimVersion {
  const numbered = { ...content, version };
  return { id: claimVersionId(numbered), ...numbered, createdUnixMs };
}

const contentOf = ({ id: _, version: __, createdUnixMs: ___, ...content }: ClaimVersion): Content => content;
const sameContent = (a: Content, b: Content) => canonicalJson(a) === canonicalJson(b);

/** The lab's own wording of one of the nine. */
function builtinContent(claim: BuiltinClaim): Content {
  const experiment = claimExperiments[claim];
  if (!experiment) throw new LabError('not_found', `The claim ${claimLabel(claim)} has no experiment yet.`);
  const { title, statement, source, reading, protocol, sceptic, prediction }: ClaimText = experiment.text;
  return { claim, title, statement, source, reading, protocol, sceptic, prediction, test: null };
}

/** What an own claim says, on the form of the nine. */
export function ownContent(claim: string, own: OwnClaim): Content {
  const { title, statement, source, sceptic, test, prediction } = own;
  return {
    claim,
    title,
    statement,
    source,
    reading: statement,
    protocol: protocolOf(own),
    sceptic: sceptic === '' ? [] : [sceptic],
    prediction,
    test,
  };
}

function protocolOf({ test }: OwnClaim): string[] {
  const interval = 'Take the interval of 95 %; the threshold counts as met when all of it is on its side.';
  if (test.kind === 'ratio') {
    const { a, b } = test;
    return [
      `Measure ${a.model} (batch ${a.batch}, ${a.provider}, threads ${a.threads}) and ${b.model} (batch ${b.batch}, ${b.provider}, threads ${b.threads}), interleaved in the full form.`,
      'Divide the first by the second.',
      interval,
    ];
  }
  return [
    `Measure ${test.models.length} models at batch ${test.batch} on ${test.provider}.`,
    'Fit a power law (a straight line on logarithms) and read its exponent.',
    interval,
  ];
}

/** The next version of a claim with this content; the newest one where it says the same. */
export function nextVersion(
  history: readonly ClaimVersion[],
  content: Content,
  nowUnixMs: number,
): { version: ClaimVersion; isNew: boolean } {
  const newest = history.at(-1);
  if (newest && sameContent(contentOf(newest), content)) return { version: newest, isNew: false };
  return { version: versionOf(content, (newest?.version ?? 0) + 1, nowUnixMs), isNew: true };
}

/**
 * The nine as they should stand: a first version where there is none, a new one where this program words a claim
 * otherwise than the newest (a prediction of the user's own is carried over). Pure.
 */
export function builtinVersions(stored: readonly ClaimVersion[], nowUnixMs: number): ClaimVersion[] {
  return builtClaims().flatMap((claim) => {
    const history = stored.filter((v) => v.claim === claim);
    const content = builtinContent(claim);
    const mine = history.at(-1)?.prediction;
    const carried = mine?.by === 'user' && fits(mine, content.prediction) ? mine : content.prediction;
    const { version, isNew } = nextVersion(history, { ...content, prediction: carried }, nowUnixMs);
    return isNew ? [version] : [];
  });
}

/** Same thresholds by key: only their numbers may differ. */
export function fits(prediction: Prediction, of: Prediction): boolean {
  const keys = (p: Prediction) => p.criteria.map((c) => `${c.key} ${c.relation} ${c.unit}`).sort();
  return canonicalJson(keys(prediction)) === canonicalJson(keys(of));
}

/** @throws LabError not_found, bad_input for a text that several claims answer to */
export function findClaim(reader: Pick<LabReader, 'claimVersions'>, text: string): string {
  const wanted = text.trim().toLowerCase();
  const nine = builtClaims();
  const builtin = nine.find((id) => id === wanted || claimLabel(id).toLowerCase() === wanted);
  if (builtin) return builtin;
  const newest = new Map(reader.claimVersions().map((v) => [v.claim, v]));
  const found = [...newest.values()].filter(
    (v) => v.claim === wanted || (v.claim.startsWith('own-') && v.title.toLowerCase() === wanted),
  );
  if (found.length === 1) return found[0]!.claim;
  if (found.length > 1) {
    throw new LabError(
      'bad_input',
      `${found.length} claims are called “${text}”.`,
      `Use an id: ${found.map((v) => v.claim).join(', ')}.`,
    );
  }
  throw new LabError(
    'not_found',
    `There is no claim “${text}”.`,
    `The claims are ${nine.map((id) => `${claimLabel(id)} ${id}`).join(', ')}, and your own by id or title.`,
  );
}

/** @throws LabError bad_input for thresholds that the claim's experiment does not have, or that no value can meet */
export function refuseUnfit(prediction: Prediction, of: Prediction): void {
  if (!fits(prediction, of)) {
    const keys = of.criteria.map((c) => `${c.key} (${c.relation}, ${c.unit})`).join(', ');
    throw new LabError(
      'bad_input',
      'The prediction has other thresholds than the experiment measures.',
      `It measures: ${keys}. Change their numbers only.`,
    );
  }
  refuseEmptyRanges(prediction);
}

/** @throws LabError bad_input for a range whose upper end is missing or below its lower */
export function refuseEmptyRanges({ criteria }: Prediction): void {
  for (const c of criteria) {
    if (c.relation === 'within' && !(c.upper !== null && c.upper > c.threshold)) {
      throw new LabError(
        'bad_input',
        `The range of “${c.quantity}” ends below its beginning.`,
        'Give a lower and a higher end.',
      );
    }
  }
}

import { labWord } from '../../../shared/bundle';
import {
  type ClaimCard,
  type ClaimDetail,
  type ClaimPart,
  type ClaimRun,
  type ClaimVersion,
  claimLabel,
  type Finding,
  type Published,
  type ResultTable,
} from '../../../shared/claim';
import {
  agreementText,
  cellText,
  claimRunWords,
  criterionOf,
  criterionText,
  elsewhereText,
  estimateText,
  findingWords,
  formWords,
  foundText,
  groupFindings,
  inOrder,
  isEstimate,
  optionsText,
  ownTestText,
  refutationText,
  shortened,
  shortHash,
  thresholdText,
  verdictOfCard,
  writtenBefore,
} from '../../../shared/claimWords';
import { utcText } from '../../../shared/utc';
import { claimVerdictWords } from '../../../shared/verdicts';

/** A table as `Output.table` takes it. */
export interface TextTable {
  head: string[];
  rows: string[][];
  /** Columns that stand at the right. */
  right: number[];
}

const none = '–';
/** Characters of the limit in the list; `claims show` prints it whole. */
const longestInList = 90;

export const claimListHead = [
  'Claim',
  'Title',
  'Predicted',
  'Verdict',
  'Limit or finding',
  'Form',
  'When (UTC)',
];

/** A line for each claim: what it is, what was expected, what was found and by which form. Pure. */
export function claimListRows(cards: readonly ClaimCard[]): string[][] {
  return inOrder(cards).map((card) => {
    const { current, latest, unfinished, progress } = card;
    const label = claimLabel(current.claim);
    const open = progress !== null ? ' (runs)' : unfinished !== null ? ` (${unfinished.status} run)` : '';
    return [
      label === current.claim ? current.claim : `${label} ${current.claim}`,
      current.title,
      `${claimVerdictWords[current.prediction.expected]}${current.prediction.by === 'user' ? ' (yours)' : ''}`,
      `${claimVerdictWords[verdictOfCard(card)]}${open}`,
      shortened(foundText(card) ?? none, longestInList),
      latest ? formWords[latest.options.form] : none,
      latest ? utcText(latest.endedUnixMs ?? latest.startedUnixMs) : none,
    ];
  });
}

/** Of the list what fits a terminal of ordinary width; in a pipe all of it. Pure. */
export function claimListTable(cards: readonly ClaimCard[], tty: boolean): TextTable {
  const rows = claimListRows(cards);
  if (!tty) return { head: claimListHead, rows, right: [] };
  const narrow = [0, 1, 3, 5, 6];
  const pick = (row: readonly string[]) => narrow.map((i) => (i === 1 ? shortened(row[i], 38) : row[i]));
  return { head: pick(claimListHead), rows: rows.map(pick), right: [] };
}

/** Which claims other labs have verdicts on, in a line under the list; null where none has. Pure. */
export function elsewhereLine(cards: readonly ClaimCard[]): string | null {
  const named = inOrder(cards).flatMap(({ current: { claim }, verdictsElsewhere: n }) =>
    n === undefined ? [] : [`${claimLabel(claim)} (${elsewhereText(n)})`],
  );
  return named.length === 0 ? null : `Came with bundles: ${named.join(', ')}. claims show CLAIM prints them.`;
}

/** What is claimed, how it is tested, what was predicted. Pure. */
export function claimTextLines({ current, runs }: Pick<ClaimDetail, 'current' | 'runs'>): string[] {
  const label = claimLabel(current.claim);
  const own = runs.filter((r) => r.versionId === current.id);
  return [
    `${label === current.claim ? current.claim : `${label} ${current.claim}`}: ${current.title}`,
    '',
    'Claimed',
    `  ${current.statement}`,
    ...(current.source === '' ? [] : [`  Source: ${current.source}`]),
    ...(current.reading === '' || current.reading === current.statement
      ? []
      : [`  The reading that is tested and can fail: ${current.reading}`]),
    ...(current.test ? [`  Measured: ${ownTestText(current.test)}`] : []),
    '',
    'Protocol',
    ...current.protocol.map((step, i) => `  ${i + 1}. ${step}`),
    '',
    ...predictionLines(current, own),
  ];
}

/** The prediction with its thresholds, and the hash that fixes it. Pure. */
export function predictionLines(version: ClaimVersion, runs: readonly ClaimRun[]): string[] {
  const { by, text, expected, criteria } = version.prediction;
  const before =
    runs.length === 0
      ? 'no run of it yet'
      : runs.every((r) => writtenBefore(version, r))
        ? 'before its first run'
        : 'but a run of it began earlier: the clock may have been set back';
  return [
    'Predicted',
    `  ${claimVerdictWords[expected]}, ${by === 'lab' ? 'by the lab' : 'by you'}: ${text}`,
    ...criteria.map((c) => {
      const refuted = refutationText(c);
      return `  [${c.key}] ${criterionText(c)}${refuted ? ` (${refuted})` : ''}`;
    }),
    `  Version ${version.version}, written ${utcText(version.createdUnixMs)} UTC, ${before}. SHA-256 ${version.id}`,
  ];
}

/** The verdict with its limit, in words. Pure. */
export function foundLines({ current, latest, unfinished, runs }: ClaimDetail): string[] {
  const outcome = latest?.outcome ?? null;
  const older = runs.find((r) => r.versionId !== current.id && r.outcome !== null);
  const stopped =
    unfinished !== null && unfinished.status !== 'running'
      ? [
          `  A run ended ${claimRunWords[unfinished.status]} after ${unfinished.steps.length} ${unfinished.steps.length === 1 ? 'step' : 'steps'}; start the claim again to go on.`,
          ...(unfinished.failure
            ? [`  ${[unfinished.failure.message, unfinished.failure.remedy].filter(Boolean).join(' ')}`]
            : []),
        ]
      : [];
  if (!latest || !outcome)
    return [
      'Found',
      '  Not yet measured: no run of this wording has ended.',
      ...stopped,
      ...(older?.outcome
        ? [
            `  Version ${older.version} came out “${claimVerdictWords[older.outcome.verdict]}”; it is no evidence for version ${current.version}.`,
          ]
        : []),
    ];
  return [
    'Found',
    `  ${claimVerdictWords[outcome.verdict].toUpperCase()}: ${outcome.sentence}`,
    ...(outcome.boundary ? [`  The limit: ${outcome.boundary}`] : []),
    `  ${agreementText(current, outcome.verdict)}`,
    `  ${optionsText(latest.options)}, ${utcText(latest.endedUnixMs ?? latest.startedUnixMs)} UTC.${latest.options.form === 'glance' ? ' A first look is no evidence: the full form is.' : ''}`,
    ...stopped,
  ];
}

/** What to doubt, and the limits of the run. Pure. */
export function doubtLines({ current, latest }: Pick<ClaimDetail, 'current' | 'latest'>): string[] {
  const notes = latest?.outcome?.notes ?? [];
  return [
    ...(current.sceptic.length > 0
      ? ['What a sceptic would say', ...current.sceptic.map((text) => `  - ${text}`)]
      : []),
    ...(notes.length > 0 ? ['Limits of this run', ...notes.map((text) => `  - ${text}`)] : []),
  ];
}

/** Verdicts of other labs, newest first. Pure. */
export function elsewhereTable({ current, elsewhere = [] }: ClaimDetail): TextTable {
  return {
    head: ['Lab', 'When (UTC)', 'Verdict', 'Form', 'Wording', 'Machine'],
    rows: elsewhere.map(({ lab, run, machine }) => [
      labWord(lab),
      utcText(run.endedUnixMs ?? run.startedUnixMs),
      run.outcome ? claimVerdictWords[run.outcome.verdict] : claimRunWords[run.status],
      formWords[run.options.form],
      run.versionId === current.id ? 'as here' : `another (version ${run.version} there)`,
      machine ?? none,
    ]),
    right: [],
  };
}

export const partLines = ({ title, verdict, sentence, boundary }: ClaimPart): string[] => [
  `${title}: ${claimVerdictWords[verdict]}`,
  `  ${sentence}`,
  ...(boundary ? [`  The limit: ${boundary}`] : []),
];

/** The findings of a part, a table for each quantity that is compared; what does not decide stands last. Pure. */
export function findingTables(
  part: ClaimPart,
  version: ClaimVersion,
): { compared: string; table: TextTable }[] {
  return groupFindings(part.findings).map(({ criterion: key, deciding, shown }) => ({
    compared: version.prediction.criteria.find((c) => c.key === key)?.quantity ?? key,
    table: findingTable([...deciding, ...shown], version),
  }));
}

function findingTable(findings: readonly Finding[], version: ClaimVersion): TextTable {
  return {
    head: ['Condition', 'Value [95 %]', 'n', 'Threshold', 'Outcome'],
    rows: findings.map((finding) => {
      const criterion = criterionOf(version, finding);
      return [
        finding.condition,
        finding.value ? estimateText(finding.value, criterion?.unit ?? '1') : none,
        finding.n === null ? none : String(finding.n),
        criterion ? thresholdText(criterion) : none,
        outcomeText(finding),
      ];
    }),
    right: [1, 2, 3],
  };
}

function outcomeText(finding: Finding): string {
  const parts = [
    findingWords[finding.state],
    finding.shownOnly ? 'shown, does not decide' : null,
    finding.missing,
  ];
  return parts.filter((p) => p !== null).join(': ');
}

/** A result table as text; numbers at the right. Pure. */
export function resultTable({ columns, rows }: ResultTable): TextTable {
  return {
    head: columns.map((c) => c.title),
    rows: rows.map((row) => row.map((cell, i) => cellText(cell, columns[i]?.unit ?? ''))),
    right: columns.flatMap((_, i) =>
      rows.some((row) => typeof row[i] === 'number' || isEstimate(row[i] ?? null)) ? [i] : [],
    ),
  };
}

/** The papers' figures beside ours. Pure. */
export const publishedTable = (published: readonly Published[]): TextTable => ({
  head: ['Quantity', 'Published', 'This run', 'Source'],
  rows: published.map(({ what, theirs, ours, source, note }) => [
    note ? `${what} (${note})` : what,
    theirs,
    ours ?? 'not measured',
    source,
  ]),
  right: [],
});

/** Steps and runs by hash, then every wording with its runs. Pure. */
export function evidenceLines({ latest, history, runs, current }: ClaimDetail): string[] {
  return [
    ...(latest
      ? [
          'Evidence, by hash',
          ...latest.steps.map((s) => `  step ${s.key}: ${s.sha256} (${s.seconds.toFixed(1)} s)`),
          ...latest.runs.map((r) => `  run ${r.id}: ${r.sha256 ?? 'not hashed yet'}`),
          '',
        ]
      : []),
    'History',
    ...[...history].reverse().flatMap((version) => {
      const own = runs.filter((r) => r.versionId === version.id);
      return [
        `  Version ${version.version}${version.id === current.id ? ' (current)' : ''}, ${utcText(version.createdUnixMs)} UTC, ${version.prediction.by === 'lab' ? 'by the lab' : 'by you'}, ${shortHash(version.id)}: expected “${claimVerdictWords[version.prediction.expected]}”; ${version.prediction.criteria.map(criterionText).join('; ')}`,
        ...own.map(
          (r) =>
            `    ${utcText(r.startedUnixMs)} UTC, ${optionsText(r.options)}: ${r.outcome ? claimVerdictWords[r.outcome.verdict] : claimRunWords[r.status]}`,
        ),
      ];
    }),
  ];
}

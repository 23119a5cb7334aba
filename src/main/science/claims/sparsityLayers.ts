import type { ClaimPart, Estimate, Finding, ResultTable } from '../../../shared/claim';
import { significant } from '../../../shared/units';
import { finding, verdictOfFindings } from '../../../shared/verdicts';
import type { CriterionOf } from '../protocol';
import { sizeKey } from '../sparsity/layersTask';
import { groupNames, type LayoutGroup, layoutGroups } from '../sparsity/layouts';
import type { LayerRow } from './sparsityMeasured';

/** Layouts of the dense weights in fewer bits: no sparsity, but what sparsity must be compared with. */
const controls: readonly LayoutGroup[] = ['int8', 'int4'];
export const isControl = (group: LayoutGroup) => controls.includes(group);

export const sizeText = ({ inputs, outputs }: { inputs: number; outputs: number }) => `${inputs}→${outputs}`;
export const timesText = ({ value, low, high }: Estimate) =>
  `${significant(value, 3)} times [${significant(low, 3)}, ${significant(high, 3)}]`;

interface JudgedRow {
  row: LayerRow;
  finding: Finding;
  /** What decided: joules where a meter gave them, else time. */
  by: 'energy' | 'time';
}

/**
 * Is a layout cheaper than the dense layer? Energy decides where it was measured, else time, and it is called so.
 * Pure. Source: guide of the experiments, 6.2 (verdict).
 */
export function judgeLayers(
  criterion: CriterionOf,
  rows: readonly LayerRow[],
  provider: string,
): { part: ClaimPart; judged: JudgedRow[] } {
  const compared = rows.filter((r) => r.layout.group !== 'dense' && !r.leftOut);
  const judged = compared.map((row) => judgeRow(criterion, row, provider));
  const time = compared.flatMap((row) =>
    row.energyRatio ? [findingOf(criterion, 'speedup', row, provider, true)] : [],
  );
  const deciding = judged.filter(({ row }) => !isControl(row.layout.group));
  const verdict = verdictOfFindings(deciding.map((j) => j.finding));
  return {
    judged,
    part: {
      key: 'layers',
      title: 'Is a sparse layer cheaper than the dense one?',
      verdict,
      sentence: sentenceOf(deciding, judged),
      boundary: verdict === 'within_limits' ? boundaryOf(deciding) : null,
      findings: [...judged.map((j) => j.finding), ...time],
    },
  };
}

function judgeRow(criterion: CriterionOf, row: LayerRow, provider: string): JudgedRow {
  const by = row.energyRatio ? 'energy' : 'time';
  const key = by === 'energy' ? 'energy-ratio' : 'speedup';
  return { row, by, finding: findingOf(criterion, key, row, provider, isControl(row.layout.group)) };
}

function findingOf(
  criterion: CriterionOf,
  key: 'speedup' | 'energy-ratio',
  row: LayerRow,
  provider: string,
  shownOnly: boolean,
): Finding {
  const { layout, batch, missing } = row;
  const condition = `${layout.name}, ${sizeText(layout.size)}, batch ${batch}, ${provider}`;
  const value = key === 'speedup' ? row.speedup : row.energyRatio;
  return finding(criterion(key), condition, { value, missing, shownOnly });
}

function sentenceOf(deciding: readonly JudgedRow[], judged: readonly JudgedRow[]): string {
  const count = (state: Finding['state']) => deciding.filter((j) => j.finding.state === state).length;
  const byEnergy = deciding.filter((j) => j.by === 'energy').length;
  const by =
    byEnergy === deciding.length && byEnergy > 0
      ? 'By energy'
      : byEnergy > 0
        ? `By energy in ${byEnergy} conditions and by time in the others`
        : 'By time, since no energy was measured';
  const open = count('undecided') + count('missing');
  const best = bestOf(deciding);
  const alternative = bestOf(judged.filter((j) => isControl(j.row.layout.group)));
  return [
    `${by}: of ${deciding.length} sparse conditions ${count('holds')} came out at least 1.2 times cheaper than the dense layer and ${count('fails')} below 1.1 times${open > 0 ? `; ${open} stayed open` : ''}.`,
    zerosSentence(deciding.map((j) => j.row)),
    best ? `The largest gain is ${describe(best)}.` : '',
    alternative ? `For comparison, without any sparsity: ${describe(alternative)}.` : '',
    'This is one layer alone: what a network with such layers still gets right is another question.',
  ]
    .filter(Boolean)
    .join(' ');
}

const ratioOf = ({ row, by }: JudgedRow) => (by === 'energy' ? row.energyRatio : row.speedup);

function bestOf(judged: readonly JudgedRow[]): JudgedRow | null {
  return judged.reduce<JudgedRow | null>(
    (best, j) => ((ratioOf(j)?.value ?? 0) > (best ? (ratioOf(best)?.value ?? 0) : 0) ? j : best),
    null,
  );
}

const describe = (j: JudgedRow) =>
  `${timesText(ratioOf(j)!)} (${j.row.layout.name}, ${sizeText(j.row.layout.size)}, batch ${j.row.batch})`;

/** Were zeros that are stored like any weight left out? */
export function zerosSentence(rows: readonly LayerRow[]): string {
  const masked = rows.filter((r) => r.zeros !== null);
  if (masked.length === 0) return '';
  const of = (verdict: LayerRow['zeros']) => masked.filter((r) => r.zeros === verdict);
  const [skipped, kept] = [of('zeros_skipped'), of('zeros_not_skipped')];
  const most = masked.reduce((a, b) => (b.layout.kept < a.layout.kept ? b : a));
  const example = `${timesText(most.speedup!)} with ${most.layout.name} at batch ${most.batch}`;
  if (kept.length === masked.length) {
    return `Zeros that are stored were not skipped: ${example}.`;
  }
  if (skipped.length === masked.length)
    return `Zeros that are stored were skipped, at least in part: ${example}, where leaving all of them out would bring ${significant(most.layout.denseMacs / most.layout.macs, 3)} times.`;
  return `Whether stored zeros were skipped: no in ${kept.length}, yes in ${skipped.length} and open in ${masked.length - kept.length - skipped.length} of ${masked.length} conditions; ${example}.`;
}

/** Which layouts are cheaper and which are not, with their batches. */
function boundaryOf(deciding: readonly JudgedRow[]): string {
  const list = (state: Finding['state']) =>
    layoutGroups.flatMap((group) => {
      const own = deciding.filter((j) => j.row.layout.group === group && j.finding.state === state);
      const batches = [...new Set(own.map((j) => j.row.batch))].sort((a, b) => a - b);
      return batches.length === 0 ? [] : [`${groupNames[group]} (batch ${batches.join(', ')})`];
    });
  const open = list('undecided');
  return `Cheaper: ${list('holds').join('; ')}. Not cheaper: ${list('fails').join('; ')}.${open.length > 0 ? ` Open: ${open.join('; ')}.` : ''}`;
}

const zerosWords = {
  zeros_skipped: 'skipped, at least in part',
  zeros_not_skipped: 'not skipped',
  inconclusive: 'open',
} as const;
const stateWords = { holds: 'cheaper', fails: 'not cheaper', undecided: 'open' } as const;

function verdictCell({ layout, missing }: LayerRow, own: JudgedRow | undefined): string | null {
  if (own && own.finding.state !== 'missing') return `${stateWords[own.finding.state]}, by ${own.by}`;
  return missing === null || layout.group === 'dense' ? null : `not measured: ${missing}`;
}

/** The table of what holds. */
export function layersTable(rows: readonly LayerRow[], judged: readonly JudgedRow[]): ResultTable {
  const floors = [...new Map(rows.map((r) => [`${sizeKey(r.layout.size)} ${r.batch}`, r])).values()];
  return {
    key: 'layers',
    title: 'Layouts of one layer',
    columns: [
      { key: 'layer', title: 'Layer', unit: '' },
      { key: 'layout', title: 'Layout', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'time', title: 'Time of a call, median', unit: 's' },
      { key: 'speedup', title: 'Speed-up', unit: '1' },
      { key: 'energy', title: 'Energy, dense over this', unit: '1' },
      { key: 'nominal', title: 'Multiplications saved on paper', unit: '1' },
      { key: 'bytes', title: 'Weights stored', unit: 'B' },
      { key: 'difference', title: 'Difference from the dense layer with the same weights', unit: '1' },
      { key: 'zeros', title: 'Stored zeros', unit: '' },
      { key: 'verdict', title: 'Cheaper by 1.2 times', unit: '' },
    ],
    rows: rows
      .filter((r) => !r.leftOut || r.missing?.startsWith('Its gathered'))
      .map((r) => {
        const own = judged.find((j) => j.row === r);
        const { layout } = r;
        return [
          sizeText(layout.size),
          layout.name,
          r.batch,
          r.time,
          r.speedup,
          r.energyRatio,
          layout.denseMacs / layout.macs,
          r.parameterBytes,
          layout.difference,
          r.zeros ? zerosWords[r.zeros] : null,
          verdictCell(r, own),
        ];
      }),
    note: `Noise floor, two measurements of the same dense layer: ${floors.map((r) => `${sizeText(r.layout.size)} at batch ${r.batch} ${significant(100 * (Math.exp(r.floorLn) - 1), 2)} %`).join(', ')}. k-WTA layouts include the choice of the winners; whole units removed hand out fewer outputs. int8 and int4 are no sparsity and do not decide.${rows.some((r) => r.layout.reducedRange) ? ' int8 uses 7 bits here, because this processor saturates with 8.' : ''}`,
  };
}

import { Command } from 'commander';
import {
  type ComparedQuantity,
  type Comparison,
  mostCompared,
  type QuantityComparison,
  type Ratio,
} from '../../../../shared/comparison';
import {
  comparedNames,
  controlSentence,
  floorSentence,
  pText,
  ratioNumber,
  verdictSentence,
  zerosSentence,
} from '../../../../shared/comparisonWords';
import { oneOfEachCondition, placeOf } from '../../../../shared/conditions';
import type { Lab } from '../../../../shared/contract';
import { LabError } from '../../../../shared/errors';
import { runLabels } from '../../../../shared/figures/figureRun';
import { formatSi } from '../../../../shared/units';
import { connect } from '../connect';
import { globals } from '../options';
import type { Output } from '../output';

const none = '–';

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'runs against the first of them: ratios with intervals, tests, verdicts. A run of a plan with blocks stands for its condition',
    )
    .argument('[runs...]', 'ids or their first digits; the first is the reference')
    .option('--experiment <id>', 'all conditions of one experiment; its first is the reference')
    .action(async (texts: string[], { experiment }: { experiment?: string }, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      try {
        const runs = experiment === undefined ? texts : await conditionsOf(lab, experiment, texts);
        if (runs.length < 2)
          throw new LabError(
            'bad_input',
            experiment === undefined
              ? 'There is nothing to compare: name two or more runs.'
              : 'This experiment has measured fewer than two conditions.',
            'See the runs with: thirty-watts runs list',
          );
        const comparison = await lab.compareRuns({ runs });
        show(output, comparison, await labelsOf(lab, comparison.runIds));
        output.data(comparison);
      } finally {
        await close();
      }
    });
}

async function conditionsOf(lab: Lab, experiment: string, texts: readonly string[]): Promise<string[]> {
  if (texts.length > 0)
    throw new LabError(
      'bad_input',
      'Runs and an experiment were both named.',
      'Name either runs or --experiment.',
    );
  const { runs } = await lab.listRuns({ experimentId: experiment });
  const placed = runs.map(({ run }) => placeOf(run));
  const ids = oneOfEachCondition(placed, placed[0]?.experimentId ?? '').map(({ id }) => id);
  if (ids.length > mostCompared)
    throw new LabError(
      'bad_input',
      `This experiment has ${ids.length} conditions, and at most ${mostCompared} are compared at once.`,
      'Name the runs that are to be compared.',
    );
  return ids;
}

async function labelsOf(lab: Lab, ids: readonly string[]): Promise<string[]> {
  const { rows } = await lab.runRows({ ids: [...ids], binned: true });
  const ordered = ids.flatMap((id) => rows.filter((row) => row.id === id).slice(0, 1));
  const labels = new Map(runLabels(ordered).map((label, i) => [ordered[i].id, label]));
  return ids.map((id) => labels.get(id) ?? `run ${id.slice(0, 8)}`);
}

function show(output: Output, comparison: Comparison, labels: readonly string[]): void {
  output.table(
    ['Quantity', 'Run', 'Value', 'Ratio to the first\n[95 %]', 'p', 'p\ncorrected', 'Blocks', 'Verdict'],
    comparison.quantities.flatMap((q) => [
      ...q.rows.map((row, i) => [comparedNames[q.quantity].name, labels[i], ...cells(q.quantity, row)]),
      ...q.controls.map((c) => [
        comparedNames[q.quantity].name,
        `control on ${c.provider}`,
        none,
        ratioCell(c.ratio),
        pText(c.p),
        pText(c.pHolm),
        c.blocks === null ? none : String(c.blocks.used),
        c.failed ? 'failed' : 'control',
      ]),
    ]),
    [2, 3, 4, 5, 6],
  );
  for (const q of comparison.quantities) {
    output.say();
    output.say(comparedNames[q.quantity].name);
    for (const sentence of sentencesOf(q, labels)) output.say(`  ${sentence}`);
  }
}

function cells(quantity: ComparedQuantity, row: Ratio): string[] {
  const { value, ratio, p, pHolm, blocks, word } = row;
  return [
    // 'Items a second' says its unit itself; '21.8 k1/s' would be none.
    value === null
      ? none
      : formatSi(value, quantity === 'throughputHz' ? '' : comparedNames[quantity].unit).trim(),
    ratioCell(ratio),
    pText(p),
    pText(pHolm),
    blocks === null ? none : String(blocks.used),
    word,
  ];
}

function ratioCell(ratio: Ratio['ratio']): string {
  if (ratio === null) return none;
  return `${ratioNumber(ratio.value)} [${ratioNumber(ratio.low)}, ${ratioNumber(ratio.high)}]`;
}

/** What the rows say, in words; the control and the noise floor behind them. */
function sentencesOf({ quantity, rows, controls }: QuantityComparison, labels: readonly string[]): string[] {
  const floors = new Set(rows.flatMap((r) => (r.floor === null ? [] : floorSentence(r.floor))));
  return [
    ...rows.slice(1).flatMap((row, i) => {
      const names = { a: labels[0], b: labels[i + 1] };
      return [
        verdictSentence(quantity, row, names),
        ...(row.zeros ? [zerosSentence(quantity, row.zeros, names)] : []),
      ];
    }),
    ...controls.map(controlSentence),
    ...[...floors].map((floor) => `Noise floor: ${floor}.`),
  ];
}

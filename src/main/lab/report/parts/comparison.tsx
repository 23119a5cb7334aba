import type { ReactElement, ReactNode } from 'react';
import type { ComparedQuantity, Ratio } from '../../../../shared/comparison';
import {
  comparedNames,
  floorSentence,
  pText,
  ratioNumber,
  zerosSentence,
} from '../../../../shared/comparisonWords';
import { runLabels } from '../../../../shared/figures/figureRun';
import { formatSi } from '../../../../shared/units';
import type { ReportData } from '../gather';
import { Codes, Table } from './basics';

/** Every quantity of every condition over the first, with the noise floors under it. */
export function ComparisonTable({
  comparison,
}: {
  comparison: NonNullable<ReportData['comparison']>;
}): ReactElement {
  const { result, rows } = comparison;
  const labels = runLabels(rows);
  const lines = result.quantities.flatMap((q) =>
    q.rows.map((row, i) => ({ q, row, label: labels[i]!, first: i === 0 })),
  );
  const floors = new Map<string, Set<string>>();
  for (const { quantity, rows: of } of result.quantities)
    for (const { floor } of of) {
      if (floor === null) continue;
      const text = floorSentence(floor);
      floors.set(text, (floors.get(text) ?? new Set()).add(comparedNames[quantity].name.toLowerCase()));
    }
  const zeros = result.quantities.flatMap((q) =>
    q.rows.flatMap((row, i) =>
      row.zeros ? [zerosSentence(q.quantity, row.zeros, { a: labels[0]!, b: labels[i]! })] : [],
    ),
  );
  return (
    <>
      <h3>Comparison</h3>
      <Table
        caption={`Conditions over “${labels[0]}”, over all blocks. p: after Holm’s correction.`}
        columns={[
          { title: 'Quantity' },
          { title: 'Condition' },
          { title: 'Value', number: true },
          { title: 'Ratio (95 %)', number: true },
          { title: 'p', number: true },
          { title: 'Blocks', number: true },
          { title: 'Verdict' },
        ]}
        rows={lines.map(({ q, row, label, first }) => ({
          key: `${q.quantity} ${row.runId}`,
          cells: [
            comparedNames[q.quantity].name,
            label,
            valueText(q.quantity, row),
            ratioText(row, first),
            row.pHolm === null ? '–' : pText(row.pHolm),
            row.blocks === null ? '–' : row.blocks.used,
            wordOf(row),
          ],
        }))}
      />
      {zeros.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {floors.size > 0 && (
        <p className="small muted">
          Noise floor, inside which no difference is stated:{' '}
          {[...floors].map(([text, names]) => `${text} (${[...names].join('; ')})`).join('. ')}.
        </p>
      )}
    </>
  );
}

function valueText(quantity: ComparedQuantity, { value }: Ratio): string {
  if (value === null) return 'not measured';
  return formatSi(value, quantity === 'throughputHz' ? '' : comparedNames[quantity].unit).trim();
}

function ratioText({ ratio, value }: Ratio, first: boolean): ReactNode {
  if (first && value !== null) return '1';
  if (ratio === null) return '–';
  return (
    <span className="w">
      {ratioNumber(ratio.value)} ({ratioNumber(ratio.low)}–{ratioNumber(ratio.high)})
    </span>
  );
}

function wordOf({ word, why, codes }: Ratio): ReactNode {
  return (
    <>
      {word}
      {why !== null && <span className="why">: {why}</span>}
      {codes.length > 0 && (
        <>
          {' '}
          (<Codes codes={[...new Set(codes)]} />)
        </>
      )}
    </>
  );
}

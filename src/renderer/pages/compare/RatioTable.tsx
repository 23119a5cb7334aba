import type { ReactNode } from 'react';
import type {
  ComparedQuantity,
  Comparison,
  ControlResult,
  QuantityComparison,
  Ratio,
} from '../../../shared/comparison';
import {
  comparedNames,
  controlNote,
  floorSentence,
  pText,
  ratioNumber,
  verdictSentence,
  zerosSentence,
} from '../../../shared/comparisonWords';
import { type ColumnScale, headerOf, numberText, scaleOf } from '../../parts/table/columns';

/** `0.812 [0.790, 0.830]`. Pure. */
export function ratioText(ratio: Ratio['ratio']): string {
  if (ratio === null) return '–';
  const { value, low, high } = ratio;
  return `${ratioNumber(value)} [${ratioNumber(low)}, ${ratioNumber(high)}]`;
}

/** Whether a word is good news, by its class; null: neither. Pure. */
export function classOf(quantity: ComparedQuantity, word: Ratio['word']): string {
  if (word !== 'lower' && word !== 'higher') return 'tw-muted';
  return word === comparedNames[quantity].better ? 'tw-good' : 'tw-warn';
}

interface TableProps {
  comparison: Comparison;
  labels: ReadonlyMap<string, string>;
  mark(id: string): ReactNode;
}

/** Per quantity and run: value, ratio to the first run with its 95 % interval, the test, and the verdict in words. */
export function RatioTable({ comparison, labels, mark }: TableProps) {
  return (
    <section className="tw-card" aria-label="Results beside each other">
      <h2>Results beside each other</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys */}
      <section className="tw-scroll-x" tabIndex={0} aria-label="Table of results">
        <table className="tw-small-table tw-compare-table">
          <thead>
            <tr>
              <th scope="col" className="tw-left">
                Run
              </th>
              <th scope="col">Value</th>
              <th scope="col">Ratio to the first [95 % interval]</th>
              <th scope="col" title="Two-sided test: Wilcoxon’s signed-rank over blocks, else Mann–Whitney’s">
                p
              </th>
              <th
                scope="col"
                title="After Holm’s correction for all pairs of the quantity; below 0.05 counts"
              >
                p, corrected
              </th>
              <th scope="col" title="In which both have a usable result">
                Blocks
              </th>
              <th scope="col" className="tw-left">
                Verdict
              </th>
            </tr>
          </thead>
          {comparison.quantities.map((q) => (
            <QuantityRows key={q.quantity} {...{ labels, mark }} result={q} first={comparison.runIds[0]} />
          ))}
        </table>
      </section>
      <Methods comparison={comparison} />
    </section>
  );
}

function QuantityRows({
  result: { quantity, rows, controls },
  first,
  labels,
  mark,
}: { result: QuantityComparison; first: string } & Pick<TableProps, 'labels' | 'mark'>) {
  const { name, unit } = comparedNames[quantity];
  const scale = scaleOf(
    rows.map((r) => r.value),
    unit,
  );
  const nameOf = (id: string) => labels.get(id) ?? id.slice(0, 8);
  const floors = [...new Set(rows.flatMap((r) => (r.floor ? floorSentence(r.floor) : [])))];
  return (
    <tbody>
      <tr className="tw-compare-group">
        <th scope="rowgroup" colSpan={7} className="tw-left">
          {headerOf(name, scale)}
          {floors.length > 0 && (
            <span className="tw-muted tw-compare-floor">Noise floor: {floors.join('; ')}</span>
          )}
        </th>
      </tr>
      {rows.map((row) => (
        <RunRatio
          key={row.runId}
          {...{ quantity, row, scale }}
          name={nameOf(row.runId)}
          first={nameOf(first)}
          mark={mark(row.runId)}
        />
      ))}
      {controls.map((control) => (
        <ControlRow key={`${control.experimentId} ${control.provider}`} control={control} />
      ))}
    </tbody>
  );
}

function RunRatio({
  quantity,
  row,
  scale,
  name,
  first,
  mark,
}: {
  quantity: ComparedQuantity;
  row: Ratio;
  scale: ColumnScale;
  name: string;
  first: string;
  mark: ReactNode;
}) {
  const { value, ratio, p, pHolm, blocks, word, zeros } = row;
  const names = { a: first, b: name };
  return (
    <tr>
      <th scope="row" className="tw-left">
        {mark} {name}
      </th>
      <td>{value === null ? '–' : numberText(value, scale)}</td>
      <td>{ratioText(ratio)}</td>
      <td>{pText(p)}</td>
      <td>{pText(pHolm)}</td>
      <td>{blocks === null ? '–' : blocks.used}</td>
      <td className={`tw-left tw-compare-why ${classOf(quantity, word)}`}>
        {verdictSentence(quantity, row, names)}
        {zeros && <span className="tw-compare-zeros">{zerosSentence(quantity, zeros, names)}</span>}
      </td>
    </tr>
  );
}

function ControlRow({ control }: { control: ControlResult }) {
  const { provider, ratio, p, pHolm, blocks, failed } = control;
  return (
    <tr className="tw-compare-control">
      <th scope="row" className="tw-left">
        Control on {provider}
      </th>
      <td>–</td>
      <td>{ratioText(ratio)}</td>
      <td>{pText(p)}</td>
      <td>{pText(pHolm)}</td>
      <td>{blocks === null ? '–' : blocks.used}</td>
      <td className={`tw-left tw-compare-why ${failed ? 'tw-warn' : ''}`}>{controlNote(control)}</td>
    </tr>
  );
}

/** How each ratio and its interval are made; what all of them share stands once. */
function Methods({ comparison }: { comparison: Comparison }) {
  const { own, shared } = methodTexts(comparison.quantities);
  return (
    <details className="tw-fold tw-compare-methods">
      <summary>How the ratios and their intervals are made</summary>
      <dl className="tw-why">
        {own.map(({ quantity, method }) => (
          <div key={quantity}>
            <dt>{comparedNames[quantity].name}</dt>
            <dd>{method}</dd>
          </div>
        ))}
        {shared !== '' && (
          <div>
            <dt>All with an interval</dt>
            <dd>{shared}</dd>
          </div>
        )}
      </dl>
    </details>
  );
}

/** Sentences that more than one quantity ends with are taken out and stand once. Pure. */
export function methodTexts(all: readonly Pick<Comparison['quantities'][number], 'quantity' | 'method'>[]): {
  own: { quantity: ComparedQuantity; method: string }[];
  shared: string;
} {
  const sentences = (text: string) => text.split(/(?<=\.) /);
  const times = new Map<string, number>();
  for (const { method } of all)
    for (const sentence of new Set(sentences(method))) times.set(sentence, (times.get(sentence) ?? 0) + 1);
  const isShared = (sentence: string) => (times.get(sentence) ?? 0) > 1;
  const shared = [...times.keys()].filter(isShared).join(' ');
  return {
    shared,
    own: all.map(({ quantity, method }) => ({
      quantity,
      method: sentences(method)
        .filter((sentence) => !isShared(sentence))
        .join(' '),
    })),
  };
}

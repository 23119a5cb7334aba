import type { ReactNode } from 'react';
import type { ComparedQuantity, Comparison, Ratio } from '../../../shared/comparison';
import { significant } from '../../../shared/units';
import { headerOf, numberText, scaleOf } from '../../parts/table/columns';

const quantities: Record<ComparedQuantity, { name: string; unit: string; better: 'lower' | 'higher' }> = {
  p50S: { name: 'Median latency', unit: 's', better: 'lower' },
  p95S: { name: 'p95 latency', unit: 's', better: 'lower' },
  grossJ: { name: 'Energy per inference, gross', unit: 'J', better: 'lower' },
  netJ: { name: 'Energy per inference, net', unit: 'J', better: 'lower' },
  throughputHz: { name: 'Items a second', unit: '1/s', better: 'higher' },
  memoryPeakBytes: { name: 'Memory, peak', unit: 'B', better: 'lower' },
};

/** `0.812 [0.79, 0.83]`. Pure. */
export function ratioText(ratio: Ratio['ratio']): string {
  if (ratio === null) return '–';
  const { value, low, high } = ratio;
  return `${significant(value, 3)} [${significant(low, 3)}, ${significant(high, 3)}]`;
}

/** Whether a word is good news, by its class; null: neither. Pure. */
export function classOf(quantity: ComparedQuantity, word: Ratio['word']): string {
  if (word !== 'lower' && word !== 'higher') return 'tw-muted';
  return word === quantities[quantity].better ? 'tw-good' : 'tw-warn';
}

/** Per quantity and run: value, ratio to the first run with its 95 % interval, and the word for it. */
export function RatioTable({
  comparison,
  labels,
  mark,
}: {
  comparison: Comparison;
  labels: ReadonlyMap<string, string>;
  mark(id: string): ReactNode;
}) {
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
              <th scope="col" className="tw-left">
                In words
              </th>
              <th scope="col" className="tw-left">
                Why
              </th>
            </tr>
          </thead>
          {comparison.quantities.map(({ quantity, rows, method }) => {
            const { name, unit } = quantities[quantity];
            const scale = scaleOf(
              rows.map((r) => r.value),
              unit,
            );
            return (
              <tbody key={quantity}>
                <tr className="tw-compare-group">
                  <th scope="rowgroup" colSpan={5} className="tw-left">
                    {headerOf(name, scale)} <span className="tw-muted tw-compare-method">{method}</span>
                  </th>
                </tr>
                {rows.map(({ runId, value, ratio, word, why }) => (
                  <tr key={runId}>
                    <th scope="row" className="tw-left">
                      {mark(runId)} {labels.get(runId) ?? runId.slice(0, 8)}
                    </th>
                    <td>{value === null ? '–' : numberText(value, scale)}</td>
                    <td>{ratioText(ratio)}</td>
                    <td className={`tw-left ${classOf(quantity, word)}`}>{word}</td>
                    <td className="tw-left tw-compare-why">{why}</td>
                  </tr>
                ))}
              </tbody>
            );
          })}
        </table>
      </section>
    </section>
  );
}

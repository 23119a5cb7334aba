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
          {comparison.quantities.map(({ quantity, rows }) => {
            const { name, unit } = quantities[quantity];
            const scale = scaleOf(
              rows.map((r) => r.value),
              unit,
            );
            return (
              <tbody key={quantity}>
                <tr className="tw-compare-group">
                  <th scope="rowgroup" colSpan={5} className="tw-left">
                    {headerOf(name, scale)}
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
      <Methods comparison={comparison} />
    </section>
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
            <dt>{quantities[quantity].name}</dt>
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

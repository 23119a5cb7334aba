import type { Macs } from '../../../shared/model';
import { formatCount, formatPercent, formatQuantity } from '../../../shared/units';

/** How much of the dense count is left without zeros, what else runs, and where the multiplications are. */
export function EffectiveMacs({ macs }: { macs: Macs }) {
  const { computed, others } = macs;
  const rest = Object.entries(others).sort(([, a], [, b]) => (b.elements ?? 0) - (a.elements ?? 0));
  return (
    <>
      <p className="tw-models-text">
        {macs.effective === null ? (
          `How many of them have a weight that is not zero is not known. ${macs.effectiveMissingReason}`
        ) : (
          <>
            <span className="tw-num" title={`${formatCount(macs.effective)} multiply-accumulates`}>
              {formatQuantity(macs.effective)}
            </span>{' '}
            of them{share(macs)} have a weight that is not zero.
          </>
        )}{' '}
        {computed.length > 0 &&
          `Products of computed values have no stored weight and count in full: ${computed.join(', ')}.`}{' '}
        {macs.inputEffective === null &&
          `Zeros among the inputs of the layers: ${macs.inputEffectiveMissingReason}.`}
      </p>
      <details className="tw-models-nodes">
        <summary>Per node, and other operations</summary>
        <table className="tw-models-count">
          <caption>Nodes that multiply and accumulate</caption>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Operator</th>
              <th scope="col" className="tw-num">
                MACs
              </th>
              <th scope="col" className="tw-num">
                Weight not zero
              </th>
            </tr>
          </thead>
          <tbody>
            {macs.nodes.slice(0, nodesShown).map((node, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names of nodes may repeat, their order is the file's
              <tr key={i}>
                <td>{node.name}</td>
                <td>{node.operator}</td>
                <td className="tw-num">{count(node.macs)}</td>
                <td className="tw-num">
                  {count(node.effective)}
                  {node.computed && ' (computed)'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {macs.nodes.length > nodesShown && (
          <p className="tw-muted">
            {nodesShown} of {macs.nodes.length} nodes. <code>thirty-watts models show --json</code> has all of
            them.
          </p>
        )}
        <table className="tw-models-count">
          <caption>Other operations, never weighed against MACs</caption>
          <thead>
            <tr>
              <th scope="col">Operator</th>
              <th scope="col" className="tw-num">
                Times it runs
              </th>
              <th scope="col" className="tw-num">
                Elements it writes
              </th>
            </tr>
          </thead>
          <tbody>
            {rest.map(([operator, { calls, elements }]) => (
              <tr key={operator}>
                <td>{operator}</td>
                <td className="tw-num">{count(calls)}</td>
                <td className="tw-num">{count(elements)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

/** Rows that stay readable beside the list. */
const nodesShown = 200;

const count = (n: number | null) => (n === null ? 'not known' : formatQuantity(n));

function share({ macs, effective }: Macs): string {
  return macs && effective !== null ? ` (${formatPercent(effective / macs, 3)})` : '';
}

import { useMemo } from 'react';
import { type PanelTable, panelTables } from '../../../shared/figures/panels/points';
import type { PanelFigure } from '../../../shared/figures/panels/spec';

/** Every plotted point in words and numbers, a table a panel. */
export function PanelTableTwin({ figure }: { figure: PanelFigure }) {
  const tables = useMemo(() => panelTables(figure), [figure]);
  return (
    <>
      <p className="tw-muted tw-panel-words">
        <strong>{figure.title}</strong> {figure.badge !== null && `(${figure.badge}) `}
        {figure.caption}
      </p>
      {tables.map((table) => (
        <OneTable key={table.key} table={table} name={table.title || figure.title} />
      ))}
    </>
  );
}

function OneTable({ table, name }: { table: PanelTable; name: string }) {
  const { title, x, y, hasN, hasLabel, rows } = table;
  return (
    <>
      {title !== '' && <h3 className="tw-panel-title">{title}</h3>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="tw-panel-table" tabIndex={0} aria-label={`Points of: ${name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Series</th>
              <th scope="col" className="tw-right">
                {x}
              </th>
              <th scope="col" className="tw-right">
                {y} [95 % interval]
              </th>
              {hasN && (
                <th scope="col" className="tw-right">
                  n
                </th>
              )}
              {hasLabel && <th scope="col">Point</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place, and never move
              <tr key={i}>
                <td>{row.series}</td>
                <td className="tw-right tw-num">{row.x}</td>
                <td className="tw-right tw-num">{row.y}</td>
                {hasN && <td className="tw-right tw-num">{row.n}</td>}
                {hasLabel && <td>{row.label}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length === 0 && <p className="tw-muted">No point to show.</p>}
    </>
  );
}

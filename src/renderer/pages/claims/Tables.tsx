import type { Published, ResultTable } from '../../../shared/claim';
import { cellText } from '../../../shared/claimWords';
import { ScrollBox } from './ScrollBox';

/** What was measured beside what was judged. */
export function Tables({ tables }: { tables: readonly ResultTable[] }) {
  if (tables.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Tables">
      <h2>Tables</h2>
      {tables.map((table) => (
        <OneTable key={table.key} table={table} />
      ))}
    </section>
  );
}

function OneTable({ table }: { table: ResultTable }) {
  const isText = table.columns.map((_, i) =>
    table.rows.every((row) => typeof row[i] === 'string' || typeof row[i] === 'boolean' || row[i] === null),
  );
  const side = (i: number) => (isText[i] ? undefined : 'tw-right tw-num');
  return (
    <section className="tw-claim-part" aria-label={table.title}>
      <h3>{table.title}</h3>
      {table.note && <p className="tw-muted tw-flush">{table.note}</p>}
      <ScrollBox label={`Table: ${table.title}`}>
        <table className="tw-claim-table">
          <thead>
            <tr>
              {table.columns.map((column, i) => (
                <th key={column.key} scope="col" className={isText[i] ? undefined : 'tw-right'}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, r) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name but their place, and never move
              <tr key={r}>
                {row.map((cell, i) => (
                  <td key={table.columns[i]?.key ?? i} className={side(i)}>
                    {cellText(cell, table.columns[i]?.unit ?? '')}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

/** The papers' figures beside ours. */
export function PublishedCard({ published }: { published: readonly Published[] }) {
  if (published.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Published">
      <h2>Published figures beside ours</h2>
      <ScrollBox label="Table: published figures beside ours">
        <table className="tw-claim-table">
          <thead>
            <tr>
              <th scope="col">Quantity</th>
              <th scope="col">Published</th>
              <th scope="col">This run</th>
              <th scope="col">Source</th>
            </tr>
          </thead>
          <tbody>
            {published.map(({ what, theirs, ours, source, note }) => (
              <tr key={`${what} ${source}`}>
                <td>
                  {what}
                  {note && <div className="tw-muted">{note}</div>}
                </td>
                <td>{theirs}</td>
                <td>{ours ?? <span className="tw-muted">not measured</span>}</td>
                <td className="tw-muted">{source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

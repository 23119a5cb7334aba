// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid: only the rows on the screen exist, which a native table does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: an ARIA grid: only the rows on the screen exist, which a native table does not allow
import { memo, type ReactNode } from 'react';
import { type ColumnScale, numberText, type TableColumn } from './columns';
import { type Line, summaryOfGroup } from './lines';
import { summaryWords } from './summary';

interface Props<T> {
  line: Line<T>;
  id: string;
  index: number;
  /** Pixels from the top of the body. */
  top: number;
  columns: readonly TableColumn<T>[];
  scales: ReadonlyMap<string, ColumnScale>;
  /** The column whose values are grouped. */
  group: TableColumn<T> | null;
  groupNote?(rows: readonly T[]): ReactNode;
  active: boolean;
  /** null: lines cannot be selected. */
  selected: boolean | null;
  rowClass?(row: T): string;
}

/** One line of the table; drawn anew only when something of its own changes. */
export const TableLine = memo(function TableLine<T>(props: Props<T>) {
  const { line, id, index, top, columns, scales, group, groupNote, active, selected, rowClass } = props;
  const offset = (selected === null ? 0 : 1) + (group ? 1 : 0);
  const own = line.kind === 'group' ? ' tw-table-group' : (rowClass?.(line.row) ?? '');
  return (
    <div
      role="row"
      id={id}
      data-line={index}
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      aria-expanded={line.kind === 'group' ? line.open : undefined}
      aria-level={group ? (line.kind === 'group' ? 1 : 2) : undefined}
      className={`tw-table-line${active ? ' tw-table-active' : ''}${selected ? ' tw-table-selected' : ''} ${own}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {selected !== null && (
        <div role="gridcell" aria-colindex={1} className="tw-table-tick" data-part="tick">
          <span className={`tw-tick tw-tick-${selected ? 'all' : 'none'}`} />
        </div>
      )}
      {group && (
        <div
          role="gridcell"
          aria-colindex={offset}
          className={`tw-table-cell${line.kind === 'row' ? ' tw-table-under' : ''}`}
        >
          {line.kind === 'group' ? (
            <>
              <GroupLabel label={line.label} n={line.rows.length} open={line.open} />
              {groupNote?.(line.rows)}
            </>
          ) : (
            rowCell(line.row, group, scales.get(group.id))
          )}
        </div>
      )}
      {columns.map((column, i) => (
        <div
          key={column.id}
          role="gridcell"
          aria-colindex={offset + i + 1}
          className={`tw-table-cell${column.number ? ' tw-table-number' : ''}`}
          title={line.kind === 'row' ? (column.hint?.(line.row) ?? undefined) : undefined}
        >
          {line.kind === 'row'
            ? rowCell(line.row, column, scales.get(column.id))
            : groupCell(line.rows, column, scales.get(column.id))}
        </div>
      ))}
    </div>
  );
}) as <T>(props: Props<T>) => ReactNode;

function GroupLabel({ label, n, open }: { label: string; n: number; open: boolean }) {
  return (
    <>
      <span aria-hidden="true" className="tw-table-turn">
        {open ? '▾' : '▸'}
      </span>
      <span className="tw-table-title" title={label}>
        {label}
      </span>
      <span className="tw-muted">&nbsp;(n = {n})</span>
    </>
  );
}

function rowCell<T>(row: T, column: TableColumn<T>, scale: ColumnScale | undefined): ReactNode {
  if (column.cell) return column.cell(row);
  const value = column.value(row);
  if (value === null) return <span className="tw-muted">–</span>;
  if (typeof value === 'string' || !column.number || !scale) return value;
  return numberText(value, scale, { whole: column.number.whole, estimate: column.number.estimate?.(row) });
}

/** Numbers: median [spread]. Others: the value that all rows share, or how many there are. */
function groupCell<T>(rows: readonly T[], column: TableColumn<T>, scale: ColumnScale | undefined): ReactNode {
  if (!column.number || !scale || column.number.whole) {
    const values = new Set(rows.map(column.value));
    if (values.size > 1) return <span className="tw-muted">{values.size} values</span>;
    return rowCell(rows[0], column, scale);
  }
  const summary = summaryOfGroup(rows, column);
  if (summary === null) return <span className="tw-muted">–</span>;
  const estimate = rows.some((row) => column.number?.estimate?.(row));
  const text = (value: number) => numberText(value, scale);
  return (
    <span title={summaryWords(summary, rows.length - summary.n)}>
      {numberText(summary.centre, scale, { estimate })}
      {summary.low < summary.high && (
        <span className="tw-table-spread">{` [${text(summary.low)}, ${text(summary.high)}]`}</span>
      )}
      {summary.n < rows.length && <span className="tw-table-spread">{` n = ${summary.n}`}</span>}
    </span>
  );
}

// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid: only the rows on the screen exist, which a native table does not allow
// biome-ignore-all lint/a11y/useFocusableInteractive: an ARIA grid: only the rows on the screen exist, which a native table does not allow
// biome-ignore-all lint/a11y/noStaticElementInteractions: an ARIA grid: only the rows on the screen exist, which a native table does not allow
import type { Header, RowData } from '@tanstack/react-table';
import { type KeyboardEvent, useState } from 'react';
import type { Features } from '../DataTable';
import { type ColumnScale, headerOf, type TableColumn } from './columns';

interface Props<T extends RowData> {
  headers: readonly Header<Features, T>[];
  columns: readonly TableColumn<T>[];
  scales: ReadonlyMap<string, ColumnScale>;
  /** Title of the column with the groups; null: no groups. */
  groupTitle: string | null;
  tick: 'none' | 'some' | 'all' | null;
  onTick(): void;
  onResize(id: string, width: number): void;
  onWidth(id: string): number;
}

const keyStepPx = 16;
const hint =
  'Click or Enter sorts, with Shift as a further key. Shift + arrow left or right changes the width.';

/** The header line: one tab stop, arrows go from column to column. */
export function TableHead<T extends RowData>({
  headers,
  columns,
  scales,
  groupTitle,
  tick,
  onTick,
  onResize,
  onWidth,
}: Props<T>) {
  const [stop, setStop] = useState(0);
  const offset = (tick === null ? 0 : 1) + (groupTitle === null ? 0 : 1);
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const step = event.key === 'ArrowRight' ? 1 : -1;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) onResize(id, Math.min(900, Math.max(44, onWidth(id) + step * keyStepPx)));
    else {
      const buttons = [
        ...event.currentTarget.closest('[role=row]')!.querySelectorAll<HTMLElement>('button.tw-table-sort'),
      ];
      buttons[
        Math.min(buttons.length - 1, Math.max(0, buttons.indexOf(event.currentTarget as HTMLElement) + step))
      ]?.focus();
    }
  };
  return (
    <div role="rowgroup" className="tw-table-head">
      <div role="row" aria-rowindex={1} className="tw-table-line">
        {tick !== null && (
          <div role="columnheader" aria-colindex={1} className="tw-table-tick">
            <button
              type="button"
              className={`tw-tick tw-tick-${tick}`}
              aria-label={tick === 'none' ? 'Select all rows' : 'Clear the selection'}
              onClick={onTick}
            />
          </div>
        )}
        {groupTitle !== null && (
          <div role="columnheader" aria-colindex={offset} className="tw-table-cell">
            {groupTitle}
          </div>
        )}
        {columns.map((column, i) => {
          const header = headers.find((h) => h.column.id === column.id);
          if (!header) return null;
          const order = header.column.getIsSorted();
          const place = header.column.getSortIndex();
          const several = headers.filter((h) => h.column.getIsSorted()).length > 1;
          return (
            <div
              key={column.id}
              role="columnheader"
              aria-colindex={offset + i + 1}
              aria-sort={order === false ? 'none' : order === 'asc' ? 'ascending' : 'descending'}
              className={`tw-table-cell tw-table-header${column.number ? ' tw-table-number' : ''}`}
            >
              <button
                type="button"
                className="tw-table-sort"
                tabIndex={i === Math.min(stop, columns.length - 1) ? 0 : -1}
                title={hint}
                onFocus={() => setStop(i)}
                onClick={header.column.getToggleSortingHandler()}
                onKeyDown={(event) => onKeyDown(event, column.id)}
              >
                <span className="tw-table-title">{headerOf(column.title, scales.get(column.id))}</span>
                {order !== false && (
                  <span aria-hidden="true">
                    {order === 'asc' ? '▲' : '▼'}
                    {several && place + 1}
                  </span>
                )}
              </button>
              <span
                className="tw-table-grip"
                role="presentation"
                onMouseDown={header.getResizeHandler()}
                onTouchStart={header.getResizeHandler()}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}

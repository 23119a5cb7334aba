// biome-ignore-all lint/a11y/noStaticElementInteractions: an ARIA grid: only the rows on the screen exist, which a native table does not allow
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: an ARIA grid: only the rows on the screen exist, which a native table does not allow
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid: only the rows on the screen exist, which a native table does not allow
import {
  type ColumnDef,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  type RowData,
  rowSortingFeature,
  tableFeatures,
  type Updater,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react';
import '../styles/table.css';
import { scalesOf, type TableColumn } from './table/columns';
import { groupRows, type Line, linesOf, type Sort, sortRows } from './table/lines';
import { between, lineOfKey, toggled } from './table/selection';
import { TableHead } from './table/TableHead';
import { TableLine } from './table/TableLine';

/** How a table is laid out: plain JSON, so that a page can store it. */
export interface TableLayout {
  /** The first decides, the next breaks ties. */
  sort: Sort[];
  /** Columns shown; null: those that are not `hidden`. */
  columns: string[] | null;
  /** Widths that the user chose, px. */
  widths: Record<string, number>;
}
export const plainLayout: TableLayout = { sort: [], columns: null, widths: {} };

export interface DataTableProps<T extends RowData> {
  /** What a screen reader calls the table. */
  label: string;
  /** Already filtered. Keep the array stable while nothing changes. */
  rows: readonly T[];
  columns: readonly TableColumn<T>[];
  rowId(row: T): string;
  layout: TableLayout;
  onLayout(layout: TableLayout): void;
  /** Ids; without `onSelected` rows cannot be selected. */
  selected?: ReadonlySet<string>;
  onSelected?(selected: Set<string>): void;
  /** Enter or double click. */
  onOpen?(row: T): void;
  /** The row that has the focus, whenever it changes; null: a group's head. */
  onActive?(row: T | null): void;
  /** Id of the column whose values are grouped; null: no groups. Numbers show n, median and spread then. */
  groupBy?: string | null;
  /** Groups are open, and show their rows, until the user closes one. */
  groupsOpen?: boolean;
  /** Rows that choose the unit of each number column; absent: `rows`. Pass all rows where `rows` are a filter's. */
  unitRows?: readonly T[];
  rowClass?(row: T): string;
  /** Beside the head of a group: marks of the rows in it, such as SAMPLE. */
  groupNote?(rows: readonly T[]): ReactNode;
  /** Shown where there are no rows. */
  empty?: ReactNode;
}

/** Pixels; table.css has the same. */
const lineHeight = 26;
const headHeight = 30;
const tickWidth = 30;
const groupWidth = 230;
const groupedNumberWidth = 184;

const features = tableFeatures({
  columnVisibilityFeature,
  columnSizingFeature,
  columnResizingFeature,
  rowSortingFeature,
});
export type Features = typeof features;
const nothing: readonly never[] = [];

const resolve = <V,>(updater: Updater<V>, old: V): V =>
  typeof updater === 'function' ? (updater as (old: V) => V)(old) : updater;

/**
 * A table of any number of rows: only those on the screen are drawn. Arrows, Home, End and Page keys move, Space selects,
 * Shift extends, Ctrl+A selects all, Enter opens. Columns, widths and sort order are TanStack Table's; order and groups
 * are made by the pure functions of table/lines.ts, whose ten thousand rows take a few milliseconds.
 */
export function DataTable<T extends RowData>(props: DataTableProps<T>) {
  const { rows, columns, rowId, layout, onLayout, selected, onSelected, onOpen, onActive, label } = props;
  const { groupBy = null, groupsOpen = false, unitRows = rows, rowClass, groupNote, empty } = props;
  const tableId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const anchor = useRef<string | null>(null);
  /** Groups that are not as `groupsOpen` says. */
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());

  const group = groupBy === null ? null : (columns.find((c) => c.id === groupBy) ?? null);
  const sorted = useMemo(() => sortRows(rows, columns, layout.sort), [rows, columns, layout.sort]);
  const groups = useMemo(
    () => (group ? groupRows(sorted, group, columns, layout.sort) : null),
    [sorted, group, columns, layout.sort],
  );
  const lines = useMemo(
    () => linesOf(sorted, rowId, groups, (id) => turned.has(id) !== groupsOpen),
    [sorted, rowId, groups, turned, groupsOpen],
  );

  const table = useColumns(columns, layout, onLayout, group);
  const shown = table.getVisibleLeafColumns().map((c) => columns.find((own) => own.id === c.id)!);
  const drawn = useStable(shown);
  const scales = useMemo(() => scalesOf(unitRows, drawn), [unitRows, drawn]);
  const widths = [
    ...(onSelected ? [tickWidth] : []),
    ...(group ? [groupWidth] : []),
    ...table.getVisibleLeafColumns().map((c) => c.getSize()),
  ];

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    scrollMargin: headHeight,
    scrollPaddingStart: headHeight,
    overscan: 6,
  });

  const at = useMemo(
    () => (active === null ? -1 : lines.findIndex((line) => line.id === active)),
    [lines, active],
  );
  const activate = (index: number, mode: 'plain' | 'extend') => {
    const line = lines[index];
    setActive(line.id);
    onActive?.(line.kind === 'row' ? line.row : null);
    virtual.scrollToIndex(index, { align: 'auto' });
    if (mode === 'plain') anchor.current = line.id;
    else if (onSelected) {
      anchor.current ??= active ?? line.id;
      const reached = new Set(
        between(
          lines.map((l) => l.id),
          anchor.current,
          line.id,
        ),
      );
      onSelected(new Set(lines.filter((l) => l.kind === 'row' && reached.has(l.id)).map((l) => l.id)));
    }
  };
  const turn = (id: string) => setTurned((old) => toggled(old, [id]));
  const tick = (line: Line<T>) =>
    onSelected?.(toggled(selected ?? new Set(), line.kind === 'row' ? [line.id] : line.rows.map(rowId)));
  const open = (line: Line<T>) => (line.kind === 'group' ? turn(line.id) : onOpen?.(line.row));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.altKey) return;
    const mod = event.ctrlKey || event.metaKey;
    const line = lines[at];
    const page = Math.max(
      1,
      Math.floor(((scroller.current?.clientHeight ?? 0) - headHeight) / lineHeight) - 1,
    );
    const next = mod ? null : lineOfKey(event.key, at, lines.length, page);
    if (next !== null) activate(next, event.shiftKey ? 'extend' : 'plain');
    else if (mod && event.key.toLowerCase() === 'a' && onSelected) onSelected(new Set(rows.map(rowId)));
    else if (mod || !line) return;
    else if (event.key === ' ') tick(line);
    else if (event.key === 'Enter') open(line);
    else if (line.kind === 'group' && event.key === (line.open ? 'ArrowLeft' : 'ArrowRight')) turn(line.id);
    else return;
    event.preventDefault();
  };

  /** One listener for all lines, so that drawing a line makes none. */
  const lineOfEvent = (event: MouseEvent): [Line<T>, number] | null => {
    const index = Number(
      (event.target as HTMLElement).closest<HTMLElement>('[data-line]')?.dataset.line ?? -1,
    );
    return lines[index] ? [lines[index], index] : null;
  };
  const onClick = (event: MouseEvent) => {
    const found = lineOfEvent(event);
    if (!found) return;
    const [line, index] = found;
    const part = (event.target as HTMLElement).closest<HTMLElement>('[data-part]')?.dataset.part;
    if (
      part === 'link' &&
      line.kind === 'row' &&
      onOpen &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.shiftKey
    ) {
      event.preventDefault();
      onOpen(line.row);
      return;
    }
    activate(index, event.shiftKey ? 'extend' : 'plain');
    scroller.current?.focus({ preventScroll: true });
    if (event.shiftKey) return;
    if (part === 'tick' || event.ctrlKey || event.metaKey) tick(line);
    else if (line.kind === 'group') turn(line.id);
  };

  const lineId = (index: number) => `${tableId}${index}`;
  return (
    <div
      ref={scroller}
      className="tw-table"
      role={group ? 'treegrid' : 'grid'}
      aria-label={label}
      aria-rowcount={lines.length + 1}
      aria-colcount={widths.length}
      aria-multiselectable={onSelected ? true : undefined}
      aria-activedescendant={at >= 0 && inView(virtual.getVirtualItems(), at) ? lineId(at) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDoubleClick={(event) => {
        const found = lineOfEvent(event);
        if (found?.[0].kind === 'row') open(found[0]);
      }}
      onMouseDown={(event) => {
        // Shift+click would select text, and a click on a line keeps the focus on the table.
        if (event.shiftKey && lineOfEvent(event)) event.preventDefault();
      }}
      style={
        {
          '--tw-cols': widths.map((w) => `${w}px`).join(' '),
          '--tw-width': `${sum(widths)}px`,
        } as CSSProperties
      }
    >
      <TableHead
        headers={table.getHeaderGroups()[0]?.headers ?? []}
        columns={drawn}
        scales={scales}
        groupTitle={group ? `${group.title} (n)` : null}
        tick={onSelected ? tickOf(rows.length, countSelected(rows, rowId, selected)) : null}
        onTick={() => onSelected?.(new Set((selected?.size ?? 0) > 0 ? [] : rows.map(rowId)))}
        onResize={(id, width) =>
          onLayout({ ...layout, widths: { ...layout.widths, [id]: Math.round(width) } })
        }
        onWidth={(id) => table.getColumn(id)?.getSize() ?? 0}
      />
      <div role="rowgroup" className="tw-table-body" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <TableLine
            key={lines[index].id}
            line={lines[index]}
            id={lineId(index)}
            index={index}
            top={start - headHeight}
            columns={drawn}
            scales={scales}
            group={group}
            groupNote={groupNote}
            active={index === at}
            selected={onSelected ? isSelected(lines[index], rowId, selected) : null}
            rowClass={rowClass}
          />
        ))}
      </div>
      {lines.length === 0 && empty}
    </div>
  );
}

/** Columns with their widths, visibility and sort order. */
function useColumns<T extends RowData>(
  columns: readonly TableColumn<T>[],
  layout: TableLayout,
  onLayout: (layout: TableLayout) => void,
  group: TableColumn<T> | null,
) {
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<Features, T> => ({
          id: column.id,
          accessorFn: column.value,
          size: Math.max(
            column.width ?? 110,
            group && column.number && !column.number.whole ? groupedNumberWidth : 0,
          ),
          minSize: 44,
          maxSize: 900,
          sortDescFirst: false,
        }),
      ),
    [columns, group],
  );
  const visibility = useMemo(
    () =>
      Object.fromEntries(
        columns.map(({ id, hidden }) => [
          id,
          id !== group?.id && (layout.columns === null ? !hidden : layout.columns.includes(id)),
        ]),
      ),
    [columns, layout.columns, group],
  );
  return useTable({
    features,
    columns: defs,
    // Rows are sorted, grouped and drawn beside TanStack's row model, which would make an object for each of them.
    data: nothing as readonly T[],
    manualSorting: true,
    isMultiSortEvent: (event: unknown) => (event as MouseEvent).shiftKey,
    columnResizeMode: 'onChange',
    state: { sorting: layout.sort, columnVisibility: visibility, columnSizing: layout.widths },
    onSortingChange: (updater) => onLayout({ ...layout, sort: resolve(updater, layout.sort) }),
    onColumnSizingChange: (updater) => onLayout({ ...layout, widths: resolve(updater, layout.widths) }),
  });
}

/** The same array for as long as its items are the same, so that lines that did not change are not drawn anew. */
function useStable<V>(items: V[]): V[] {
  const kept = useRef(items);
  if (kept.current.length !== items.length || items.some((item, i) => item !== kept.current[i]))
    kept.current = items;
  return kept.current;
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const inView = (items: readonly { index: number }[], index: number) =>
  items.some((item) => item.index === index);

function isSelected<T>(line: Line<T>, rowId: (row: T) => string, selected?: ReadonlySet<string>): boolean {
  if (!selected || selected.size === 0) return false;
  return line.kind === 'row' ? selected.has(line.id) : line.rows.every((row) => selected.has(rowId(row)));
}

function countSelected<T>(
  rows: readonly T[],
  rowId: (row: T) => string,
  selected?: ReadonlySet<string>,
): number {
  if (!selected || selected.size === 0) return 0;
  return rows.reduce((n, row) => n + (selected.has(rowId(row)) ? 1 : 0), 0);
}

const tickOf = (all: number, count: number): 'none' | 'some' | 'all' =>
  count === 0 ? 'none' : count < all ? 'some' : 'all';

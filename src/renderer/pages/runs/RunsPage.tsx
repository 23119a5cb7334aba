import { Button, Group, Progress, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { RunRow } from '../../../shared/runRow';
import { formatCount } from '../../../shared/units';
import { useCommand } from '../../commands/handlers';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { ColumnChooser } from '../../parts/ColumnChooser';
import { DataTable, type TableLayout } from '../../parts/DataTable';
import { EmptyState } from '../../parts/EmptyState';
import { FacetFilter } from '../../parts/FacetFilter';
import { FailureNote } from '../../parts/FailureNote';
import { PageHead } from '../../parts/PageHead';
import { sortRows } from '../../parts/table/lines';
import { putSetting, useSettings } from '../../state/settings';
import { go } from '../../state/view';
import { loadBinned } from './binned';
import { groupable, groupNote, runColumns } from './columns';
import { facetValues, filterRuns } from './filter';
import { SelectionBar } from './SelectionBar';
import { select, useSelection } from './selection';
import { ViewsMenu } from './ViewsMenu';
import { facets, facetTitles, plainView, type RunView, readView } from './view';

const rowId = (row: RunRow) => row.id;
const open = (row: RunRow) => go({ page: 'run', run: row.id });
const none: readonly RunRow[] = [];

/** All runs of the lab in one table, and the bin. */
export function RunsPage() {
  const { lab } = useReady();
  const all = useRows((s) => s.rows);
  const failure = useRows((s) => s.failure);
  const loaded = useRows((s) => s.loading === null);
  const [place, setPlace] = useState<'lab' | 'bin'>('lab');
  const binned = useQuery({
    queryKey: ['runs', 'bin'],
    queryFn: () => loadBinned(lab),
    enabled: place === 'bin',
  });
  const now = place === 'lab' ? all : (binned.data ?? none);
  // The tools of the page are drawn first, the rows then in small steps.
  const rows = useDeferredValue(now, none);
  const stored = useSettings((s) => s.runTable);
  const view = useMemo(() => readView(stored), [stored]);
  const setView = (change: Partial<RunView>) => putSetting('runTable', { ...view, ...change });
  // Letters and switches go before rows: ten thousand are looked through when the letter is on the screen.
  const {
    text,
    facets: chosen,
    overhead,
    sort,
    columns: visible,
    group,
    singleRuns,
  } = useDeferredValue(view);
  const shown = useMemo(
    () => filterRuns(rows, { text, facets: chosen, overhead }),
    [rows, text, chosen, overhead],
  );
  const { ids } = useSelection();
  useCommand('view.escape', () => select(new Set()), ids.size > 0);

  const layout = useMemo<TableLayout>(
    () => ({ sort, columns: visible, widths: view.widths }),
    [sort, visible, view.widths],
  );
  const picked = useMemo(
    () =>
      sortRows(
        shown.filter((row) => ids.has(row.id)),
        runColumns,
        sort,
      ),
    [shown, ids, sort],
  );
  // Of other labs nothing is said where there are none.
  const foreign = useMemo(() => rows.some((row) => row.lab !== null), [rows]);
  const offered = facets.filter((f) => f !== 'lab' || foreign || view.facets.lab.length > 0);
  const filtered = view.text !== '' || facets.some((f) => view.facets[f].length > 0);
  const clearFilter = () => setView({ text: '', facets: plainView.facets });
  const columns = runColumns.filter((c) => (view.columns === null ? !c.hidden : view.columns.includes(c.id)));

  return (
    <div className="tw-page tw-page-table">
      <PageHead title="Runs" note={<Note shown={shown.length} all={rows.length} place={place} />}>
        <SegmentedControl
          aria-label="Runs in the lab or in the bin"
          value={place}
          onChange={(value) => {
            select(new Set());
            setPlace(value as typeof place);
          }}
          data={[
            { value: 'lab', label: 'In the lab' },
            { value: 'bin', label: 'Bin' },
          ]}
        />
        <ViewsMenu view={view} onView={(next) => putSetting('runTable', next)} />
      </PageHead>
      {failure !== null && <FailureNote failure={{ kind: 'internal', message: failure, remedy: null }} />}
      {binned.error && place === 'bin' && <FailureNote failure={binned.error} />}
      {place === 'lab' && <LoadingBar />}
      {now.length === 0 && (place === 'lab' ? loaded : binned.isSuccess) ? (
        <Nothing place={place} />
      ) : (
        <>
          <Group gap={6}>
            <TextInput
              data-filter
              aria-label="Filter runs"
              placeholder={'Filter: words, "a phrase", -without   ( / )'}
              w={250}
              value={view.text}
              onChange={(event) => setView({ text: event.currentTarget.value })}
            />
            {offered.map((facet) => (
              <FacetFilter
                key={facet}
                title={facetTitles[facet]}
                choices={() => facetValues(rows, facet)}
                chosen={view.facets[facet]}
                onChosen={(values) => setView({ facets: { ...view.facets, [facet]: values } })}
              />
            ))}
            <Button variant="subtle" disabled={!filtered} onClick={clearFilter}>
              Clear filter
            </Button>
            <span className="tw-grow" />
            <ColumnChooser
              columns={runColumns}
              shown={view.columns}
              onShown={(columns) => setView({ columns })}
            />
          </Group>
          <Group gap={10}>
            <SelectionBar rows={picked} shown={shown} columns={columns} inBin={place === 'bin'} />
            <span className="tw-grow" />
            <Select
              aria-label="Group by"
              placeholder="Group by …"
              w={150}
              clearable
              searchable
              clearButtonProps={{ 'aria-label': 'No groups' }}
              value={view.group}
              onChange={(group) => setView({ group })}
              data={groupable.map(({ id, title }) => ({
                value: id,
                label: title,
              }))}
            />
            <Switch
              label="Single runs"
              disabled={view.group === null}
              checked={view.singleRuns}
              onChange={(event) => setView({ singleRuns: event.currentTarget.checked })}
            />
            <Switch
              label="Control and call-overhead runs"
              checked={view.overhead}
              onChange={(event) => setView({ overhead: event.currentTarget.checked })}
            />
          </Group>
          <DataTable
            label={place === 'lab' ? 'Runs' : 'Runs in the bin'}
            // Another group or another switch begins with all groups alike.
            key={`${group} ${singleRuns}`}
            rows={shown}
            unitRows={rows}
            columns={runColumns}
            rowId={rowId}
            layout={layout}
            onLayout={({ sort, columns: chosenColumns, widths }) =>
              setView({ sort, columns: chosenColumns, widths })
            }
            selected={ids}
            onSelected={select}
            onOpen={open}
            groupBy={group}
            groupsOpen={singleRuns}
            groupNote={groupNote}
            empty={
              loaded &&
              rows === now && (
                <EmptyState title="No run fits the filter.">
                  <Button variant="default" onClick={clearFilter}>
                    Clear filter
                  </Button>
                </EmptyState>
              )
            }
          />
        </>
      )}
    </div>
  );
}

function Nothing({ place }: { place: 'lab' | 'bin' }) {
  if (place === 'bin')
    return (
      <EmptyState
        title="The bin is empty."
        text="Runs that you move to the bin stay here and can be restored."
      />
    );
  return (
    <EmptyState title="No run yet." text="Choose models on the Lab page and start measuring.">
      <Button onClick={() => go({ page: 'lab' })}>Go to Lab</Button>
    </EmptyState>
  );
}

/** How many rows are shown; while they arrive, how many have. */
function Note({ shown, all, place }: { shown: number; all: number; place: 'lab' | 'bin' }) {
  const loading = useRows((s) => s.loading);
  if (loading !== null && place === 'lab')
    return <>{`loading: ${formatCount(loading.done)} of ${formatCount(loading.total)}`}</>;
  const runs = all === 1 ? 'run' : 'runs';
  return (
    <>
      {shown === all
        ? `${formatCount(all)} ${runs}`
        : `${formatCount(shown)} of ${formatCount(all)} ${runs} shown`}
    </>
  );
}

function LoadingBar() {
  const loading = useRows((s) => s.loading);
  if (loading === null || loading.total === 0) return null;
  return <Progress value={(100 * loading.done) / loading.total} size="xs" aria-label="Loading runs" />;
}

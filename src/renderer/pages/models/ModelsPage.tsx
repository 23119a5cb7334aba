import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import { isClaimModel } from '../../../shared/model';
import { useCommand } from '../../commands/handlers';
import { bin, pickAndImport } from '../../lab/actions';
import { addToDraft } from '../../lab/draft';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { DataTable } from '../../parts/DataTable';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { PageHead } from '../../parts/PageHead';
import { go } from '../../state/view';
import '../../styles/models.css';
import { BuildingNote } from './BuildingNote';
import { openLadder, useBuilding } from './buildLadder';
import { modelColumns, narrowColumns } from './columns';
import { ImportProgress } from './ImportProgress';
import { ImportResults } from './ImportResults';
import { LadderDialog } from './LadderDialog';
import { ModelDetail } from './ModelDetail';
import { filterModels, type ModelRow, modelRowsOf, tallyRuns } from './modelRows';
import { NoModels } from './NoModels';
import { selectModels, setFilter, setLayout, setShown, useModelsPage } from './pageState';
import { useModels } from './useModels';

/** Every model of the lab: import, build, look at, send to the plan, bin and restore. */
export function ModelsPage({ model }: { model: string | null }) {
  const ready = useReady();
  const { models, binned, byId, withoutFile, loading, failure } = useModels();
  const { filter, layout, shown, selected, macs } = useModelsPage();
  const ladderOpen = useBuilding((s) => s.open);
  const runRows = useRows((s) => s.rows);
  const tally = useMemo(() => tallyRuns(runRows), [runRows]);
  const readOnly = ready.info.readOnly !== null;
  const inBin = shown === 'bin';
  const [own, made] = useMemo(
    () => [models.filter((m) => !isClaimModel(m)), models.filter(isClaimModel)],
    [models],
  );
  const listed = { models: own, claims: made, bin: binned }[shown];
  const rows = useMemo(
    () => filterModels(modelRowsOf(listed, tally, macs, withoutFile), filter),
    [listed, tally, macs, withoutFile, filter],
  );
  const opened =
    model === null ? null : (byId.get(model) ?? [...byId.values()].find((m) => m.id.startsWith(model)));
  const chosen = rows.filter((row) => selected.has(row.model.id)).map((row) => row.model.id);
  const close = () => go({ page: 'models', model: null });
  useCommand('view.escape', close, model !== null && !ladderOpen);
  const nothing = loading
    ? 'Reading the list …'
    : filter !== ''
      ? 'No model fits this filter.'
      : inBin
        ? 'The bin is empty.'
        : 'No model yet.';
  const roomy = useMediaQuery('(min-width: 1800px)') === true;
  const empty = !loading && models.length === 0 && !inBin && failure === null;

  return (
    <div className="tw-page tw-models-page">
      <PageHead
        title="Models"
        note={loading ? 'Reading the list …' : noteOf(rows.length, listed.length, inBin)}
      >
        <SegmentedControl
          aria-label="Which models are listed"
          value={shown}
          onChange={(value) => setShown(value as typeof shown)}
          data={[
            { value: 'models', label: `In the lab (${own.length})` },
            ...(made.length > 0 ? [{ value: 'claims', label: `Made by claims (${made.length})` }] : []),
            { value: 'bin', label: `Bin (${binned.length})` },
          ]}
        />
        <TextInput
          data-filter
          aria-label="Filter models"
          placeholder="Filter by name, family, precision …"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
          w={230}
        />
        <Button variant="default" disabled={readOnly} onClick={openLadder}>
          Build a ladder …
        </Button>
        <Button variant="default" disabled={readOnly} onClick={() => void pickAndImport(ready, 'folder')}>
          Import a folder …
        </Button>
        <Button
          leftSection={<Icon name="plus" size={14} />}
          disabled={readOnly}
          onClick={() => void pickAndImport(ready, 'files')}
        >
          Import
        </Button>
      </PageHead>
      <ImportProgress />
      <BuildingNote />
      <ImportResults />
      {failure && <FailureNote failure={failure} />}
      {inBin && (
        <p className="tw-muted tw-models-text">
          What is in the bin is kept for at least a month, and its files stay in the lab folder. Runs of these
          models keep their results.
        </p>
      )}
      {chosen.length > 0 && (
        <section className="tw-models-selection" aria-label="Selected models">
          <strong>{chosen.length} selected</strong>
          {inBin ? (
            <Button
              disabled={readOnly}
              onClick={() => void bin(ready, 'model', chosen, false).then(() => selectModels(new Set()))}
            >
              Restore
            </Button>
          ) : (
            <>
              <Button
                onClick={() => {
                  addToDraft(...chosen);
                  go({ page: 'lab' });
                }}
              >
                Measure
              </Button>
              <Button
                variant="default"
                disabled={readOnly}
                onClick={() => void bin(ready, 'model', chosen).then(() => selectModels(new Set()))}
              >
                Move to the bin
              </Button>
            </>
          )}
          <Button variant="subtle" onClick={() => selectModels(new Set())}>
            Clear the selection
          </Button>
        </section>
      )}
      {empty ? (
        <NoModels binned={binned.length} />
      ) : (
        <div className="tw-models-body" data-opened={model !== null || undefined}>
          <DataTable
            label={inBin ? 'Models in the bin' : 'Models'}
            rows={rows}
            columns={model === null || roomy ? modelColumns : narrowColumns}
            rowId={rowId}
            layout={layout}
            onLayout={setLayout}
            selected={selected}
            onSelected={selectModels}
            onOpen={(row) => go({ page: 'models', model: row.model.id })}
            rowClass={(row) => (row.model.id === opened?.id ? 'tw-models-opened' : '')}
            empty={<p className="tw-models-none">{nothing}</p>}
          />
          {model !== null && (
            <ModelDetail
              key={opened?.id ?? model}
              id={opened?.id ?? model}
              model={opened ?? null}
              inBin={binned.some((m) => m.id === opened?.id)}
              noFile={opened != null && withoutFile.has(opened.id)}
              close={close}
            />
          )}
        </div>
      )}
      <LadderDialog />
    </div>
  );
}

const rowId = (row: ModelRow) => row.model.id;

function noteOf(shown: number, all: number, inBin: boolean): string {
  const where = inBin ? ' in the bin' : '';
  const what = all === 1 ? 'model' : 'models';
  return shown === all ? `${all} ${what}${where}` : `${shown} of ${all} ${what}${where}`;
}

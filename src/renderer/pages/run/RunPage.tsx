import { Button, Loader } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import '../../styles/run.css';
import type { RunDetail } from '../../../shared/contract';
import { failureOf } from '../../../shared/errors';
import { headlineEnergy } from '../../../shared/run';
import type { RunRow } from '../../../shared/runRow';
import { bin } from '../../lab/actions';
import { useReady } from '../../lab/session';
import { LabBadge, OriginBadge, SampleBadge, StatusBadge } from '../../parts/badges';
import { Moment } from '../../parts/dates';
import { EmptyState } from '../../parts/EmptyState';
import { FailureNote } from '../../parts/FailureNote';
import { PageHead } from '../../parts/PageHead';
import { useQuiet } from '../../state/quiet';
import { remember } from '../../state/recents';
import { putSetting } from '../../state/settings';
import { go } from '../../state/view';
import { binRuns, lock } from '../runs/deeds';
import { Ending } from './Ending';
import { Headline } from './Headline';
import { Provenance } from './Provenance';
import { AssignmentCard, BudgetCard, FactsCard, ProvenanceCard } from './RunDetails';
import { RunFigures } from './RunFigures';
import { Timeline } from './Timeline';
import { useRun } from './useRun';
import { Verdicts } from './Verdicts';
import { WindowTable } from './WindowTable';
import { repeatPlan } from './words';

/** Everything the lab knows of one run. */
export function RunPage({ run }: { run: string }) {
  const { detail, row, columns } = useRun(run);
  const quiet = useQuiet((s) => s.open);
  const id = detail.data?.run.id;
  useEffect(() => {
    if (id !== undefined) remember({ page: 'run', run: id });
  }, [id]);
  if (detail.error) return <Unknown thrown={detail.error} />;
  if (!detail.data) {
    return (
      <div className="tw-page">
        <PageHead title="Run" />
        <p role="status">{!quiet && <Loader size="xs" aria-hidden="true" />} Loading the run …</p>
      </div>
    );
  }
  const { run: record, windows, callOverheadS } = detail.data;
  const flat = row.data ?? null;
  return (
    <div className="tw-page">
      <Head detail={detail.data} row={flat} />
      <Ending run={record} />
      <Headline run={record} callOverheadS={callOverheadS} />
      <Verdicts run={record} windows={windows} />
      <section className="tw-card" aria-label="Time line">
        <h2>Time line and windows</h2>
        {columns.error && <FailureNote failure={columns.error} />}
        {columns.data && <Timeline columns={columns.data} />}
        <WindowTable
          windows={windows}
          columns={columns.data}
          sensorId={headlineEnergy(record)?.sensor?.id ?? null}
        />
      </section>
      {columns.data && flat && <RunFigures run={record} row={flat} columns={columns.data} />}
      <div className="tw-two">
        <div className="tw-stack">
          <FactsCard detail={detail.data} />
          <AssignmentCard detail={detail.data} />
        </div>
        <div className="tw-stack">
          <BudgetCard detail={detail.data} />
          <ProvenanceCard detail={detail.data} />
        </div>
      </div>
      <Provenance run={record.id} />
    </div>
  );
}

function Head({ detail, row }: { detail: RunDetail; row: RunRow | null }) {
  const ready = useReady();
  const queries = useQueryClient();
  const { run, model, machine } = detail;
  const { condition } = run;
  const readOnly = ready.info.readOnly !== null;
  const binned = row !== null && row.binnedUnixMs !== null;
  const live = run.status === 'queued' || run.status === 'running';
  const then = (work: Promise<void>) =>
    void work.then(() => queries.invalidateQueries({ queryKey: ['runs', 'row', run.id] }));
  const repeat = () => {
    putSetting('planDraft', repeatPlan(run, model.name));
    go({ page: 'lab' });
  };
  return (
    <>
      <PageHead
        title={model.name}
        note={
          <>
            <StatusBadge status={run.status} /> {row?.sample && <SampleBadge />}{' '}
            <LabBadge lab={row?.lab ?? null} /> <OriginBadge origin={row?.origin ?? null} />{' '}
            {row?.locked && 'locked'} {binned && 'in the bin'}
          </>
        }
      >
        <Button variant="default" onClick={() => go({ page: 'models', model: model.id })}>
          Open model
        </Button>
        <Button variant="default" onClick={repeat} title="A plan with this one condition, on the Lab page">
          Measure again …
        </Button>
        <Button
          variant="default"
          disabled={readOnly || row === null || binned}
          onClick={() => row && then(lock(ready, [row], !row.locked))}
        >
          {row?.locked ? 'Unlock' : 'Lock'}
        </Button>
        {binned ? (
          <Button
            variant="default"
            disabled={readOnly}
            onClick={() => then(bin(ready, 'run', [run.id], false))}
          >
            Restore
          </Button>
        ) : (
          <Button
            variant="default"
            disabled={readOnly || row === null || row.locked || live}
            title={row?.locked ? 'Unlock it first' : undefined}
            onClick={() => row && then(binRuns(ready, [row]))}
          >
            Move to bin
          </Button>
        )}
        <Button onClick={() => go({ page: 'compare', runs: [run.id] })}>Compare with …</Button>
      </PageHead>
      <p className="tw-muted tw-flush">
        {condition.provider} · batch {condition.batch} · {condition.threads}{' '}
        {condition.threads === 1 ? 'thread' : 'threads'} ·{' '}
        {condition.engine === 'capi' ? 'C API' : 'onnxruntime-node'} · preset {condition.preset} ·{' '}
        {machine.cpu.model} · <Moment unixMs={run.startedUnixMs ?? run.queuedUnixMs} />
        {run.role === 'overhead' && ' · measures only what a call costs'}
        {run.role === 'control' &&
          ' · control: the same model twice, to show what the machine itself changes'}
        {run.turn && run.turn.blocks > 1 && ` · block ${run.turn.block + 1} of ${run.turn.blocks}`}
      </p>
    </>
  );
}

function Unknown({ thrown }: { thrown: unknown }) {
  const { kind, message, remedy } = failureOf(thrown);
  return (
    <div className="tw-page">
      <PageHead title="Run" />
      {kind === 'not_found' ? (
        <EmptyState title={message} text={remedy ?? 'It may belong to another lab folder.'}>
          <Button onClick={() => go({ page: 'runs' })}>Go to Runs</Button>
        </EmptyState>
      ) : (
        <FailureNote failure={thrown}>
          <Button mt="xs" variant="default" onClick={() => go({ page: 'runs' })}>
            Go to Runs
          </Button>
        </FailureNote>
      )}
    </div>
  );
}

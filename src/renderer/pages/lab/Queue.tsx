import { Button, Menu } from '@mantine/core';
import { useState } from 'react';
import type { Experiment } from '../../../shared/contract';
import { formatCount } from '../../../shared/units';
import { give } from '../../commands/handlers';
import { saveReport } from '../../lab/report';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { LabBadge } from '../../parts/badges';
import { Moment } from '../../parts/dates';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { useLive } from '../../state/live';
import { putSetting } from '../../state/settings';
import { go } from '../../state/view';
import { exportExperiments } from '../export/choose';
import { showRunsOf } from '../runs/filter';
import { cancel, resume } from './actions';
import { useExperiments, useModels } from './data';
import { storedDraft } from './draft';
import { planText, queueOrder, totalOf } from './words';

/** Shown at once; the rest on demand, so that hundreds of experiments cost nothing. */
const page = 8;

const classes: Record<Experiment['status'], string> = {
  queued: 'tw-muted',
  running: 'tw-running',
  completed: 'tw-good',
  cancelled: 'tw-warn',
  interrupted: 'tw-bad',
};
/** Every experiment of the lab: what is measured, what waits, what is unfinished, what is done. */
export function Queue() {
  const { experiments, failure, loaded } = useExperiments();
  const { names } = useModels();
  const [shown, setShown] = useState(page);
  const list = queueOrder(experiments);
  return (
    <section className="tw-card tw-queue" aria-labelledby="queue">
      <h2 id="queue">Queue and experiments</h2>
      {failure != null && <FailureNote failure={failure} />}
      {loaded && list.length === 0 && (
        <p className="tw-muted tw-flat">No experiment yet. What you start is listed here.</p>
      )}
      <ul>
        {list.slice(0, shown).map((experiment) => (
          <Entry key={experiment.id} experiment={experiment} names={names} />
        ))}
      </ul>
      {list.length > shown && (
        <Button variant="subtle" onClick={() => setShown(shown + 5 * page)}>
          Show more ({formatCount(list.length - shown)} older)
        </Button>
      )}
    </section>
  );
}

function Entry({ experiment, names }: { experiment: Experiment; names: ReadonlyMap<string, string> }) {
  const { id, name, status, plan, runs, createdUnixMs } = experiment;
  const total = totalOf(experiment);
  const lab = useRows((s) => s.rows.find((row) => row.experimentId === id)?.lab ?? null);
  // The list is asked for again when experiments change, not with each run.
  const finished = useLive(({ progress }) => (progress?.experimentId === id ? progress.finished : null));
  return (
    <li className="tw-entry" data-status={status}>
      <div className="tw-row">
        <span className={`tw-tag ${classes[status]}`}>{status}</span>
        <strong className="tw-entry-name" title={name}>
          {name}
        </strong>
        <LabBadge lab={lab} />
        <span className="tw-grow" />
        <Actions experiment={experiment} foreign={lab !== null} />
      </div>
      <div className="tw-muted tw-num">
        {formatCount(finished ?? runs.completed)} of {formatCount(total)} runs
        {runs.failed > 0 && <span className="tw-bad">, {formatCount(runs.failed)} failed</span>}
        {runs.cancelled > 0 && `, ${formatCount(runs.cancelled)} cancelled`} ·{' '}
        <Moment unixMs={createdUnixMs} />
      </div>
      <div className="tw-muted tw-entry-plan" title={planText(plan, names)} data-experiment={id}>
        {planText(plan, names)}
      </div>
    </li>
  );
}

function Actions({ experiment, foreign }: { experiment: Experiment; foreign: boolean }) {
  const ready = useReady();
  const { id, status, plan, name } = experiment;
  const writable = ready.info.readOnly === null;
  const { completed, failed, cancelled } = experiment.runs;
  const ended = completed + failed + cancelled;
  const unfinished = status === 'interrupted' || status === 'cancelled';
  return (
    <>
      {status === 'running' && writable && (
        <Button size="compact-xs" variant="default" onClick={() => give('run.cancel')}>
          Cancel …
        </Button>
      )}
      {status === 'queued' && writable && (
        <Button size="compact-xs" variant="default" onClick={() => void cancel(ready, id)}>
          Take out of the queue
        </Button>
      )}
      {unfinished && writable && !foreign && (
        <Button size="compact-xs" variant="default" onClick={() => void resume(ready, id)}>
          Resume
        </Button>
      )}
      <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button size="compact-xs" variant="subtle" aria-label={`More about ${name}`}>
            <Icon name="more" size={14} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => showRunsOf(id)}>Open its runs</Menu.Item>
          {ended > 0 && (
            <Menu.Item onClick={() => void saveReport(ready, id)}>Save its report (HTML)</Menu.Item>
          )}
          {ended > 0 && (
            <Menu.Item
              onClick={() => {
                exportExperiments([id]);
                go({ page: 'export' });
              }}
            >
              Export it as a dataset …
            </Menu.Item>
          )}
          <Menu.Item onClick={() => putSetting('planDraft', storedDraft(plan))}>
            Load the plan into the composer
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

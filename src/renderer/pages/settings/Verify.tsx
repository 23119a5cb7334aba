import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Outputs } from '../../../shared/contract';
import { formatCount } from '../../../shared/units';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useLive } from '../../state/live';

/** Problems that are listed. */
const most = 200;

type State =
  | { phase: 'idle' }
  | { phase: 'running' }
  | { phase: 'done'; result: Outputs['verify'] }
  | { phase: 'refused'; failure: unknown };

/** Computes every stored hash and result anew and says what does not fit. */
export function Verify() {
  const { lab } = useReady();
  const measuring = useLive((s) => s.progress !== null);
  const [state, setState] = useState<State>({ phase: 'idle' });
  const verify = () => {
    setState({ phase: 'running' });
    lab.verify({}).then(
      (result) => setState({ phase: 'done', result }),
      (failure: unknown) => setState({ phase: 'refused', failure }),
    );
  };
  return (
    <>
      <p className="tw-muted">
        Computes the hash of every record and model file, and every latency and energy from its raw samples,
        and compares them with what is stored. It changes nothing.
      </p>
      <div>
        <Button variant="default" onClick={verify} disabled={state.phase === 'running' || measuring}>
          Verify the lab
        </Button>
      </div>
      <div role="status">
        {measuring && (
          <span className="tw-muted">Wait until the measurement has ended: verifying would disturb it.</span>
        )}
        {state.phase === 'running' && 'Verifying …'}
        {state.phase === 'done' && <Result result={state.result} />}
      </div>
      {state.phase === 'refused' && <FailureNote failure={state.failure} />}
    </>
  );
}

function Result({ result: { checked, problems } }: { result: Outputs['verify'] }) {
  if (problems.length === 0)
    return (
      <span className="tw-good">
        {formatCount(checked)} records and files checked: everything is as it was stored.
      </span>
    );
  return (
    <>
      <strong className="tw-bad">
        {formatCount(checked)} records and files checked, {formatCount(problems.length)}{' '}
        {problems.length === 1 ? 'problem' : 'problems'}.
      </strong>
      <ul className="tw-settings-problems">
        {problems.slice(0, most).map(({ table, id, what }) => (
          <li key={`${table} ${id} ${what}`}>
            {table} <code className="tw-mono">{id.slice(0, 20)}</code>: {what}
          </li>
        ))}
      </ul>
      {problems.length > most && <p>The first {most} are listed.</p>}
      <p className="tw-muted">
        A damaged model can be imported again; a damaged run has to be measured again.
      </p>
    </>
  );
}

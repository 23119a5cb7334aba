import { Alert, Code, Text } from '@mantine/core';
import type { RunRecord } from '../../../shared/run';
import { useLive } from '../../state/live';
import { endingOf, phaseWords } from './words';

/** What goes on in a run that is measured now, or how one ended that did not complete. Nothing for a completed run. */
export function Ending({ run }: { run: RunRecord }) {
  const stage = useLive(({ progress }) => (progress?.runId === run.id ? progress.stage : null));
  if (run.status === 'queued')
    return <Note>This run waits in the queue. Its results appear here when it has been measured.</Note>;
  if (run.status === 'running') {
    const step = stage && stage !== 'queued' && stage !== 'done' ? `: ${phaseWords[stage]}` : '';
    return <Note>This run is being measured{step}. Its results appear here when it ends.</Note>;
  }
  const ending = endingOf(run.outcome);
  if (ending === null) return null;
  const failed = run.outcome?.kind === 'failed' ? run.outcome : null;
  return (
    <Alert color={failed ? 'red' : 'yellow'} variant="light" p="xs" title="How it ended">
      <Text size="sm">{ending}</Text>
      {failed && <Text size="sm">{failed.message}</Text>}
      {failed?.remedy && (
        <Text size="sm">
          <b>What to do:</b> {failed.remedy}
        </Text>
      )}
      {failed && failed.stderrTail.trim() !== '' && (
        <details>
          <summary>Last words of the runner</summary>
          <Code block>{failed.stderrTail}</Code>
        </details>
      )}
    </Alert>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <Alert color="blue" variant="light" p="xs" role="status">
      {children}
    </Alert>
  );
}

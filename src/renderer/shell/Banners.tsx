import { Alert, Button, Group } from '@mantine/core';
import { useReady } from '../lab/session';
import { useLive } from '../state/live';
import { useView } from '../state/view';

/** What must not be missed: a lost service, a lab that can only be read, the lab's last warning. */
export function Banners({ problem }: { problem: string | null }) {
  const { door, info } = useReady();
  const measuring = useLive((s) => s.progress !== null);
  const onLab = useView((s) => s.view.page === 'lab');
  // While it measures, the Lab page says it in its own place.
  const warning = useLive((s) => (measuring && onLab ? null : s.warning));
  return (
    <>
      {problem !== null && (
        <Alert color="red" radius={0} p="xs" role="alert">
          <Group gap="sm">
            {problem}
            {door.restartService && (
              <Button variant="default" onClick={() => void door.restartService?.()}>
                Start it again
              </Button>
            )}
          </Group>
        </Alert>
      )}
      {info.readOnly !== null && (
        <Alert color="yellow" radius={0} p="xs" role="status">
          <Group gap="sm">
            {info.readOnly.holderPid === null
              ? 'This lab is open for reading only.'
              : `Another Thirty Watts (process ${info.readOnly.holderPid}) has this lab open, so this window can only read it.`}
            <Button variant="default" onClick={() => window.location.reload()}>
              Try again
            </Button>
            {door.chooseLab && (
              <Button variant="default" onClick={() => void door.chooseLab?.()}>
                Open another lab …
              </Button>
            )}
          </Group>
        </Alert>
      )}
      {warning !== null && (
        <Alert
          color="yellow"
          radius={0}
          p="xs"
          role="status"
          withCloseButton
          closeButtonLabel="Dismiss the warning"
          onClose={() => useLive.setState({ warning: null })}
        >
          {warning}
        </Alert>
      )}
    </>
  );
}

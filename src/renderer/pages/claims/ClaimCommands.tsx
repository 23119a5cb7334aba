import { Button, Group, Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { claimName } from '../../../shared/claimWords';
import { useCommand } from '../../commands/handlers';
import { useReady } from '../../lab/session';
import { joinRun, useClaimLive } from '../../state/claims';
import { useMeasuring } from '../lab/data';
import { cancelClaims } from './actions';
import { ClaimDialogs } from './ClaimDialogs';

/** What can be done about claims from every page: cancel the run that goes on (asks once), and the dialogs. */
export function ClaimCommands() {
  const ready = useReady();
  const running = useClaimLive((s) => Object.values(s.progress)[0]?.progress ?? null);
  const [asked, setAsked] = useState<string | null>(null);
  // Opened in the middle of a measurement: whether it is that of a claim, so that cancelling cancels the claim's run.
  const { data } = useQuery({
    queryKey: ['claims', 'list'],
    queryFn: () => ready.lab.listClaims({}),
    enabled: useMeasuring() !== null && running === null,
  });
  useEffect(() => {
    const own = data?.claims.find((c) => c.progress !== null && c.progress.total > 0);
    if (own?.progress) joinRun(own.progress);
  }, [data]);
  useCommand(
    'run.cancel',
    () => setAsked(running?.claimRunId ?? null),
    running !== null && ready.info.readOnly === null,
  );
  return (
    <>
      <ClaimDialogs />
      {running !== null && asked === running.claimRunId && (
        <Modal
          opened
          onClose={() => setAsked(null)}
          title={`Cancel the run of ${claimName(running.claim)}?`}
          closeButtonProps={{ 'aria-label': 'Close' }}
          transitionProps={{ duration: 0 }}
        >
          <Text size="sm">
            {running.done} of {running.total} steps are done and stay; the run can be resumed.
          </Text>
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={() => setAsked(null)}>
              Keep running
            </Button>
            <Button
              color="red"
              data-autofocus
              onClick={() => {
                setAsked(null);
                void cancelClaims(ready, [running.claimRunId]);
              }}
            >
              Cancel the run
            </Button>
          </Group>
        </Modal>
      )}
    </>
  );
}

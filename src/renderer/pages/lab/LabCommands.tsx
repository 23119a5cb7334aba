import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useCommand } from '../../commands/handlers';
import { useReady } from '../../lab/session';
import { useClaimLive } from '../../state/claims';
import { useLive } from '../../state/live';
import { cancel, resume, startQuickstart } from './actions';
import { useExperiments, useMeasuring } from './data';
import { keptText, totalOf } from './words';

/** What can be done about measuring from every page: cancel (asks once), resume, quickstart. */
export function LabCommands() {
  const ready = useReady();
  const { experiments } = useExperiments();
  const measuring = useMeasuring();
  const writable = ready.info.readOnly === null;
  const [asked, setAsked] = useState<string | null>(null);
  const unfinished = experiments.find((e) => e.status === 'interrupted' || e.status === 'cancelled');
  // What a claim measures is cancelled with the claim's run (ClaimCommands).
  const ofClaim = useClaimLive((s) => Object.keys(s.progress).length > 0);
  useCommand('run.cancel', () => setAsked(measuring), measuring !== null && writable && !ofClaim);
  useCommand('run.quickstart', () => void startQuickstart(ready), writable);
  useCommand(
    'run.resume',
    () => unfinished && void resume(ready, unfinished.id),
    unfinished !== undefined && writable,
  );
  return asked !== null && asked === measuring ? (
    <CancelDialog
      experimentId={asked}
      onClose={() => setAsked(null)}
      onCancel={() => {
        setAsked(null);
        void cancel(ready, asked);
      }}
    />
  ) : null;
}

function CancelDialog({
  experimentId,
  onClose,
  onCancel,
}: {
  experimentId: string;
  onClose(): void;
  onCancel(): void;
}) {
  const { experiments } = useExperiments();
  const progress = useLive((s) => s.progress);
  const experiment = experiments.find((e) => e.id === experimentId);
  const finished = progress?.finished ?? experiment?.runs.completed ?? 0;
  const total = progress?.total ?? (experiment ? totalOf(experiment) : 0);
  return (
    <Modal
      opened
      onClose={onClose}
      title="Cancel this experiment?"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <Text size="sm">{keptText(finished, total)}</Text>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={onClose}>
          Keep measuring
        </Button>
        <Button color="red" data-autofocus onClick={onCancel}>
          Cancel the experiment
        </Button>
      </Group>
    </Modal>
  );
}

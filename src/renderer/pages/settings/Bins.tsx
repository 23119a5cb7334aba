import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { bin } from '../../lab/actions';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { go } from '../../state/view';
import { setShown } from '../models/pageState';
import { useModels } from '../models/useModels';
import { binnedRunIds } from './bins';

/** How much is in the bin, and the way out of it. */
export function Bins() {
  const ready = useReady();
  const { binned } = useModels();
  const runs = useQuery({ queryKey: ['runs', 'binned'], queryFn: () => binnedRunIds(ready.lab) });
  const ids = runs.data ?? [];
  return (
    <>
      <p className="tw-muted">
        What is in the bin is kept for at least a month; its files stay in the lab folder.
      </p>
      <Group gap="sm">
        <span className="tw-settings-count">
          {binned.length} {binned.length === 1 ? 'model' : 'models'}
        </span>
        <Button
          variant="default"
          disabled={binned.length === 0}
          onClick={() => {
            setShown('bin');
            go({ page: 'models', model: null });
          }}
        >
          Show models
        </Button>
        <Button
          variant="default"
          disabled={binned.length === 0}
          onClick={() =>
            void bin(
              ready,
              'model',
              binned.map((m) => m.id),
              false,
            )
          }
        >
          Restore all models
        </Button>
      </Group>
      <Group gap="sm">
        <span className="tw-settings-count">
          {runs.isPending ? 'Counting runs …' : `${ids.length} ${ids.length === 1 ? 'run' : 'runs'}`}
        </span>
        <Button
          variant="default"
          disabled={ids.length === 0}
          onClick={() => void bin(ready, 'run', ids, false)}
        >
          Restore all runs
        </Button>
      </Group>
      {runs.error && <FailureNote failure={runs.error} />}
    </>
  );
}

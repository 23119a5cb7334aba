import { Button, Group } from '@mantine/core';
import { pickAndImport } from '../../lab/actions';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { Icon } from '../../parts/icons';
import { openLadder } from './buildLadder';

/** The whole page as a place to drop models on. The shell takes the drop wherever it falls. */
export function NoModels({ binned }: { binned: number }) {
  const ready = useReady();
  return (
    <div className="tw-models-drop">
      <EmptyState
        title="Drop ONNX files or a folder of them here"
        text={
          binned > 0
            ? `The lab copies them and leaves yours as they are. ${binned} ${binned === 1 ? 'model is' : 'models are'} in the bin.`
            : 'The lab copies them and leaves yours as they are. External data beside a model comes along.'
        }
      >
        <Group gap="xs" mt="xs" justify="center">
          <Button
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => void pickAndImport(ready, 'files')}
          >
            Choose files …
          </Button>
          <Button variant="default" onClick={() => void pickAndImport(ready, 'folder')}>
            Choose a folder …
          </Button>
          <Button variant="default" onClick={openLadder}>
            No model at hand? Build a ladder …
          </Button>
        </Group>
      </EmptyState>
    </div>
  );
}

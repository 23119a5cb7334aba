import { ActionIcon, Badge, Button, Group } from '@mantine/core';
import { useState } from 'react';
import type { Model } from '../../../shared/model';
import { bin } from '../../lab/actions';
import { addToDraft } from '../../lab/draft';
import { useReady } from '../../lab/session';
import { Icon } from '../../parts/icons';
import { go } from '../../state/view';
import { MakeVariant } from './MakeVariant';
import { ModelAccuracy } from './ModelAccuracy';
import { ModelCost } from './ModelCost';
import { ModelFacts } from './ModelFacts';
import { ModelRuns } from './ModelRuns';
import { noFileText } from './modelRows';
import { useMaking } from './variant';

/** One model: what it is, what an inference costs in arithmetic, its runs, and what can be done with it. */
export function ModelDetail({
  id,
  model,
  inBin,
  noFile,
  close,
}: {
  id: string;
  /** null: the list does not have it; the lab is asked all the same and says why. */
  model: Model | null;
  inBin: boolean;
  /** Its file is not in the lab. */
  noFile: boolean;
  close(): void;
}) {
  const ready = useReady();
  // One that is being made, or has just been made, shows again when its model is opened again.
  const [making, setMaking] = useState(() => useMaking.getState().parent === id);
  return (
    <aside className="tw-card tw-models-detail" aria-label={model ? `Model ${model.name}` : 'Model'}>
      <header>
        <h2 title={model?.name}>{model?.name ?? 'Model'}</h2>
        {inBin && (
          <Badge size="xs" color="orange" variant="outline">
            in the bin
          </Badge>
        )}
        <span className="tw-grow" />
        <ActionIcon aria-label="Close the model" title="Close (Esc)" onClick={close}>
          <Icon name="close" size={14} />
        </ActionIcon>
      </header>
      {model && (
        <Group gap="xs">
          {inBin ? (
            <Button
              disabled={ready.info.readOnly !== null}
              onClick={() => void bin(ready, 'model', [model.id], false)}
            >
              Restore
            </Button>
          ) : (
            <>
              <Button
                leftSection={<Icon name="play" size={13} />}
                disabled={noFile}
                title={noFile ? noFileText(model) : undefined}
                onClick={() => {
                  addToDraft(model.id);
                  go({ page: 'lab' });
                }}
              >
                Measure this model
              </Button>
              <Button
                variant="default"
                aria-expanded={making}
                disabled={ready.info.readOnly !== null || noFile}
                title={noFile ? noFileText(model) : undefined}
                onClick={() => setMaking(!making)}
              >
                Make a variant …
              </Button>
              <Button
                variant="default"
                leftSection={<Icon name="bin" size={13} />}
                disabled={ready.info.readOnly !== null}
                onClick={() => void bin(ready, 'model', [model.id])}
              >
                Move to the bin
              </Button>
            </>
          )}
        </Group>
      )}
      {model && making && !inBin && <MakeVariant model={model} close={() => setMaking(false)} />}
      <ModelCost id={id} model={model} />
      {model && <ModelAccuracy model={model} />}
      {model && <ModelFacts model={model} />}
      {model && <ModelRuns id={model.id} />}
    </aside>
  );
}

import { Button, Group, Modal } from '@mantine/core';
import { useState } from 'react';
import { claimLabel } from '../../../shared/claim';
import { aboutText } from '../../../shared/claimWords';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { resumable, runAll } from './actions';
import { useClaims } from './data';
import { closeDialog } from './dialogs';
import { optionsOf, useRunMemory } from './useRunOptions';

/** All nine one after another in the first-look form; what is refused is told, the others run. */
export function RunAllDialog() {
  const ready = useReady();
  const { cards } = useClaims();
  const { memory } = useRunMemory();
  const [refused, setRefused] = useState<{ claim: string; thrown: unknown }[] | null>(null);
  const [starting, setStarting] = useState(false);
  const nine = cards.filter((c) => c.current.test === null);
  const left = nine.filter((c) => c.progress === null);
  const seconds = left.reduce((sum, c) => sum + c.expectedS.glance, 0);
  const { provider, threads, dataset, seed } = memory.options;
  const resumed = left.filter((c) => resumable(c)?.options.form === 'glance').length;
  const start = async () => {
    setStarting(true);
    const found = await runAll(ready, left, (claim) => ({ ...optionsOf(memory, claim), form: 'glance' }));
    setStarting(false);
    if (found.length === 0) closeDialog();
    else setRefused(found);
  };
  return (
    <Modal
      opened
      onClose={closeDialog}
      title="Run all nine (first look)"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      <div className="tw-claim-form">
        {refused === null ? (
          <>
            <p className="tw-flush">
              {left.length} {left.length === 1 ? 'claim' : 'claims'}, one after another, {aboutText(seconds)}{' '}
              in all on two cores. On {provider} with {threads} {threads === 1 ? 'thread' : 'threads'}, data{' '}
              {dataset}, first seed {seed}.
            </p>
            <p className="tw-flush tw-muted">
              {resumed > 0 &&
                `${resumed} of them ${resumed === 1 ? 'goes' : 'go'} on where an earlier run stopped. `}
              {left.length < nine.length && `${nine.length - left.length} at work or waiting already. `}
              Each can be cancelled and resumed; what is done stays.
            </p>
          </>
        ) : (
          <>
            <p className="tw-flush">
              {left.length === 0 ? 'Started.' : 'The others were started.'} These could not be:
            </p>
            {refused.map(({ claim, thrown }) => (
              <div key={claim}>
                <p className="tw-flush">
                  <b>
                    {claimLabel(claim)} {claim}
                  </b>
                </p>
                <FailureNote failure={thrown} />
              </div>
            ))}
          </>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={closeDialog}>
            Close
          </Button>
          {refused === null && (
            <Button
              data-autofocus
              leftSection={<Icon name="play" size={14} />}
              disabled={starting || left.length === 0 || ready.info.readOnly !== null}
              onClick={() => void start()}
            >
              Run {left.length} {left.length === 1 ? 'claim' : 'claims'}
            </Button>
          )}
        </Group>
      </div>
    </Modal>
  );
}

import { Button, Group, Modal, NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { formatCount, formatSi } from '../../../shared/units';
import { useReady } from '../../lab/session';
import { useLive } from '../../state/live';
import { buildLadder, closeLadder, useBuilding } from './buildLadder';
import { type LadderForm, ladderOf } from './ladder';

const families = [
  { value: 'mlp', label: 'mlp: fully connected layers' },
  { value: 'cnn', label: 'cnn: convolutions on 32 × 32 images' },
  { value: 'decoder', label: 'decoder: transformer blocks' },
];

/** Which models of one family to build; their sizes are shown before anything is made. */
export function LadderDialog() {
  const { lab } = useReady();
  const { open, running } = useBuilding();
  const measuring = useLive((s) => s.progress !== null);
  const [form, setForm] = useState<LadderForm>({ family: 'mlp', from: '10k', to: '10M', rungs: 7, seed: 1 });
  const change = (some: Partial<LadderForm>) => setForm((f) => ({ ...f, ...some }));
  const result = ladderOf(form);
  const ladder = 'ladder' in result ? result.ladder : null;
  const problems = 'problems' in result ? result.problems : {};
  const refusal = measuring
    ? 'A measurement is running, and building would disturb it. Wait until it has ended, or cancel it.'
    : running
      ? 'A ladder is being built already.'
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ladder === null || refusal !== null) return;
    closeLadder();
    void buildLadder(lab, form.family, ladder);
  };
  return (
    <Modal
      opened={open}
      onClose={closeLadder}
      title="Build a ladder"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <p className="tw-muted tw-models-text">
          Models of one family at growing size, with random weights: enough to measure latency and energy, not
          to answer anything.
        </p>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mt="sm">
          <Select
            label="Family"
            data={families}
            value={form.family}
            allowDeselect={false}
            onChange={(family) => family && change({ family: family as LadderForm['family'] })}
          />
          <NumberInput
            label="Models"
            min={1}
            value={form.rungs}
            error={problems.rungs}
            allowDecimal={false}
            onChange={(rungs) => change({ rungs })}
          />
          <TextInput
            label="Smallest, parameters"
            value={form.from}
            error={problems.from}
            onChange={(event) => change({ from: event.currentTarget.value })}
          />
          <TextInput
            label="Largest, parameters"
            value={form.to}
            error={problems.to}
            onChange={(event) => change({ to: event.currentTarget.value })}
          />
          <NumberInput
            label="Seed of the weights"
            min={0}
            value={form.seed}
            error={problems.seed}
            allowDecimal={false}
            onChange={(seed) => change({ seed })}
          />
        </SimpleGrid>
        <section className="tw-models-ladder" aria-label="What will be built" aria-live="polite">
          {ladder ? (
            <>
              <ol>
                {ladder.sizes.map((size) => (
                  <li key={size} className="tw-num" title={`${formatCount(size)} parameters`}>
                    {formatSi(size, '')}
                  </li>
                ))}
              </ol>
              <p className="tw-models-text">
                Parameters of each, reached within 5 %. About {formatSi(ladder.bytes, 'B', 2)} on disk in all.
                What is in the lab already is not built again.
              </p>
            </>
          ) : (
            <p className="tw-models-text">The sizes appear here once the fields above are filled in.</p>
          )}
        </section>
        {refusal && (
          <p className="tw-models-text tw-warn" role="status">
            {refusal}
          </p>
        )}
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={closeLadder}>
            Close
          </Button>
          <Button type="submit" disabled={ladder === null || refusal !== null}>
            Build {ladder ? ladder.sizes.length : ''} {ladder?.sizes.length === 1 ? 'model' : 'models'}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

import { NumberInput, Switch } from '@mantine/core';
import { blocksToCompare, type Draft } from './draft';

/** Turns of every condition, and the control that shows what the machine itself changes. */
export function Comparison({ draft, change }: { draft: Draft; change(patch: Partial<Draft>): void }) {
  if (draft.preset === 'glance') return null;
  const { models, providers, engines, batches, threads } = draft;
  const conditions = models.length * providers.length * engines.length * batches.length * threads.length;
  const wanted = blocksToCompare(conditions, draft.preset);
  const few = draft.blocks > 1 && draft.blocks < wanted;
  return (
    <fieldset className="tw-field">
      <legend>Comparison</legend>
      <div className="tw-grid">
        <NumberInput
          label="Blocks"
          description={`1: each condition once; ${wanted}: differences between ${Math.max(2, conditions)} conditions can be shown`}
          inputWrapperOrder={['label', 'input', 'description']}
          min={1}
          max={100}
          allowDecimal={false}
          value={draft.blocks}
          onChange={(value) => typeof value === 'number' && value >= 1 && change({ blocks: value })}
        />
        <Switch
          label="Control: a small model measured twice"
          description="shows how much the machine itself differs"
          checked={draft.control}
          onChange={(event) => change({ control: event.currentTarget.checked })}
        />
      </div>
      {few && (
        <p className="tw-warn tw-flat">
          {draft.blocks} blocks are too few to show a difference: no test over so few pairs can pass 5 %. Take{' '}
          {wanted} or more.
        </p>
      )}
    </fieldset>
  );
}

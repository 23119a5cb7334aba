import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type BuiltFamily, builtFamilies, quickstartLadder } from '../../../shared/ladder';
import { ladderOf } from './ladderOf';

const families: Record<BuiltFamily, string> = { mlp: 'MLP', cnn: 'CNN', decoder: 'decoder' };

/** Adds models of one family at growing size; they are built when their turn comes. */
export function LadderForm({ onAdd }: { onAdd(recipes: string[]): void }) {
  const [family, setFamily] = useState<BuiltFamily>(quickstartLadder.family);
  const [from, setFrom] = useState('1k');
  const [to, setTo] = useState('100M');
  const [rungs, setRungs] = useState<number>(quickstartLadder.rungs);
  const { recipes, names, problem } = ladderOf(family, from, to, rungs);
  return (
    <details className="tw-fold">
      <summary>Add a ladder: one family at growing size</summary>
      <div className="tw-row tw-ladder">
        <Select
          label="Family"
          allowDeselect={false}
          data={builtFamilies.map((value) => ({ value, label: families[value] }))}
          value={family}
          onChange={(value) => value && setFamily(value as BuiltFamily)}
        />
        <TextInput
          label="From parameters"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput label="To parameters" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        <NumberInput
          label="Models"
          min={1}
          max={200}
          allowDecimal={false}
          value={rungs}
          onChange={(value) => setRungs(Number(value))}
        />
        <Button variant="default" disabled={problem !== null} onClick={() => onAdd(recipes)}>
          Add {recipes.length > 0 ? recipes.length : ''}
        </Button>
      </div>
      <p className={problem ? 'tw-bad tw-flat' : 'tw-muted tw-flat'} role={problem ? 'alert' : undefined}>
        {problem ?? names.join(', ')}
      </p>
    </details>
  );
}

import { Button, Checkbox, Group, NumberInput, Progress, Select, SimpleGrid } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Model } from '../../../shared/model';
import {
  errorBounds,
  int4Blocks,
  reportLines,
  type TransformKind,
  transformSentence,
} from '../../../shared/transform';
import { formatPercent } from '../../../shared/units';
import { compareInDraft } from '../../lab/draft';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useLive } from '../../state/live';
import { useSettings } from '../../state/settings';
import { go } from '../../state/view';
import {
  askedOf,
  defaultFields,
  forgetMaking,
  type Making,
  makeVariant,
  useMaking,
  type VariantFields,
} from './variant';

const kinds: { value: TransformKind; label: string }[] = [
  { value: 'int8', label: 'int8: 8-bit weights' },
  { value: 'int4', label: 'int4: 4-bit weights' },
  { value: 'pruned', label: 'pruned: the smallest weights are zero' },
  { value: 'low-rank', label: 'low-rank: two smaller products' },
  { value: 'block-sparse', label: 'block-sparse: whole blocks left out' },
];

/** A variant of this model: which, what it will do, how it goes, and how far it is from the original. */
export function MakeVariant({ model, close }: { model: Model; close(): void }) {
  const ready = useReady();
  const making = useMaking();
  const dims = useSettings((s) => s.modelDims[model.id]);
  const measuring = useLive((s) => s.progress !== null);
  const [fields, setFields] = useState<VariantFields>(defaultFields);
  const change = (some: Partial<VariantFields>) => setFields((f) => ({ ...f, ...some }));
  const asked = askedOf(fields);
  const own = making.parent === model.id;
  const refusal = measuring
    ? 'A measurement is running, and this would disturb it. Wait until it has ended, or cancel it.'
    : making.running && !own
      ? 'A variant of another model is being made.'
      : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ('options' in asked && refusal === null && !making.running)
      void makeVariant(ready.lab, model.id, { ...asked.options, dims: { ...dims } });
  };
  return (
    <section aria-label="Make a variant" className="tw-models-variant">
      <h3>Make a variant</h3>
      <form onSubmit={submit}>
        <SimpleGrid cols={2} spacing="sm">
          <Select
            label="Kind"
            data={kinds}
            value={fields.kind}
            allowDeselect={false}
            onChange={(kind) => kind && change({ kind: kind as TransformKind })}
          />
          <KindFields fields={fields} change={change} />
        </SimpleGrid>
        {errorBounds[fields.kind] !== null && (
          <Checkbox
            mt="sm"
            label={`Keep it even if it differs by more than ${formatPercent(errorBounds[fields.kind]!, 2)}`}
            checked={fields.force}
            onChange={(event) => change({ force: event.currentTarget.checked })}
          />
        )}
        <p className="tw-models-text" aria-live="polite">
          {'form' in asked ? transformSentence(asked.form) : asked.problem}
        </p>
        {refusal && (
          <p className="tw-models-text tw-warn" role="status">
            {refusal}
          </p>
        )}
        <Group gap="xs" mt="sm">
          <Button
            type="submit"
            disabled={
              'problem' in asked || refusal !== null || making.running || ready.info.readOnly !== null
            }
          >
            Make the variant
          </Button>
          {!making.running && (
            <Button
              variant="default"
              onClick={() => {
                if (own) forgetMaking();
                close();
              }}
            >
              Close
            </Button>
          )}
        </Group>
      </form>
      {own && <Outcome making={making} parent={model} />}
    </section>
  );
}

function KindFields({
  fields,
  change,
}: {
  fields: VariantFields;
  change(some: Partial<VariantFields>): void;
}) {
  switch (fields.kind) {
    case 'int8':
      return null;
    case 'int4':
      return (
        <Select
          label="Weights that share a scale"
          data={int4Blocks.map(String)}
          value={fields.block}
          allowDeselect={false}
          onChange={(block) => block && change({ block })}
        />
      );
    case 'low-rank':
      return (
        <NumberInput
          label="Rank"
          placeholder="6.25 % of the smaller side"
          min={1}
          allowDecimal={false}
          value={fields.rank}
          onChange={(rank) => change({ rank })}
        />
      );
    default:
      return (
        <>
          <NumberInput
            label={fields.kind === 'pruned' ? 'Weights set to zero, %' : 'Blocks left out, %'}
            min={1}
            max={99.9}
            value={fields.sharePercent}
            onChange={(sharePercent) => change({ sharePercent })}
          />
          {fields.kind === 'block-sparse' && (
            <>
              <NumberInput
                label="Inputs of a block"
                min={1}
                max={4096}
                allowDecimal={false}
                value={fields.blockInputs}
                onChange={(blockInputs) => change({ blockInputs })}
              />
              <NumberInput
                label="Outputs of a block"
                min={1}
                max={4096}
                allowDecimal={false}
                value={fields.blockOutputs}
                onChange={(blockOutputs) => change({ blockOutputs })}
              />
            </>
          )}
        </>
      );
  }
}

function Outcome({ making, parent }: { making: Making; parent: Model }) {
  const { lab } = useReady();
  const { running, share, label, made, failure } = making;
  if (running) {
    return (
      <div className="tw-models-progress">
        <span role="status">{label} …</span>
        <Progress value={100 * share} aria-label="Making the variant" size="sm" transitionDuration={0} />
        <Button variant="default" onClick={() => void lab.cancelTransform({})}>
          Cancel
        </Button>
      </div>
    );
  }
  if (failure)
    return failure.kind === 'cancelled' ? (
      <p role="status" className="tw-models-text">
        Cancelled; nothing was kept.
      </p>
    ) : (
      <FailureNote failure={failure} />
    );
  if (!made) return null;
  return (
    <div role="status">
      <strong>{made.model.name}</strong> is in the lab.
      <ul className="tw-models-report">
        {reportLines(made.report).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      {made.model.licence && (
        <p className="tw-models-text">
          Licence, as of the original: {made.model.licence.text.split('\n', 1)[0]!.slice(0, 120)}
        </p>
      )}
      <Group gap="xs" mt="sm">
        <Button
          onClick={() => {
            compareInDraft(parent.id, made.model.id);
            go({ page: 'lab' });
          }}
        >
          Measure both in one comparison
        </Button>
        <Button variant="default" onClick={() => go({ page: 'models', model: made.model.id })}>
          Open the variant
        </Button>
      </Group>
    </div>
  );
}

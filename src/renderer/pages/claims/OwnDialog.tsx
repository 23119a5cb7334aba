import {
  Autocomplete,
  Button,
  Group,
  Modal,
  MultiSelect,
  NativeSelect,
  NumberInput,
  SegmentedControl,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import {
  type ClaimDetail,
  type ClaimQuantity,
  type ClaimVerdict,
  type Criterion,
  claimQuantities,
} from '../../../shared/claim';
import { axisWords, quantityWords } from '../../../shared/claimWords';
import { needsData } from '../../../shared/ownClaimWords';
import { type Provider, providers } from '../../../shared/plan';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { go } from '../../state/view';
import { useModels } from '../models/useModels';
import { DatasetField } from './DatasetField';
import { useClaim } from './data';
import { closeDialog } from './dialogs';
import {
  checkOwn,
  emptyOwn,
  type Field,
  type OwnDraft,
  ownDraftOf,
  type Problems,
  type SideDraft,
} from './forms';
import { verdictChoices } from './PredictDialog';

/** A claim of one's own on the form of the nine: two conditions or a curve, a quantity, a threshold. */
export function OwnDialog({ claim }: { claim: string | null }) {
  return (
    <Modal
      opened
      onClose={closeDialog}
      title={claim === null ? 'A claim of your own' : 'Change your claim'}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
    >
      {claim === null ? <Form before={null} /> : <Change claim={claim} />}
    </Modal>
  );
}

function Change({ claim }: { claim: string }) {
  const { data, error } = useClaim(claim);
  return (
    <>
      {error && <FailureNote failure={error} />}
      {data && <Form before={data} key={data.current.id} />}
    </>
  );
}

/** Kept while the program is open: who looks something up comes back to what was typed. */
let kept: OwnDraft = emptyOwn;

function Form({ before }: { before: ClaimDetail | null }) {
  const { lab, info } = useReady();
  const { models } = useModels();
  const [draft, setDraft] = useState<OwnDraft>(() => {
    const test = before?.current.test;
    return before && test ? ownDraftOf({ ...before.current, test }) : kept;
  });
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const set = (patch: Partial<OwnDraft>) => {
    const next = { ...draft, ...patch };
    if (before === null) kept = next;
    setDraft(next);
  };
  const check = checkOwn(draft);
  const problems: Problems = check.ok || !tried ? {} : check.problems;
  const names = [...new Set(models.map((m) => m.name))];
  const evidence = before ? before.runs.filter((r) => r.versionId === before.current.id).length : 0;
  const submit = async () => {
    setTried(true);
    if (!check.ok) return;
    try {
      const { version } = await lab.writeClaim({ claim: before?.current.claim ?? null, own: check.own });
      if (before === null) kept = emptyOwn;
      closeDialog();
      go({ page: 'claims', claim: version.claim });
    } catch (thrown) {
      setRefused(thrown);
    }
  };
  const count = check.ok ? 0 : Object.keys(check.problems).length;
  return (
    <form
      className="tw-claim-form"
      aria-label="Claim"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {before && (
        <p className={`tw-flush ${evidence > 0 ? 'tw-warn' : 'tw-muted'}`}>
          {evidence > 0
            ? `This claim has been run: what you save becomes version ${before.versions + 1}, without evidence until it is run again.`
            : `What you save becomes version ${before.versions + 1}.`}
        </p>
      )}
      <TextInput
        label="Title"
        data-autofocus
        value={draft.title}
        error={problems.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <Textarea
        size="xs"
        label="What is claimed"
        description="A statement that a measurement can show to be false"
        autosize
        minRows={2}
        value={draft.statement}
        error={problems.statement}
        onChange={(event) => set({ statement: event.currentTarget.value })}
      />
      <TextInput
        label="Source, where it has one"
        value={draft.source}
        error={problems.source}
        onChange={(event) => set({ source: event.currentTarget.value })}
      />
      <fieldset className="tw-claim-inputs">
        <legend>What is measured</legend>
        <SegmentedControl
          aria-label="Kind of test"
          value={draft.kind}
          onChange={(kind) => set({ kind: kind as OwnDraft['kind'] })}
          data={[
            { value: 'ratio', label: 'Two conditions: first over second' },
            { value: 'curve', label: 'A curve: exponent over models' },
          ]}
        />
        <div className="tw-claim-fields">
          <NativeSelect
            size="xs"
            label="Quantity"
            data={claimQuantities.map((value) => ({ value, label: quantityWords[value].name }))}
            value={draft.quantity}
            onChange={(event) => set({ quantity: event.currentTarget.value as ClaimQuantity })}
          />
          {needsData(draft) && (
            <DatasetField
              value={draft.dataset}
              label="Data with labels"
              error={problems.dataset}
              onChange={(dataset) => set({ dataset })}
            />
          )}
          {draft.kind === 'curve' && (
            <NativeSelect
              size="xs"
              label="Against"
              data={Object.entries(axisWords).map(([value, label]) => ({ value, label }))}
              value={draft.x}
              onChange={(event) => set({ x: event.currentTarget.value as OwnDraft['x'] })}
            />
          )}
        </div>
        {draft.kind === 'ratio' ? (
          <div className="tw-claim-sides">
            <Side
              name="First condition"
              side={draft.a}
              at="a"
              problems={problems}
              models={names}
              change={(a) => set({ a })}
            />
            <Side
              name="Second condition"
              side={draft.b}
              at="b"
              problems={problems}
              models={names}
              change={(b) => set({ b })}
            />
          </div>
        ) : (
          <>
            <MultiSelect
              label="Models, two or more"
              data={names}
              searchable
              nothingFoundMessage="No model of that name is in the lab."
              value={draft.models}
              error={problems.models}
              onChange={(chosen) => set({ models: chosen })}
            />
            <Conditions
              on={draft.on}
              at=""
              problems={problems}
              change={(on) => set({ on: { ...draft.on, ...on } })}
            />
          </>
        )}
      </fieldset>
      <fieldset className="tw-claim-inputs">
        <legend>What you predict</legend>
        <div className="tw-claim-fields">
          <NativeSelect
            size="xs"
            label={draft.kind === 'ratio' ? 'The ratio, first over second, is' : 'The exponent is'}
            data={[
              { value: '<=', label: 'at most' },
              { value: '>=', label: 'at least' },
              { value: 'within', label: 'from … to' },
            ]}
            value={draft.relation}
            onChange={(event) => set({ relation: event.currentTarget.value as Criterion['relation'] })}
          />
          <NumberInput
            label={draft.relation === 'within' ? 'From' : 'Threshold'}
            value={draft.threshold}
            error={problems.threshold}
            onChange={(threshold) => set({ threshold })}
          />
          {draft.relation === 'within' && (
            <NumberInput
              label="To"
              value={draft.upper}
              error={problems.upper}
              onChange={(upper) => set({ upper })}
            />
          )}
          <NativeSelect
            size="xs"
            label="The verdict you expect"
            data={verdictChoices}
            value={draft.expected}
            onChange={(event) => set({ expected: event.currentTarget.value as ClaimVerdict })}
          />
        </div>
        <Textarea
          size="xs"
          label="What you expect, in words"
          autosize
          minRows={2}
          value={draft.text}
          error={problems.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
      </fieldset>
      <Textarea
        size="xs"
        label="What a sceptic would say"
        autosize
        minRows={2}
        value={draft.sceptic}
        error={problems.sceptic}
        onChange={(event) => set({ sceptic: event.currentTarget.value })}
      />
      {tried && !check.ok && (
        <p className="tw-warn tw-flush" role="alert">
          {count === 1 ? 'One thing is missing:' : `${count} things are missing:`}{' '}
          {Object.values(check.problems).join(' ')}
        </p>
      )}
      {refused != null && <FailureNote failure={refused} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={closeDialog}>
          Close
        </Button>
        <Button type="submit" disabled={info.readOnly !== null}>
          {before ? `Save as version ${before.versions + 1}` : 'Save the claim'}
        </Button>
      </Group>
    </form>
  );
}

function Side({
  name,
  side,
  at,
  problems,
  models,
  change,
}: {
  name: string;
  side: SideDraft;
  at: 'a' | 'b';
  problems: Problems;
  models: readonly string[];
  change(side: SideDraft): void;
}) {
  return (
    <fieldset className="tw-claim-side">
      <legend>{name}</legend>
      <Autocomplete
        size="xs"
        label="Model"
        description="Name, id, or a recipe such as mlp:1e6"
        data={[...models]}
        limit={50}
        value={side.model}
        error={problems[`${at}.model`] ?? problems[at]}
        onChange={(model) => change({ ...side, model })}
      />
      <Conditions on={side} at={`${at}.`} problems={problems} change={(on) => change({ ...side, ...on })} />
    </fieldset>
  );
}

function Conditions({
  on,
  at,
  problems,
  change,
}: {
  on: Omit<SideDraft, 'model'>;
  at: string;
  problems: Problems;
  change(patch: Partial<Omit<SideDraft, 'model'>>): void;
}) {
  const number = (name: 'batch' | 'threads', label: string) => (
    <NumberInput
      label={label}
      min={1}
      allowDecimal={false}
      value={on[name]}
      error={problems[`${at}${name}`]}
      onChange={(value: Field) => change({ [name]: value })}
    />
  );
  return (
    <div className="tw-claim-fields">
      <NativeSelect
        size="xs"
        label="Provider"
        data={[...providers]}
        value={on.provider}
        onChange={(event) => change({ provider: event.currentTarget.value as Provider })}
      />
      {number('batch', 'Batch')}
      {number('threads', 'Threads')}
    </div>
  );
}

import { Button, Group, Modal, NumberInput, SegmentedControl, Select, Switch } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ClaimForm, ClaimInput, ClaimOptions } from '../../../shared/claim';
import { type ClaimDetail, claimLabel } from '../../../shared/claim';
import { aboutText } from '../../../shared/claimWords';
import { type Provider, providers } from '../../../shared/plan';
import { isMac, useCommand } from '../../commands/handlers';
import { infoOf, printKeys } from '../../commands/table';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { useSettings } from '../../state/settings';
import { resumable, resumeClaim, withTdp } from './actions';
import { DatasetField } from './DatasetField';
import { useActive, useClaim, usePreview } from './data';
import { closeDialog } from './dialogs';
import { inputsOf, typedInputs } from './inputs';
import { optionsOf, useRunMemory } from './useRunOptions';

/** How a claim is to be run, what that does and how long it takes, and the start. */
export function RunDialog({ claim }: { claim: string }) {
  const { data, error, dataUpdatedAt } = useClaim(claim);
  return (
    <Modal
      opened
      onClose={closeDialog}
      title={data ? titleOf(data) : 'Run a claim'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {error && <FailureNote failure={error} />}
      {data && <RunForm claim={data} atUnixMs={dataUpdatedAt} />}
    </Modal>
  );
}

const titleOf = ({ current }: ClaimDetail): string =>
  current.test ? `Run “${current.title}”` : `Run ${claimLabel(current.claim)} ${current.claim}`;

function RunForm({ claim, atUnixMs }: { claim: ClaimDetail; atUnixMs: number }) {
  const ready = useReady();
  const { current, expectedS } = claim;
  const { memory, change, changeInput } = useRunMemory();
  const options = optionsOf(memory, current.claim);
  const { form, provider, threads, seed, dataset, meters } = options;
  const hasTdp = useSettings((s) => s.tdpW !== null);
  // What was typed for an older form of the claim is not sent: a number that it does not have would refuse it.
  const [known, setKnown] = useState<readonly ClaimInput[] | undefined>(undefined);
  const wanted = known ? { ...options, inputs: typedInputs(known, options.inputs) } : options;
  const { preview, failure, inputs: named } = usePreview(current.claim, wanted);
  useEffect(() => setKnown(named), [named]);
  const inputs = inputsOf(named, claim.latest?.outcome ?? null);
  const [refused, setRefused] = useState<{ options: string; thrown: unknown } | null>(null);
  const [starting, setStarting] = useState(false);
  const active = useActive(claim, atUnixMs);
  const unfinished = resumable(claim);
  const asked = JSON.stringify(options);
  const fit =
    ready.info.readOnly === null &&
    active === null &&
    !starting &&
    preview !== null &&
    preview.refusal === null;
  const start = async () => {
    if (!fit) return;
    setStarting(true);
    setRefused(null);
    const sent: ClaimOptions = { ...options, inputs: typedInputs(inputs, options.inputs) };
    try {
      await ready.lab.runClaim({ claim: current.claim, options: withTdp(sent) });
      closeDialog();
    } catch (thrown) {
      setRefused({ options: asked, thrown });
    } finally {
      setStarting(false);
    }
  };
  useCommand('run.start', () => void start(), fit);
  const whole = (value: number | string) => typeof value === 'number' && Number.isInteger(value);
  return (
    <form
      className="tw-claim-form"
      aria-label="How to run it"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      {unfinished && (
        <div className="tw-claim-offer">
          <span>
            An earlier run ended {unfinished.status} after {unfinished.steps.length}{' '}
            {unfinished.steps.length === 1 ? 'step' : 'steps'}, which are kept.
          </span>
          <Button
            leftSection={<Icon name="play" size={14} />}
            disabled={ready.info.readOnly !== null}
            onClick={() => {
              closeDialog();
              void resumeClaim(ready, unfinished.id);
            }}
          >
            Resume it
          </Button>
        </div>
      )}
      <div>
        <SegmentedControl
          fullWidth
          aria-label="Form"
          value={form}
          onChange={(value) => change({ form: value as ClaimForm })}
          data={[
            { value: 'glance', label: `First look, ${aboutText(expectedS.glance)}` },
            { value: 'full', label: `Full form, ${aboutText(expectedS.full)}` },
          ]}
        />
        <p className="tw-muted tw-claim-hint">
          {form === 'glance'
            ? 'Few seeds and short windows: it shows what to expect and is no evidence.'
            : 'The whole protocol, as it stands on the page of the claim.'}
        </p>
      </div>
      {current.test === null && (
        <div className="tw-claim-fields">
          <Select
            label="Execution provider"
            data={[...providers]}
            value={provider}
            allowDeselect={false}
            onChange={(value) => value && change({ provider: value as Provider })}
          />
          <NumberInput
            label="Threads"
            min={1}
            max={1024}
            allowDecimal={false}
            value={threads}
            onChange={(value) => whole(value) && Number(value) >= 1 && change({ threads: Number(value) })}
          />
          <DatasetField value={dataset} onChange={(value) => change({ dataset: value })} />
          <NumberInput
            label="First seed"
            min={0}
            max={2 ** 31}
            allowDecimal={false}
            value={seed}
            onChange={(value) => whole(value) && Number(value) >= 0 && change({ seed: Number(value) })}
          />
        </div>
      )}
      <Switch
        label="Measure energy with the meters of this machine"
        description={
          hasTdp
            ? 'Without a meter: a labelled estimate from the rated power set under Machine & meters.'
            : undefined
        }
        checked={meters === 'auto'}
        onChange={(event) => change({ meters: event.currentTarget.checked ? 'auto' : 'none' })}
      />
      {inputs.length > 0 && (
        <Inputs
          inputs={inputs}
          typed={options.inputs}
          change={(key, value) => changeInput(current.claim, key, value)}
        />
      )}
      <section className="tw-claim-preview" aria-label="What a run does" aria-live="polite">
        {failure != null && <FailureNote failure={failure} />}
        {preview?.refusal && <FailureNote failure={preview.refusal} />}
        {preview && preview.refusal === null && (
          <details>
            <summary className="tw-num">
              {preview.steps.length} {preview.steps.length === 1 ? 'step' : 'steps'},{' '}
              {aboutText(preview.expectedS)} on two cores
            </summary>
            <ol className="tw-claim-list">
              {preview.steps.map((step) => (
                <li key={step.key}>
                  {step.label} <span className="tw-muted">{aboutText(step.expectedS)}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
        {preview === null && failure == null && <p className="tw-muted tw-flush">Working out the time …</p>}
        {preview && preview.warnings.length > 0 && (
          <ul className="tw-claim-list tw-warn" aria-label="Before you start">
            {preview.warnings.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </section>
      {refused && refused.options === asked && <FailureNote failure={refused.thrown} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={closeDialog}>
          Close
        </Button>
        <Button
          type="submit"
          data-autofocus
          disabled={!fit}
          leftSection={<Icon name="play" size={14} />}
          title={printKeys(infoOf('run.start').keys[0], isMac)}
        >
          {active ? 'It runs already' : 'Run'}
        </Button>
      </Group>
    </form>
  );
}

/** Numbers that the claim takes, with unit and where the default comes from. */
function Inputs({
  inputs,
  typed,
  change,
}: {
  inputs: readonly ClaimInput[];
  typed: Readonly<Record<string, number>>;
  change(key: string, value: number | null): void;
}) {
  return (
    <fieldset className="tw-claim-inputs">
      <legend>Your numbers</legend>
      <div className="tw-claim-fields">
        {inputs.map(({ key, label, unit, default: stated, min, max, source }) => (
          <NumberInput
            key={key}
            label={unit === '' || unit === '1' ? label : `${label} (${unit})`}
            description={`Default ${stated}${source === '' ? '' : `: ${source}`}`}
            inputWrapperOrder={['label', 'input', 'description']}
            min={min ?? undefined}
            max={max ?? undefined}
            placeholder={String(stated)}
            value={typed[key] ?? ''}
            onChange={(value) => change(key, typeof value === 'number' ? value : null)}
          />
        ))}
      </div>
    </fieldset>
  );
}

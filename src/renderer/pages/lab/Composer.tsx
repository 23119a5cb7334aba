import { Button, Checkbox, Radio, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { engines, type Plan, type Provider, presetNames, presets, providers } from '../../../shared/plan';
import { putSetting, useSettings } from '../../state/settings';
import { Advanced, FreeDims } from './Advanced';
import { Comparison } from './Comparison';
import { useMachine, useModels } from './data';
import { autoName, type Draft, emptyDraft, isRecipe, planOfDraft, readDraft, storedDraft } from './draft';
import { dimsOfPlan, freeDimRows } from './freeDims';
import { ModelPicker } from './ModelPicker';
import { NumberList } from './NumberList';
import { PlanFoot } from './PlanFoot';
import { engineWords, presetNumbers, presetPurpose } from './words';

/** Writes a plan: models × providers × batch × threads × engines, and how carefully to measure. Kept in the lab as it is typed. */
export function Composer() {
  const stored = useSettings((s) => s.planDraft);
  const kept = useSettings((s) => s.modelDims);
  const draft = useMemo(() => readDraft(stored), [stored]);
  const { models, names } = useModels();
  const refused = useRefused();
  const change = (patch: Partial<Draft>) => putSetting('planDraft', storedDraft({ ...draft, ...patch }));
  const own = useMemo(() => {
    const ids = new Set(draft.models);
    return models.filter((m) => ids.has(m.id));
  }, [draft.models, models]);
  const dims = useMemo(() => freeDimRows(own, kept, draft.dims), [own, kept, draft.dims]);
  const { plan, problem } = useMemo(
    () =>
      planOfDraft(draft, {
        models,
        dims: dimsOfPlan(dims, draft.dims, draft.models.some(isRecipe)),
        refused,
      }),
    [draft, models, dims, refused],
  );
  return (
    <section className="tw-card tw-composer" aria-labelledby="plan">
      <div className="tw-row">
        <h2 id="plan">Plan</h2>
        <span className="tw-grow" />
        <Button variant="subtle" onClick={() => putSetting('planDraft', storedDraft(emptyDraft))}>
          Clear
        </Button>
      </div>
      <ModelPicker
        models={models}
        names={names}
        chosen={draft.models}
        onChange={(chosen) => change({ models: chosen })}
      />
      <Providers
        chosen={draft.providers}
        refused={refused}
        onChange={(next) => change({ providers: next })}
      />
      <div className="tw-grid">
        <NumberList
          label="Batch sizes"
          description="for example 1, 8, 32"
          values={draft.batches}
          most={65536}
          onChange={(batches) => change({ batches })}
        />
        <NumberList
          label="Threads"
          description="within one operator"
          values={draft.threads}
          most={1024}
          onChange={(threads) => change({ threads })}
        />
        <TextInput
          className="tw-plan-name"
          label="Name"
          description="of the experiment"
          inputWrapperOrder={['label', 'input', 'description']}
          maxLength={200}
          placeholder={draft.models.length > 0 ? autoName(draft, models) : 'made from its models'}
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
      </div>
      <FreeDims draft={draft} change={change} dims={dims} />
      <PresetChoice
        value={draft.preset}
        onChange={(preset) => change(preset === 'glance' ? { preset, blocks: 1 } : { preset })}
      />
      <Comparison draft={draft} change={change} />
      <fieldset className="tw-field">
        <legend>Engine</legend>
        <Checkbox.Group
          value={draft.engines}
          onChange={(value) => change({ engines: engines.filter((e) => value.includes(e)) })}
        >
          <div className="tw-row">
            <Checkbox value="capi" label={`${engineWords.capi}: what the model itself costs`} />
            <Checkbox value="package" label={`${engineWords.package}: what a JavaScript app sees`} />
          </div>
        </Checkbox.Group>
      </fieldset>
      <Advanced draft={draft} change={change} models={own} />
      <PlanFoot plan={plan} problem={problem} />
    </section>
  );
}

/** Why a provider cannot be used here, for those that cannot; empty until the machine was looked at. */
function useRefused(): ReadonlyMap<Provider, string> {
  const { data } = useMachine();
  return useMemo(
    () =>
      new Map(
        (data?.providers ?? [])
          .filter((p) => p.status === 'refused')
          .map((p) => [p.provider, p.reason ?? 'it was not found.']),
      ),
    [data],
  );
}

function Providers({
  chosen,
  refused,
  onChange,
}: {
  chosen: readonly Provider[];
  refused: ReadonlyMap<Provider, string>;
  onChange(chosen: Provider[]): void;
}) {
  const gone = providers.filter((p) => refused.has(p));
  return (
    <fieldset className="tw-field">
      <legend>Providers</legend>
      <Checkbox.Group
        value={[...chosen]}
        onChange={(value) => onChange(providers.filter((p) => value.includes(p)))}
      >
        <div className="tw-row">
          {providers.map((p) => (
            // A refused one that is chosen can still be taken out.
            <Checkbox
              key={p}
              value={p}
              label={p}
              disabled={refused.has(p) && !chosen.includes(p)}
              aria-describedby={refused.has(p) ? `why-${p}` : undefined}
            />
          ))}
        </div>
      </Checkbox.Group>
      {gone.length > 0 && (
        <details className="tw-fold">
          <summary>Not usable here: {gone.join(', ')}. Why?</summary>
          <dl className="tw-why">
            {gone.map((p) => (
              <div key={p} id={`why-${p}`}>
                <dt>{p}</dt>
                <dd>{refused.get(p)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </fieldset>
  );
}

function PresetChoice({ value, onChange }: { value: Plan['preset']; onChange(value: Plan['preset']): void }) {
  return (
    <Radio.Group
      label="Preset"
      value={value}
      onChange={(next) => onChange(next as Plan['preset'])}
      className="tw-presets"
    >
      <div className="tw-preset-list">
        {presetNames.map((name) => (
          <Radio
            key={name}
            size="xs"
            value={name}
            label={name}
            description={
              <>
                {presetPurpose[name]} <span className="tw-num">{presetNumbers(presets[name])}.</span>
              </>
            }
          />
        ))}
      </div>
    </Radio.Group>
  );
}

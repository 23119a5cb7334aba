import { ActionIcon, NumberInput, SegmentedControl, Select, Switch } from '@mantine/core';
import type { Model } from '../../../shared/model';
import { type Plan, presets } from '../../../shared/plan';
import { Icon } from '../../parts/icons';
import { putSetting, useSettings } from '../../state/settings';
import type { Draft } from './draft';
import { type FreeDimRow, missingText } from './freeDims';

export interface AdvancedProps {
  draft: Draft;
  change(patch: Partial<Draft>): void;
  dims: readonly FreeDimRow[];
  /** The chosen models that are in the lab. */
  models: readonly Model[];
}

/** Free dimensions stand open where the chosen models have some: nothing sensible is measured without them. */
export function FreeDims({ draft, change, dims }: Pick<AdvancedProps, 'draft' | 'change' | 'dims'>) {
  if (dims.length === 0) return null;
  const missing = missingText(dims);
  return (
    <fieldset className="tw-field">
      <legend>Free dimensions</legend>
      <div className="tw-grid">
        {dims.map(({ key, models, size, from, others }) => (
          <NumberInput
            key={key}
            label={key}
            description={
              others.length > 0
                ? `${others[0].model} keeps ${others[0].size}; a plan has one size for all`
                : from === 'model'
                  ? 'from the Models page'
                  : models.length === 1
                    ? models[0]
                    : `${models.length} models`
            }
            inputWrapperOrder={['label', 'input', 'description']}
            min={0}
            allowDecimal={false}
            placeholder="1"
            value={size ?? ''}
            onChange={(value) => {
              const { [key]: _, ...rest } = draft.dims;
              change({ dims: typeof value === 'number' ? { ...rest, [key]: value } : rest });
            }}
          />
        ))}
      </div>
      {missing && <p className="tw-warn tw-flat">{missing}</p>}
    </fieldset>
  );
}

/** What most plans leave as it is. */
export function Advanced({ draft, change, models }: Omit<AdvancedProps, 'dims'>) {
  const tdpW = useSettings((s) => s.tdpW);
  const optional = (value: number | string) => (typeof value === 'number' ? value : undefined);
  return (
    <details className="tw-fold">
      <summary>More settings</summary>
      <div className="tw-grid">
        <NumberInput
          label="Window (s)"
          description="instead of the preset’s; below 5 s no energy is measured"
          inputWrapperOrder={['label', 'input', 'description']}
          min={0.05}
          max={600}
          placeholder={String(presets[draft.preset].windowS)}
          value={draft.windowS ?? ''}
          onChange={(value) => change({ windowS: optional(value) })}
        />
        <NumberInput
          label="Seed"
          description="inputs and order"
          inputWrapperOrder={['label', 'input', 'description']}
          min={0}
          max={2 ** 32 - 1}
          allowDecimal={false}
          value={draft.seed}
          onChange={(value) => typeof value === 'number' && change({ seed: value })}
        />
        <NumberInput
          label="Memory limit (MB)"
          description="a run above it is ended"
          inputWrapperOrder={['label', 'input', 'description']}
          min={64}
          allowDecimal={false}
          placeholder="none"
          value={draft.memoryLimitMB ?? ''}
          onChange={(value) => change({ memoryLimitMB: optional(value) })}
        />
        <NumberInput
          label="Deadline (s)"
          description="a runner silent for longer is ended"
          inputWrapperOrder={['label', 'input', 'description']}
          min={1}
          max={3600}
          value={draft.deadlineS}
          onChange={(value) => typeof value === 'number' && change({ deadlineS: value })}
        />
        <NumberInput
          label="Rated processor power (W)"
          description="for an estimate, marked as one, where no sensor is"
          inputWrapperOrder={['label', 'input', 'description']}
          min={1}
          max={2000}
          placeholder="no estimate"
          value={tdpW ?? ''}
          onChange={(value) => putSetting('tdpW', typeof value === 'number' && value > 0 ? value : null)}
        />
        <Select
          label="Graph optimisation"
          description="of ONNX Runtime"
          inputWrapperOrder={['label', 'input', 'description']}
          allowDeselect={false}
          data={['all', 'extended', 'basic', 'disabled']}
          value={draft.graphOptimization}
          onChange={(value) => value && change({ graphOptimization: value as Plan['graphOptimization'] })}
        />
      </div>
      <div className="tw-row tw-switches">
        <div className="tw-inline">
          Meters
          <SegmentedControl
            aria-label="Meters"
            data={[
              { value: 'auto', label: 'all found' },
              { value: 'none', label: 'none' },
            ]}
            value={draft.meters}
            onChange={(value) => change({ meters: value as Plan['meters'] })}
          />
        </div>
        <Switch
          label="Measure the cost of a call"
          checked={draft.callOverhead}
          onChange={(event) => change({ callOverhead: event.currentTarget.checked })}
        />
        <Switch
          label="Nodes the provider lacks may run on the CPU (limited)"
          checked={draft.fallback === 'cpu'}
          onChange={(event) => change({ fallback: event.currentTarget.checked ? 'cpu' : 'none' })}
        />
      </div>
      <FixedValues draft={draft} change={change} models={models} />
    </details>
  );
}

/** Inputs that take one value throughout instead of random ones, for example a sample rate. */
function FixedValues({ draft, change, models }: Pick<AdvancedProps, 'draft' | 'change' | 'models'>) {
  const names = [...new Set(models.flatMap((m) => m.inputs.map((i) => i.name)))].filter(
    (n) => !(n in draft.values),
  );
  const without = (name: string) =>
    Object.fromEntries(Object.entries(draft.values).filter(([key]) => key !== name));
  return (
    <div className="tw-row">
      {Object.entries(draft.values).map(([name, value]) => (
        <div key={name} className="tw-fixed">
          <NumberInput
            label={`Every element of ${name}`}
            value={value}
            onChange={(next) =>
              typeof next === 'number' && change({ values: { ...draft.values, [name]: next } })
            }
          />
          <ActionIcon
            aria-label={`Fill ${name} at random again`}
            onClick={() => change({ values: without(name) })}
          >
            <Icon name="close" size={12} />
          </ActionIcon>
        </div>
      ))}
      {names.length > 0 && (
        <Select
          label="Fix an input to one value"
          placeholder="random as usual"
          searchable
          data={names}
          value={null}
          onChange={(name) => name && change({ values: { ...draft.values, [name]: 0 } })}
        />
      )}
    </div>
  );
}

import {
  Checkbox,
  Group,
  MultiSelect,
  SegmentedControl,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { xWords, yWords } from '../../../shared/figures/quantities';
import { xQuantities, yQuantities } from '../../../shared/figures/spec';
import { type FigureTokens, tokens } from '../../../shared/figures/tokens';
import { SeriesMark } from '../../parts/figure/SeriesMark';
import type { FigureChoice } from './figureState';

export interface SeriesEntry {
  key: string;
  label: string;
  slot: number | null;
  runs: number;
}

interface ControlsProps {
  choice: FigureChoice;
  change(part: Partial<FigureChoice>): void;
  series: readonly SeriesEntry[];
  experiments: readonly { id: string; name: string }[];
  hasSample: boolean;
  hasOwn: boolean;
  look: FigureTokens;
}

type Toggle =
  | 'fit'
  | 'includeEstimated'
  | 'includeLimited'
  | 'extrapolate'
  | 'crossovers'
  | 'residuals'
  | 'front'
  | 'dim'
  | 'references'
  | 'guides'
  | 'sample';

const scales = [
  { value: 'log', label: 'log' },
  { value: 'linear', label: 'linear' },
];

/** Axes, overlays and series of the curve. */
export function Controls({ choice, change, series, experiments, hasSample, hasOwn, look }: ControlsProps) {
  const toggle = (key: Toggle, label: string, disabled = false) => (
    <Switch
      key={key}
      label={label}
      disabled={disabled}
      checked={choice[key]}
      onChange={(event) => change({ [key]: event.currentTarget.checked })}
    />
  );
  return (
    <Stack gap="sm" className="tw-figure-controls">
      <Group gap={6} align="end" wrap="nowrap">
        <Select
          label="x axis"
          flex={1}
          allowDeselect={false}
          value={choice.x}
          onChange={(x) => x && change({ x: x as FigureChoice['x'] })}
          data={xQuantities.map((value) => ({ value, label: titleOf(xWords[value]) }))}
        />
        <SegmentedControl
          aria-label="Scale of the x axis"
          value={choice.xScale}
          onChange={(xScale) => change({ xScale: xScale as FigureChoice['xScale'] })}
          data={scales}
        />
      </Group>
      <Group gap={6} align="end" wrap="nowrap">
        <Select
          label="y axis"
          flex={1}
          allowDeselect={false}
          value={choice.y}
          onChange={(y) => y && change({ y: y as FigureChoice['y'] })}
          data={[
            { value: 'auto', label: 'Energy, else latency' },
            ...yQuantities.map((value) => ({ value, label: titleOf(yWords[value]) })),
          ]}
        />
        <SegmentedControl
          aria-label="Scale of the y axis"
          value={choice.yScale}
          onChange={(yScale) => change({ yScale: yScale as FigureChoice['yScale'] })}
          data={scales}
        />
      </Group>
      <fieldset className="tw-fieldset">
        <legend>Overlays</legend>
        {toggle('fit', 'Power-law fit with bands')}
        {toggle('extrapolate', 'Extrapolate the fit (marked)', !choice.fit)}
        {toggle('crossovers', 'Crossovers of the lines', !choice.fit)}
        {toggle('residuals', 'Residuals under the curve', !choice.fit)}
        {toggle('includeLimited', 'Include limited and quick results', !choice.fit && !choice.front)}
        {toggle('includeEstimated', 'Estimates in the fit', !choice.fit)}
        {toggle('front', 'Pareto front')}
        {toggle('dim', 'Dim what is dominated', !choice.front)}
        {toggle('references', 'Human brain as reference')}
        {toggle('guides', 'Lines at 1 J and 10 mWh')}
        {hasSample && hasOwn && toggle('sample', 'Sample data beside my own')}
      </fieldset>
      <fieldset className="tw-fieldset">
        <legend>Series</legend>
        {series.length === 0 && (
          <Text size="sm" className="tw-muted">
            None yet
          </Text>
        )}
        {series.map(({ key, label, slot, runs }) => (
          <Checkbox
            key={key}
            checked={!choice.hiddenSeries.includes(key)}
            onChange={(event) =>
              change({
                hiddenSeries: event.currentTarget.checked
                  ? choice.hiddenSeries.filter((k) => k !== key)
                  : [...choice.hiddenSeries, key],
              })
            }
            label={
              <>
                {slot !== null && <SeriesMark look={look.series[slot]!} tokens={look} />} {label}{' '}
                <span className="tw-muted">({runs})</span>
              </>
            }
          />
        ))}
      </fieldset>
      {experiments.length > 1 && (
        <MultiSelect
          label="Experiments"
          placeholder={choice.experiments.length === 0 ? 'All' : undefined}
          searchable
          clearable
          value={choice.experiments.filter((id) => experiments.some((e) => e.id === id))}
          onChange={(ids) => change({ experiments: ids })}
          data={experiments.map(({ id, name }) => ({ value: id, label: name }))}
        />
      )}
      <Select
        label="Labels of the points"
        allowDeselect={false}
        value={choice.pointLabels}
        onChange={(value) => value && change({ pointLabels: value as FigureChoice['pointLabels'] })}
        data={[
          { value: 'size', label: 'Size' },
          { value: 'model', label: 'Model name' },
          { value: 'none', label: 'None' },
        ]}
      />
      <TextInput
        label="Title"
        placeholder="From the data"
        value={choice.title ?? ''}
        maxLength={300}
        onChange={(event) => change({ title: event.currentTarget.value || null })}
      />
    </Stack>
  );
}

const titleOf = ({ name, unit }: { name: string; unit: string }) => `${name} (${unit === 'By' ? 'B' : unit})`;

export const lookOf = (theme: 'light' | 'dark') => tokens[theme];

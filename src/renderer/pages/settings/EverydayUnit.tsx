import { NativeSelect } from '@mantine/core';
import { everydayUnits } from '../../../shared/everyday';
import { putSetting, useSettings } from '../../state/settings';

/** In which everyday unit energies are read beside joules. */
export function EverydayUnit() {
  const key = useSettings((s) => s.everyday);
  return (
    <NativeSelect
      size="xs"
      w={420}
      label="Read energies also as"
      description="Shown beside joules, never in their place. Each unit names its source."
      value={key}
      onChange={(event) => putSetting('everyday', event.currentTarget.value)}
      data={[
        { value: 'none', label: 'joules only' },
        ...everydayUnits.map((unit) => ({
          value: unit.key,
          label: unit.unit === 's' ? `seconds ${unit.name}` : unit.name,
        })),
      ]}
    />
  );
}

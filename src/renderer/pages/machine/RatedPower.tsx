import { Group, NumberInput, Text } from '@mantine/core';
import { putSetting, useSettings } from '../../state/settings';

/** Watts that the lab takes (src/main/meters/tdp.ts). */
const least = 1;
const most = 5000;

/** Rated power of the processor: what the estimate is made from, where there is no meter. */
export function RatedPower() {
  const tdpW = useSettings((s) => s.tdpW);
  return (
    <>
      <Group gap="sm" align="flex-end">
        <NumberInput
          label="Rated power of the processor (TDP), W"
          placeholder="not given"
          min={least}
          max={most}
          clampBehavior="strict"
          value={tdpW ?? ''}
          onChange={(value) => putSetting('tdpW', typeof value === 'number' && value >= least ? value : null)}
          w={290}
        />
      </Group>
      <Text size="sm" className="tw-muted" mt={6}>
        The maker's data sheet names it. Where no meter is found, the lab multiplies it by the load of the
        processor: an estimate, good to a factor of 2.5 either way, shown with ≈ and never taken for a
        measurement. A meter reads the energy that was really used. Leave it empty to have no estimate from
        your own figure.
      </Text>
    </>
  );
}

import { Popover, Table, UnstyledButton } from '@mantine/core';
import { plainNumber } from '../../shared/claimWords';
import { type EverydayUnit, everydayUnits, inEverydayUnits } from '../../shared/everyday';
import { useSettings } from '../state/settings';

interface Energy {
  value: number;
  low: number;
  high: number;
}

/** The unit that energies are also read in; null: none. Pure. */
export function chosenUnit(key: string): EverydayUnit | null {
  return everydayUnits.find((unit) => unit.key === key) ?? null;
}

/** `60 µs of a human brain at 20 W`, or null where the person wants none. Pure. */
export function everydayWords(joules: number, key: string): string | null {
  const unit = chosenUnit(key);
  if (unit === null || !(joules > 0)) return null;
  const exactly = { value: joules, low: joules, high: joules };
  return inEverydayUnits(exactly).find((e) => e.unit.key === unit.key)?.text ?? null;
}

/** An energy in the chosen everyday unit; a press shows it in all of them, with their sources. */
export function Everyday({ joules }: { joules: Energy }) {
  const words = everydayWords(
    joules.value,
    useSettings((s) => s.everyday),
  );
  if (words === null) return null;
  return (
    <Popover width={560} position="bottom-start" transitionProps={{ duration: 0 }} withinPortal>
      <Popover.Target>
        <UnstyledButton className="tw-link tw-everyday" title="In other everyday units, with their sources">
          as much as {words}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <EverydayTable joules={joules} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Every unit with its range and where its figure comes from. */
export function EverydayTable({ joules }: { joules: Energy }) {
  return (
    <Table verticalSpacing={2} fz="xs" captionSide="bottom">
      <Table.Caption>
        Ranges join the interval of the energy with what others estimate for the unit. Second-hand: read in
        somebody else’s account.
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>As much as</Table.Th>
          <Table.Th ta="right">Range</Table.Th>
          <Table.Th>Source of the unit</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {inEverydayUnits(joules).map(({ unit, count, text }) => (
          <Table.Tr key={unit.key}>
            <Table.Td>{text}</Table.Td>
            <Table.Td ta="right" className="tw-num">
              {plainNumber(count.low)} to {plainNumber(count.high)} {unit.unit}
            </Table.Td>
            <Table.Td>
              {unit.source} ({unit.dated})
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

import type { ResultTable } from '../../../shared/claim';
import { joulesPerWh } from '../../../shared/everyday';
import { centralDollars, centralJoules } from '../economics/idle';
import { times } from './estimates';
import { attributionWords, type Line, type Machines, type Sides } from './idleModel';
import { idleInputs } from './idleText';

/** What a million queries cost, and every input with where it comes from. Pure. */
export const idleTables = (lines: readonly Line[], middle: Machines, sides: Sides): ResultTable[] => [
  costTable(lines, middle),
  inputTable(sides),
];

function costTable(lines: readonly Line[], { central }: Machines): ResultTable {
  const kWh = 1e6 / (1000 * joulesPerWh);
  return {
    key: 'costs',
    title: 'What a million queries cost',
    columns: [
      { key: 'arm', title: 'Arm', unit: '' },
      { key: 'energy', title: 'Energy per 10⁶ queries', unit: 'kWh' },
      { key: 'money', title: 'Cost per 10⁶ queries', unit: '$' },
      { key: 'u', title: 'Pool takes less energy below', unit: '1' },
      { key: 'uDollars', title: 'Pool is cheaper below', unit: '1' },
    ],
    rows: [
      ...lines.map((l) => [
        `pool, ${attributionWords[l.attribution]}`,
        times(kWh, l.joules),
        times(1e6, l.dollars),
        l.u,
        l.uDollars,
      ]),
      ...[1, 0.5, 0.2, 0.05].map((u) => [
        `central, utilisation ${u}`,
        centralJoules(central, u) * kWh,
        centralDollars(central, u) * 1e6,
        null,
        null,
      ]),
    ],
    note: 'A break-even of 1 means that the pool wins at every utilisation. Capital of the pool’s machines is sunk; the central machine is rented, its energy in the rent.',
  };
}

function inputTable({ given }: Sides): ResultTable {
  return {
    key: 'inputs',
    title: 'Inputs',
    columns: [
      { key: 'label', title: 'Input', unit: '' },
      { key: 'value', title: 'Value', unit: '' },
      { key: 'unit', title: 'Unit', unit: '' },
      { key: 'from', title: 'From', unit: '' },
    ],
    rows: idleInputs.map(({ key, label, unit, source }) => [
      label,
      given[key].value,
      unit === '1' ? '' : unit,
      given[key].typed ? 'typed' : source,
    ]),
    note: null,
  };
}

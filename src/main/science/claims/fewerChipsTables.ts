import type { ResultTable } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { devicesOf, type Given, type Lever } from './fewerChipsLevers';

export function leverTable(levers: readonly Lever[]): ResultTable {
  return {
    key: 'levers',
    title: 'Levers measured on this machine',
    columns: [
      { key: 'name', title: 'Variant', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'accuracy', title: 'Accuracy', unit: '' },
      { key: 'change', title: 'Change of accuracy', unit: '' },
      { key: 'rate', title: 'Queries per second', unit: '1/s' },
      { key: 'gain', title: 'Gain g', unit: '' },
      { key: 'energy', title: 'Energy per query', unit: 'J' },
      { key: 'bytes', title: 'Model file', unit: 'B' },
    ],
    rows: levers.map((l) => [
      l.name,
      l.batch,
      l.accuracy,
      l.change.value,
      l.ratePerS,
      l.gain,
      l.energyJ,
      l.modelBytes,
    ]),
    note: 'Accuracy is the mean over the seeds; its change is paired example by example.',
  };
}

export function deviceTable(base: readonly Lever[], variants: readonly Lever[], given: Given): ResultTable {
  const load = 1e6;
  return {
    key: 'devices',
    title: `Devices, power and rent for ${plainNumber(load)} queries/s`,
    columns: [
      { key: 'name', title: 'Variant', unit: '' },
      { key: 'batch', title: 'Batch', unit: '' },
      { key: 'devices', title: 'Devices', unit: '' },
      { key: 'limited', title: 'Limited by', unit: '' },
      { key: 'power', title: 'Power', unit: 'W' },
      { key: 'possible', title: 'The site can feed them', unit: '' },
      { key: 'rent', title: 'Rent', unit: '$/h' },
    ],
    rows: [...base, ...variants].map((lever) => {
      if (lever.ratePerS === null) return [lever.name, lever.batch, null, null, null, null, null];
      const count = devicesOf(lever, lever.ratePerS.value, load, given);
      return [
        lever.name,
        lever.batch,
        count.devices,
        count.limitedBy,
        count.powerW,
        count.feedable === null ? null : count.devices <= count.feedable,
        count.devices * given.rent.value,
      ];
    }),
    note: 'Power is that of the meter’s domain under load; empty where it was not measured.',
  };
}

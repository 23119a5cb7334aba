import type { SensorInfo } from '../../shared/meter';

const usual = {
  provenance: 'measured',
  origin: 'hardware',
  delivery: 'read',
  modulus: null,
  duty: 1,
  edgeAlign: false,
  offsetW1s: 0,
  factor1s: null,
} as const satisfies Partial<SensorInfo>;

/** A measured sensor that is read, with what most of them have in common: no wrap, no offset, sees all of the time. */
export function hardwareSensor(own: Omit<SensorInfo, keyof typeof usual> & Partial<SensorInfo>): SensorInfo {
  return { ...usual, ...own };
}

/** What a load needs. Source of all formulas: guide of the experiments, 10. */
export interface DeviceNeeds {
  /** Demand, queries/s. */
  demandPerS: number;
  /** Queries per second of one device at the latency limit. */
  ratePerS: number;
  /** Share of it that may be used, 0 to 1. */
  usable: number;
  /** Model and working set, and the memory of one device, bytes. */
  modelBytes: number;
  deviceBytes: number;
  spares: number;
  /** Power that the site can give, and of one device under load, W; null: not asked. */
  budgetW: number | null;
  loadW: number | null;
}

export interface DeviceCount {
  devices: number;
  /** What asks for the most: throughput, or memory for one copy. */
  limitedBy: 'rate' | 'memory';
  /** Devices that the site can feed; null where power is not known. */
  feedable: number | null;
  powerW: number | null;
}

/** N = N_memory·⌈N_rate / N_memory⌉ + spares, N_rate = ⌈Q/(u·r)⌉, N_memory = ⌈M/V⌉. */
export function devicesFor(needs: DeviceNeeds): DeviceCount {
  const rate = Math.ceil(needs.demandPerS / (needs.usable * needs.ratePerS));
  const memory = Math.ceil(needs.modelBytes / needs.deviceBytes);
  const devices = memory * Math.ceil(rate / memory) + needs.spares;
  const { budgetW, loadW } = needs;
  return {
    devices,
    limitedBy: memory > rate ? 'memory' : 'rate',
    feedable: budgetW === null || loadW === null ? null : Math.floor(budgetW / loadW),
    powerW: loadW === null ? null : devices * loadW,
  };
}

/** Share of devices saved: 1 − N_variant/N_base, at most 1 − 1/g; rounding, memory and spares take the rest. */
export const savedShare = (base: number, variant: number): number => 1 - variant / base;

/** N′/N where demand grows with the gain to the power of `elasticity`: g^(ε−1), below 1 only while ε < 1. */
export const rebound = (gain: number, elasticity: number): number => gain ** (elasticity - 1);

import type { SystemLook } from '../../src/main/lab/systemWatch';
import type { Around } from '../../src/main/lab/windowState';
import { stateCodes, windowStateOf } from '../../src/main/lab/windowState';
import { unknownHealth } from '../../src/main/meters/reading';
import type { Usage } from '../../src/main/runner/usage';
import type { Health } from '../../src/shared/meter';
import type { ReasonCode } from '../../src/shared/reasons';
import type { WindowState } from '../../src/shared/run';

/** What the tests of one window's state are made of; everything is quiet or unknown unless changed. */

export const health = (changed: Partial<Health> = {}): Health => ({ ...unknownHealth, ...changed });

export const look = (changed: Partial<SystemLook> = {}): SystemLook => ({
  power: { source: null, mode: null },
  cpu: unknownHealth,
  clocksMs: 0,
  ownS: 0,
  ...changed,
});

/** 5 s on a machine of two cores: the runner keeps one of them busy and nobody else does anything. */
export const usage = (changed: Partial<Usage> = {}): [Usage, Usage] => {
  const none = { atNs: 0n, ownS: 0, machine: { busyS: 0, totalS: 0 }, majorFaults: 0, swappedPages: 0 };
  return [none, { ...none, atNs: 5_000_000_000n, ownS: 5, machine: { busyS: 5, totalS: 10 }, ...changed }];
};

export const around = (changed: Partial<Around> = {}): Around => ({
  looks: [look(), look()],
  usage: usage(),
  edges: [],
  health: [],
  seconds: 5,
  samplerS: null,
  ...changed,
});

/** Two edges and ten states between, each with what is given for its number, 0 to 11. */
export const states = (of: (i: number) => Partial<Health>): Pick<Around, 'edges' | 'health'> => ({
  edges: [health(of(0)), health(of(11))],
  health: Array.from({ length: 10 }, (_, i) => health(of(i + 1))),
});

export function judge(
  changed: Partial<Around> = {},
  rest: { standstillS?: number | null; clocksMHz?: readonly number[] } = {},
): { codes: ReasonCode[]; state: WindowState } {
  const all = around(changed);
  const state = windowStateOf(all);
  const { standstillS = null, clocksMHz = [] } = rest;
  return { state, codes: stateCodes({ state, around: all, standstillS, clocksMHz }) };
}

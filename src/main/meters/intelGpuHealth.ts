import { join } from 'node:path';
import type { Health } from '../../shared/meter';
import { integerOrNull, listOrNone, type MeterFiles } from './files';
import type { HwmonNode } from './hwmonNodes';
import { wattsOf } from './hwmonSource';
import { unknownHealth } from './reading';

/** Files of a graphics tile that are 1 while it slows down, and what the reason is called here. */
const reasons = {
  pl1: 'sw_power_cap',
  pl2: 'sw_power_cap',
  pl4: 'sw_power_cap',
  thermal: 'hw_thermal',
  prochot: 'hw_thermal',
  vr_thermalert: 'hw_thermal',
  vr_tdc: 'current_limit',
} as const;

interface Tile {
  clock: string;
  throttle: (reason: string) => string;
}

/** State of one Intel graphics card from sysfs; null for what its driver does not tell. */
export function intelGpuHealth(files: MeterFiles, node: HwmonNode | null): () => Health {
  if (node === null) return () => unknownHealth;
  const tiles = node.driver === 'xe' ? xeTiles(files, node.device) : i915Tiles(files, node.device);
  const temperatures = ['temp1_input', 'temp2_input'].map((file) => join(node.folder, file));
  return () => {
    const milliC = temperatures.map((path) => integerOrNull(files, path)).find((t) => t !== null && t >= 0);
    const clocks = tiles.map((t) => integerOrNull(files, t.clock)).filter((c) => c !== null && c >= 0);
    return {
      ...unknownHealth,
      tempC: milliC === undefined || milliC === null ? null : milliC / 1000,
      clockMHz: clocks.length === 0 ? null : Math.max(...(clocks as number[])),
      powerLimitW: wattsOf(files, node, 'power1_max') ?? wattsOf(files, node, 'power2_max'),
      defaultLimitW: wattsOf(files, node, 'power1_rated_max') ?? wattsOf(files, node, 'power2_rated_max'),
      throttle: throttleOf(files, tiles),
    };
  };
}

function throttleOf(files: MeterFiles, tiles: readonly Tile[]): string[] | null {
  const active = new Set<string>();
  let known = false;
  for (const tile of tiles) {
    for (const [reason, name] of Object.entries(reasons)) {
      const value = integerOrNull(files, tile.throttle(reason));
      known ||= value !== null;
      if (value === 1) active.add(name);
    }
  }
  return known ? [...active] : null;
}

/** card0/gt/gt0/rps_act_freq_mhz, …/throttle_reason_thermal */
function i915Tiles(files: MeterFiles, device: string): Tile[] {
  return below(files, join(device, 'drm'), /^card\d+$/).flatMap((card) =>
    below(files, join(card, 'gt'), /^gt\d+$/).map((gt) => ({
      clock: join(gt, 'rps_act_freq_mhz'),
      throttle: (reason) => join(gt, `throttle_reason_${reason}`),
    })),
  );
}

/** tile0/gt0/freq0/act_freq, …/freq0/throttle/reason_thermal */
function xeTiles(files: MeterFiles, device: string): Tile[] {
  return below(files, device, /^tile\d+$/).flatMap((tile) =>
    below(files, tile, /^gt\d+$/).map((gt) => ({
      clock: join(gt, 'freq0/act_freq'),
      throttle: (reason) => join(gt, `freq0/throttle/reason_${reason}`),
    })),
  );
}

const below = (files: MeterFiles, folder: string, names: RegExp): string[] =>
  listOrNone(files, folder)
    .filter((entry) => names.test(entry))
    .map((entry) => join(folder, entry));

import type { Domain } from '../../shared/meter';

/** One channel of IOReport's group "Energy Model", at its place in the list. */
export interface EnergyChannel {
  index: number;
  name: string;
  /** As IOReport labels it: mJ, uJ or nJ, mixed within one machine. */
  unit: string;
}

export type SocDomain = Extract<Domain, `soc.${string}`>;

/** The channels whose sum is the energy of one part of the chip. */
export interface SocGroup {
  domain: SocDomain;
  channels: readonly (EnergyChannel & { nanoJoulePerCount: bigint })[];
}

const nanoJoules: Readonly<Record<string, bigint>> = {
  mJ: 1_000_000n,
  uJ: 1000n,
  // Both code points that show as µ.
  '\u00b5J': 1000n,
  '\u03bcJ': 1000n,
  nJ: 1n,
};

/** nJ per count of a unit label; null for one that is not known: it is never guessed. */
export const nanoJoulePerCount = (unit: string): bigint | null => nanoJoules[unit.trim()] ?? null;

/** Chips of several dies put `DIE_n_` before the names of each. */
export const withoutDie = (name: string): string => name.trim().replace(/^DIE_\d+_/, '');

const domains: readonly { domain: SocDomain; is: (name: string) => boolean }[] = [
  { domain: 'soc.cpu', is: (name) => name.endsWith('CPU Energy') },
  { domain: 'soc.gpu', is: (name) => name === 'GPU Energy' },
  { domain: 'soc.ane', is: (name) => name.startsWith('ANE') },
  { domain: 'soc.dram', is: (name) => name.startsWith('DRAM') },
];

/**
 * What of a machine's channels is summed for which domain. Clusters and cores are inside "CPU Energy" and
 * are never added to it; a total without `DIE_n_` holds its dies. A domain with a channel of unknown unit
 * is left out: a part of a sum is not a total.
 */
export function socGroups(channels: readonly EnergyChannel[]): SocGroup[] {
  return domains.flatMap(({ domain, is }): SocGroup[] => {
    const own = wholes(channels.filter((c) => is(withoutDie(c.name))));
    const scaled = own.flatMap((channel) => {
      const scale = nanoJoulePerCount(channel.unit);
      return scale === null ? [] : [{ ...channel, nanoJoulePerCount: scale }];
    });
    return own.length === 0 || scaled.length < own.length ? [] : [{ domain, channels: scaled }];
  });
}

function wholes(channels: readonly EnergyChannel[]): EnergyChannel[] {
  const exact = channels.filter((c) => withoutDie(c.name) === 'CPU Energy');
  const own = exact.length > 0 ? exact : channels;
  const plain = new Set(own.map((c) => c.name.trim()));
  return own.filter((c) => {
    const bare = withoutDie(c.name);
    return c.name.trim() === bare || !plain.has(bare);
  });
}

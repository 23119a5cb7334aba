import { freemem } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Model } from '../../shared/model';
import { formatBytes } from '../../shared/units';
import { readUsage, type Usage } from '../runner/usage';
import type { SystemLook } from './systemWatch';

/** What is seen of the machine before anything is loaded. */
export interface PreflightFacts {
  look: SystemLook;
  /** Share of the machine that others use while the lab waits, 0 to 1; null where the system does not tell. */
  backgroundCpu: number | null;
  freeBytes: number;
  /** Largest model of the plan, parameters in bytes; null where none is known yet. */
  largestModelBytes: number | null;
}

/** Source: docs/method.md, 1.2, step 1. */
const mostBackground = 0.05;
/** A session holds the parameters and, while it is made, a copy of them. */
const copies = 2;
const lookS = 1;

/** Looks for a second, in which nothing of the lab runs. */
export async function preflight(
  look: () => SystemLook,
  models: readonly Pick<Model, 'counts'>[],
  signal: AbortSignal,
): Promise<PreflightFacts> {
  look(); // counters since the last look start here
  const before = readUsage();
  await wait(lookS * 1000, undefined, { signal }).catch(() => {});
  const bytes = models.flatMap((m) => m.counts.parameterBytes ?? []);
  return {
    look: look(),
    backgroundCpu: othersShare(before, readUsage()),
    freeBytes: freemem(),
    largestModelBytes: bytes.length === 0 ? null : Math.max(...bytes),
  };
}

function othersShare(before: Usage, after: Usage): number | null {
  if (!before.machine || !after.machine) return null;
  const totalS = after.machine.totalS - before.machine.totalS;
  if (!(totalS > 0)) return null;
  const others = after.machine.busyS - before.machine.busyS - (after.ownS - before.ownS);
  return Math.min(1, Math.max(0, others / totalS));
}

/** One line for the log of the first run, and what a person should know before the windows tell it. Pure. */
export function preflightWords({ look, backgroundCpu, freeBytes, largestModelBytes }: PreflightFacts): {
  note: string;
  warnings: string[];
} {
  const { source, mode } = look.power;
  const { tempC, throttle } = look.cpu;
  const note = [
    source === null ? 'power source not told' : source === 'ac' ? 'on mains' : 'on battery',
    `power mode ${mode ?? 'not told'}`,
    `others use ${backgroundCpu === null ? 'an unknown share' : percent(backgroundCpu)} of the processor`,
    `${formatBytes(freeBytes)} of memory free`,
    `processor ${tempC === null ? 'temperature not told' : `at ${tempC.toFixed(0)} °C`}`,
  ].join(', ');
  const warnings: string[] = [];
  if (source === 'battery')
    warnings.push('The machine runs on battery: results will be limited. Plug it in for numbers to publish.');
  if (backgroundCpu !== null && backgroundCpu > mostBackground) {
    warnings.push(
      `Other programs use ${percent(backgroundCpu)} of the processor. Windows with more than ${percent(mostBackground)} are measured again, at most three times; close other programs for valid results.`,
    );
  }
  if (throttle?.includes('thermal'))
    warnings.push(
      'The processor slows itself down because it is hot. Let it cool, and see that air reaches it.',
    );
  if (largestModelBytes !== null && copies * largestModelBytes > freeBytes) {
    warnings.push(
      `The largest model holds ${formatBytes(largestModelBytes)} of parameters and ${formatBytes(freeBytes)} of memory is free: it may swap or fail. Close other programs.`,
    );
  }
  return { note, warnings };
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

import { setTimeout as wait } from 'node:timers/promises';
import { type Condition, protocolOf } from '../../shared/plan';
import type { ReasonCode } from '../../shared/reasons';
import type { Phase } from '../../shared/run';
import type { MeterSession, ProviderMeters } from './meterSession';

export interface BeforeParts {
  runId: string;
  condition: Condition;
  meters: MeterSession;
  metered: ProviderMeters | null;
  /** Temperature of the device now, °C; null where it cannot be read. */
  temperatureC(): number | null;
  /** Has the machine measured another run of this session before? */
  first: boolean;
  /** The device at the first ready idle of the session, °C; null where it was not read. */
  readyC: number | null;
  enter(phase: Phase, text: string): void;
}

/**
 * So near to the first ready idle the device counts as cooled down, °C. Source: docs/method.md, 1.5. One that is cooler
 * counts too: without a model it idles lower than it did with one, and no waiting warms it.
 */
const nearC = 2;
const lookMs = 500;

/** Windows of tests and of the call overhead are no evidence; nothing waits for them. */
export const isShort = ({ windowS }: Pick<Condition, 'windowS'>) => windowS < 1;

/**
 * What comes before a runner is started: the rest between runs until the device has cooled down, and once a session the
 * power of the machine without a model. @returns codes for the run: TEMP_DRIFT where the cap ended the rest
 */
export async function beforeRun(parts: BeforeParts, signal: AbortSignal): Promise<ReasonCode[]> {
  const numbers = protocolOf(parts.condition);
  if (isShort(parts.condition)) return [];
  const codes: ReasonCode[] = [];
  if (!parts.first && numbers.coolDownCapS > 0) {
    parts.enter('cool_down', '');
    if (!(await coolDown(parts, numbers.coolDownMinS, numbers.coolDownCapS, signal)))
      codes.push('TEMP_DRIFT');
  }
  const { metered, meters } = parts;
  const bareMissing = metered?.sensors.some((s) => !meters.bare.has(s.id)) ?? false;
  if (numbers.bareIdleS > 0 && bareMissing && !signal.aborted) {
    parts.enter('bare_idle', '');
    await bareIdle(parts, numbers.bareIdleS, signal);
  }
  return codes;
}

/** @returns false where the cap came first */
async function coolDown(
  { temperatureC, readyC }: BeforeParts,
  minS: number,
  capS: number,
  signal: AbortSignal,
): Promise<boolean> {
  const begin = process.hrtime.bigint();
  const elapsedS = () => Number(process.hrtime.bigint() - begin) / 1e9;
  const cool = () => {
    const now = temperatureC();
    return now === null || readyC === null || now - readyC <= nearC;
  };
  while (!signal.aborted && (elapsedS() < minS || !cool())) {
    if (elapsedS() >= capS) return false;
    await wait(lookMs, undefined, { signal }).catch(() => {});
  }
  return true;
}

async function bareIdle({ runId, meters }: BeforeParts, seconds: number, signal: AbortSignal): Promise<void> {
  const openNs = process.hrtime.bigint() + 50_000_000n;
  const closeNs = openNs + BigInt(Math.round(seconds * 1e9));
  const giveUp = () => meters.giveUp(runId);
  signal.addEventListener('abort', giveUp);
  meters.planEdges(runId, 'idle:bare', openNs, closeNs);
  const found = await meters.baselines(runId, 'idle:bare');
  signal.removeEventListener('abort', giveUp);
  for (const [sensorId, baseline] of found)
    if (typeof baseline !== 'string') meters.bare.set(sensorId, baseline.powerW);
}

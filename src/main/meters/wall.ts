import {
  domains,
  type MeterProvider,
  type OpenMeter,
  type ProbeEnv,
  type ProbeResult,
  type SensorInfo,
} from '../../shared/meter';
import { type WallMeter, wallKindFacts, wallMeterName } from '../../shared/wallMeter';
import { unknownHealth } from './reading';
import { mostWallW, type WallSample } from './wallAdapters';
import { WallRefusal } from './wallAddress';
import { makeHttpGet } from './wallHttp';
import {
  askWall,
  energyId,
  powerId,
  type WallEffects,
  WallPoller,
  wallIntervalS,
  wallJoulePerCount,
} from './wallPoller';

/** 1 sigma of a plug meter that states no accuracy: 2 % and 0.5 W. Source: docs/method.md, 3.6. */
const usualPlug = { gainRel1s: 0.02, offsetW1s: 0.5 };

/** Plugs and meters that see the whole computer at the wall, asked over the local network. */
export const wall: MeterProvider = {
  id: 'wall',
  title: 'Wall meter (local network)',
  platforms: ['linux', 'darwin', 'win32'],
  probe,
  open,
};

async function probe(env: ProbeEnv): Promise<ProbeResult> {
  const meters = (env.wallMeters ?? []).filter((m) => m.enabled);
  if (meters.length === 0) {
    return {
      status: 'absent',
      reason: 'No wall meter has been added to this lab.',
      remedy: {
        text: 'A plug with a power meter in your network sees the whole computer: add it with “thirty-watts meters add-wall”, or on the page Machine & meters.',
        command: null,
      },
    };
  }
  const effects = effectsOf(env);
  const found = await Promise.all(
    meters.map(async (meter) => {
      try {
        return { meter, sensors: describe(meter, (await askWall(meter, effects)).sample), refusal: null };
      } catch (thrown) {
        return { meter, sensors: [], refusal: asRefusal(thrown) };
      }
    }),
  );
  const refused = found.flatMap(({ meter, refusal }) =>
    refusal === null
      ? []
      : [
          {
            reason: `${wallMeterName(meter)}: ${refusal.message}`,
            remedy: { text: refusal.remedy, command: null },
          },
        ],
  );
  const sensors = found.flatMap((f) => f.sensors);
  if (sensors.length > 0) return { status: 'ok', sensors, refused };
  const status = found.some((f) => f.refusal?.code === 'NOT_ALLOWED') ? 'denied' : 'broken';
  return { status, ...refused[0]! };
}

async function open(sensorIds: readonly string[], env: ProbeEnv): Promise<OpenMeter> {
  const wanted = new Set(sensorIds);
  const pollers = (env.wallMeters ?? [])
    .filter((m) => wanted.has(powerId(m)) || wanted.has(energyId(m)))
    .map((meter) => new WallPoller(meter, wanted, effectsOf(env)));
  return {
    read: () => [],
    drain: () => pollers.flatMap((p) => p.drain()),
    health: () => unknownHealth,
    close: () => {
      for (const poller of pollers) poller.stop();
    },
  };
}

/** A gauge, and a counter beside it where the meter counts energy itself. */
function describe(meter: WallMeter, sample: WallSample): SensorInfo[] {
  const intervalS = wallIntervalS(meter, sample);
  const lagS = meter.lagS ?? 0;
  const stated = sample.accuracyRel !== null || sample.accuracyW !== null;
  const gauge: SensorInfo = {
    id: powerId(meter),
    provider: 'wall',
    // Without its address: the name goes into results and exports.
    device: { key: meter.id, name: meter.label || 'Wall meter', driver: wallKindFacts[meter.kind].name },
    domain: 'wall.ac',
    contains: domains.filter((d) => d !== 'wall.ac'),
    kind: 'gauge',
    provenance: 'measured',
    origin: 'hardware',
    delivery: 'push',
    joulePerCount: null,
    modulus: null,
    update: {
      seconds: intervalS,
      from: meter.intervalS === null && sample.intervalS !== null ? 'documented' : 'assumed',
    },
    // What it averages over is not stated by any maker: a value of one period, shown during the next.
    averagingS: 2 * intervalS + lagS,
    duty: 1,
    maxReadHz: 1 / intervalS,
    edgeAlign: false,
    // Stated limits of error are taken as evenly likely inside: 1 sigma is the limit over √3.
    gainRel1s: stated ? (sample.accuracyRel ?? 0) / Math.sqrt(3) : usualPlug.gainRel1s,
    offsetW1s: stated ? (sample.accuracyW ?? 0) / Math.sqrt(3) : usualPlug.offsetW1s,
    maxPlausibleW: mostWallW,
    factor1s: null,
    notes: [
      `kind=${meter.kind}`,
      meter.lagS === null ? 'lag not measured' : `lagS=${meter.lagS}`,
      `accuracy=${stated ? 'stated by the meter' : 'usual of a plug above 30 W'}`,
      ...(sample.label === null ? [] : [`label=${sample.label}`]),
    ],
  };
  if (sample.energyJ === null) return [gauge];
  return [{ ...gauge, id: energyId(meter), kind: 'counter', joulePerCount: wallJoulePerCount }, gauge];
}

const inTime: WallEffects['after'] = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};
/** The guarded GET, the steady clock and timers. */
export const wallEffects: WallEffects = {
  httpGet: makeHttpGet(),
  now: () => process.hrtime.bigint(),
  after: inTime,
};

const effectsOf = (env: ProbeEnv): WallEffects => ({
  httpGet: env.httpGet ?? wallEffects.httpGet,
  now: env.now,
  after: env.after ?? wallEffects.after,
});

/** Whatever went wrong, in words. */
export function asRefusal(thrown: unknown): WallRefusal {
  if (thrown instanceof WallRefusal) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new WallRefusal('NO_ANSWER', `The meter cannot be asked: ${message}.`, 'Check its address.');
}

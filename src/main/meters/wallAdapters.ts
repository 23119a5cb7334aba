import { z } from 'zod';
import type { HttpAnswer, WallKind, WallMeter } from '../../shared/wallMeter';
import { WallRefusal, wallBase } from './wallAddress';

/** What one answer of a meter says. Absent is null. */
export interface WallSample {
  watts: number;
  /** Energy since some start, J. */
  energyJ: number | null;
  /** Grows with every new value. */
  seq: number | null;
  /** The meter's own time of the value, Unix ms. */
  sourceUnixMs: number | null;
  intervalS: number | null;
  /** Limits of error that the meter states: relative, and W. */
  accuracyRel: number | null;
  accuracyW: number | null;
  label: string | null;
}

/** The largest power that a plug of a household carries, W. More is a lie or another unit. */
export const mostWallW = 8000;

interface Adapter {
  path(meter: WallMeter): string;
  /** Checked content of the answer; throws WallRefusal or ZodError. */
  read(content: unknown, meter: WallMeter): Partial<WallSample> & { watts: number };
}

const number = z.number();
/** Text of a stranger that a person will read: no control characters, not long. */
const foreign = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, '·').slice(0, 100);
const name = z.string().max(200).transform(foreign);

const generic = z.object({
  schema: z.literal('thirtywatts.wall/1'),
  watts: number,
  energy_j: number.nonnegative().nullish(),
  t_unix_ms: number.nonnegative().nullish(),
  seq: number.int().nonnegative().nullish(),
  interval_ms: number.min(50).max(60_000).nullish(),
  accuracy_rel: number.nonnegative().max(1).nullish(),
  accuracy_w: number.nonnegative().max(1000).nullish(),
  label: name.nullish(),
});

/**
 * The devices as their makers describe them; none was tried on a device here. Totals are used of the generic contract
 * only: Tasmota's has steps of 3,600 J, and how often the others update theirs is not stated.
 */
const adapters: Readonly<Record<WallKind, Adapter>> = {
  generic: {
    path: () => '/power',
    read(content) {
      const said = generic.parse(content);
      return {
        watts: said.watts,
        energyJ: said.energy_j ?? null,
        seq: said.seq ?? null,
        sourceUnixMs: said.t_unix_ms ?? null,
        intervalS: said.interval_ms == null ? null : said.interval_ms / 1000,
        accuracyRel: said.accuracy_rel ?? null,
        accuracyW: said.accuracy_w ?? null,
        label: said.label ?? null,
      };
    },
  },
  shelly2: {
    path: ({ channel }) => `/rpc/Switch.GetStatus?id=${channel}`,
    read: (content) => ({ watts: z.object({ apower: number }).parse(content).apower }),
  },
  shelly1: {
    path: ({ channel }) => `/meter/${channel}`,
    read(content) {
      const said = z.object({ power: number, is_valid: z.boolean().optional() }).parse(content);
      if (said.is_valid === false) throw notReady('The meter says itself that its value is not valid.');
      return { watts: said.power };
    },
  },
  tasmota: {
    path: () => '/cm?cmnd=Status%2010',
    read(content, { channel }) {
      const power = z.union([number, z.array(number).min(1)]);
      const said = z.object({ StatusSNS: z.object({ ENERGY: z.object({ Power: power }) }) }).parse(content)
        .StatusSNS.ENERGY.Power;
      return { watts: number.parse(Array.isArray(said) ? said[channel] : said) };
    },
  },
  homewizard: {
    path: () => '/api/v1/data',
    read: (content) => ({ watts: z.object({ active_power_w: number }).parse(content).active_power_w }),
  },
  homeassistant: {
    path: ({ entity }) => `/api/states/${entity ?? ''}`,
    read(content) {
      const said = z
        .object({
          state: z.string().max(200),
          attributes: z.object({
            unit_of_measurement: name.optional(),
            friendly_name: name.optional(),
          }),
          last_reported: z.string().optional(),
        })
        .parse(content);
      if (said.state === 'unavailable' || said.state === 'unknown')
        throw notReady(`Home Assistant says that the entity is ${said.state}.`);
      const perUnit = { W: 1, kW: 1000 }[said.attributes.unit_of_measurement ?? ''];
      if (perUnit === undefined) {
        throw new WallRefusal(
          'BAD_UNIT',
          `The entity is in ${said.attributes.unit_of_measurement ?? 'no unit'}, not in watts.`,
          'Choose the entity that shows power now, in W or kW.',
        );
      }
      const reportedMs = said.last_reported === undefined ? Number.NaN : Date.parse(said.last_reported);
      return {
        watts: number.parse(said.state.trim() === '' ? null : Number(said.state)) * perUnit,
        sourceUnixMs: Number.isFinite(reportedMs) ? reportedMs : null,
        label: said.attributes.friendly_name ?? null,
      };
    },
  },
};

/** Where to ask, and with which headers. @throws WallRefusal for an address that may not be asked */
export function wallRequest(meter: WallMeter): { url: string; headers: Record<string, string> } {
  const headers: Record<string, string> =
    meter.kind === 'homeassistant' && meter.token !== null ? { authorization: `Bearer ${meter.token}` } : {};
  return { url: wallBase(meter.address) + adapters[meter.kind].path(meter), headers };
}

/** What the answer says. @throws WallRefusal where it is no reading that can be believed */
export function wallSample(meter: WallMeter, { status, location, body }: HttpAnswer): WallSample {
  if (status >= 300 && status < 400) {
    throw new WallRefusal(
      'REDIRECTED',
      `The meter sends the lab on to ${location === null ? 'another address' : foreign(location)}, which is not followed.`,
      'If that address is your own meter, type it instead.',
    );
  }
  if (status === 401 || status === 403) {
    throw new WallRefusal(
      'NOT_ALLOWED',
      `The meter wants to know who asks (HTTP ${status}).`,
      meter.kind === 'homeassistant'
        ? 'Make a long-lived access token in your Home Assistant profile and give it here.'
        : 'Switch off its password for the local network, or use a meter without one.',
    );
  }
  if (status !== 200) {
    throw new WallRefusal(
      `HTTP_${status}`,
      `The meter answered with the error ${status}.`,
      status === 404 ? wrongKind : 'Look at the meter’s own page; if it works there, try again.',
    );
  }
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new WallRefusal('NOT_JSON', 'The answer is not JSON, as a meter’s should be.', wrongKind);
  }
  const sample = { ...nothingKnown, ...readContent(meter, content) };
  if (sample.watts < 0 || sample.watts > mostWallW) {
    throw new WallRefusal(
      'IMPLAUSIBLE',
      `The meter shows ${Math.round(sample.watts)} W, which a computer cannot draw.`,
      sample.watts < 0
        ? 'It may be wired the other way round, or see a solar system: put only the computer behind it.'
        : wrongKind,
    );
  }
  return sample;
}

function readContent(meter: WallMeter, content: unknown): Partial<WallSample> & { watts: number } {
  try {
    return adapters[meter.kind].read(content, meter);
  } catch (thrown) {
    if (!(thrown instanceof z.ZodError)) throw thrown;
    const issue = thrown.issues[0];
    const field = issue?.path.join('.') || 'answer';
    throw new WallRefusal(
      'BAD_ANSWER',
      `The answer is not that of this kind of meter: ${field} is missing or not what it should be.`,
      wrongKind,
    );
  }
}

const nothingKnown: Omit<WallSample, 'watts'> = {
  energyJ: null,
  seq: null,
  sourceUnixMs: null,
  intervalS: null,
  accuracyRel: null,
  accuracyW: null,
  label: null,
};

const wrongKind =
  'Check the kind of meter, the address and the output number; not every device measures power.';

const notReady = (message: string) =>
  new WallRefusal('NOT_READY', message, 'Wait until the device shows its power itself, then try again.');

import { z } from 'zod';

/** Wall meters that the lab can ask over the local network, by what they answer. */
export const wallKinds = ['generic', 'shelly2', 'shelly1', 'tasmota', 'homewizard', 'homeassistant'] as const;
export type WallKind = (typeof wallKinds)[number];

export interface WallKindFacts {
  /** What a person calls it. */
  name: string;
  /** How often it is asked where nothing better is known, s. */
  intervalS: number;
  /** An address as a person would type it. */
  example: string;
  needs: { token: boolean; entity: boolean; channel: boolean };
}

const plain = { token: false, entity: false, channel: false };

export const wallKindFacts: Readonly<Record<WallKind, WallKindFacts>> = {
  generic: {
    name: 'Any script that answers GET /power',
    intervalS: 1,
    example: 'http://127.0.0.1:8000',
    needs: plain,
  },
  shelly2: {
    name: 'Shelly Plus, Pro, Gen3 (second generation or later)',
    intervalS: 1,
    example: '192.168.1.20',
    needs: { ...plain, channel: true },
  },
  shelly1: {
    name: 'Shelly Plug and others of the first generation',
    intervalS: 1,
    example: '192.168.1.21',
    needs: { ...plain, channel: true },
  },
  tasmota: {
    name: 'Tasmota',
    intervalS: 1,
    example: '192.168.1.22',
    needs: { ...plain, channel: true },
  },
  homewizard: { name: 'HomeWizard Energy Socket', intervalS: 1, example: '192.168.1.23', needs: plain },
  homeassistant: {
    name: 'Home Assistant',
    intervalS: 2,
    example: 'http://homeassistant.local:8123',
    needs: { token: true, entity: true, channel: false },
  },
};

/** What a person types to add a wall meter. */
export const wallMeterInput = z.strictObject({
  kind: z.enum(wallKinds),
  /** Address in the local network: host or URL, without query. */
  address: z.string().trim().min(1).max(200),
  label: z.string().trim().max(60).default(''),
  /** Home Assistant's long-lived access token: printable, so that it fits a header. */
  token: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,1000}$/)
    .nullable()
    .default(null),
  /** Home Assistant's entity, e.g. `sensor.plug_power`. */
  entity: z
    .string()
    .trim()
    .regex(/^[a-z0-9_]{1,64}\.[a-z0-9_]{1,200}$/)
    .nullable()
    .default(null),
  /** Which output of a device with several, from 0. */
  channel: z.number().int().min(0).max(15).default(0),
  /** Seconds between two questions; null: what the meter says, or the usual of its kind. */
  intervalS: z.number().min(0.2).max(60).nullable().default(null),
});
export type WallMeterInput = z.input<typeof wallMeterInput>;

/** A wall meter as the lab keeps it, in its settings under `wallMeters`. */
export const wallMeterSchema = wallMeterInput.extend({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/),
  enabled: z.boolean(),
  /** How long its readings trail the load, s; null: never measured, taken for 0. */
  lagS: z.number().min(0).max(10).nullable(),
  lagAtUnixMs: z.number().int().nullable(),
});
export type WallMeter = z.output<typeof wallMeterSchema>;

/** The same without its secret, for pages and lists. */
export type WallMeterView = Omit<WallMeter, 'token'> & { hasToken: boolean };

/** What a wall meter showed once. */
export interface WallReading {
  watts: number;
  /** Energy since some start, J; null where it has none that is fine enough. */
  energyJ: number | null;
  /** Seconds that the question took. */
  roundTripS: number;
  /** Its own update period, s, and where that is known from. */
  intervalS: number;
  /** Name that the meter gives itself. */
  label: string | null;
}

/** Answer of a local HTTP server. */
export interface HttpAnswer {
  status: number;
  /** Where it would send the asker on; never followed. */
  location: string | null;
  body: string;
}

/** One GET to the local network. Rejects where there is no answer, or the address is not local. */
export type HttpGet = (url: string, headers: Readonly<Record<string, string>>) => Promise<HttpAnswer>;

/** `Plug under the desk`, else its kind and address. */
export const wallMeterName = ({ label, kind, address }: Pick<WallMeter, 'label' | 'kind' | 'address'>) =>
  label || `${kind === 'generic' ? 'Wall meter' : wallKindFacts[kind].name} at ${address}`;

/** Where the token lies, for whoever types one. */
export const tokenWords =
  'The token is kept in the lab’s own database file, in clear text. It is sent to this address only, and is in no export.';

import { z } from 'zod';
import type { Handlers } from '../../shared/contract';
import { LabError } from '../../shared/errors';
import type { Plan } from '../../shared/plan';
import {
  type WallMeter,
  type WallMeterView,
  type WallReading,
  wallKindFacts,
  wallMeterName,
  wallMeterSchema,
} from '../../shared/wallMeter';
import { shortestWindowS } from '../meters';
import { asRefusal } from '../meters/wall';
import { WallRefusal, wallBase } from '../meters/wallAddress';
import { askWall, type WallEffects, wallIntervalS } from '../meters/wallPoller';
import type { LabReader } from '../store/reader';
import type { LabContext } from './context';
import { type LoadEffects, measureLag } from './wallLag';

/** Key of the wall meters in the lab's settings. They hold tokens: no list of settings may hand them out. */
export const wallMetersKey = 'wallMeters';

/** The wall meters that were added, in the order of adding. One that cannot be read is left out. */
export function storedWallMeters(reader: Pick<LabReader, 'settings'>): WallMeter[] {
  const stored = z.array(z.unknown()).safeParse(reader.settings()[wallMetersKey] ?? []);
  return (stored.data ?? []).flatMap((each) => wallMeterSchema.safeParse(each).data ?? []);
}

export const viewWallMeter = ({ token, ...rest }: WallMeter): WallMeterView => ({
  ...rest,
  hasToken: token !== null,
});

export type WallMeterHandlers = Pick<
  Handlers,
  | 'addWallMeter'
  | 'changeWallMeter'
  | 'removeWallMeter'
  | 'restoreWallMeter'
  | 'testWallMeter'
  | 'measureWallLag'
>;

/** Adding, trying and removing wall meters. @param busy whether something is measured, which asking would disturb */
export function writeWallMeters(
  { store: { reader, writer }, effects, emit }: LabContext,
  wall: WallEffects & LoadEffects,
  busy: () => boolean,
): WallMeterHandlers {
  /** What was removed since the lab was opened, so that it can be put back with its token; the file holds it no more. */
  const removed = new Map<string, { meter: WallMeter; at: number }>();
  const save = (meters: readonly WallMeter[]) => {
    writer.putSetting(wallMetersKey, z.json().parse(meters), effects.nowUnixMs());
    emit({ type: 'changed', what: 'settings' });
  };
  const find = (id: string): WallMeter => {
    const meter = storedWallMeters(reader).find((m) => m.id === id);
    if (meter !== undefined) return meter;
    throw new LabError(
      'not_found',
      `There is no wall meter ${id} in this lab.`,
      'List them with “thirty-watts meters”.',
    );
  };
  const change = (id: string, to: Partial<WallMeter>): { meter: WallMeterView } => {
    const meter = { ...find(id), ...to };
    save(storedWallMeters(reader).map((m) => (m.id === id ? meter : m)));
    return { meter: viewWallMeter(meter) };
  };
  const notWhileMeasuring = (what: string) => {
    if (!busy()) return;
    throw new LabError(
      'bad_input',
      `${what} while the lab measures would disturb it.`,
      'Wait until the experiment has ended.',
    );
  };
  return {
    async addWallMeter({ meter: input }) {
      const meter: WallMeter = {
        ...input,
        address: checked(() => wallBase(input.address)),
        id: `w${effects.newId().slice(-8)}`,
        enabled: true,
        lagS: null,
        lagAtUnixMs: null,
      };
      refuseIncomplete(meter);
      const meters = storedWallMeters(reader);
      const same = meters.find(
        (m) => m.address === meter.address && m.channel === meter.channel && m.entity === meter.entity,
      );
      if (same !== undefined) {
        throw new LabError(
          'bad_input',
          `This meter has been added already, as ${wallMeterName(same)}.`,
          'Remove the other one first if it is wrong.',
        );
      }
      save([...meters, meter]);
      return { meter: viewWallMeter(meter) };
    },
    changeWallMeter: async ({ id, enabled, label }) =>
      change(id, {
        ...(enabled === null ? {} : { enabled }),
        ...(label === null ? {} : { label }),
      }),
    async removeWallMeter({ id }) {
      const meter = find(id);
      const meters = storedWallMeters(reader);
      removed.set(id, { meter, at: meters.findIndex((m) => m.id === id) });
      save(meters.filter((m) => m.id !== id));
      return {};
    },
    async restoreWallMeter({ id }) {
      const gone = removed.get(id);
      const meters = storedWallMeters(reader);
      if (gone === undefined) {
        throw new LabError(
          'not_found',
          'This wall meter was removed in an earlier session.',
          'Add it again.',
        );
      }
      if (meters.every((m) => m.id !== id)) save(meters.toSpliced(gone.at, 0, gone.meter));
      removed.delete(id);
      return { meter: viewWallMeter(gone.meter) };
    },
    async testWallMeter({ id, meter: input }) {
      notWhileMeasuring('Asking a wall meter');
      const meter: WallMeter =
        id !== null
          ? find(id)
          : { ...(input ?? noMeter()), id: 'test', enabled: true, lagS: null, lagAtUnixMs: null };
      try {
        refuseIncomplete(meter);
        const { sample, t0, t1 } = await askWall(meter, wall);
        const reading: WallReading = {
          watts: sample.watts,
          energyJ: sample.energyJ,
          roundTripS: Number(t1 - t0) / 1e9,
          intervalS: wallIntervalS(meter, sample),
          label: sample.label,
        };
        return { reading, failure: null };
      } catch (thrown) {
        const { message, remedy } = thrown instanceof LabError ? thrown.failure : asRefusal(thrown);
        return { reading: null, failure: { kind: 'bad_input', message, remedy } };
      }
    },
    async measureWallLag({ id }) {
      notWhileMeasuring('Loading the processor to measure the lag');
      const found = await measureLag({ ...find(id), lagS: null }, wall, busy);
      if (!found.ok) throw new LabError('bad_input', found.reason, found.remedy);
      const { lagS, correlation } = found;
      change(id, { lagS, lagAtUnixMs: effects.nowUnixMs() });
      return { lagS, correlation };
    },
  };
}

const noMeter = (): never => {
  throw new LabError('bad_input', 'Say which wall meter to try.', 'Give its id, or its kind and address.');
};

/** A typed address, or the refusal as the lab words it. */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof WallRefusal)) throw thrown;
    throw new LabError('bad_input', thrown.message, thrown.remedy);
  }
}

function refuseIncomplete({ kind, token, entity, address }: WallMeter): void {
  const { needs, name } = wallKindFacts[kind];
  checked(() => wallBase(address));
  if (needs.entity && entity === null) {
    throw new LabError(
      'bad_input',
      `${name} needs the entity that shows the power.`,
      'Copy it from Home Assistant under Developer tools, States; it looks like sensor.plug_power.',
    );
  }
  if (needs.token && token === null) {
    throw new LabError(
      'bad_input',
      `${name} needs an access token.`,
      'Make a long-lived access token in your Home Assistant profile.',
    );
  }
}

/** Windows of a plan are not made longer than this for a wall meter, s. Source: docs/method.md, 1.2. */
const longestWindowS = 120;

/** The shortest windows that all enabled wall meters can work with, s; null where there is none. */
export function wallWindowS(meters: readonly WallMeter[]): number | null {
  const own = meters
    .filter((m) => m.enabled)
    .map((m) =>
      shortestWindowS({ domain: 'wall.ac', update: { seconds: wallIntervalS(m, null), from: 'assumed' } }),
    )
    .filter((s) => s <= longestWindowS);
  return own.length === 0 ? null : Math.max(...own);
}

/** The plan with windows that a wall meter can see, where neither the plan nor its preset says otherwise. */
export function withWallWindows(plan: Plan, meters: readonly WallMeter[]): Plan {
  const windowS = wallWindowS(meters);
  const open = plan.windowS === undefined && plan.meters === 'auto';
  const long = plan.preset === 'standard' || plan.preset === 'rigorous';
  return windowS !== null && open && long ? { ...plan, windowS } : plan;
}

/** What wall meters change about a plan, in words for its preview. */
export function wallWarnings(plan: Plan, meters: readonly WallMeter[]): string[] {
  const enabled = meters.filter((m) => m.enabled);
  if (enabled.length === 0 || plan.meters === 'none') return [];
  const names = enabled.map(wallMeterName).join(', ');
  const slow = enabled.filter((m) => 50 * wallIntervalS(m, null) > longestWindowS);
  const lines = slow.map(
    (m) =>
      `${wallMeterName(m)} tells its power only every ${wallIntervalS(m, null)} s: that is too seldom for windows of up to ${longestWindowS} s, so its energy will not be measured.`,
  );
  const { windowS } = withWallWindows(plan, meters);
  if (plan.windowS === undefined && windowS !== undefined) {
    lines.push(
      `Windows are ${windowS} s long, because the wall meter ${names} needs that; this takes longer.`,
    );
  } else if (plan.preset === 'quick' || plan.preset === 'glance') {
    lines.push(
      `The windows of ${plan.preset} are too short for the wall meter ${names}, so its energy will not be measured. Standard and rigorous windows are long enough.`,
    );
  } else if (plan.windowS !== undefined && plan.windowS < 60) {
    lines.push(`Windows of ${plan.windowS} s are too short for the wall meter ${names}, which needs 60 s.`);
  }
  return lines;
}

import { z } from 'zod';
import { create } from 'zustand';
import type { Json, Lab } from '../../shared/contract';
import { whenLoud } from './quiet';

/** What the page remembers in the lab, by key, each with its schema and its value for a new lab. */
const schemas = {
  colorScheme: z.enum(['light', 'dark', 'auto']).default('auto'),
  reduceMotion: z.boolean().default(false),
  singleKeys: z.boolean().default(true),
  /** Everyday unit (shared/everyday.ts) that energies are read in beside joules; 'none': joules only. */
  everyday: z.string().default('brain-20'),
  /** Live updates a second. */
  updateRateHz: z.number().min(1).max(10).default(4),
  /** Rated power of the processor in W for the labelled estimate; null: no estimate. */
  tdpW: z.number().positive().nullable().default(null),
  /** The plan that the Lab page was last left with; the page checks its shape. */
  planDraft: z.json().default(null),
  /** How claims were last run: form, provider, threads, data, seed, and inputs by claim; the page checks its shape. */
  claimRuns: z.json().default(null),
  runTable: z.json().default(null),
  savedViews: z.json().default([]),
  figure: z.json().default(null),
  /** What the Export page was last left with: selection, words, files; the page checks its shape. */
  bundle: z.json().default(null),
  /** Sizes of free dimensions by model id, then by name. */
  modelDims: z.record(z.string(), z.record(z.string(), z.number().int().min(0))).default({}),
  /** Colour slot (0 to 6) of a series or run, once given never changed. */
  slots: z.record(z.string(), z.number().int().min(0).max(6)).default({}),
  recentViews: z.array(z.string()).default([]),
  welcomed: z.boolean().default(false),
} as const;
export type Settings = { [K in keyof typeof schemas]: z.output<(typeof schemas)[K]> };
export type SettingKey = keyof Settings;

/** The settings of a new lab; also what an unreadable stored value becomes. Pure. */
export function readSettings(stored: Readonly<Record<string, Json>>): Settings {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, schema]) => {
      const parsed = schema.safeParse(stored[key]);
      return [key, parsed.success ? parsed.data : schema.parse(undefined)];
    }),
  ) as Settings;
}

export const useSettings = create<Settings>(() => readSettings({}));

let save: ((key: SettingKey, value: Json) => void) | null = null;

/** Loads the lab's settings and stores every later change there. A lab that is open for reading keeps changes for this page only. */
export async function bindSettings(lab: Lab, writable: boolean): Promise<void> {
  useSettings.setState(readSettings((await lab.getSettings({})).settings));
  window.addEventListener('pagehide', flushSettings);
  save = writable ? (key, value) => void lab.putSetting({ key, value }).catch(() => {}) : null;
}

const timers = new Map<SettingKey, number>();

/** Stores what still waits, because the page goes away. */
export function flushSettings(): void {
  for (const [key, timer] of timers) {
    window.clearTimeout(timer);
    save?.(key, useSettings.getState()[key] as Json);
  }
  timers.clear();
}

/** Changes a setting now and stores it shortly after the last change, never inside a measurement window. */
export function putSetting<K extends SettingKey>(key: K, value: Settings[K]): void {
  useSettings.setState({ [key]: value } as Partial<Settings>);
  window.clearTimeout(timers.get(key));
  timers.set(
    key,
    window.setTimeout(
      () =>
        whenLoud(`setting ${key}`, () => {
          timers.delete(key);
          save?.(key, useSettings.getState()[key] as Json);
        }),
      250,
    ),
  );
}

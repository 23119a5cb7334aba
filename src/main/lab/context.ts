import { v7 as uuidv7 } from 'uuid';
import type { LabEvent } from '../../shared/contract';
import { wallEffects } from '../meters/wall';
import type { WallEffects } from '../meters/wallPoller';
import type { LabStore } from '../store/open';
import { type StartSampler, startSamplerProcess } from './meterSession';
import { type RunnerEffects, runnerEffects } from './runnerProcess';
import { type SystemWatch, watchSystem } from './systemWatch';
import { type LoadEffects, loadProcessor } from './wallLag';

/** Everything that the lab does to the world outside its own memory; tests replace what they need. */
export interface LabEffects {
  nowUnixMs(): number;
  newId(): string;
  runner: RunnerEffects;
  startSampler: StartSampler;
  /** Begins to look at the machine: power source, processor, clocks. */
  watchSystem(): SystemWatch;
  /** How the lab itself asks a wall meter (to try it) and loads the machine (to measure its lag). */
  wall: WallEffects & LoadEffects;
  /** Inferences stored of a window at most, of faster models every so many-th; null: as many as there is room for. */
  samplesMax: number | null;
}

/** For recording the small sample dataset only (scripts/record-sample.mjs). */
const samplesVariable = 'THIRTY_WATTS_TEST_SAMPLES';

export const labEffects: LabEffects = {
  nowUnixMs: Date.now,
  newId: () => uuidv7(),
  runner: runnerEffects,
  startSampler: startSamplerProcess,
  watchSystem: () => watchSystem(Date.now),
  wall: { ...wallEffects, load: loadProcessor },
  samplesMax: wholeNumber(process.env[samplesVariable]),
};

function wholeNumber(text: string | undefined): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value > 1 ? value : null;
}

/** What every part of the lab service works with. */
export interface LabContext {
  folder: string;
  store: LabStore;
  effects: LabEffects;
  emit(event: LabEvent): void;
}

import { v7 as uuidv7 } from 'uuid';
import type { LabEvent } from '../../shared/contract';
import type { LabStore } from '../store/open';
import { type StartSampler, startSamplerProcess } from './meterSession';
import { type RunnerEffects, runnerEffects } from './runnerProcess';

/** Everything that the lab does to the world outside its own memory; tests replace what they need. */
export interface LabEffects {
  nowUnixMs(): number;
  newId(): string;
  runner: RunnerEffects;
  startSampler: StartSampler;
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

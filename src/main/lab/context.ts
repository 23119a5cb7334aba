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
}

export const labEffects: LabEffects = {
  nowUnixMs: Date.now,
  newId: () => uuidv7(),
  runner: runnerEffects,
  startSampler: startSamplerProcess,
};

/** What every part of the lab service works with. */
export interface LabContext {
  folder: string;
  store: LabStore;
  effects: LabEffects;
  emit(event: LabEvent): void;
}

import type { AnyTable } from '../types';
import { accuracies } from './accuracies';
import { claims } from './claims';
import { experiments } from './experiments';
import { findings } from './findings';
import { fits } from './fits';
import { machines } from './machines';
import { models } from './models';
import { readings } from './readings';
import { references } from './references';
import { runs } from './runs';
import { samples } from './samples';
import { sensors } from './sensors';
import { windows } from './windows';

export { fitColumns } from './fits';
export { referenceColumns } from './references';

/** Every table of a bundle, in the order of its files (docs/bundle.md). */
export const tables: readonly AnyTable[] = [
  experiments,
  runs,
  windows,
  models,
  machines,
  sensors,
  accuracies,
  claims,
  findings,
  fits,
  references,
  readings,
  samples,
].map((table) => table as unknown as AnyTable);

import type { Machine } from './machine';
import type { MeterReport, SensorInfo } from './meter';

/** What the self test found of one sensor. Null where it could not be told, with `why` in words. */
export interface SensorTest {
  sensor: SensorInfo;
  /** It answered and, under load, its value moved. */
  alive: boolean;
  why: string | null;
  /** Time between two changes of its value, s: the shortest that is not a fluke (5th percentile), and the median. */
  tick: { shortestS: number; medianS: number } | null;
  /** Mean power at rest and under load; spread of the readings at rest, W. */
  idleW: number | null;
  idleSdW: number | null;
  loadW: number | null;
  /** This counter over the integrated power of the other sensor of its device, under load. */
  pair: { sensorId: string; ratio: number } | null;
  /** Mean power while it was read ten times a second over that while it was read at the ends only; of counters. */
  disturbance: { ratio: number; low: number; high: number } | null;
}

export interface SelfTestReport {
  machine: Machine;
  /** Everything that was looked for, found or refused. */
  meters: MeterReport[];
  sensors: SensorTest[];
  /** What kept the devices busy. */
  loads: string[];
  seconds: number;
}

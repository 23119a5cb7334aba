import { calibrationsInForce } from '../../shared/calibration';
import type { EnvOptions } from '../meters';
import type { LabReader } from '../store/reader';
import { storedCalibrations } from './calibrations';
import { storedWallMeters } from './wallMeters';

/** What the lab tells the sampler about this machine's meters: everything that a person has set. */
export function meterOptions(reader: Pick<LabReader, 'settings'>, tdpW: number | null): EnvOptions {
  return {
    userTdpW: tdpW,
    wallMeters: storedWallMeters(reader).filter((m) => m.enabled),
    calibrations: calibrationsInForce(storedCalibrations(reader)),
  };
}

import type { Calibration, MeterReport, SensorInfo } from '../../shared/meter';

/** Energy (J) as a calibration corrects what a sensor showed over so many seconds; unchanged without one. */
export function calibratedJ(info: Pick<SensorInfo, 'calibration'>, energyJ: number, seconds: number): number {
  const { calibration } = info;
  return calibration ? (energyJ - calibration.offsetW * seconds) / calibration.gain : energyJ;
}

/** The same of power, W. */
export function calibratedW(info: Pick<SensorInfo, 'calibration'>, watts: number): number {
  return calibratedJ(info, watts, 1);
}

/** The sensor with its calibration, and its uncertainties in place of the usual ones of its kind. */
export function withCalibration(info: SensorInfo, calibration: Calibration): SensorInfo {
  const { gainRel1s, offsetW1s, id } = calibration;
  return { ...info, calibration, gainRel1s, offsetW1s, notes: [...info.notes, `calibration=${id}`] };
}

/**
 * Reports whose sensors carry the user's calibrations. Counter and gauge of one device and domain are two views of one
 * sensor: a calibration of either is that of both, or they would seem to disagree by it. An estimate has none.
 */
export function withCalibrations(
  reports: readonly MeterReport[],
  calibrations: Readonly<Record<string, Calibration>>,
): MeterReport[] {
  const sensors = reports.flatMap((r) => (r.result.status === 'ok' ? r.result.sensors : []));
  const calibrationOf = (s: SensorInfo): Calibration | null => {
    if (s.provenance === 'estimate') return null;
    const sibling = sensors.find(
      (o) =>
        o.provider === s.provider &&
        o.device.key === s.device.key &&
        o.domain === s.domain &&
        o.provenance === s.provenance &&
        calibrations[o.id] !== undefined,
    );
    return calibrations[s.id] ?? (sibling === undefined ? null : calibrations[sibling.id]);
  };
  return reports.map((report) =>
    report.result.status === 'ok'
      ? {
          ...report,
          result: {
            ...report.result,
            sensors: report.result.sensors.map((s) => {
              const calibration = calibrationOf(s);
              return calibration === null ? s : withCalibration(s, calibration);
            }),
          },
        }
      : report,
  );
}

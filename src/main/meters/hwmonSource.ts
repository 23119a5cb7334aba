import { join } from 'node:path';
import type { Domain, SensorInfo } from '../../shared/meter';
import { integerOrNull, type MeterFiles, textOrNull } from './files';
import type { HwmonNode } from './hwmonNodes';
import type { Source } from './linuxSensors';
import { OpenFile, readFailure, type ValueRead } from './linuxValue';
import { hardwareSensor } from './sensorInfo';

/** Everything inside a processor package, for what holds a package. */
export const packageParts: readonly Domain[] = ['cpu.package', 'cpu.cores', 'cpu.uncore'];

/** A power file, µW, as a gauge in W. */
export function powerFile(files: MeterFiles, path: string): Source {
  const file = new OpenFile(files, path);
  return {
    read: (): ValueRead<number> => {
      const { value, error } = file.integer();
      if (value === null) return readFailure(error);
      return value < 0n ? readFailure('NEGATIVE') : { value: Number(value) / 1e6, error: null };
    },
    close: () => file.close(),
  };
}

/** An energy file, µJ, as a counter. */
export function energyFile(files: MeterFiles, path: string): Source {
  const file = new OpenFile(files, path);
  return {
    read: (): ValueRead<bigint> => {
      const read = file.integer();
      return read.value !== null && read.value < 0n ? readFailure('NEGATIVE') : read;
    },
    close: () => file.close(),
  };
}

/** A limit or power that a node tells, W; null where it tells none or 0 (which stands for "none"). */
export function wattsOf(files: MeterFiles, node: Pick<HwmonNode, 'folder'>, file: string): number | null {
  const microW = integerOrNull(files, join(node.folder, file));
  return microW === null || microW <= 0 ? null : microW / 1e6;
}

/** Is the device asleep? Reading it may wake it, which costs power. */
export const sleepNote = (files: MeterFiles, node: Pick<HwmonNode, 'device'>): string[] =>
  textOrNull(files, join(node.device, 'power/runtime_status')) === 'suspended'
    ? ['asleep=yes: the device was suspended; an open meter may keep it awake, which costs power']
    : [];

/** What all sysfs power sensors have in common; sampling is assumed where the driver documents none. */
export function sysfsSensor(
  base: Pick<SensorInfo, 'id' | 'provider' | 'device' | 'domain' | 'contains' | 'maxPlausibleW' | 'notes'>,
  kind: SensorInfo['kind'],
  changed: Partial<SensorInfo> = {},
): SensorInfo {
  return hardwareSensor({
    ...base,
    kind,
    joulePerCount: kind === 'counter' ? 1e-6 : null,
    // The kernel keeps 64 bits, whatever the width of the register.
    update: { seconds: 0.1, from: 'assumed' },
    averagingS: 0.1,
    maxReadHz: 10,
    edgeAlign: kind === 'counter',
    gainRel1s: 0.05,
    ...changed,
  });
}

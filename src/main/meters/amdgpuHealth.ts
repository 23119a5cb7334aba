import { join } from 'node:path';
import type { Health } from '../../shared/meter';
import { metricsBytes, throttleReasons } from './amdgpuMetrics';
import { integerOrNull, type MeterFiles } from './files';
import type { HwmonNode } from './hwmonNodes';
import { wattsOf } from './hwmonSource';
import { unknownHealth } from './reading';

/** State of one AMD graphics device from sysfs; null for what its driver does not tell. */
export function amdHealth(files: MeterFiles, node: HwmonNode | null): () => Health {
  if (node === null) return () => unknownHealth;
  const inNode = (file: string) => integerOrNull(files, join(node.folder, file));
  const inDevice = (file: string) => integerOrNull(files, join(node.device, file));
  const scaled = (value: number | null, unit: number) => (value === null || value < 0 ? null : value / unit);
  return () => {
    const metrics = metricsBytes(files, join(node.device, 'gpu_metrics'));
    return {
      ...unknownHealth,
      tempC: scaled(inNode('temp1_input'), 1000),
      clockMHz: scaled(inNode('freq1_input'), 1e6),
      utilPct: scaled(inDevice('gpu_busy_percent'), 1),
      powerLimitW: wattsOf(files, node, 'power1_cap'),
      defaultLimitW: wattsOf(files, node, 'power1_cap_default'),
      memoryUsedBytes: scaled(inDevice('mem_info_vram_used'), 1),
      throttle: metrics === null ? null : throttleReasons(metrics),
    };
  };
}

import { join } from 'node:path';
import type { MeterProvider, ProbeEnv, SensorInfo } from '../../shared/meter';
import { amdHealth } from './amdgpuHealth';
import { accumulatorJ, accumulatorSource, metricsBytes, metricsHeader } from './amdgpuMetrics';
import { listOrNone, type MeterFiles, textOrNull } from './files';
import { deviceName, findHwmon, type HwmonNode } from './hwmonNodes';
import { packageParts, powerFile, sleepNote, sysfsSensor, wattsOf } from './hwmonSource';
import { type FileSensor, fileMeter, type LinuxEffects, nodeEffects, type Source } from './linuxSensors';
import { secondsBetween } from './reading';

const provider = 'amdgpu';
/** MI300A: processor and graphics in one package, with a card's table. */
const combinedDevices = ['1002:74a0'];
/** The accumulator must agree with the power this well over half a second to be offered. */
const agreement = 0.3;

/** AMD graphics through the driver's hwmon node and its metrics table, without privilege (Linux). */
export function makeAmdgpu(effects: LinuxEffects): MeterProvider {
  return fileMeter({
    id: provider,
    title: 'Linux amdgpu (AMD graphics)',
    effects,
    find,
    check: (sensors, env) => withLiveCounters(effects, sensors, env),
    health: (files, env, id) => {
      const node = nodes(files, env).find((n) => id.startsWith(`${provider}:${n.key}:`));
      return amdHealth(files, node ?? null);
    },
    what: 'the AMD graphics',
    absent: 'There is no AMD graphics whose driver (amdgpu) tells its power.',
    denied: {
      text: 'These files are open to everyone as the kernel makes them; ask who set up this system to allow reading',
      command: 'ls -l /sys/class/drm/card*/device/hwmon/hwmon*/power1_*',
    },
  });
}

export const amdgpu = makeAmdgpu(nodeEffects);

const nodes = (files: MeterFiles, env: ProbeEnv) => findHwmon(files, env.fsRoot, ['amdgpu']);

function find(files: MeterFiles, env: ProbeEnv): FileSensor[] {
  return nodes(files, env).flatMap((node) => [...counterOf(files, env, node), ...gaugeOf(files, env, node)]);
}

/** The power gauge: instant where the driver has it, else its average. Most cards have one of the two. */
function gaugeOf(files: MeterFiles, env: ProbeEnv, node: HwmonNode): FileSensor[] {
  const readable = (file: string) => textOrNull(files, join(node.folder, file)) !== null;
  const entries = listOrNone(files, node.folder);
  const present = ['power1_input', 'power1_average'].filter((f) => entries.includes(f));
  const file = present.find(readable) ?? present[0];
  if (file === undefined) return [];
  const averagingS = file === 'power1_average' ? 1 : 0.1;
  const info = sysfsSensor(describe(files, env, node, 'power', `via=${file}`), 'gauge', { averagingS });
  return [{ info, open: () => powerFile(files, join(node.folder, file)) }];
}

function counterOf(files: MeterFiles, env: ProbeEnv, node: HwmonNode): FileSensor[] {
  const path = join(node.device, 'gpu_metrics');
  const bytes = metricsBytes(files, path);
  const header = bytes === null ? null : metricsHeader(bytes);
  if (header === null || header.format !== 1) return [];
  const via = `via=gpu_metrics ${header.format}.${header.content} energy_accumulator`;
  const info = sysfsSensor(describe(files, env, node, 'energy', via), 'counter', {
    joulePerCount: accumulatorJ,
  });
  return [{ info, open: () => accumulatorSource(files, path) }];
}

function describe(files: MeterFiles, env: ProbeEnv, node: HwmonNode, kind: 'energy' | 'power', via: string) {
  const apu = holdsProcessor(files, node);
  const capW = wattsOf(files, node, 'power1_cap');
  const defaultW = wattsOf(files, node, 'power1_cap_default');
  const notes = [
    via,
    apu ? 'reads=the whole package, processor included' : 'reads=the chip, not the whole board',
  ];
  if (capW !== null) notes.push(`enforcedLimitW=${capW}`);
  if (defaultW !== null) notes.push(`defaultLimitW=${defaultW}`);
  return {
    id: `${provider}:${node.key}:${kind}`,
    provider,
    device: { key: node.key, name: deviceName(files, env.fsRoot, node, 'AMD'), driver: 'amdgpu' },
    // The driver calls it the power of the SoC; on an APU that is the processor's package.
    domain: 'gpu.package' as const,
    contains: apu ? packageParts : [],
    maxPlausibleW: 3 * (defaultW ?? capW ?? 1000),
    notes: [...notes, ...sleepNote(files, node)],
  };
}

/** Is the processor in the same package? Only APUs have tables of format 2 and 3, and a northbridge voltage. */
export function holdsProcessor(files: MeterFiles, node: HwmonNode): boolean {
  if (node.pciId !== null && combinedDevices.includes(node.pciId)) return true;
  const bytes = metricsBytes(files, join(node.device, 'gpu_metrics'));
  const format = bytes === null ? null : (metricsHeader(bytes)?.format ?? null);
  if (format === 2 || format === 3) return true;
  return format !== 1 && textOrNull(files, join(node.folder, 'in1_label')) === 'vddnb';
}

/** Leaves out counters that stand still or contradict the power over half a second: some cards' are wrong. */
async function withLiveCounters(
  { pause }: LinuxEffects,
  sensors: FileSensor[],
  env: ProbeEnv,
): Promise<FileSensor[]> {
  const counters = sensors.filter((s) => s.info.kind === 'counter');
  if (counters.length === 0) return sensors;
  const pairs = counters.map((counter) => {
    const isGauge = (s: FileSensor) =>
      s.info.kind === 'gauge' && s.info.device.key === counter.info.device.key;
    return { counter, gauge: sensors.find(isGauge) ?? null };
  });
  const look = () => pairs.map(({ counter, gauge }) => lookAt(counter, gauge, env));
  const first = look();
  await pause(500);
  const second = look();
  const dead = pairs.flatMap(({ counter }, i) =>
    agrees(counter.info, first[i]!, second[i]!) ? [] : [counter],
  );
  return sensors.filter((s) => !dead.includes(s));
}

interface Look {
  counts: bigint | null;
  watts: number | null;
  atNs: bigint;
}

function lookAt(counter: FileSensor, gauge: FileSensor | null, env: ProbeEnv): Look {
  const once = (sensor: FileSensor | null) => {
    let source: Source | null = null;
    try {
      source = sensor?.open() ?? null;
      return source?.read().value ?? null;
    } catch {
      return null;
    } finally {
      source?.close();
    }
  };
  const counts = once(counter);
  const atNs = env.now();
  const watts = once(gauge);
  return {
    counts: typeof counts === 'bigint' ? counts : null,
    watts: typeof watts === 'number' ? watts : null,
    atNs,
  };
}

/** Does the counter's step match the mean of the powers at both ends? Without a power nothing vouches for it. */
function agrees(info: Pick<SensorInfo, 'joulePerCount'>, a: Look, b: Look): boolean {
  if (a.counts === null || b.counts === null || a.watts === null || b.watts === null) return false;
  const seconds = secondsBetween(a.atNs, b.atNs);
  const meanW = (a.watts + b.watts) / 2;
  if (!(seconds > 0) || !(meanW > 0)) return false;
  const countedW = (Number(b.counts - a.counts) * (info.joulePerCount ?? 0)) / seconds;
  return Math.abs(countedW / meanW - 1) <= agreement;
}

import { join } from 'node:path';
import type { Domain, MeterProvider, ProbeEnv } from '../../shared/meter';
import { listOrNone, type MeterFiles, textOrNull } from './files';
import { deviceName, findHwmon, type HwmonNode } from './hwmonNodes';
import { energyFile, sleepNote, sysfsSensor, wattsOf } from './hwmonSource';
import { intelGpuHealth } from './intelGpuHealth';
import { type FileSensor, fileMeter, type LinuxEffects, nodeEffects } from './linuxSensors';

const provider = 'intel-gpu';

/** What each energy file counts. i915 reads the register of the package; xe tells card and package apart. */
const energies: Readonly<Record<string, readonly { file: string; domain: Domain }[]>> = {
  i915: [{ file: 'energy1_input', domain: 'gpu.package' }],
  xe: [
    { file: 'energy1_input', domain: 'gpu.board' },
    { file: 'energy2_input', domain: 'gpu.package' },
  ],
};

/** Intel's discrete graphics through the hwmon node of i915 or xe, without privilege (Linux). */
export function makeIntelGpu(effects: LinuxEffects): MeterProvider {
  return fileMeter({
    id: provider,
    title: 'Linux i915 and xe (Intel graphics)',
    effects,
    find,
    health: (files, env, id) => {
      const node = nodes(files, env).find((n) => id.startsWith(`${provider}:${n.key}:`));
      return intelGpuHealth(files, node ?? null);
    },
    what: 'the Intel graphics',
    absent:
      'There is no Intel graphics card whose driver (i915, xe) tells its energy; integrated graphics tell it as part of the processor.',
    denied: {
      text: 'These files are open to everyone as the kernel makes them; ask who set up this system to allow reading',
      command: 'ls -l /sys/class/drm/card*/device/hwmon/hwmon*/energy*_input',
    },
  });
}

export const intelGpu = makeIntelGpu(nodeEffects);

const nodes = (files: MeterFiles, env: ProbeEnv) => findHwmon(files, env.fsRoot, ['i915', 'xe']);

function find(files: MeterFiles, env: ProbeEnv): FileSensor[] {
  return nodes(files, env).flatMap((node) =>
    (energies[node.driver] ?? [])
      .filter(({ file }) => listOrNone(files, node.folder).includes(file))
      .map(({ file, domain }): FileSensor => {
        const path = join(node.folder, file);
        return { info: describe(files, env, node, file, domain), open: () => energyFile(files, path) };
      }),
  );
}

function describe(files: MeterFiles, env: ProbeEnv, node: HwmonNode, file: string, domain: Domain) {
  const limitW = wattsOf(files, node, 'power1_max') ?? wattsOf(files, node, 'power2_max');
  const ratedW = wattsOf(files, node, 'power1_rated_max') ?? wattsOf(files, node, 'power2_rated_max');
  const label = textOrNull(files, join(node.folder, file.replace('_input', '_label')));
  const notes = [`via=${file}${label === null ? '' : ` (${label})`}`];
  if (limitW !== null) notes.push(`enforcedLimitW=${limitW}`);
  if (ratedW !== null) notes.push(`defaultLimitW=${ratedW}`);
  const base = {
    id: `${provider}:${node.key}:${file.replace('_input', '')}`,
    provider,
    device: { key: node.key, name: deviceName(files, env.fsRoot, node, 'Intel'), driver: node.driver },
    domain,
    contains: domain === 'gpu.board' ? (['gpu.package', 'gpu.memory'] as const) : [],
    maxPlausibleW: 3 * (ratedW ?? limitW ?? 1000),
    notes: [...notes, ...sleepNote(files, node)],
  };
  return sysfsSensor(base, 'counter');
}

import { join } from 'node:path';
import { codeOf, listOrNone, type MeterFiles, textOrNull } from './files';
import { allowedDriver } from './hwmonNodes';
import { type RecordedFile, type RecordedSeries, withoutAddresses } from './linuxRecording';

export interface RecordEffects {
  files: MeterFiles;
  fsRoot: string;
  /** Monotonic ns. */
  now(): bigint;
  pause(ms: number): Promise<void>;
}

/** A branch of the tree: which entries of a folder to follow, and what below them; without that, files to take. */
interface Branch {
  names: RegExp;
  below?: readonly Branch[];
}

const leaf = (names: RegExp): Branch => ({ names });
const device: readonly Branch[] = [
  leaf(/^(uevent|vendor|device|class|product_name|gpu_metrics|gpu_busy_percent|mem_info_vram_(used|total))$/),
  { names: /^power$/, below: [leaf(/^runtime_status$/)] },
  {
    names: /^drm$/,
    below: [
      {
        names: /^card\d+$/,
        below: [
          {
            names: /^gt$/,
            below: [{ names: /^gt\d+$/, below: [leaf(/^(rps_act_freq_mhz|throttle_reason_\w+)$/)] }],
          },
        ],
      },
    ],
  },
  {
    names: /^tile\d+$/,
    below: [
      {
        names: /^gt\d+$/,
        below: [
          {
            names: /^freq0$/,
            below: [leaf(/^act_freq$/), { names: /^throttle$/, below: [leaf(/^reason_\w+$/)] }],
          },
        ],
      },
    ],
  },
];
const cpufreq = leaf(/^scaling_(cur_freq|max_freq|governor)$/);

/** Every place where a meter of this lab looks, and nothing that names the machine or its owner. */
const places: readonly { folder: string; branches: readonly Branch[] }[] = [
  {
    folder: 'sys/class/powercap',
    branches: [
      {
        names: /^intel-rapl(-mmio)?(:\d+)*$/,
        below: [leaf(/^(name|enabled|energy_uj|max_energy_range_uj|constraint_\d+_(name|\w+_uw))$/)],
      },
    ],
  },
  {
    folder: 'sys/class/drm',
    branches: [
      {
        names: /^card\d+$/,
        below: [{ names: /^device$/, below: [leaf(/^(uevent|vendor|device|class)$/)] }],
      },
    ],
  },
  {
    folder: 'sys/class/power_supply',
    branches: [
      {
        names: /./,
        below: [leaf(/^(type|scope|status|capacity|online|(power|current|voltage|energy|charge)_now)$/)],
      },
    ],
  },
  {
    folder: 'sys/devices/system/cpu',
    branches: [
      {
        names: /^cpu\d+$/,
        below: [
          { names: /^thermal_throttle$/, below: [leaf(/_count$/)] },
          { names: /^cpufreq$/, below: [cpufreq] },
          { names: /^topology$/, below: [leaf(/^physical_package_id$/)] },
        ],
      },
      { names: /^cpufreq$/, below: [{ names: /^policy\d+$/, below: [cpufreq] }] },
    ],
  },
  {
    folder: 'sys/bus/event_source/devices/power',
    branches: [
      leaf(/^(type|cpumask)$/),
      { names: /^events$/, below: [leaf(/^energy-\w+(\.scale|\.unit)?$/)] },
    ],
  },
  { folder: 'sys/class/dmi/id', branches: [leaf(/^(sys_vendor|product_name|bios_vendor)$/)] },
  { folder: 'proc/sys/kernel', branches: [leaf(/^perf_event_paranoid$/)] },
];

const hwmonFile =
  /^(label|update_interval|(power|energy|in|curr|temp|freq)\d+_(input|average|average_interval|label|cap|cap_default|cap_min|cap_max|max|rated_max|crit))$/;
const temperatureFile = /^temp1_(input|label)$/;
/** Files whose values move while a machine works: those that meters turn into energy. */
const moving =
  /(\/energy_uj|\/energy\d+_input|\/power\d+_(average|input)|\/gpu_metrics|\/(power|current|voltage)_now|\/(in|curr)\d+_input)$/;
/** Of a device's uevent, the lines that say what it is; others may hold a serial number. */
const ueventLines = /^(DRIVER|PCI_CLASS|PCI_ID|PCI_SUBSYS_ID|PCI_SLOT_NAME|OF_NAME|OF_FULLNAME|MODALIAS)=/;

/** The content of every file of this machine that a Linux meter looks at, by path below the root. */
export function recordFiles(effects: RecordEffects): Record<string, RecordedFile> {
  const { files, fsRoot } = effects;
  const out: Record<string, RecordedFile> = {};
  const take = (path: string) => {
    const recorded = contentOf(effects, path);
    if (recorded !== null) out[withoutAddresses(path)] = recorded;
  };
  const follow = (folder: string, branches: readonly Branch[]) => {
    for (const entry of listOrNone(files, join(fsRoot, folder))) {
      for (const { names, below } of branches) {
        if (!names.test(entry)) continue;
        if (below === undefined) take(`${folder}/${entry}`);
        else follow(`${folder}/${entry}`, below);
      }
    }
  };
  for (const { folder, branches } of places) follow(folder, branches);
  for (const entry of listOrNone(files, join(fsRoot, 'sys/class/hwmon'))) {
    const node = `sys/class/hwmon/${entry}`;
    const listed = allowedDriver(textOrNull(files, join(fsRoot, node, 'name')) ?? '') !== null;
    follow(node, [leaf(/^name$/), leaf(listed ? hwmonFile : temperatureFile)]);
    if (listed) follow(node, [{ names: /^device$/, below: device }]);
  }
  for (const entry of listOrNone(files, join(fsRoot, 'sys/bus/pci/devices'))) {
    const folder = `sys/bus/pci/devices/${entry}`;
    if (textOrNull(files, join(fsRoot, folder, 'vendor')) !== '0x10de') continue;
    follow(folder, [leaf(/^vendor$/), { names: /^power$/, below: [leaf(/^runtime_status$/)] }]);
  }
  take('proc/cpuinfo');
  take('proc/stat');
  return out;
}

function contentOf({ files, fsRoot }: RecordEffects, path: string): RecordedFile | null {
  let text: string;
  try {
    text = files.text(join(fsRoot, path));
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'EISDIR' ? null : { error: code };
  }
  if (path.endsWith('/gpu_metrics')) return { base64: Buffer.from(text, 'latin1').toString('base64') };
  if (path.endsWith('/uevent')) text = linesOf(text, (line) => ueventLines.test(line));
  if (path === 'proc/cpuinfo') text = firstCores(text);
  if (path === 'proc/stat') text = linesOf(text, (line) => /^cpu /.test(line));
  return { text: withoutAddresses(text) };
}

const linesOf = (text: string, keep: (line: string) => boolean): string =>
  text
    .split('\n')
    .filter(keep)
    .map((line) => `${line}\n`)
    .join('');

/** Of /proc/cpuinfo the first core of each socket, and what says which processor it is. */
function firstCores(text: string): string {
  const kept = /^(processor|vendor_id|cpu family|model|model name|stepping|physical id|flags)\s*:/;
  const sockets = new Set<string>();
  return text
    .split(/\n\n+/)
    .filter((block) => {
      const socket = /^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? '0';
      return block.trim() !== '' && !sockets.has(socket) && sockets.add(socket);
    })
    .map((block) => linesOf(block, (line) => kept.test(line)))
    .join('\n');
}

/** Reads every file that counts energy or shows power again and again, at `hz` for `seconds`. */
export async function recordSeries(
  effects: RecordEffects,
  recorded: Readonly<Record<string, RecordedFile>>,
  { hz = 10, seconds = 10 } = {},
): Promise<RecordedSeries[]> {
  const { files, fsRoot, now, pause } = effects;
  const series = Object.entries(recorded)
    .filter(([path, file]) => moving.test(path) && !('error' in file) && !path.includes('<'))
    .map(([path, file]) => ({
      encoding: 'base64' in file ? 'base64' : 'latin1',
      out: { path, points: [] } as RecordedSeries,
    }));
  const startNs = now();
  for (let i = 0; i <= hz * seconds && series.length > 0; i++) {
    const dueNs = startNs + BigInt(Math.round((i * 1e9) / hz));
    const waitMs = Number(dueNs - now()) / 1e6;
    if (waitMs > 0) await pause(waitMs);
    for (const { encoding, out } of series) {
      const tS = Number(now() - startNs) / 1e9;
      out.points.push([Math.round(tS * 1e6) / 1e6, readValue(files, join(fsRoot, out.path), encoding)]);
    }
  }
  return series.map((s) => s.out);
}

function readValue(files: MeterFiles, path: string, encoding: string): string | null {
  try {
    const text = files.text(path);
    return encoding === 'base64' ? Buffer.from(text, 'latin1').toString('base64') : text.trim();
  } catch {
    return null;
  }
}

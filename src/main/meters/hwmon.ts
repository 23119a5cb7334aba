import { join } from 'node:path';
import type { Domain, MeterProvider, ProbeEnv, SensorInfo } from '../../shared/meter';
import { integerOrNull, listOrNone, type MeterFiles, textOrNull } from './files';
import { findHwmon, type HwmonNode, monitorDrivers } from './hwmonNodes';
import { powerFile, sysfsSensor } from './hwmonSource';
import { type FileSensor, fileMeter, type LinuxEffects, nodeEffects, type Source } from './linuxSensors';
import { OpenFile, readFailure } from './linuxValue';

const provider = 'hwmon';

/** What a whole computer's supply holds. */
export const wholeComputer: readonly Domain[] = [
  'platform.psys',
  'module',
  'gpu.board',
  'gpu.package',
  'gpu.memory',
  'cpu.package',
  'cpu.cores',
  'cpu.uncore',
  'dram',
];

/** Jetson boards: the supply of the module that carries processor, graphics and memory. */
const moduleInput = /^(VDD_IN|POM_5V_IN|VIN_SYS_5V0)$/;

interface Channel {
  /** power1, or in1 for chips that tell volts and amperes. */
  name: string;
  domain: Domain;
  what: string;
  open(): Source;
}

/** Power monitors of the computer's own board or supply, by an allow-list of drivers (Linux). */
export function makeHwmon(effects: LinuxEffects): MeterProvider {
  return fileMeter({
    id: provider,
    title: 'Linux hwmon (power monitors)',
    effects,
    find,
    what: 'the computer',
    absent: 'There is no power monitor on the list of those that can be trusted (hwmon).',
    denied: { text: 'Look who may read the monitor:', command: 'ls -l /sys/class/hwmon/hwmon*/power1_*' },
  });
}

export const hwmon = makeHwmon(nodeEffects);

function find(files: MeterFiles, env: ProbeEnv): FileSensor[] {
  return findHwmon(files, env.fsRoot, monitorDrivers).flatMap((node) =>
    channelsOf(files, node).map((channel) => ({
      info: describe(files, node, channel),
      open: channel.open,
    })),
  );
}

function channelsOf(files: MeterFiles, node: HwmonNode): Channel[] {
  const entries = listOrNone(files, node.folder);
  const label = (channel: string) => textOrNull(files, join(node.folder, `${channel}_label`)) ?? '';
  const power = (file: string, domain: Domain, what: string): Channel[] =>
    entries.includes(file)
      ? [{ name: file.split('_')[0]!, domain, what, open: () => powerFile(files, join(node.folder, file)) }]
      : [];
  switch (node.driver) {
    case 'power_meter':
      return power('power1_average', 'system.dc', 'the computer, as its firmware reports it');
    case 'corsair-psu':
      return power('power1_input', 'system.dc', 'all outputs of the power supply');
    case 'ina2xx':
      return power('power1_input', 'system.dc', 'a supply rail that the board does not name');
    case 'macsmc_hwmon':
      return entries
        .filter((file) => /^power\d+_input$/.test(file) && /total system/i.test(label(file.split('_')[0]!)))
        .flatMap((file) => power(file, 'system.dc', 'the whole computer'));
    case 'ina3221':
      return entries
        .filter((file) => /^in\d+_label$/.test(file) && moduleInput.test(label(file.split('_')[0]!)))
        .map((file) => railOf(files, node, file.split('_')[0]!, label(file.split('_')[0]!)));
    default:
      return [];
  }
}

/** ina3221 tells volts (mV) and amperes (mA) of each channel. */
function railOf(files: MeterFiles, node: HwmonNode, channel: string, label: string): Channel {
  return {
    name: channel,
    domain: 'module',
    what: `the module's supply (${label})`,
    open: () => {
      const volts = new OpenFile(files, join(node.folder, `${channel}_input`));
      const amperes = openOr(files, join(node.folder, `${channel.replace('in', 'curr')}_input`), volts);
      return {
        read: () => {
          const [u, i] = [volts.integer(), amperes.integer()];
          if (u.value === null) return readFailure(u.error);
          if (i.value === null) return readFailure(i.error);
          if (u.value < 0n || i.value < 0n) return readFailure('NEGATIVE');
          return { value: Number(u.value * i.value) / 1e6, error: null };
        },
        close: () => {
          volts.close();
          amperes.close();
        },
      };
    },
  };
}

/** A second file; if it does not open, the first is not left open. */
function openOr(files: MeterFiles, path: string, first: OpenFile): OpenFile {
  try {
    return new OpenFile(files, path);
  } catch (error) {
    first.close();
    throw error;
  }
}

function describe(files: MeterFiles, node: HwmonNode, { name, domain, what }: Channel): SensorInfo {
  const intervalMs =
    integerOrNull(files, join(node.folder, 'power1_average_interval')) ??
    integerOrNull(files, join(node.folder, 'update_interval'));
  const known = intervalMs !== null && intervalMs > 0;
  const seconds = known ? Math.max(0.01, intervalMs / 1000) : 1;
  const base = {
    id: `${provider}:${node.key}:${name}`,
    provider,
    device: {
      key: node.key,
      name: textOrNull(files, join(node.folder, 'label')) ?? node.driver,
      driver: node.driver,
    },
    domain,
    contains:
      domain === 'module'
        ? wholeComputer.filter((d) => d !== 'module' && d !== 'platform.psys')
        : wholeComputer,
    maxPlausibleW: 10_000,
    notes: [`via=${name}`, `reads=${what}`],
  };
  return sysfsSensor(base, 'gauge', {
    update: { seconds, from: known ? 'documented' : 'assumed' },
    averagingS: seconds,
    maxReadHz: Math.min(10, Math.max(1, 2 / seconds)),
  });
}

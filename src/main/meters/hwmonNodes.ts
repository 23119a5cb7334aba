import { join } from 'node:path';
import { listOrNone, type MeterFiles, textOrNull } from './files';

/** One entry of /sys/class/hwmon whose driver is on the allow-list. */
export interface HwmonNode {
  folder: string;
  /** Driver as the node names itself. */
  driver: string;
  /** The device's own folder. */
  device: string;
  /** Stable name of the device: its PCI address, else what its uevent or the node calls it. */
  key: string;
  /** Vendor and device id, `1002:744c`, or null for what is no PCI device. */
  pciId: string | null;
}

/** Graphics drivers that tell power or energy. */
export const gpuDrivers = ['amdgpu', 'i915', 'xe'] as const;
/** Other drivers whose power is worth showing. Everything else is ignored: many publish guesses. */
export const monitorDrivers = ['power_meter', 'ina2xx', 'ina3221', 'corsair-psu', 'macsmc_hwmon'] as const;

/** Chips of the ina2xx family name their node after the chip. */
const ina2xxChips = /^ina(209|219|220|226|230|231|260)$/;

/** The driver on the allow-list that a node's name stands for, or null. */
export function allowedDriver(name: string): string | null {
  if (([...gpuDrivers, ...monitorDrivers] as readonly string[]).includes(name)) return name;
  if (ina2xxChips.test(name)) return 'ina2xx';
  // Device-tree systems write the bus name with a hyphen or an underscore.
  return name === 'corsairpsu' ? 'corsair-psu' : null;
}

const pciIds = /^[0-9a-f]{4}:[0-9a-f]{4}$/;

/** The nodes of these drivers, in the kernel's order. */
export function findHwmon(files: MeterFiles, fsRoot: string, drivers: readonly string[]): HwmonNode[] {
  const root = join(fsRoot, 'sys/class/hwmon');
  return listOrNone(files, root).flatMap((entry): HwmonNode[] => {
    const folder = join(root, entry);
    const driver = allowedDriver(textOrNull(files, join(folder, 'name')) ?? '');
    if (driver === null || !drivers.includes(driver)) return [];
    const device = join(folder, 'device');
    const event = uevent(files, device);
    const address = event.PCI_SLOT_NAME;
    const key = address === undefined ? (event.OF_FULLNAME ?? event.MODALIAS ?? entry) : `pci:${address}`;
    const pciId = event.PCI_ID?.toLowerCase() ?? '';
    return [{ folder, driver, device, key, pciId: pciIds.test(pciId) ? pciId : null }];
  });
}

function uevent(files: MeterFiles, device: string): Partial<Record<string, string>> {
  const lines = (textOrNull(files, join(device, 'uevent')) ?? '').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const at = line.indexOf('=');
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
}

/** Where distributions keep the list of PCI names. */
const idLists = ['usr/share/hwdata/pci.ids', 'usr/share/misc/pci.ids', 'usr/share/pci.ids'];

/** What a PCI device is called: its own product name, else the name of its ids in the system's list, else the ids. */
export function deviceName(files: MeterFiles, fsRoot: string, node: HwmonNode, maker: string): string {
  const product = textOrNull(files, join(node.device, 'product_name'));
  if (product) return product;
  if (node.pciId === null) return maker;
  for (const path of idLists) {
    const name = nameInList(textOrNull(files, join(fsRoot, path)), node.pciId);
    if (name !== null) return `${maker} ${name}`;
  }
  return `${maker} GPU (${node.pciId})`;
}

function nameInList(list: string | null, pciId: string): string | null {
  const [vendor, device] = pciId.split(':');
  if (list === null || vendor === undefined || device === undefined) return null;
  const from = list.search(new RegExp(`^${vendor}  `, 'm'));
  if (from < 0) return null;
  const rest = list.slice(from + 1);
  const end = rest.search(/^[0-9a-f]{4} {2}/m);
  const section = end < 0 ? rest : rest.slice(0, end);
  return new RegExp(`^\\t${device}  (.+)$`, 'm').exec(section)?.[1]?.trim() ?? null;
}

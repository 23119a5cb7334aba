import type { ProbeResult, Remedy } from '../../shared/meter';
import { deviceLost } from './reading';

type Refusal = Exclude<ProbeResult, { status: 'ok' }>;

interface NvmlFault {
  name: string;
  status: Refusal['status'];
  sentence: string;
  remedy: string | null;
}

const reload = 'Install or reinstall the NVIDIA driver, then restart the computer.';
const update = 'Update the NVIDIA driver.';

/** nvmlReturn_t in words. */
const faults: Readonly<Record<number, NvmlFault>> = {
  1: fault('UNINITIALIZED', 'broken', 'The NVIDIA library was not initialised.'),
  2: fault('INVALID_ARGUMENT', 'broken', 'The NVIDIA library refused an argument.', update),
  3: fault('NOT_SUPPORTED', 'absent', 'This NVIDIA device does not support the reading.'),
  4: fault(
    'NO_PERMISSION',
    'denied',
    'The NVIDIA driver does not let this user read the device.',
    'Ask the administrator of this computer for access to /dev/nvidia*.',
  ),
  6: fault('NOT_FOUND', 'absent', 'The NVIDIA driver did not find what was asked for.'),
  7: fault('INSUFFICIENT_SIZE', 'broken', 'The NVIDIA library wants a larger buffer.', update),
  9: fault(
    'DRIVER_NOT_LOADED',
    'absent',
    'The NVIDIA library is installed, but its driver is not loaded.',
    reload,
  ),
  12: fault('LIBRARY_NOT_FOUND', 'absent', 'Part of the NVIDIA driver is missing.', reload),
  13: fault('FUNCTION_NOT_FOUND', 'broken', 'The NVIDIA driver is too old for this reading.', update),
  15: fault(
    'GPU_IS_LOST',
    'broken',
    'The GPU has fallen off the bus or is otherwise lost.',
    'Restart the computer; if it happens again, check power supply and temperature of the card.',
  ),
  16: fault('RESET_REQUIRED', 'broken', 'The GPU needs a reset.', 'Restart the computer.'),
  17: fault(
    'OPERATING_SYSTEM',
    'denied',
    'The operating system (a container or control group) keeps this process from the GPU.',
    'Give the container access to the GPU, or measure outside it.',
  ),
  18: fault(
    'LIB_RM_VERSION_MISMATCH',
    'broken',
    'The NVIDIA driver was updated, and the running one is still the old one.',
    'Restart the computer.',
  ),
  25: fault('ARGUMENT_VERSION_MISMATCH', 'broken', 'The NVIDIA driver does not know this call.', update),
  26: fault('DEPRECATED', 'broken', 'The NVIDIA driver no longer offers this call.'),
  27: fault('NOT_READY', 'broken', 'The GPU is not ready.', 'Wait a little and try again.'),
  28: fault('GPU_NOT_FOUND', 'absent', 'There is no NVIDIA GPU.'),
  29: fault('INVALID_STATE', 'broken', 'The NVIDIA device is in a state that does not allow the reading.'),
  999: fault('UNKNOWN', 'broken', 'The NVIDIA driver reports an unknown error.', reload),
};

function fault(
  name: string,
  status: Refusal['status'],
  sentence: string,
  remedy: string | null = null,
): NvmlFault {
  return { name, status, sentence, remedy };
}

export const nvmlName = (code: number): string => faults[code]?.name ?? `NVML_${code}`;

/** What a refused call means for a person: a probe result. */
export function nvmlRefusal(code: number): Refusal {
  const known = faults[code];
  if (known === undefined) {
    return { status: 'broken', reason: `The NVIDIA driver reports error ${code}.`, remedy: null };
  }
  const remedy: Remedy | null = known.remedy === null ? null : { text: known.remedy, command: null };
  return { status: known.status, reason: `${known.sentence} (NVML ${code} ${known.name})`, remedy };
}

/** Error of one failed read. A lost device and a driver that changed under us do not come back by asking again. */
export function nvmlReadError(code: number): { code: string; fatal: boolean } {
  if (code === 15 || code === 16) return { code: deviceLost, fatal: true };
  return { code: nvmlName(code), fatal: code === 18 || code === 1 };
}

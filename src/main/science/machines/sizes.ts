import type { MachineKind } from './graphs';
import type { PathSpec } from './path';

/**
 * float32 numbers that a machine keeps, and multiply-adds (those of matrix products) of one query. As the table of the
 * guide, 4.1, and in full: with the network of the start and the constant 1, and without the middle of the output
 * bias, which no machine needs.
 */
export function machineSizes(
  kind: MachineKind,
  { features, hidden, classes, steps }: PathSpec,
  n: number,
): { floats: number; macs: number } {
  const layers = features * hidden + hidden * classes;
  const parameters = layers + hidden + classes;
  if (kind === 'network') return { floats: parameters, macs: layers };
  const middle = parameters - classes;
  if (kind === 'superposed') {
    return { floats: steps * (middle + parameters) + parameters + 1, macs: 2 * steps * layers + layers };
  }
  return {
    floats: n * features + n * steps * (2 * hidden + classes) + steps * middle + parameters + 1,
    macs: n * features + steps * (2 * n * hidden + n * classes + layers) + layers,
  };
}

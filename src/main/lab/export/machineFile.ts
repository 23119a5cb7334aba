import type { Machine } from '../../../shared/machine';
import { canonicalJson } from '../../store/canonical';

/** Where the description of a machine lies inside a bundle. */
export const machineFilePath = ({ id }: Pick<Machine, 'id'>): string => `machines/${id}.json`;

/** The description of a machine: JSON with keys in canonical order, two-space indent, final newline. */
export function machineFile(machine: Machine): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(machine)), null, 2)}\n`;
}

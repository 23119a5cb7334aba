import { create } from 'zustand';
import type { Lab, Outputs } from '../../../shared/contract';
import { type Failure, failureOf } from '../../../shared/errors';
import type { BuiltFamily } from '../../../shared/ladder';
import type { Ladder } from './ladder';

/** What is being built, and how the last building went. Outlives the dialog and the page. */
export interface Building {
  /** The dialog is open. */
  open: boolean;
  running: boolean;
  /** Parameters wanted of the model that is built now. */
  current: number | null;
  total: number;
  built: Outputs['buildModel'][];
  /** Why the last one could not be built; those before it are kept. */
  failure: Failure | null;
  /** The user wants no further models. */
  cancelled: boolean;
}

const nothing: Omit<Building, 'open'> = {
  running: false,
  current: null,
  total: 0,
  built: [],
  failure: null,
  cancelled: false,
};
export const useBuilding = create<Building>(() => ({ ...nothing, open: false }));

export const openLadder = (): void => useBuilding.setState({ open: true });
export const closeLadder = (): void => useBuilding.setState({ open: false });
export const forgetBuilding = (): void => useBuilding.setState(nothing);
export const cancelBuilding = (): void => useBuilding.setState({ cancelled: true });

/** Builds one model after the other, smallest first; stops between two when cancelled, and at the first refusal. */
export async function buildLadder(
  lab: Pick<Lab, 'buildModel'>,
  family: BuiltFamily,
  { sizes, seed }: Pick<Ladder, 'sizes' | 'seed'>,
): Promise<void> {
  if (useBuilding.getState().running) return;
  useBuilding.setState({ ...nothing, running: true, total: sizes.length });
  try {
    for (const parameters of sizes) {
      if (useBuilding.getState().cancelled) break;
      useBuilding.setState({ current: parameters });
      const result = await lab.buildModel({ family, parameters, seed });
      useBuilding.setState(({ built }) => ({ built: [...built, result] }));
    }
  } catch (thrown) {
    useBuilding.setState({ failure: failureOf(thrown) });
  } finally {
    useBuilding.setState({ running: false, current: null });
  }
}

/** `6 of 9 models built, 2 there already; cancelled.` Pure. */
export function buildingText(
  { running, built, total, failure, cancelled, current }: Building,
  size: (n: number) => string,
): string {
  if (running && current !== null) {
    const rest = cancelled ? ' The building stops after it.' : '';
    return `Building model ${built.length + 1} of ${total}, ${size(current)} parameters.${rest}`;
  }
  const there = built.filter((b) => b.alreadyThere).length;
  const end = failure
    ? '; stopped'
    : cancelled && built.length < total
      ? '; cancelled, the rest was not built'
      : '';
  return `${built.length} of ${total} models built${there > 0 ? `, ${there} of them there already` : ''}${end}.`;
}

import { notifications } from '@mantine/notifications';
import { ladderSpecs, quickstartLadder, recipeOf } from '../../../shared/ladder';
import type { PlanInput } from '../../../shared/plan';
import type { Ready } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import { useLive } from '../../state/live';
import { useSettings } from '../../state/settings';
import { go } from '../../state/view';
import { quickstartPlan } from './draft';
import { runsText } from './words';

/** Starts it, or queues it behind what is measured. @throws what the lab refuses with */
export async function start({ lab }: Ready, plan: PlanInput): Promise<void> {
  const busy = useLive.getState().progress !== null;
  const { runs } = await lab.startExperiment({ plan, tdpW: useSettings.getState().tdpW });
  if (busy) notifications.show({ message: `${runsText(runs)} added to the queue.` });
}

/** The ladder of the command line's quickstart. */
export async function startQuickstart(ready: Ready): Promise<void> {
  try {
    const models = ladderSpecs(quickstartLadder.family, { ...quickstartLadder, seed: 1 }).map(recipeOf);
    await start(ready, quickstartPlan(models));
    go({ page: 'lab' });
  } catch (thrown) {
    refuse(thrown);
  }
}

export async function resume({ lab }: Ready, experimentId: string): Promise<void> {
  try {
    await lab.resumeExperiment({ experimentId, tdpW: useSettings.getState().tdpW });
    go({ page: 'lab' });
  } catch (thrown) {
    refuse(thrown);
  }
}

export async function cancel({ lab }: Ready, experimentId: string): Promise<void> {
  try {
    const { cancelled } = await lab.cancelExperiment({ experimentId });
    if (!cancelled) notifications.show({ message: 'This experiment has ended already.' });
  } catch (thrown) {
    refuse(thrown);
  }
}

import { accuracyInput } from '../../../shared/accuracy';
import type { LabEvent } from '../../../shared/contract';
import type { Machine } from '../../../shared/machine';
import type { Plan } from '../../../shared/plan';
import { parseRecipe } from '../../models/builders';
import type { LabReader } from '../../store/reader';
import { measureAccuracy } from '../accuracies';
import type { LabContext } from '../context';
import type { Experiments } from '../experiments';
import { buildInto } from '../models';
import { modelFinder } from '../planModels';
import { isRecipe } from '../recipes';
import type { Look } from '../service';
import type { ClaimRefusals } from './claims';
import { refuseMissingData } from './dataPlaces';
import type { RunParts } from './runClaim';
import type { Science } from './science';

/** One start asks for provider, machine and meters: a look so young answers all three, ms. */
const freshMs = 5000;

/** What the service gives its claims. */
export interface ServiceParts {
  science: Science;
  experiments: Experiments;
  look: Look;
  adjust(plan: Plan): Plan;
  onEvent(listener: (event: LabEvent) => void): () => void;
}

export function claimParts(
  context: LabContext,
  { science, experiments, look, adjust, onEvent }: ServiceParts,
): RunParts & ClaimRefusals {
  const { reader } = context.store;
  type Seen = Awaited<ReturnType<Look>>;
  const seen = new Map<number | null, { atUnixMs: number; found: Promise<Seen> }>();
  /** What the machine has. Looking starts processes, so while something is measured the last look must do; null: there was none. */
  const known = async (tdpW: number | null): Promise<Seen | null> => {
    const busy = experiments.measuring() !== null || science.busy();
    const last = seen.get(tdpW);
    const atUnixMs = context.effects.nowUnixMs();
    if (busy || (last && Math.abs(atUnixMs - last.atUnixMs) < freshMs)) return last?.found ?? null;
    const found = look(tdpW);
    seen.set(tdpW, { atUnixMs, found });
    found.catch(() => seen.delete(tdpW));
    return found;
  };
  return {
    science,
    experiments,
    adjust,
    onEvent,
    // What is measured now was described when it began.
    describe: async (tdpW) => (await known(tdpW))?.machine ?? lastOwnMachine(reader),
    hasMeter: async (tdpW) =>
      (await known(tdpW))?.meters.some(({ result }) => result.status === 'ok') ?? false,
    findModel: (text) =>
      isRecipe(text)
        ? buildInto(context, parseRecipe(text)).model
        : modelFinder(reader, context.folder)(text)!,
    async refusalOf({ provider, tdpW }) {
      const found = await known(tdpW ?? null);
      if (found === null) return []; // told when its turn comes
      const report = found.providers.reports.find((r) => r.provider === provider);
      if (report?.status === 'ok') return [];
      return [
        `The provider ${provider} is not there on this machine${report?.reason ? `: ${report.reason}` : '.'}`,
      ];
    },
    refuseData: (name) => refuseMissingData(context.folder, name),
    accuracy: (model, dataset, signal) =>
      measureAccuracy(context, science, accuracyInput.parse({ model, dataset }), { signal, wait: true }),
  };
}

/** Bundles bring machines of other labs: those are not the one that measures here, unless it is the very same. */
function lastOwnMachine(reader: LabReader): Machine {
  const elsewhere = reader.origins('machine');
  const all = reader.listMachines();
  return (all.findLast(({ id }) => !elsewhere.has(id)) ?? all.at(-1)) as Machine;
}

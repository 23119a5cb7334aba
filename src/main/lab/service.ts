import type { Handlers, LabEvent } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { MeterReport } from '../../shared/meter';
import { openLab } from '../store/open';
import type { LabReader } from '../store/reader';
import { type LabContext, type LabEffects, labEffects } from './context';
import { createExperiments } from './experiments';
import { exportData } from './export/exporter';
import { describeMachine } from './machine';
import { buildInto, importPaths } from './models';
import { type FoundProviders, findProviders } from './providers';
import { figureOf, listRuns, showModel, showRun, viewOfExperiment } from './queries';
import { verifyAll } from './verify';

export interface LabService {
  handlers: Handlers;
  subscribe(listener: (event: LabEvent) => void): void;
  /** Cancels what is running, waits until it is stored, closes the lab. */
  close(): Promise<void>;
}

type ReadHandlers = Pick<
  Handlers,
  | 'describeMachine'
  | 'listModels'
  | 'showModel'
  | 'listExperiments'
  | 'listRuns'
  | 'showRun'
  | 'figure'
  | 'exportData'
  | 'verify'
>;

/** The lab service: owner of the folder, the store and the queue. One per folder; every door talks to its handlers. */
export function openLabService(folder: string, effects: LabEffects = labEffects): LabService {
  const store = openLab(folder);
  const listeners = new Set<(event: LabEvent) => void>();
  const emit = (event: LabEvent) => {
    for (const listener of listeners) listener(event);
  };
  const context: LabContext = { folder, store, effects, emit };
  store.writer.recoverInterrupted(effects.nowUnixMs());

  const look = looker(effects);
  const experiments = createExperiments(context, async (tdpW) => (await look(tdpW)).machine);
  const { reader } = store;
  const handlers: Handlers = {
    ...readHandlers(reader, folder, look),
    importModels: async ({ paths }) => importPaths(context, paths),
    buildModel: async ({ family, parameters, seed }) =>
      buildInto(context, { family, targetParameters: Math.round(parameters), seed }),
    startExperiment: ({ plan, tdpW }) => experiments.start(plan, tdpW),
    findUnfinished: async ({ plan }) => ({ experiment: experiments.findUnfinished(plan) }),
    resumeExperiment: ({ experimentId, tdpW }) =>
      experiments.resume(reader.findExperiment(experimentId).id, tdpW),
    cancelExperiment: async ({ experimentId }) => ({ cancelled: experiments.cancel(experimentId) }),
    listExperiments: async () => ({ experiments: experiments.list() }),
  };
  return {
    handlers,
    subscribe: (listener) => {
      listeners.add(listener);
    },
    async close() {
      await experiments.stop();
      store.close();
    },
  };
}

/** A lab to look at while another process measures in it, or of somebody else: whatever would write is refused. */
export function openLabView(folder: string, effects: LabEffects = labEffects): LabService {
  const store = openLab(folder, { readOnly: true });
  const refuse = async (): Promise<never> => {
    throw new LabError(
      'lab_locked',
      'This lab is open for reading only.',
      'Wait until the other Thirty Watts has finished, or use another folder with --lab.',
    );
  };
  const handlers: Handlers = {
    ...readHandlers(store.reader, folder, looker(effects)),
    importModels: refuse,
    buildModel: refuse,
    startExperiment: refuse,
    findUnfinished: refuse,
    resumeExperiment: refuse,
    cancelExperiment: refuse,
  };
  return { handlers, subscribe: () => {}, close: async () => store.close() };
}

function readHandlers(reader: LabReader, folder: string, look: Look): ReadHandlers {
  return {
    async describeMachine({ tdpW }) {
      const { machine, meters, providers } = await look(tdpW);
      return { machine, meters, providers: providers.reports, lab: folder };
    },
    listModels: async () => ({ models: reader.listModels() }),
    showModel: async (input) => showModel(reader, folder, input),
    listExperiments: async () => ({
      experiments: reader.listExperiments().map((e) => viewOfExperiment(reader, e, false)),
    }),
    listRuns: async (input) => listRuns(reader, input),
    showRun: async ({ run }) => showRun(reader, run),
    figure: async (input) => figureOf(reader, input),
    exportData: (input) => exportData(reader, input),
    verify: async () => verifyAll(reader, folder),
  };
}

type Look = (
  tdpW: number | null,
) => Promise<{ machine: Machine; meters: MeterReport[]; providers: FoundProviders }>;

/** Looks at the machine: meters every time (they come and go), execution providers once per service. */
function looker(effects: LabEffects): Look {
  let found: Promise<FoundProviders> | null = null;
  return async (tdpW) => {
    found ??= findProviders(effects.runner).catch((thrown) => {
      found = null;
      throw thrown;
    });
    const sampler = effects.startSampler();
    try {
      const [meters, providers] = await Promise.all([
        sampler.probe({ userTdpW: tdpW }).catch(brokenMeters),
        found,
      ]);
      return { machine: describeMachine(providers.ortVersion, meters), meters, providers };
    } finally {
      await sampler.close();
    }
  };
}

/** A driver that takes the sampler down while it is asked is a refused meter, not the end of the lab. */
function brokenMeters(thrown: unknown): MeterReport[] {
  const { message } = failureOf(thrown);
  const text =
    'Run it again; if it happens again, update the driver of the graphics card, or measure without meters ("meters": "none").';
  return [
    {
      provider: 'sampler',
      title: 'Meters',
      result: { status: 'broken', reason: message, remedy: { text, command: null } },
    },
  ];
}

import { viewCalibrations } from '../../shared/calibration';
import type { Handlers, LabEvent } from '../../shared/contract';
import { failureOf, LabError } from '../../shared/errors';
import type { Machine } from '../../shared/machine';
import type { MeterReport } from '../../shared/meter';
import type { Plan } from '../../shared/plan';
import type { Served } from '../../shared/rpc';
import { openLab } from '../store/open';
import type { LabReader } from '../store/reader';
import { createAccuracies, readAccuracies } from './accuracies';
import { createBundles, readBundles } from './bundles/commands';
import { storedCalibrations, writeCalibrations } from './calibrations';
import { createClaims, readClaims, viewClaimState } from './claims/claims';
import { dataPlaces, refuseMissingData } from './claims/dataPlaces';
import { claimParts } from './claims/parts';
import { createScience } from './claims/science';
import { compareRuns } from './compare';
import { type LabContext, type LabEffects, labEffects } from './context';
import { readDatasets, writeDatasets } from './datasets';
import { createExperiments } from './experiments';
import { identityOf } from './export/identity';
import { type LibraryState, readLibrary, viewState, writeLibrary } from './library';
import { describeMachine } from './machine';
import { meterOptions } from './meterOptions';
import { buildInto, importPaths } from './models';
import { createPages } from './pages';
import { previewPlan } from './preview';
import { showProvenance } from './provenance';
import { type FoundProviders, findProviders } from './providers';
import { figureOf, listRuns, showModel, showRun, viewOfExperiment } from './queries';
import { experimentReport } from './report/report';
import { runColumns } from './runColumns';
import { loadSample } from './sample';
import { selfTest } from './selftest/selfTest';
import { createTransforms } from './transform';
import { verifyAll } from './verify';
import {
  storedWallMeters,
  viewWallMeter,
  wallWarnings,
  withWallWindows,
  writeWallMeters,
} from './wallMeters';
import { createMeterWatch } from './watchMeters';

export interface LabService extends Served {
  /** A host calls it when a page has connected, and its result when that has gone: runs store whether one was open. */
  pageOpened(): () => void;
  /** Cancels what is running, waits until it is stored, closes the lab. */
  close(): Promise<void>;
}

type ReadHandlers = Pick<
  Handlers,
  | 'describeMachine'
  | 'labInfo'
  | 'listModels'
  | 'getSettings'
  | 'runRows'
  | 'showModel'
  | 'listExperiments'
  | 'listRuns'
  | 'showRun'
  | 'showProvenance'
  | 'previewPlan'
  | 'runColumns'
  | 'compareRuns'
  | 'figure'
  | 'experimentReport'
  | 'verify'
  | 'listMeters'
  | 'listDatasets'
  | 'listAccuracies'
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

  const look = looker(effects, store.reader);
  const pages = createPages();
  const watch = createMeterWatch(context, () => experiments.atWork().length > 0);
  const experiments = createExperiments(context, {
    describe: async (tdpW) => (await look(tdpW)).machine,
    pages,
    quiet: async () => {
      await testing?.catch(() => {});
      await science.idle();
      await bundlesIdle();
      await watch.stop();
    },
  });
  const busy = () => experiments.measuring() !== null || testing !== null;
  const science = createScience(context, busy);
  const transforms = createTransforms(context, science);
  const { stop: stopAccuracy, ...accuracies } = createAccuracies(context, science);
  const { stop: stopBundles, idle: bundlesIdle, ...bundles } = createBundles(context, busy);
  const { reader } = store;
  const seenByWall = (plan: Plan) => withWallWindows(plan, storedWallMeters(reader));
  const libraryState: LibraryState = { ...experiments, readOnly: () => null };
  let testing: Promise<unknown> | null = null;
  const subscribe = (listener: (event: LabEvent) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const { stop: stopClaims, ...claims } = createClaims(
    context,
    claimParts(context, { science, experiments, look, adjust: seenByWall, onEvent: subscribe }),
  );
  const handlers: Handlers = {
    ...readHandlers(reader, folder, look, libraryState),
    ...claims,
    ...accuracies,
    ...writeDatasets(context, dataPlaces(folder), busy),
    ...writeLibrary(context, libraryState),
    loadSample: () => loadSample(context, libraryState),
    importModels: ({ paths }) => pages.whileLoud(() => importPaths(context, paths)),
    buildModel: ({ family, parameters, seed }) =>
      pages.whileLoud(async () =>
        buildInto(context, { family, targetParameters: Math.round(parameters), seed }),
      ),
    transformModel: (input) => pages.whileLoud(() => transforms.transformModel(input)),
    cancelTransform: transforms.cancelTransform,
    ...bundles,
    verify: async () => {
      if (experiments.measuring() !== null) {
        throw new LabError(
          'bad_input',
          'The lab is measuring, and reading everything would disturb it.',
          'Verify when the experiment has ended.',
        );
      }
      return verifyAll(reader, folder);
    },
    ...writeWallMeters(context, effects.wall, () => experiments.atWork().length > 0),
    ...writeCalibrations(context),
    startExperiment: ({ plan, tdpW }) => experiments.start(seenByWall(plan), tdpW),
    findUnfinished: async ({ plan }) => ({ experiment: experiments.findUnfinished(seenByWall(plan)) }),
    resumeExperiment: ({ experimentId, tdpW }) =>
      experiments.resume(reader.findExperiment(experimentId).id, tdpW),
    cancelExperiment: async ({ experimentId }) => ({ cancelled: await experiments.cancel(experimentId) }),
    listExperiments: async () => ({ experiments: experiments.list() }),
    watchMeters: ({ on, tdpW }) => watch.set(on, tdpW),
    selfTestMeters: async ({ tdpW }) => {
      if (experiments.atWork().length > 0 || testing) {
        throw new LabError(
          'bad_input',
          testing
            ? 'The meters are being tested already.'
            : 'The lab is measuring, and the self test would disturb it.',
          'Test the meters when that has ended.',
        );
      }
      const test = (async () => {
        await watch.stop();
        const { machine, meters, providers } = await look(tdpW);
        const usable = providers.reports.filter((p) => p.status === 'ok' && p.device === null);
        return selfTest(context, { machine, meters, providers: usable.map((p) => p.provider), tdpW });
      })();
      testing = test;
      try {
        return await test;
      } finally {
        testing = null;
      }
    },
    confirmQuiet: async (answer) => {
      pages.confirm(answer);
      return {};
    },
  };
  return {
    handlers,
    pageOpened: pages.opened,
    subscribe,
    async close() {
      await watch.stop();
      await stopClaims();
      transforms.stop();
      stopAccuracy();
      stopBundles();
      await science.idle();
      await bundlesIdle();
      await experiments.stop();
      store.close();
    },
  };
}

/** A lab to look at while another process measures in it, or of somebody else: whatever would write is refused. */
export function openLabView(folder: string, effects: LabEffects = labEffects): LabService {
  const store = openLab(folder, { readOnly: true });
  const listeners = new Set<(event: LabEvent) => void>();
  const {
    stop: stopBundles,
    idle: bundlesIdle,
    ...bundles
  } = readBundles(
    {
      reader: store.reader,
      folder,
      nowUnixMs: effects.nowUnixMs,
      tell: (progress) => {
        for (const listener of listeners) listener({ type: 'bundleProgress', progress });
      },
    },
    () => viewState(store).measuring() !== null,
  );
  const refuse = async (): Promise<never> => {
    throw new LabError(
      'lab_locked',
      'This lab is open for reading only.',
      'Wait until the other Thirty Watts has finished, or use another folder with --lab.',
    );
  };
  const handlers: Handlers = {
    ...readHandlers(store.reader, folder, looker(effects, store.reader), viewState(store)),
    ...readClaims(store.reader, viewClaimState(store.dir), {
      nowUnixMs: effects.nowUnixMs,
      refusalOf: async () => [],
      refuseData: (name) => refuseMissingData(folder, name),
      hasMeter: async () => false,
    }),
    ...bundles,
    importBundle: refuse,
    addDataset: refuse,
    removeDataset: refuse,
    testAccuracy: refuse,
    cancelAccuracy: refuse,
    setBinned: refuse,
    setLocked: refuse,
    putSetting: refuse,
    loadSample: refuse,
    importModels: refuse,
    buildModel: refuse,
    transformModel: refuse,
    cancelTransform: refuse,
    startExperiment: refuse,
    findUnfinished: refuse,
    resumeExperiment: refuse,
    cancelExperiment: refuse,
    watchMeters: refuse,
    selfTestMeters: refuse,
    addWallMeter: refuse,
    changeWallMeter: refuse,
    removeWallMeter: refuse,
    restoreWallMeter: refuse,
    testWallMeter: refuse,
    measureWallLag: refuse,
    addCalibration: refuse,
    setCalibrationRevoked: refuse,
    runClaim: refuse,
    resumeClaimRun: refuse,
    cancelClaimRun: refuse,
    predictClaim: refuse,
    writeClaim: refuse,
    confirmQuiet: async () => ({}), // nothing is measured here
  };
  return {
    handlers,
    pageOpened: () => () => {},
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopBundles();
      await bundlesIdle();
      store.close();
    },
  };
}

function readHandlers(reader: LabReader, folder: string, look: Look, state: LibraryState): ReadHandlers {
  return {
    async describeMachine({ tdpW }) {
      const { machine, meters, providers } = await look(tdpW);
      return { machine, meters, providers: providers.reports, lab: folder };
    },
    ...readLibrary(reader, folder, state),
    ...readDatasets(dataPlaces(folder)),
    ...readAccuracies(reader),
    showModel: async (input) => showModel(reader, folder, input),
    async listExperiments() {
      const [measured, atWork] = [state.measuring(), state.atWork()];
      const stateOf = (e: { id: string; status: string }) => {
        if (e.id === measured) return 'running';
        return e.status === 'queued' && atWork.includes(e.id) ? 'queued' : null;
      };
      return { experiments: reader.listExperiments().map((e) => viewOfExperiment(reader, e, stateOf(e))) };
    },
    listRuns: async (input) => listRuns(reader, input),
    showRun: async ({ run }) => showRun(reader, run),
    showProvenance: async ({ run }) => showProvenance(reader, run),
    async previewPlan({ plan }) {
      const meters = storedWallMeters(reader);
      const preview = previewPlan({ reader, folder }, withWallWindows(plan, meters));
      return { ...preview, warnings: [...preview.warnings, ...wallWarnings(plan, meters)] };
    },
    listMeters: async () => ({
      wallMeters: storedWallMeters(reader).map(viewWallMeter),
      calibrations: viewCalibrations(storedCalibrations(reader)),
    }),
    runColumns: ({ run }) => runColumns(reader, run),
    compareRuns: ({ runs }) => compareRuns(reader, runs),
    figure: async (input) => figureOf(reader, input),
    experimentReport: ({ experiment }) => experimentReport(reader, experiment, identityOf(folder)),
    verify: () => verifyAll(reader, folder),
  };
}

export type Look = (
  tdpW: number | null,
) => Promise<{ machine: Machine; meters: MeterReport[]; providers: FoundProviders }>;

/** Looks at the machine: meters every time (they come and go), execution providers once per service. */
function looker(effects: LabEffects, reader: LabReader): Look {
  let found: Promise<FoundProviders> | null = null;
  return async (tdpW) => {
    found ??= findProviders(effects.runner).catch((thrown) => {
      found = null;
      throw thrown;
    });
    const sampler = effects.startSampler();
    try {
      const [meters, providers] = await Promise.all([
        sampler.probe(meterOptions(reader, tdpW)).catch(brokenMeters),
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

import {
  type ClaimCard,
  type ClaimDetail,
  type ClaimForm,
  type ClaimOptions,
  type ClaimProgress,
  type ClaimRun,
  type ClaimVersion,
  claimForms,
  claimLabel,
  claimOptionsSchema,
} from '../../../shared/claim';
import type { Handlers, LabEvent } from '../../../shared/contract';
import { failureOf, LabError } from '../../../shared/errors';
import type { StoredClaimRun } from '../../store/claims';
import { lockHolder } from '../../store/lock';
import type { LabReader } from '../../store/reader';
import type { LabContext } from '../context';
import { elsewhereOf, verdictsElsewhere } from './elsewhere';
import { datasetOf, experimentOf } from './experimentOf';
import { type RunParts, runClaim } from './runClaim';
import {
  builtinVersions,
  findClaim,
  nextVersion,
  ownContent,
  refuseEmptyRanges,
  refuseUnfit,
} from './versions';

export type ReadClaims = Pick<Handlers, 'listClaims' | 'showClaim' | 'previewClaim'>;
export type WriteClaims = Pick<
  Handlers,
  'runClaim' | 'resumeClaimRun' | 'cancelClaimRun' | 'predictClaim' | 'writeClaim'
>;

/** What the service knows of claim runs and the store does not. */
export interface ClaimState {
  /** Of the run that is worked on, or waits. */
  progress(claimRunId: string): ClaimProgress | null;
  /** Another process has this lab open to write: what says that it runs, may. */
  elsewhere(): boolean;
}

/** Of a lab that is open for reading. */
export const viewClaimState = (dir: string): ClaimState => ({
  progress: () => null,
  elsewhere: () => lockHolder(dir) !== null,
});

export interface Claims extends ReadClaims, WriteClaims {
  /** Cancels what is worked on; resolves when it is stored. */
  stop(): Promise<void>;
}

/** What a claim is refused for before it starts. */
export interface ClaimRefusals {
  /** The provider: why it is not there; empty where it is. */
  refusalOf(options: ClaimOptions): Promise<string[]>;
  /** @throws LabError for a data set that is not there, with what to install or add */
  refuseData(name: string | null): Promise<void>;
}

/** Reading alone, also of a lab that another process has open. */
export function readClaims(
  reader: LabReader,
  state: ClaimState,
  options: ClaimRefusals & {
    nowUnixMs(): number;
    hasMeter(tdpW: number | null): Promise<boolean>;
  },
): ReadClaims {
  const versions = (): ClaimVersion[] => {
    const stored = reader.claimVersions();
    return [...stored, ...builtinVersions(stored, options.nowUnixMs())];
  };
  const detail = (history: readonly ClaimVersion[]): ClaimDetail => {
    const current = history.at(-1)!;
    const runs = reader
      .claimRuns(current.claim)
      .map((run) => viewOfClaimRun(reader, run, history, state))
      .reverse();
    const own = runs.filter((r) => r.versionId === current.id);
    const open = own.find((r) => r.status !== 'completed');
    const latest = own.find((r) => r.status === 'completed') ?? null;
    const at = latest ? own.indexOf(latest) : -1;
    return {
      current,
      versions: history.length,
      latest,
      // What was left before a later run completed is history.
      unfinished: open && (latest === null || own.indexOf(open) < at) ? open : null,
      progress: runs.map((r) => state.progress(r.id)).find((p) => p !== null) ?? null,
      expectedS: expectedOf(current),
      history: [...history],
      runs,
    };
  };
  const cardOf = ({ history: _, runs: __, ...card }: ClaimDetail): ClaimCard => card;
  const withElsewhere = <C extends ClaimCard>(card: C, counts: ReadonlyMap<string, number>): C => {
    const count = counts.get(card.current.claim);
    return count === undefined ? card : { ...card, verdictsElsewhere: count };
  };
  return {
    async listClaims() {
      const byClaim = Map.groupBy(versions(), (v) => v.claim);
      const counts = verdictsElsewhere(reader);
      const cards = [...byClaim.values()].map((history) => withElsewhere(cardOf(detail(history)), counts));
      const rank = (card: ClaimCard) => {
        const label = claimLabel(card.current.claim);
        return /^C\d$/.test(label) ? Number(label.slice(1)) : 10 + card.current.createdUnixMs;
      };
      return { claims: cards.sort((a, b) => rank(a) - rank(b)) };
    },
    async showClaim({ claim }) {
      const id = findClaim(reader, claim);
      const elsewhere = elsewhereOf(reader, id);
      const history = versions().filter((v) => v.claim === id);
      const own = withElsewhere(detail(history), verdictsElsewhere(reader));
      return elsewhere.length === 0 ? own : { ...own, elsewhere };
    },
    async previewClaim({ claim, options: chosen }) {
      const id = findClaim(reader, claim);
      const version = versions()
        .filter((v) => v.claim === id)
        .at(-1)!;
      const warnings = [
        ...(chosen.form === 'glance'
          ? ['A first look: few seeds and short windows. It shows what to expect and is no evidence.']
          : []),
        ...(chosen.meters === 'none' ? ['No meters: energy will not be measured.'] : []),
        ...(chosen.form === 'glance' &&
        chosen.meters === 'auto' &&
        (await options.hasMeter(chosen.tdpW ?? null))
          ? [
              'A meter was found: where few conditions are compared, windows of 5 s take the place of short ones, and the first look takes up to twice as long.',
            ]
          : []),
      ];
      const { inputs = [], ...experiment } = experimentOf(version);
      try {
        const steps = experiment.steps(chosen);
        await options.refuseData(datasetOf(version, chosen));
        const refused = await options.refusalOf(chosen);
        return {
          steps,
          expectedS: steps.reduce((sum, step) => sum + step.expectedS, 0),
          warnings: [...warnings, ...refused.slice(1)],
          refusal: refused[0] ? { kind: 'unsupported', message: refused[0], remedy: null } : null,
          inputs: [...inputs],
        };
      } catch (thrown) {
        return { steps: [], expectedS: 0, warnings, refusal: failureOf(thrown), inputs: [...inputs] };
      }
    },
  };
}

function expectedOf(version: ClaimVersion): Record<ClaimForm, number> {
  const seconds = (form: ClaimForm) =>
    experimentOf(version)
      .steps(claimOptionsSchema.parse({ form }))
      .reduce((sum, step) => sum + step.expectedS, 0);
  return Object.fromEntries(claimForms.map((form) => [form, seconds(form)])) as Record<ClaimForm, number>;
}

/** A stored claim run as a person sees it: one that says it runs and that nobody works on was interrupted. */
function viewOfClaimRun(
  reader: LabReader,
  run: StoredClaimRun,
  history: readonly ClaimVersion[],
  state: ClaimState,
): ClaimRun {
  const live = state.progress(run.id) !== null || state.elsewhere();
  const experiments = reader.claimExperiments(run.id);
  return {
    id: run.id,
    versionId: run.versionId,
    claim: run.claim,
    version: history.find((v) => v.id === run.versionId)?.version ?? 0,
    options: run.options,
    status: run.status === 'running' && !live ? 'interrupted' : run.status,
    startedUnixMs: run.startedUnixMs,
    endedUnixMs: run.endedUnixMs,
    outcome: run.outcome,
    failure: run.failure,
    steps: reader.claimSteps(run.id).map(({ key, sha256, seconds }) => ({ key, sha256, seconds })),
    runs: experiments.flatMap(({ experimentId }) =>
      [...reader.newestRuns(experimentId).values()]
        .filter(({ status }) => status === 'completed' || status === 'failed')
        .map(({ id }) => ({ id, sha256: reader.recordHashOf(id) })),
    ),
  };
}

/** The claims of a lab that may be written: predictions, and runs one after another. */
export function createClaims(context: LabContext, parts: RunParts & ClaimRefusals): Claims {
  const { store, effects, emit } = context;
  const { reader, writer } = store;
  const changed = () => emit({ type: 'changed', what: 'claims' });
  const waiting: { run: StoredClaimRun; version: ClaimVersion }[] = [];
  let live: { id: string; abort: AbortController; ended: Promise<void>; progress: ClaimProgress } | null =
    null;
  let stopping = false;

  const state: ClaimState = {
    elsewhere: () => false,
    progress(id) {
      if (live?.id === id) return live.progress;
      const at = waiting.findIndex(({ run }) => run.id === id);
      if (at < 0) return null;
      const { claim } = waiting[at]!.run;
      return { claimRunId: id, claim, label: 'waits', done: 0, total: 0, elapsedS: 0, leftS: null };
    },
  };
  /** Writes down what this program says of the nine, once. */
  const writeDown = () => {
    const missing = builtinVersions(reader.claimVersions(), effects.nowUnixMs());
    for (const version of missing) writer.putClaimVersion(version);
    if (missing.length > 0) changed();
  };
  const historyOf = (text: string) => {
    writeDown();
    return reader.claimVersions(findClaim(reader, text));
  };

  const launchNext = (): void => {
    if (live || stopping) return;
    const next = waiting.shift();
    if (!next) return;
    const { run, version } = next;
    const own = {
      id: run.id,
      abort: new AbortController(),
      ended: Promise.resolve(),
      progress: {
        claimRunId: run.id,
        claim: run.claim,
        label: 'starts',
        done: 0,
        total: 0,
        elapsedS: 0,
        leftS: null,
      } as ClaimProgress,
    };
    live = own;
    const onProgress = (progress: ClaimProgress) => {
      own.progress = progress;
      emit({ type: 'claimProgress', progress });
    };
    own.ended = runClaim(context, parts, { run, version, signal: own.abort.signal, onProgress }).then(
      (ended) => {
        live = null;
        const event: LabEvent = {
          type: 'claimEnded',
          claimRunId: run.id,
          claim: run.claim,
          status: ended.status,
          verdict: ended.outcome?.verdict ?? null,
        };
        emit(event);
        changed();
        launchNext();
      },
    );
  };
  const enqueue = (run: StoredClaimRun, version: ClaimVersion) => {
    waiting.push({ run, version });
    launchNext();
    changed();
    return { claimRunId: run.id };
  };

  return {
    ...readClaims(reader, state, { ...parts, nowUnixMs: effects.nowUnixMs }),
    async runClaim({ claim, options }) {
      if (stopping) throw new LabError('cancelled', 'The lab is closing.', 'Start it again when it is open.');
      const version = historyOf(claim).at(-1)!;
      // Refused before anything is stored: steps() says what an experiment cannot do with these options.
      experimentOf(version).steps(options);
      await parts.refuseData(datasetOf(version, options));
      const [refusal] = await parts.refusalOf(options);
      if (refusal) throw new LabError('unsupported', refusal, 'Choose another provider.');
      const machine = await parts.describe(options.tdpW ?? null);
      writer.putMachine(machine);
      const run: StoredClaimRun = {
        id: effects.newId(),
        versionId: version.id,
        claim: version.claim,
        options,
        status: 'running',
        startedUnixMs: effects.nowUnixMs(),
        endedUnixMs: null,
        machineId: machine.id,
        outcome: null,
        failure: null,
      };
      writer.addClaimRun(run);
      return enqueue(run, version);
    },
    async resumeClaimRun({ claimRunId }) {
      const run = reader.claimRun(claimRunId);
      if (!run)
        throw new LabError('not_found', `There is no claim run ${claimRunId}.`, 'List the claims anew.');
      if (state.progress(run.id)) {
        throw new LabError('bad_input', 'This claim run is at work already.', 'Wait until it has ended.');
      }
      if (run.status === 'completed') {
        throw new LabError('bad_input', 'This claim run has completed.', 'Start a new one.');
      }
      const version = reader.claimVersions(run.claim).find((v) => v.id === run.versionId)!;
      const again: StoredClaimRun = { ...run, status: 'running', endedUnixMs: null, failure: null };
      if (run.status !== 'running') writer.changeClaimRun(again);
      return enqueue(again, version);
    },
    async cancelClaimRun({ claimRunId }) {
      if (live?.id === claimRunId) {
        const { abort, ended } = live;
        abort.abort();
        await ended;
        return { cancelled: true };
      }
      const at = waiting.findIndex(({ run }) => run.id === claimRunId);
      if (at < 0) return { cancelled: false };
      const [{ run }] = waiting.splice(at, 1) as [(typeof waiting)[number]];
      writer.changeClaimRun({ ...run, status: 'cancelled', endedUnixMs: effects.nowUnixMs() });
      emit({ type: 'claimEnded', claimRunId, claim: run.claim, status: 'cancelled', verdict: null });
      changed();
      return { cancelled: true };
    },
    async predictClaim({ claim, prediction }) {
      const history = historyOf(claim);
      const current = history.at(-1)!;
      refuseUnfit(prediction, current.prediction);
      const { id: _, version: __, createdUnixMs: ___, ...content } = current;
      const next = nextVersion(
        history,
        { ...content, prediction: { ...prediction, by: 'user' } },
        effects.nowUnixMs(),
      );
      if (next.isNew) writer.putClaimVersion(next.version);
      changed();
      return { version: next.version };
    },
    async writeClaim({ claim, own }) {
      refuseEmptyRanges(own.prediction);
      let id = claim;
      if (id === null) id = `own-${effects.newId().replaceAll('-', '').slice(-8)}`;
      else if (!findClaim(reader, id).startsWith('own-')) {
        throw new LabError(
          'bad_input',
          `${claimLabel(id)} is one of the lab’s own claims; its words stay as they are.`,
          'Write a prediction of your own for it, or a claim of your own.',
        );
      }
      const content = ownContent(id, { ...own, prediction: { ...own.prediction, by: 'user' } });
      // Refused before it is stored: a quantity without its data set, a threshold that the test does not have.
      experimentOf({ ...content, id: '', version: 1, createdUnixMs: 0 }).steps(claimOptionsSchema.parse({}));
      const next = nextVersion(reader.claimVersions(id), content, effects.nowUnixMs());
      if (next.isNew) writer.putClaimVersion(next.version);
      changed();
      return { version: next.version };
    },
    async stop() {
      stopping = true;
      waiting.length = 0;
      const own = live;
      own?.abort.abort();
      await own?.ended;
    },
  };
}

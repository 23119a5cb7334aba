import { authorName, type BundleOptions, type BundlePreview, licenceWords } from '../../../shared/bundle';
import { type Failure, failureOf, LabError } from '../../../shared/errors';
import { headlineEnergy } from '../../../shared/run';
import { counted, formatCount } from '../../../shared/units';
import type { LabReader } from '../../store/reader';
import { estimateBundle } from './estimate';
import { marked } from './manifest/facts';
import { type BundleParts, bundleParts } from './parts';
import { publicReader } from './publicReader';
import { type Identity, namesLeft, type Redact, redactor } from './redact';
import { bundleName, bundleSource } from './source';
import type { BundleSource } from './types';

export interface PreviewRequest {
  reader: LabReader;
  identity: Identity;
  options: BundleOptions;
  nowUnixMs: () => number;
}

/**
 * What a bundle would hold, with sizes by a few of its runs. Nothing is written.
 * @throws LabError not_found, bad_input for a selection that is not there; that nothing is selected is in `refusal`
 */
export async function previewBundle(
  { reader, identity, options, nowUnixMs }: PreviewRequest,
  parts: BundleParts = bundleParts,
): Promise<BundlePreview> {
  const changed = new Set<string>();
  const redact = redactor(identity);
  const counting: Redact = (text) => {
    const said = redact(text);
    if (said !== text) changed.add(text);
    return said;
  };
  const source = bundleSource(publicReader(reader, counting), options, nowUnixMs);
  changed.clear();
  readSelected(source);
  const { selection } = source;
  const estimate = await estimateBundle(source, parts, 'folder');
  return {
    name: bundleName(source),
    title: source.title,
    counts: {
      experiments: selection.experiments.length,
      runs: selection.runs.length,
      models: selection.models.length,
      machines: selection.machines.length,
      claims: new Set(selection.claims.flatMap((c) => (c.kind === 'claim_version' ? [c.value.claim] : [])))
        .size,
      figures: source.figures().length,
    },
    files: estimate.files,
    bytes: estimate.bytes,
    identity: [
      ...typedNames(source, redact),
      ...(changed.size > 0
        ? [
            `${counted(changed.size, 'text holds', 'texts hold')} names of your account or computer, paths or addresses: these are replaced.`,
          ]
        : []),
      ...namesLeft(identity).map(
        (name) => `“${name}” is too ordinary a word to be told from others: it stays where it stands.`,
      ),
    ],
    warnings: warningsOf(source),
    refusal: selection.runs.length === 0 ? failureOf(nothingToExport()) : null,
  };
}

/** Of a preview that cannot be made now: only why. */
export const refusedPreview = (refusal: Failure): BundlePreview => ({
  name: '',
  title: '',
  counts: { experiments: 0, runs: 0, models: 0, machines: 0, claims: 0, figures: 0 },
  files: [],
  bytes: 0,
  identity: [],
  warnings: [],
  refusal,
});

export const nothingToExport = () =>
  new LabError(
    'bad_input',
    'There is nothing to export: no run of this selection has ended.',
    'Measure something first, or choose other experiments.',
  );

/** Looks at every record of the selection once, so that what is replaced in it is counted. */
function readSelected({ reader, selection }: BundleSource): void {
  const { runs, models, experiments, machines } = selection;
  for (const { id } of machines) reader.getMachine(id);
  for (const { id } of models) reader.getModel(id);
  for (const { id } of experiments) reader.getExperiment(id);
  for (const { id } of runs) {
    reader.getRun(id);
    reader.getEvents(id);
    reader.sensorsOf(id);
  }
}

/** What the user typed, which leaves as it was typed. */
function typedNames({ options, selection }: BundleSource, redact: Redact): string[] {
  const authors = options.authors.map((author) =>
    [authorName(author), author.affiliation, author.orcid ?? ''].filter(Boolean).join(', '),
  );
  const typed = [
    ['title', options.title ?? ''],
    ['description', options.description],
  ] as const;
  const made = new Set(
    selection.claims.flatMap((c) => (c.kind === 'claim_experiment' ? [c.value.experimentId] : [])),
  );
  const experiments = distinct(selection.experiments.map((e) => (made.has(e.id) ? '' : (e.plan.name ?? ''))));
  const models = distinct(selection.models.map((m) => (m.recipe === null ? m.name : '')));
  return [
    ...authors.map((author) => `You name as author: ${author}.`),
    ...typed
      .filter(([, text]) => redact(text) !== text)
      .map(
        ([what]) =>
          `The ${what} holds a name of your account or computer, a path or an address, and stays as you typed it.`,
      ),
    ...(experiments.length > 0 ? [`Names of your experiments stay: ${listed(experiments)}.`] : []),
    ...(models.length > 0 ? [`Names of your models stay: ${listed(models)}.`] : []),
  ];
}

const distinct = (texts: readonly string[]) => [...new Set(texts)].filter((text) => text !== '');

const listed = (names: readonly string[], most = 5) =>
  `${names
    .slice(0, most)
    .map((name) => `“${name}”`)
    .join(', ')}${names.length > most ? ` and ${formatCount(names.length - most)} more` : ''}`;

function warningsOf(source: BundleSource): string[] {
  const { selection, options } = source;
  const { sample, simulated, replayed, estimated } = marked(source);
  const glance = selection.runs.filter((run) => run.condition.preset === 'glance').length;
  const limited = selection.runs.filter(
    (run) => run.latency?.verdict === 'limited' || headlineEnergy(run)?.gross.verdict === 'limited',
  ).length;
  const said: [number, string][] = [
    [glance, 'of the preset glance: a first look, never evidence'],
    [limited, 'with results that hold with limits only: the columns with flags say which'],
    [sample, 'of the SAMPLE dataset, recorded on another machine'],
    [simulated, 'with a SIMULATED meter: their energy was not measured'],
    [replayed, 'with REPLAYED meters'],
    [estimated, 'with ESTIMATED energy: time at a rated power, not a measurement'],
  ];
  return [
    ...said.flatMap(([n, what]) => (n > 0 ? [`${counted(n, 'run')} ${what}.`] : [])),
    ...(options.authors.length === 0
      ? ['No author is named: who uses the data cannot cite you.']
      : options.licence === 'CC0-1.0'
        ? [`${licenceWords['CC0-1.0']}.`]
        : []),
  ];
}

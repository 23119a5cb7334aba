import { labWord } from '../../../../shared/bundle';
import { claimLabel } from '../../../../shared/claim';
import type { RunRecord } from '../../../../shared/run';
import { counted, formatCount } from '../../../../shared/units';
import type { BundleSource, ManifestInput } from '../types';
import { fileOf, labsOf, machineName, marked, summary, tablesWith } from './facts';
import { createdUtc } from './people';
import { check, licence, reading, redraw, words } from './readmeUse';
import { mdCode, mdTable, mdText } from './text';

/** README.md of a bundle, GitHub flavoured Markdown. Text of other people is escaped wherever it stands. */
export function readme(input: ManifestInput): string {
  const { source } = input;
  const sections = [
    head(source),
    contents(input),
    tables(input),
    figures(source),
    machines(source),
    claims(source),
    reading(input),
    redraw(input),
    words(source),
    check(input),
    licence(source),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head(source: BundleSource): string {
  const paragraphs = summary(source)
    .split(/\n\s*\n/)
    .map(mdText)
    .filter((text) => text !== '');
  return [`# ${mdText(source.title)}`, ...badges(source), ...paragraphs].join('\n\n');
}

/** What must show wherever such numbers do. */
function badges(source: BundleSource): string[] {
  const { sample, simulated, replayed, estimated } = marked(source);
  const of = (n: number) => `${formatCount(n)} of ${counted(source.selection.runs.length, 'run')}`;
  return [
    ...(sample > 0
      ? [
          `> **SAMPLE**: ${of(sample)} are part of the sample dataset that comes with Thirty Watts, recorded elsewhere and never evidence for anything (column \`is_sample\` of \`data/runs\`).`,
        ]
      : []),
    ...(simulated > 0
      ? [
          `> **SIMULATED**: a simulated test meter was read in ${of(simulated)}: its joules are made up (column \`energy_origin\` of \`data/runs\`).`,
        ]
      : []),
    ...(replayed > 0
      ? [
          `> **REPLAYED**: in ${of(replayed)} a recorded trace stood for a meter (column \`energy_origin\` of \`data/runs\`).`,
        ]
      : []),
    ...(estimated > 0
      ? [
          `> **≈ ESTIMATE**: in ${of(estimated)} energy is estimated from processor load and rated power, not measured (column \`energy_provenance\` of \`data/runs\`).`,
        ]
      : []),
  ];
}

function contents({ source }: ManifestInput): string {
  const { selection } = source;
  const ended = (status: RunRecord['status']) => selection.runs.filter((r) => r.status === status).length;
  const labs = labsOf(source);
  return `## What is in it

${mdTable(
  ['', 'number'],
  [
    ['experiments', formatCount(selection.experiments.length)],
    [
      'runs',
      `${formatCount(selection.runs.length)} (${formatCount(ended('completed'))} completed, ${formatCount(ended('failed'))} failed, ${formatCount(ended('cancelled'))} cancelled)`,
    ],
    ['models', formatCount(selection.models.length)],
    ['machines', formatCount(selection.machines.length)],
    ['runs of claims', formatCount(selection.claims.filter((c) => c.kind === 'claim_run').length)],
    [
      'labs',
      labs.length === 0
        ? '0'
        : `${formatCount(labs.length)} (${labs.map((id) => mdText(labWord(id))).join(', ')})`,
    ],
  ],
)}

Exported ${createdUtc(source)}. Nothing is left out for being unwelcome: failed, cancelled and invalid runs are here, with the reason.

How it was measured: each run is one condition (model, execution provider, batch, threads) in a process of its own: load, rest with
the model loaded, warm-up, then windows of several seconds in which the model runs without pause, and rest again. Each inference is timed
through ONNX Runtime. The meter is read at the edges of each window; energy per inference is the energy between these reads
divided by the inferences between them. Net energy subtracts the power of the rest before and after. Intervals are 95 %.`;
}

function tables(input: ManifestInput): string {
  const here = tablesWith(input, 'csv', 'parquet');
  if (here.length === 0) return '';
  return `## Tables

The same cells in the same order as CSV and as Parquet; \`datapackage.json\` describes every column of the CSV files with type, unit and
what it means, \`croissant.json\` those of all tables.

${mdTable(
  ['table', 'files', 'rows', 'columns', 'a row is', 'key'],
  here.map((each) => {
    const files = (['csv', 'parquet'] as const).flatMap((ending) => fileOf(input, each, ending) ?? []);
    const rows = files[0]!.rows;
    return [
      mdCode(each.name),
      files.map(({ path }) => `[${path.split('.').at(-1)}](${path})`).join(', '),
      rows === null ? '' : formatCount(rows),
      formatCount(each.columns.length),
      mdText(each.description),
      each.primaryKey.map(mdCode).join(', '),
    ];
  }),
)}`;
}

function figures(source: BundleSource): string {
  const all = source.figures();
  if (all.length === 0) return '';
  const each = all.map(
    ({ name, title, caption }) =>
      `- [${mdText(title)}](figures/${name}.svg) ([specification](figures/${name}.spec.json), [points](figures/${name}.points.csv)): ${mdText(caption)}`,
  );
  return `## Figures\n\n${each.join('\n')}`;
}

function machines(source: BundleSource): string {
  const { machines: all, runs } = source.selection;
  if (all.length === 0) return '';
  return `## Machines

Numbers of different machines are kept apart; the file of each says all that is known of it.

${mdTable(
  ['machine', 'file', 'runs', 'ONNX Runtime', 'Thirty Watts'],
  all.map((machine) => [
    mdText(machineName(machine)),
    `[${machine.id.slice(0, 8)}](machines/${machine.id}.json)`,
    formatCount(runs.filter((run) => run.machineId === machine.id).length),
    mdText(machine.onnxruntime),
    mdText(machine.app.version),
  ]),
)}`;
}

function claims({ selection }: BundleSource): string {
  const versions = selection.claims.flatMap((c) => (c.kind === 'claim_version' ? [c.value] : []));
  const runs = selection.claims.flatMap((c) => (c.kind === 'claim_run' ? [c] : []));
  if (runs.length === 0) return '';
  const names = new Map(versions.map((v) => [v.claim, v.title]));
  return `## Claims

Falsifiable statements, each with a protocol and a prediction that was written down before the runs. What they measured, found and
concluded is in \`data/claims\` and \`data/findings\`.

${[...new Set(runs.map(({ value }) => value.claim))]
  .map((claim) => `- ${mdText(claimLabel(claim))}: ${mdText(names.get(claim) ?? claim)}`)
  .sort()
  .join('\n')}`;
}

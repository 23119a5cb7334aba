import { type ReasonCode, reasonCodes, resultSentence } from '../../../../shared/reasons';
import type { BundleSource, ManifestInput } from '../types';
import { curveOf } from './curve';
import { licenceFacts } from './licences';
import { citationLine, doiUrl } from './people';
import { type Snippet, snippets } from './snippets';
import { mdCode, mdTable, mdText } from './text';

/** How missing values, units and the rest are written. */
export function reading(input: ManifestInput): string {
  return `## How to read the tables

- **Missing** is an empty cell in CSV and null in Parquet and JSON: never 0, -1, NaN or a word. A missing result has its reason in a
  \`*_missing_reason\` column beside it.
- **Units** stand at the end of the column's name and as a UCUM code in \`datapackage.json\`: \`_s\` second, \`_J\` joule, \`_W\` watt, \`_By\` byte,
  \`_Cel\` degree Celsius, \`_Hz\` per second, \`_ratio\` and \`_count\` plain numbers. Always base units, never mJ or ms.
- **Apostrophe**: text that starts with \`=\`, \`+\`, \`-\`, \`@\`, tab, carriage return or \`'\` has one more \`'\` before it, in CSV and Parquet, so that no
  spreadsheet takes a name for a formula. Take exactly one away to get the text back.
- **Intervals** are two columns, low and high, never "plus or minus". **Times** are UTC.
- **Clocks** (\`*_ns\`) are whole numbers of 64 bits: readers that know only doubles, as in JavaScript, lose their last digits.
- **Several flags** in one cell are separated by \`|\`.
- **CSV** is UTF-8 without byte order mark, comma, CRLF, quotes as in RFC 4180.
- Compare runs of \`role\` \`measure\`; \`overhead\` and \`control\` runs only show what a call costs and how steady the machine is.${
    input.files.some(({ path }) => path.startsWith('provenance/records/'))
      ? '\n- `provenance/records/*.jsonl` hold everything as the lab keeps it, with all samples and meter readings, one record a line.'
      : ''
  }`;
}

/** The main curve in five lines each. */
export function redraw(input: ManifestInput): string {
  const curve = curveOf(input);
  const block = ({ language, words: says, fence, code: text }: Snippet) =>
    `### ${language}\n\n${says}\n\n\`\`\`${fence}\n${text}\`\`\``;
  const empty = curve.points > 0 ? '' : ' No run of this dataset has both, so there is nothing to draw yet.';
  return `## Redraw the main curve

Parameters against \`${curve.y}\`, both axes logarithmic, one line for each ${curve.series.map(mdCode).join(', ')}; invalid results are left out. Five lines each, to be run in this folder.${empty}

${snippets(curve).map(block).join('\n\n')}`;
}

const verdictWords = [
  ['`valid`', 'measured as the protocol asks'],
  ['`limited`', 'usable with the limits that its flags name'],
  ['`invalid`', 'damaged; kept, but not to be used'],
  ['`not_measured`', 'there is no number, and the flags say why'],
] as const;

/** What the verdicts and flags of these runs mean. */
export function words({ selection }: BundleSource): string {
  const used = new Set<ReasonCode>(
    selection.runs.flatMap((run) => [
      ...(run.latency?.codes ?? []),
      ...run.energy.flatMap((e) => [...e.gross.codes, ...e.net.codes]),
    ]),
  );
  const flags = reasonCodes.filter((flag) => used.has(flag)).sort();
  return `## Verdicts and flags

${mdTable(['verdict', 'means'], verdictWords)}${
  flags.length === 0
    ? ''
    : `\n\nFlags of the results in this dataset:\n\n${mdTable(
        ['flag', 'means'],
        flags.map((flag) => [mdCode(flag), mdText(resultSentence(flag))]),
      )}`
}`;
}

export function check({ name }: ManifestInput): string {
  return `## Check it, import it

\`\`\`sh
sha256sum -c SHA256SUMS   # every file of this folder but SHA256SUMS itself
thirty-watts import .     # into a Thirty Watts lab: refused if a file is not what SHA256SUMS says; twice changes nothing
\`\`\`

The SHA-256 of \`SHA256SUMS\` is the identity of this dataset. \`provenance/environment.json\` says which program wrote it and which version of
which format each file follows; \`provenance/run_log.jsonl\` holds the events of the runs. The same selection, exported again with
\`--created ${createdOf(name)}\`, has the same bytes (PNG pictures excepted).

**What is proved.** The tests of Thirty Watts read such datasets with independent programs: the Data Package with the npm readers
\`datapackage\` and \`tableschema\`, Parquet with DuckDB, parquet-wasm and hyparquet, CSV against Parquet cell by cell. **What is not proved:**
Croissant and RO-Crate are checked by structure only (required properties, references, expansion as JSON-LD), not with the validators
of their communities.`;
}

/** The time in the folder's name, as --created takes it. */
function createdOf(name: string): string {
  const [, y, mo, d, h, mi, s] = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(name) ?? [];
  return y === undefined ? 'TIME' : `${y}-${mo}-${d}T${h}:${mi}:${s}Z`;
}

export function licence(source: BundleSource): string {
  const { licence: id, doi } = source.options;
  const { name, url } = licenceFacts[id];
  return `## Licence and citation

[${name}](${url}) (SPDX: \`${id}\`); full text in [LICENSE](LICENSE).

${mdText(citationLine(source))}${doi === null ? '' : ` ([DOI](<${doiUrl(doi)}>))`}

For programs: [CITATION.cff](CITATION.cff), [croissant.json](croissant.json) (BibTeX in \`citeAs\`), [ro-crate-metadata.json](ro-crate-metadata.json).`;
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { authorName, type ImportReport, labWord } from '../../../../shared/bundle';
import { formatCount } from '../../../../shared/units';
import { utcText } from '../../../../shared/utc';
import { doBundleWork } from '../bundleWork';
import { connect } from '../connect';
import { globals } from '../options';
import { type Output, oneLine } from '../output';

/** `import <path>`: a bundle of another lab, checked and added. */
export function importCommand(): Command {
  return new Command('import')
    .description('takes in a dataset that Thirty Watts exported (folder or zip): checks it, adds what is new')
    .argument('<path>', 'the folder or the zip')
    .action(async (path: string, _: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: true });
      try {
        const report = await doBundleWork(lab, output, 'runs that are in the lab already stay.', () =>
          lab.importBundle({ path: resolve(path) }),
        );
        showReport(output, report);
        output.data(report);
      } finally {
        await close();
      }
    });
}

/** `bundles`: what was imported. */
export function bundlesCommand(): Command {
  return new Command('bundles')
    .description('lists the datasets that were imported, newest first')
    .action(async (_: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false, create: true });
      const answer = await lab.listBundles({}).finally(close);
      if (answer.bundles.length === 0) output.say('No dataset was imported into this lab.');
      else
        output.table(
          ['Title', 'Made (UTC)', 'Imported (UTC)', 'Runs', 'From', 'Authors', 'Licence', 'SHA-256'],
          answer.bundles.map((bundle) => [
            bundle.title,
            utcText(Date.parse(bundle.created)),
            utcText(bundle.importedUnixMs),
            formatCount(bundle.runs),
            bundle.labs.map((id) => (id === answer.labId ? 'this lab' : labWord(id))).join(', '),
            bundle.authors.map(authorName).join('; ') || '–',
            bundle.licence,
            bundle.sha256.slice(0, 12),
          ]),
          [3],
        );
      output.data(answer);
    });
}

const words: readonly [keyof ImportReport['added'], string][] = [
  ['experiments', 'Experiments'],
  ['runs', 'Runs'],
  ['models', 'Models (records, no files)'],
  ['machines', 'Machines'],
  ['accuracies', 'Accuracies'],
  ['claimRuns', 'Claim runs'],
];

function showReport(output: Output, report: ImportReport): void {
  const { title, added, runsThere, alreadyThere, conflicts, warnings } = report;
  const total = words.reduce((sum, [key]) => sum + added[key], 0);
  output.say(oneLine(title));
  if (alreadyThere) output.say('This very dataset was imported before.');
  output.table(
    ['', 'Added', 'There already'],
    words.map(([key, word]) => [word, formatCount(added[key]), key === 'runs' ? formatCount(runsThere) : '']),
    [1, 2],
  );
  if (total === 0 && conflicts.length === 0) output.say('Nothing was added: this lab has all of it.');
  for (const text of warnings) output.warn(oneLine(text));
  if (conflicts.length > 0) {
    output.say(`Left out (${formatCount(conflicts.length)}):`);
    for (const text of conflicts) output.say(`- ${oneLine(text)}`);
  }
  output.say(`SHA-256 of SHA256SUMS: ${report.sha256}`);
}

import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { LabError } from '../../../../shared/errors';
import { formatBytes } from '../../../../shared/units';
import { makeFolder } from '../../../store/folder';
import { connect } from '../connect';
import { save } from '../figureFiles';
import { globals } from '../options';

interface Options {
  out?: string;
  force?: boolean;
}

/** `report [experiment]`: one HTML file, to read, print and send. */
export function reportCommand(): Command {
  return new Command('report')
    .description('one HTML file of an experiment, to read, print and send: no scripts, nothing from outside')
    .argument('[experiment]', 'id, first digits of it, or name; the newest measured one if it is left out')
    .option('--out <file>', 'where it goes; a folder: into it, under its own name')
    .option('--force', 'writes over a file that is there')
    .action(async (experiment: string | undefined, { out, force }: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      try {
        const wanted = experiment ?? (await newest(lab));
        const { name, html } = await lab.experimentReport({ experiment: wanted });
        const path = pathOf(out, name);
        if (existsSync(path) && !force) {
          throw new LabError(
            'bad_input',
            `There is a file ${path} already.`,
            'Give another name with --out, or write over it with --force.',
          );
        }
        makeFolder(dirname(path));
        save(path, html);
        const bytes = Buffer.byteLength(html);
        output.say(`${path} (${formatBytes(bytes)})`);
        output.data({ file: path, bytes });
      } finally {
        await close();
      }
    });
}

type Lister = Pick<ReturnType<typeof connect>['lab'], 'listExperiments'>;

/** @throws LabError not_found in a lab where nothing was measured */
async function newest(lab: Lister): Promise<string> {
  const { experiments } = await lab.listExperiments({});
  const ended = experiments.filter(({ runs }) => runs.completed + runs.failed + runs.cancelled > 0);
  const [first] = ended.toSorted((a, b) => b.createdUnixMs - a.createdUnixMs);
  if (first) return first.id;
  throw new LabError(
    'not_found',
    'No experiment of this lab has a run that has ended.',
    'Measure something first, for example with the quickstart.',
  );
}

function pathOf(out: string | undefined, name: string): string {
  if (out === undefined) return resolve(name);
  const path = resolve(out);
  return existsSync(path) && statSync(path).isDirectory() ? join(path, name) : path;
}

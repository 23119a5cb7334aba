import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { failureOf, LabError } from '../../../../shared/errors';
import { appRoot } from '../../../lab/paths';
import { type LabService, openLabService, openLabView } from '../../../lab/service';
import { startWebHost } from '../../web/server';
import { exitCodes } from '../exitCodes';
import { globals } from '../options';
import type { Output } from '../output';

interface Options {
  port: number;
  open: boolean;
  readOnly: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('the lab in a browser of this machine: prints its address and stays until Ctrl-C')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)', portNumber, 0)
    .option('--open', 'opens the address in the default browser', false)
    .option('--read-only', 'for looking only: nothing is measured, imported or changed', false)
    .action(async ({ port, open, readOnly }: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      const pageFolder = findPage();
      const { service, why } = await openToServe(folder, readOnly);
      try {
        const host = await startWebHost({
          served: service,
          pageFolder,
          port,
          onPage: service.pageOpened,
          // Beside the models, on a disk that is meant for them; /tmp can be memory.
          uploads: why === null ? { parent: folder, sweep: true } : null,
        });
        const stopped = stopSignal(output);
        output.say(`The lab in ${folder} is at`);
        output.say(host.address);
        if (why !== null) output.warn(why);
        output.say('Ctrl-C stops it. The address holds the key to the lab: keep it to yourself.');
        output.data({ address: host.address, port: host.port, lab: folder, readOnly: why });
        if (open) await openBrowser(host.oneTimeAddress(), output);
        await stopped;
        process.exitCode = (await measures(service)) ? exitCodes.cancelled : exitCodes.ok;
        await host.close();
      } finally {
        await service.close();
      }
    });
}

/** The lab to work in; where another process has it, or on request, to look at, with the reason. */
async function openToServe(
  folder: string,
  readOnly: boolean,
): Promise<{ service: LabService; why: string | null }> {
  if (readOnly)
    return { service: await openView(folder), why: 'The lab is open for reading only, as asked.' };
  try {
    return { service: openLabService(folder), why: null };
  } catch (thrown) {
    const { kind, message } = failureOf(thrown);
    if (kind !== 'lab_locked') throw thrown;
    return {
      service: await openView(folder),
      why: `${message} Here it is open for reading only: end the other one and start again to measure.`,
    };
  }
}

/** A lab of an older version is brought up to date first, which takes opening it for writing once. */
async function openView(folder: string): Promise<LabService> {
  try {
    return openLabView(folder);
  } catch (thrown) {
    const { kind } = failureOf(thrown);
    if (kind === 'lab_damaged' || kind === 'not_found') throw thrown;
    await openLabService(folder).close();
    return openLabView(folder);
  }
}

async function measures({ handlers }: LabService): Promise<boolean> {
  const { experiments } = await handlers.listExperiments({});
  return experiments.some((e) => e.status === 'running' || e.status === 'queued');
}

/** Resolves on the first Ctrl-C or end of the terminal; a second one leaves at once. */
function stopSignal(output: Output): Promise<void> {
  return new Promise((resolve) => {
    let asked = 0;
    const onSignal = () => {
      asked += 1;
      if (asked > 1) process.exit(exitCodes.cancelled);
      output.warn('Stopping; what was measured is kept. Press Ctrl-C again to leave at once.');
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

async function openBrowser(address: string, output: Output): Promise<void> {
  try {
    const { default: open } = await import('open');
    const child = await open(address);
    child.on('error', () => {});
  } catch {
    output.warn('No browser could be started here. Open the address yourself.');
  }
}

/** The built page, beside the program or in the checkout. @throws LabError not_found */
function findPage(): string {
  const folders = [join(__dirname, '..', 'renderer'), join(appRoot(), 'out', 'renderer')];
  const folder = folders.find((f) => existsSync(join(f, 'index.html')));
  if (folder) return folder;
  throw new LabError(
    'not_found',
    'The page of the lab is not built.',
    'Run npm run build in the folder of Thirty Watts, then start again.',
  );
}

function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('It must be a whole number from 0 to 65535; 0 takes any free port.');
  return value;
}

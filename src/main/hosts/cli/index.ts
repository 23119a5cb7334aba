// thirty-watts: the command line. Reads as a table of contents; each command is a file.
import { Command, CommanderError } from 'commander';
import { failureOf } from '../../../shared/errors';
import { appVersion } from '../../lab/machine';
import { defaultLabFolder } from '../../lab/paths';
import { accuracyCommand } from './commands/accuracy';
import { claimsCommand } from './commands/claims';
import { compareCommand } from './commands/compare';
import { dataCommand } from './commands/data';
import { exportCommand } from './commands/export';
import { figureCommand } from './commands/figure';
import { bundlesCommand, importCommand } from './commands/import';
import { machineCommand } from './commands/machine';
import { metersCommand } from './commands/meters';
import { modelsCommand } from './commands/models';
import { quickstartCommand } from './commands/quickstart';
import { reportCommand } from './commands/report';
import { runCommand } from './commands/run';
import { runsCommand } from './commands/runs';
import { selftestCommand } from './commands/selftest';
import { serveCommand } from './commands/serve';
import { unitsCommand } from './commands/units';
import { verifyCommand } from './commands/verify';
import { exitCodeOf, exitCodes } from './exitCodes';
import { createOutput } from './output';

const program = new Command('thirty-watts')
  .description(
    'Measures what AI models cost on this machine: latency, watts, joules per inference. Works offline.',
  )
  .version(appVersion())
  .option('--lab <folder>', 'folder of the lab', defaultLabFolder())
  .option('--json', 'answer as one JSON document', false)
  .addCommand(quickstartCommand())
  .addCommand(machineCommand())
  .addCommand(metersCommand())
  .addCommand(modelsCommand())
  .addCommand(dataCommand())
  .addCommand(accuracyCommand())
  .addCommand(runCommand())
  .addCommand(runsCommand())
  .addCommand(claimsCommand())
  .addCommand(compareCommand())
  .addCommand(figureCommand())
  .addCommand(exportCommand())
  .addCommand(importCommand())
  .addCommand(bundlesCommand())
  .addCommand(reportCommand())
  .addCommand(serveCommand())
  .addCommand(selftestCommand())
  .addCommand(unitsCommand())
  .addCommand(verifyCommand());

// Every command ends by an exception, so that one place decides the exit code.
for (const command of [program, ...program.commands.flatMap((c) => [c, ...c.commands])]) {
  command.exitOverride().showHelpAfterError('(add --help to see what this command takes)');
}

// A reader that closes the pipe early (| head) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
});

program.parseAsync().then(
  () => leave(Number(process.exitCode ?? exitCodes.ok)),
  (thrown) => {
    // Commander has said what was wrong; help and version are no errors.
    if (thrown instanceof CommanderError)
      return leave(thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage);
    const failure = failureOf(thrown);
    createOutput(process.argv.includes('--json')).refuse(failure);
    return leave(exitCodeOf(failure.kind));
  },
);

/** Ends once everything written has left: a pipe takes 64 KiB at a time, and an exit would cut the rest off. */
async function leave(code: number): Promise<void> {
  const written = (stream: NodeJS.WriteStream) => new Promise((resolve) => stream.write('', resolve));
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}

import { Command } from 'commander';
import { connect } from '../connect';
import { showMachine } from '../machineReport';
import { globals, positiveNumber } from '../options';

export function machineCommand(): Command {
  return new Command('machine')
    .description('the machine, execution providers and meters: what was found, what was refused and why')
    .option('--tdp <watts>', 'rated power of the processor, for a labelled estimate', positiveNumber)
    .action(async ({ tdp }: { tdp?: number }, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: true });
      try {
        const report = await lab.describeMachine({ tdpW: tdp ?? null });
        showMachine(output, report);
        output.data(report);
      } finally {
        await close();
      }
    });
}

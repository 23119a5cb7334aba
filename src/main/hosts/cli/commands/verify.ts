import { Command } from 'commander';
import { formatCount } from '../../../../shared/units';
import { connect } from '../connect';
import { exitCodes } from '../exitCodes';
import { globals } from '../options';

export function verifyCommand(): Command {
  return new Command('verify')
    .description('recomputes every hash and every latency from the raw samples, and says what does not fit')
    .action(async (_: unknown, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      const report = await lab.verify({}).finally(close);
      if (report.problems.length > 0)
        output.table(
          ['Table', 'Row', 'What'],
          report.problems.map((p) => [p.table, p.id, p.what]),
        );
      output.say(
        `${formatCount(report.checked)} records checked, ${formatCount(report.problems.length)} problems.`,
      );
      output.data(report);
      if (report.problems.length > 0) process.exitCode = exitCodes.damaged;
    });
}

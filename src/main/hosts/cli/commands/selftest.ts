import { Command } from 'commander';
import type { SelfTestReport } from '../../../../shared/selfTest';
import { selfTestCells, selfTestHead, selfTestNote } from '../../../../shared/selfTestWords';
import { pc } from '../colors';
import { connect } from '../connect';
import { globals, positiveNumber } from '../options';
import type { Output } from '../output';

export function selftestCommand(): Command {
  return new Command('selftest').description('tests the lab on this machine').addCommand(
    new Command('meters')
      .description(
        'about a minute: which meters live, how often they update, their noise, whether they agree',
      )
      .option('--tdp <watts>', 'rated power of the processor, for a labelled estimate', positiveNumber)
      .action(async ({ tdp }: { tdp?: number }, command: Command) => {
        const { lab: folder, output } = globals(command);
        const { lab, close } = connect(folder, { write: true });
        lab.onEvent((event) => {
          if (event.type !== 'selfTest') return;
          const left = Math.max(0, event.totalS - event.doneS);
          if (!output.json) process.stderr.write(`${event.text} … about ${Math.ceil(left)} s left\n`);
        });
        try {
          const report = await lab.selfTestMeters({ tdpW: tdp ?? null });
          showSelfTest(output, report);
          output.data(report);
        } finally {
          await close();
        }
      }),
  );
}

/** A line a meter, then what was refused, then what the columns mean. */
export function showSelfTest(
  output: Output,
  { sensors, meters, loads, seconds, machine }: SelfTestReport,
): void {
  output.say(`${pc.bold('Meters')} of ${machine.cpu.model}, tested for ${seconds.toFixed(0)} s`);
  if (sensors.length === 0)
    output.say('No meter was found: energy cannot be measured on this machine, only latency.');
  else output.table(selfTestHead, sensors.map(selfTestCells), [3, 4, 5, 6, 7, 8]);
  for (const { sensor, why } of sensors) if (why) output.say(`${pc.yellow(sensor.id)}  ${why}`);
  for (const text of loads) output.say(`Load: ${text}.`);
  for (const { title, result } of meters) {
    if (result.status === 'ok') continue;
    output.say(`${pc.dim('✗')} ${title}: ${result.reason}`);
    if (result.remedy) output.say(`    ${pc.dim('→')} ${result.remedy.text}`);
    if (result.remedy?.command) output.say(`      ${result.remedy.command}`);
  }
  if (sensors.length === 0) return;
  output.say(pc.dim(selfTestNote));
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { failureOf, LabError } from '../../../../shared/errors';
import { appVersion } from '../../../lab/machine';
import { startSamplerProcess } from '../../../lab/meterSession';
import { nodeEffects } from '../../../meters/linuxSensors';
import { connect } from '../connect';
import { showMachine } from '../machineReport';
import { globals, positiveNumber } from '../options';
import type { Output } from '../output';
import { recordSensors, writeRecording } from '../recordSensors';

interface Options {
  tdp?: number;
  recordSensors?: string;
}

export function machineCommand(): Command {
  return new Command('machine')
    .description('the machine, execution providers and meters: what was found, what was refused and why')
    .option('--tdp <watts>', 'rated power of the processor, for a labelled estimate', positiveNumber)
    .option(
      '--record-sensors <file>',
      'write what the meters of this machine look at, to send in with a report (takes 10 s; sends nothing)',
    )
    .action(async ({ tdp, recordSensors: file }: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      if (file !== undefined) return record(file, tdp ?? null, output);
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

/** Needs no lab: the files are read here, the meters asked in a process of their own. */
async function record(file: string, tdpW: number | null, output: Output): Promise<void> {
  const path = resolve(file);
  if (existsSync(path))
    throw new LabError('bad_input', `There is already a file ${path}.`, 'Give another name.');
  output.say('Reading the sensors for 10 s …');
  const sampler = startSamplerProcess();
  const reports = await sampler
    .probe({ userTdpW: tdpW })
    .catch((thrown) => {
      output.warn(
        `The meters could not be asked (${failureOf(thrown).message}); the files are recorded all the same.`,
      );
      return [];
    })
    .finally(() => sampler.close());
  const recording = await recordSensors({
    effects: { ...nodeEffects, fsRoot: '/', now: () => process.hrtime.bigint() },
    platform: process.platform,
    app: appVersion(),
    reports,
  });
  output.say(writeRecording(path, recording));
  output.data({ file: path, files: Object.keys(recording.files).length, series: recording.series.length });
}

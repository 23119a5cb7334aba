import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { LabError } from '../../../../shared/errors';
import { type PlanInput, planSchema } from '../../../../shared/plan';
import { plainIssues } from '../../../../shared/rpc';
import { connect } from '../connect';
import { exitCodeOfMeasured, showResults, startOrResume } from '../measure';
import { globals, positiveNumber } from '../options';

export function runCommand(): Command {
  return new Command('run')
    .description('measures what a plan says; a plan that was cut off can be resumed')
    .argument('<plan.json>', 'file with a plan (thirtywatts.plan/1)')
    .option('--resume', 'go on where an earlier start of the same plan stopped')
    .option('--new', 'start anew even if an earlier start is unfinished')
    .option('--tdp <watts>', 'rated power of the processor, for a labelled estimate', positiveNumber)
    .action(
      async (path: string, options: { resume?: boolean; new?: boolean; tdp?: number }, command: Command) => {
        const { lab: folder, output } = globals(command);
        const plan = readPlan(path);
        const { lab, close } = connect(folder, { write: true });
        try {
          const choice = options.resume ? 'resume' : options.new ? 'new' : 'ask';
          const measured = await startOrResume(lab, output, plan, options.tdp ?? null, choice);
          showResults(output, measured);
          output.data(measured);
          process.exitCode = exitCodeOfMeasured(measured);
        } finally {
          await close();
        }
      },
    );
}

/** Reads and checks a plan file. Errors: LabError not_found, bad_plan with the key that is wrong. */
function readPlan(path: string): PlanInput {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new LabError(
      'not_found',
      `There is no plan file ${path}.`,
      'Write one as the README shows, or use the quickstart.',
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new LabError(
      'bad_plan',
      `${path} is not JSON: ${(thrown as Error).message}.`,
      'Mend the file; the README shows a plan.',
    );
  }
  const parsed = planSchema.safeParse(json);
  if (!parsed.success)
    throw new LabError(
      'bad_plan',
      `The plan ${path} cannot be used: ${plainIssues(parsed.error)}.`,
      'Mend these keys; the README lists what a plan may hold.',
    );
  return parsed.data;
}

import { existsSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { Command, Option } from 'commander';
import type { ExportedBundle } from '../../../../shared/bundle';
import type { Lab } from '../../../../shared/contract';
import { LabError } from '../../../../shared/errors';
import { quickstartLadder } from '../../../../shared/ladder';
import { type Engine, type PlanInput, type Provider, providers } from '../../../../shared/plan';
import { formatBytes, formatCount } from '../../../../shared/units';
import { type BuiltFamily, builtFamilies, ladderSpecs, recipeOf } from '../../../models/builders';
import { doBundleWork } from '../bundleWork';
import { pc } from '../colors';
import { connect } from '../connect';
import { writeFigure } from '../figureFiles';
import { showMachine } from '../machineReport';
import { exitCodeOfMeasured, measureAndShow, showResults } from '../measure';
import { countingNumber, globals, keyNumber, positiveNumber } from '../options';
import type { Output } from '../output';

interface Options {
  models?: string[];
  family: BuiltFamily;
  from: number;
  to: number;
  rungs: number;
  provider: Provider;
  engine: Engine | 'both';
  threads: number;
  window?: number;
  tdp?: number;
  dim: Record<string, number>;
  value: Record<string, number>;
  out?: string;
}

/** The main job in one command: machine, ladder, measurement, table, curve, data. */
export function quickstartCommand(): Command {
  return new Command('quickstart')
    .description(
      'measures a ladder of models (or your own) for about a minute: table, efficiency curve, data',
    )
    .option('--models <path...>', 'your own ONNX files or folders instead of the ladder')
    .addOption(
      new Option('--family <family>', 'family of the ladder')
        .choices(builtFamilies)
        .default(quickstartLadder.family),
    )
    .option('--from <n>', 'parameters of the smallest model', positiveNumber, quickstartLadder.from)
    .option('--to <n>', 'parameters of the largest model', positiveNumber, quickstartLadder.to)
    .option('--rungs <n>', 'models in the ladder', countingNumber, quickstartLadder.rungs)
    .addOption(
      new Option('--provider <name>', 'execution provider; never replaced by another')
        .choices(providers)
        .default('cpu'),
    )
    .addOption(
      new Option('--engine <name>', 'C API, the package’s session.run, or both')
        .choices(['capi', 'package', 'both'])
        .default('capi'),
    )
    .option('--threads <n>', 'intra-op threads', countingNumber, 1)
    .option(
      '--window <seconds>',
      'seconds per model instead of 5; below 5 no energy is measured',
      positiveNumber,
    )
    .option(
      '--tdp <watts>',
      'rated power of the processor, for a labelled estimate where there is no meter',
      positiveNumber,
    )
    .option('--dim <name=size>', 'size of a free dimension of your models (repeatable)', keyNumber, {})
    .option(
      '--value <input=number>',
      'value of an input of your models, such as sr=8000 (repeatable)',
      keyNumber,
      {},
    )
    .option('--out <folder>', 'where the files go (default: a new folder in thirty-watts-results)')
    .action(async (options: Options, command: Command) => {
      const { lab: folder, output } = globals(command);
      const begun = Date.now();
      const { lab, close } = connect(folder, { write: true });
      try {
        const tdpW = options.tdp ?? null;
        const machine = await lab.describeMachine({ tdpW });
        showMachine(output, machine);
        refuseProvider(machine.providers.find((p) => p.provider === options.provider));
        const models = options.models ? await importOwn(lab, output, options.models) : ladder(options);
        const plan = quickstartPlan(models, options);
        output.say(
          `\nMeasuring ${models.length} models, about ${options.window ?? 5} s each. Preset glance: a first look, never evidence.\n`,
        );
        const measured = await measureAndShow(lab, output, () => lab.startExperiment({ plan, tdpW }));
        output.say();
        showResults(output, measured);
        const into = options.out ?? freshFolder('thirty-watts-results', begun);
        const files: string[] = [];
        if (measured.lines.some((l) => l.run.latency !== null)) {
          files.push(
            ...writeFigure(into, 'curve-efficiency', {
              kind: 'curve-efficiency',
              ...(await lab.figure({ experimentId: measured.experimentId })),
            }),
          );
        }
        const bundle = await doBundleWork(lab, output, 'nothing of the dataset is kept.', () =>
          lab.exportBundle({ experiments: [measured.experimentId], into: resolve(into) }),
        );
        showFiles(output, resolve(into), files, bundle, (Date.now() - begun) / 1000);
        output.data({ machine, ...measured, folder: resolve(into), files, bundle });
        process.exitCode = exitCodeOfMeasured(measured);
      } finally {
        await close();
      }
    });
}

function refuseProvider(
  report: { provider: string; status: string; reason: string | null } | undefined,
): void {
  if (report?.status === 'ok') return;
  throw new LabError(
    'unsupported',
    `The execution provider ${report?.provider} cannot be used here: ${report?.reason}`,
    'Choose one that was found, for example --provider cpu. Nothing is put in its place silently.',
  );
}

function ladder({ family, from, to, rungs }: Options): string[] {
  return ladderSpecs(family, { from, to, rungs, seed: 1 }).map(recipeOf);
}

/** The user's own files; those that are refused are told and left out, and none at all is a refusal. */
async function importOwn(lab: Lab, output: Output, paths: readonly string[]): Promise<string[]> {
  const { imported, refused } = await lab.importModels({ paths: paths.map((p) => resolve(p)) });
  for (const { path, failure } of refused)
    output.refuse({ ...failure, message: `${path}: ${failure.message}` });
  if (imported.length === 0)
    throw new LabError(
      'not_a_model',
      'None of these files can be measured.',
      'See the reasons above, and name at least one ONNX model.',
    );
  return [...new Set(imported.map(({ model }) => model.id))];
}

function quickstartPlan(
  models: string[],
  { provider, engine, threads, window, dim, value }: Options,
): PlanInput {
  return {
    schema: 'thirtywatts.plan/1',
    name: 'quickstart',
    models,
    providers: [provider],
    engines: engine === 'both' ? ['capi', 'package'] : [engine],
    threads: [threads],
    preset: 'glance',
    dims: dim,
    values: value,
    ...(window === undefined ? {} : { windowS: window }),
  };
}

/** A folder that no earlier quickstart has used: by UTC time, numbered if two start in one second. */
function freshFolder(parent: string, unixMs: number): string {
  const stamp = new Date(unixMs).toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  for (let n = 1; ; n++) {
    const folder = join(parent, n === 1 ? stamp : `${stamp}-${n}`);
    if (!existsSync(folder)) return folder;
  }
}

function showFiles(
  output: Output,
  folder: string,
  figure: readonly string[],
  { path, files, bytes }: ExportedBundle,
  seconds: number,
): void {
  output.say(`\n${pc.bold('Written to')} ${folder}`);
  if (figure.length > 0)
    output.say('  curve-efficiency.svg, .png          the curve; .points.csv and .spec.json: what it shows');
  output.say(
    `  ${basename(path)}${sep}   the dataset: ${formatCount(files.length)} files, ${formatBytes(bytes)}; README.md says what is in it`,
  );
  output.say(
    `Done in ${seconds.toFixed(0)} s. The lab keeps everything: thirty-watts runs list, thirty-watts verify.`,
  );
}

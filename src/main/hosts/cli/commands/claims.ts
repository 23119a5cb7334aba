import { Command, Option } from 'commander';
import { type ClaimForm, type ClaimOptions, claimForms, claimOptionsSchema } from '../../../../shared/claim';
import { inOrder, shortHash } from '../../../../shared/claimWords';
import type { Lab } from '../../../../shared/contract';
import { LabError } from '../../../../shared/errors';
import { type Provider, providers } from '../../../../shared/plan';
import { plainIssues } from '../../../../shared/rpc';
import { changedPrediction, readClaimFile, verdictOfText } from '../claimFiles';
import {
  claimListTable,
  claimTextLines,
  doubtLines,
  elsewhereLine,
  elsewhereTable,
  evidenceLines,
  findingTables,
  foundLines,
  partLines,
  publishedTable,
  resultTable,
  type TextTable,
} from '../claimLines';
import { connect } from '../connect';
import { countingNumber, globals, keyNumber, positiveNumber, seedNumber } from '../options';
import type { Output } from '../output';
import { writePanelFiles } from '../panelFiles';
import { exitCodeOfClaims, runClaims } from '../runClaims';

export function claimsCommand(): Command {
  return new Command('claims')
    .description('the claims of the essay and your own: predicted, tested, judged by rule')
    .addCommand(listCommand(), { isDefault: true })
    .addCommand(showCommand())
    .addCommand(runCommand())
    .addCommand(predictCommand())
    .addCommand(writeCommand());
}

/** Works in the lab and closes it, whatever happens. */
async function inLab<T>(
  command: Command,
  write: boolean,
  work: (lab: Lab, output: Output) => Promise<T>,
): Promise<T> {
  const { lab: folder, output } = globals(command);
  const { lab, close } = connect(folder, { write, create: true });
  try {
    return await work(lab, output);
  } finally {
    await close();
  }
}

function listCommand(): Command {
  return new Command('list')
    .description('every claim with what was predicted and found')
    .action((_: unknown, command: Command) =>
      inLab(command, false, async (lab, output) => {
        const answer = await lab.listClaims({});
        table(output, claimListTable(answer.claims, output.tty));
        const elsewhere = elsewhereLine(answer.claims);
        if (elsewhere !== null) output.say(elsewhere);
        output.data(answer);
      }),
    );
}

const scales = { '1': 1, '2': 2, '3': 3 } as const;

interface ShowOptions {
  figures?: string;
  scale: '1' | '2' | '3';
  evidence?: boolean;
}

function showCommand(): Command {
  return new Command('show')
    .description('one claim: statement, protocol, prediction, findings, tables, published figures, doubts')
    .argument('<claim>', 'C2, kernel, or the id or title of a claim of your own')
    .option('--figures <folder>', 'also writes its figures there')
    .addOption(
      new Option('--scale <n>', 'PNG size: times 96 dots per inch').choices(['1', '2', '3']).default('2'),
    )
    .option('--evidence', 'also every step, run and version by hash')
    .action((claim: string, options: ShowOptions, command: Command) =>
      inLab(command, false, async (lab, output) => {
        const detail = await lab.showClaim({ claim });
        const outcome = detail.latest?.outcome ?? null;
        say(output, claimTextLines(detail));
        say(output, ['', ...foundLines(detail)]);
        for (const part of outcome?.parts ?? []) {
          say(output, ['', ...partLines(part)]);
          for (const { compared, table: own } of findingTables(part, detail.current)) {
            output.say(`  Compared: ${compared}`);
            table(output, own);
          }
        }
        for (const own of outcome?.tables ?? []) {
          say(output, ['', own.title, ...(own.note ? [`  ${own.note}`] : [])]);
          table(output, resultTable(own));
        }
        if (outcome && outcome.published.length > 0) {
          say(output, ['', 'Published figures beside ours']);
          table(output, publishedTable(outcome.published));
        }
        say(output, ['', ...doubtLines(detail)]);
        if (detail.elsewhere) {
          say(output, ['', 'Found by other labs (imported)']);
          table(output, elsewhereTable(detail));
        }
        if (options.evidence) say(output, ['', ...evidenceLines(detail)]);
        if (options.figures !== undefined) {
          const figures = outcome?.figures ?? [];
          if (figures.length === 0) output.warn('There is no figure yet: the claim has no finished run.');
          say(output, [
            '',
            ...figures.flatMap((figure) =>
              writePanelFiles(figure, options.figures!, { png: scales[options.scale] }),
            ),
          ]);
        }
        output.data(detail);
      }),
    );
}

interface RunOptions {
  form: ClaimForm;
  provider: Provider;
  threads: number;
  seed: number;
  data: string;
  input?: Record<string, number>;
  meters: boolean;
  tdp?: number;
  resume?: boolean;
  new?: boolean;
  yes?: boolean;
}

function runCommand(): Command {
  return new Command('run')
    .description('tests a claim, or all nine; what was cut off can be resumed')
    .argument('<claim>', 'C2, kernel, the id or title of a claim of your own, or all')
    .addOption(
      new Option('--form <form>', 'glance: a first look of at most two minutes; full: the whole protocol')
        .choices(claimForms)
        .default('glance'),
    )
    .addOption(new Option('--provider <name>', 'execution provider').choices(providers).default('cpu'))
    .option('--threads <n>', 'threads of a call', countingNumber, 1)
    .option('--seed <n>', 'first seed', seedNumber, 1)
    .option('--data <name>', 'data set: mnist1d, mnist where it is installed, or your own', 'mnist1d')
    .option('--input <key=value>', 'a number of C7 or C9 instead of its default (repeatable)', keyNumber)
    .option('--no-meters', 'measures time only')
    .option('--tdp <watts>', 'rated power of the processor, for a labelled estimate', positiveNumber)
    .option('--resume', 'go on where an earlier start stopped')
    .option('--new', 'start anew even if an earlier start is unfinished')
    .option('--yes', 'start a long run without asking')
    .action((claim: string, options: RunOptions, command: Command) => {
      const chosen = readOptions(options);
      return inLab(command, true, async (lab, output) => {
        const all = claim.toLowerCase() === 'all';
        const cards = all
          ? inOrder((await lab.listClaims({})).claims).filter((c) => c.current.test === null)
          : [await lab.showClaim({ claim })];
        const done = await runClaims(lab, output, cards, () => chosen, {
          unfinished: options.resume ? 'resume' : options.new ? 'new' : 'ask',
          yes: options.yes ?? false,
        });
        const details = await Promise.all(done.map((d) => lab.showClaim({ claim: d.claim })));
        if (all) {
          output.say();
          table(output, claimListTable(details, output.tty));
        } else
          for (const [i, detail] of details.entries()) {
            if (done[i].status !== 'completed') continue;
            say(output, ['', ...foundLines(detail)]);
            for (const part of detail.latest?.outcome?.parts ?? [])
              say(
                output,
                partLines(part).map((l) => `  ${l}`),
              );
            say(output, ['', `All of it: thirty-watts claims show ${detail.current.claim}`]);
          }
        output.data({ done, claims: details });
        process.exitCode = exitCodeOfClaims(done);
      });
    });
}

/** @throws LabError bad_input */
function readOptions(options: RunOptions): ClaimOptions {
  const parsed = claimOptionsSchema.safeParse({
    form: options.form,
    provider: options.provider,
    threads: options.threads,
    seed: options.seed,
    dataset: options.data,
    meters: options.meters ? 'auto' : 'none',
    inputs: options.input ?? {},
    ...(options.tdp === undefined ? {} : { tdpW: options.tdp }),
  });
  if (parsed.success) return parsed.data;
  throw new LabError(
    'bad_input',
    `This run cannot be started: ${plainIssues(parsed.error)}.`,
    'Add --help to see what it takes.',
  );
}

const collect = (text: string, before: string[] = []): string[] => [...before, text];

function predictCommand(): Command {
  return new Command('predict')
    .description('writes your own prediction down: a new version, which starts without evidence')
    .argument('<claim>', 'C2, kernel, or the id or title of a claim of your own')
    .option('--set <key=threshold>', 'another threshold, for a range key=low..high (repeatable)', collect)
    .option('--text <words>', 'what you expect, in words')
    .option('--expect <verdict>', 'the verdict you expect')
    .action((claim: string, options: { set?: string[]; text?: string; expect?: string }, command: Command) =>
      inLab(command, true, async (lab, output) => {
        const { current, runs } = await lab.showClaim({ claim });
        const evidence = runs.filter((r) => r.versionId === current.id).length;
        const prediction = changedPrediction(current.prediction, {
          set: options.set ?? [],
          text: options.text ?? null,
          expected: options.expect === undefined ? null : verdictOfText(options.expect),
        });
        const { version } = await lab.predictClaim({ claim: current.claim, prediction });
        if (version.id === current.id)
          output.say(`It says what version ${current.version} says: nothing was changed.`);
        else {
          output.say(
            `Version ${version.version} of ${claim} is written down. SHA-256 ${shortHash(version.id)}.`,
          );
          if (evidence > 0)
            output.say(
              `It has no evidence until it is run; version ${current.version} keeps its ${evidence === 1 ? 'run' : `${evidence} runs`}.`,
            );
        }
        output.data({ version });
      }),
    );
}

function writeCommand(): Command {
  return new Command('write')
    .description('a claim of your own from a JSON file: two conditions or a curve, a quantity, a threshold')
    .argument('<file.json>', 'the claim')
    .option('--claim <id>', 'a new version of this claim of yours')
    .action((path: string, { claim }: { claim?: string }, command: Command) => {
      const own = readClaimFile(path);
      return inLab(command, true, async (lab, output) => {
        const { version } = await lab.writeClaim({ claim: claim ?? null, own });
        output.say(
          `${version.claim}, version ${version.version}: ${version.title}. SHA-256 ${shortHash(version.id)}.`,
        );
        output.say(`Test it with: thirty-watts claims run ${version.claim}`);
        output.data({ version });
      });
    });
}

function say(output: Output, lines: readonly string[]): void {
  for (const line of lines) output.say(line);
}

const table = (output: Output, { head, rows, right }: TextTable) => output.table(head, rows, right);

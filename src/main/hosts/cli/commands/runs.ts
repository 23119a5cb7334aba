import { Command, Option } from 'commander';
import { inEverydayUnits } from '../../../../shared/everyday';
import { type ReasonCode, reasons, resultSentence } from '../../../../shared/reasons';
import type { EnergyPart, RunStatus } from '../../../../shared/run';
import { headlineEnergy, runStatuses } from '../../../../shared/run';
import { formatBytes, formatCount, formatInterval, formatSi } from '../../../../shared/units';
import { utcTime } from '../../../../shared/utc';
import { connect } from '../connect';
import { globals } from '../options';
import { provenanceLines } from '../provenanceLines';
import { interval, rightColumns, runCells, runHead } from '../runTable';

export function runsCommand(): Command {
  const runs = new Command('runs').description('what was measured');
  runs
    .command('list', { isDefault: true })
    .description('all runs, oldest first; failed and cancelled ones included')
    .option('--experiment <id>', 'only those of one experiment')
    .addOption(new Option('--status <status>', 'only those that ended so').choices(runStatuses))
    .action(async ({ experiment, status }: { experiment?: string; status?: RunStatus }, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      const answer = await lab
        .listRuns({ experimentId: experiment ?? null, status: status ?? null })
        .finally(close);
      output.table(
        ['Run', 'Started (UTC)', ...runHead],
        answer.runs.map((line) => [line.run.id, started(line.run.startedUnixMs), ...runCells(line)]),
        rightColumns.map((c) => c + 2),
      );
      output.data(answer);
    });
  runs
    .command('show')
    .description('one run: condition, windows, percentiles, energy, verdict with its reasons')
    .argument('<run>', 'id or its first digits')
    .option('--provenance', 'everything recorded of how its results came about')
    .action(async (id: string, { provenance }: { provenance?: boolean }, command: Command) => {
      const { lab: folder, output } = globals(command);
      const { lab, close } = connect(folder, { write: false });
      if (provenance) {
        const record = await lab.showProvenance({ run: id }).finally(close);
        for (const text of provenanceLines(record)) output.say(text);
        output.data(record);
        return;
      }
      const detail = await lab.showRun({ run: id }).finally(close);
      const { run, model, machine, windows, callOverheadS } = detail;
      const { condition, facts, latency } = run;
      const say = (name: string, text: string) => output.say(`${name.padEnd(22)} ${text}`);
      say('Run', run.id);
      say('Status', run.status);
      if (detail.sample) say('SAMPLE', 'part of the sample dataset, recorded on another machine');
      if (run.outcome?.kind === 'failed') say('', `${run.outcome.message} ${run.outcome.remedy ?? ''}`);
      if (run.outcome?.kind === 'failed' && run.outcome.stderrTail)
        say(
          'Last messages',
          run.outcome.stderrTail
            .trim()
            .split('\n')
            .slice(-5)
            .join('\n')
            .replace(/\n/g, `\n${' '.repeat(23)}`),
        );
      say(
        'Model',
        `${model.name} (${model.id.slice(0, 12)}), ${model.counts.parameters === null ? '?' : formatCount(model.counts.parameters)} parameters`,
      );
      say(
        'Condition',
        `${condition.provider}, engine ${condition.engine}, batch ${condition.batch}, threads ${condition.threads}, preset ${condition.preset}, seed ${condition.seed}`,
      );
      say(
        'Machine',
        `${machine.cpu.model}, ONNX Runtime ${facts?.ortVersion ?? machine.onnxruntime}, Node ${facts?.nodeVersion ?? machine.node}`,
      );
      for (const input of facts?.inputs ?? [])
        say('Input', `${input.name}: ${input.elemType}[${input.shape.join(', ')}]`);
      if (facts && facts.assumed.length > 0) say('Chosen by the lab', facts.assumed.join(', '));
      for (const part of facts?.assignment ?? [])
        say('Nodes on', `${part.provider}: ${part.nodes} (${part.operators.join(', ')})`);
      if (facts?.sessionCreateNs != null) say('Load', formatSi(facts.sessionCreateNs / 1e9, 's'));
      if (facts?.firstInferenceNs != null)
        say('First inference', formatSi(facts.firstInferenceNs / 1e9, 's'));
      if (facts?.peakRssBytes != null) say('Peak memory of runner', formatBytes(facts.peakRssBytes));
      if (latency) {
        for (const [name, value] of [
          ['p50', latency.p50S],
          ['p90', latency.p90S],
          ['p95', latency.p95S],
          ['p99', latency.p99S],
          ['p99.9', latency.p999S],
        ] as const) {
          say(name, value.value === null ? `– (${value.missingReason})` : interval(value, 's'));
        }
        say('Latency verdict', latency.verdict);
        say(
          'Samples',
          `${formatCount(latency.n)} stored of every ${latency.stride}, effective ${formatCount(latency.nEff)}`,
        );
      }
      if (callOverheadS !== null)
        say('Call overhead', `${formatSi(callOverheadS, 's')} (identity model; contained, not subtracted)`);
      for (const e of run.energy) {
        say(
          'Energy',
          `${e.sensor?.id ?? 'no meter'}${e.headline ? '' : ' (beside)'}, per inference: gross ${joules(e.gross)}, net ${joules(e.net)}`,
        );
      }
      const perInference = headlineEnergy(run)?.gross.perInferenceJ ?? null;
      if (perInference !== null && perInference > 0) {
        const exactly = { value: perInference, low: perInference, high: perInference };
        say('As much as', `${inEverydayUnits(exactly)[0]!.text} (more: thirty-watts units)`);
      }
      for (const w of windows)
        say(
          `Window ${w.index + 1}`,
          `${(Number(w.closeNs - w.openNs) / 1e9).toFixed(3)} s, ${w.inferences > 0 ? w.inferences.toFixed(2) : '–'} inferences, ${w.verdict}${w.codes.length ? ` (${w.codes.join(', ')})` : ''}`,
        );
      const codes = new Set<ReasonCode>([
        ...(latency?.codes ?? []),
        ...(headlineEnergy(run)?.gross.codes ?? []),
        ...(headlineEnergy(run)?.net.codes ?? []),
        ...run.energy
          .flatMap((e) => [e.gross, e.net].filter((p) => p.perInferenceJ === null))
          .flatMap(hardCodes),
      ]);
      for (const code of codes) say(code, resultSentence(code));
      output.data(detail);
    });
  return runs;
}

/** `442 µJ [434, 451] (limited)`; without a value its reasons: `– (invalid: GAP, TOO_FEW_WINDOWS)`. */
function joules(part: EnergyPart): string {
  const { perInferenceJ: value, absolute, verdict } = part;
  if (value === null)
    return `– (${[verdictWord(verdict), hardCodes(part).join(', ')].filter(Boolean).join(': ')})`;
  const text = absolute ? formatInterval(value, absolute.low, absolute.high, 'J') : formatSi(value, 'J');
  return `${text} (${verdictWord(verdict)})`;
}

const verdictWord = (verdict: EnergyPart['verdict']) => verdict.replace('_', ' ');

/** The codes that take a value away; the others only limit or label it. */
const hardCodes = ({ codes }: EnergyPart) => codes.filter((c) => !['I', 'F'].includes(reasons[c].level));

const started = (ms: number | null): string => (ms === null ? '–' : utcTime(ms));

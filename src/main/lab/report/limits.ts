import { labWord } from '../../../shared/bundle';
import { plainText } from '../../../shared/figures/textWidth';
import { domainWords } from '../../../shared/meterWords';
import { type ReasonCode, reasons } from '../../../shared/reasons';
import { headlineEnergy } from '../../../shared/run';
import { listed } from '../../../shared/text';
import { counted } from '../../../shared/units';
import { conditionsOf, type ReportData, type ReportRun } from './gather';

/** What this experiment does not say: a sentence for each limit that its data show, none that they do not. Pure. */
export function limitsOf(data: ReportData): string[] {
  const runs = data.runs.filter((r) => r.run.role === 'measure');
  const ended = runs.filter((r) => r.run.outcome !== null && !r.replaced);
  return [
    ...origin(data),
    ...missingRuns(data, runs),
    ...preset(data, ended),
    ...energy(ended),
    ...intervals(data, ended),
    ...conditions(ended),
    ...inputs(ended),
  ];
}

const when = (condition: boolean, ...sentences: string[]) => (condition ? sentences : []);

function origin({ sample, lab, machines, comparison }: ReportData): string[] {
  return [
    ...when(
      sample,
      'SAMPLE: the runs belong to the sample dataset that comes with Thirty Watts. They show what a report looks like and are evidence of nothing.',
    ),
    ...when(
      lab !== null,
      `The runs came in a bundle of another lab (${labWord(lab ?? '')}); this lab checked their sums and did not measure them.`,
    ),
    machines.length === 1
      ? 'One machine: the numbers hold for the machine above with its software; another one may give others.'
      : `The runs were measured with ${machines.length} states of hardware or software, which the table of the machine shows beside each other; they are not one series.`,
    ...when(
      machines.some((m) => m.virtualized === true),
      'The machine is a virtual one: what its neighbours do cannot be seen from inside, and moves its times.',
    ),
    ...when(
      comparison !== null && (comparison.result.quantities[0]?.controls.length ?? 0) === 0,
      'No control was measured, so what the machine makes different by itself is known from the blocks alone.',
    ),
  ];
}

function missingRuns({ binned, runs: all }: ReportData, runs: readonly ReportRun[]): string[] {
  const count = (status: string) => runs.filter((r) => r.run.status === status).length;
  const invalid = runs.filter((r) => r.run.status === 'completed' && r.run.latency?.verdict === 'invalid');
  const open = count('queued') + count('running');
  const replaced = all.filter((r) => r.replaced).length;
  return [
    ...when(
      open > 0,
      `The experiment has not ended: ${counted(open, 'run')} of ${runs.length} ${open === 1 ? 'is' : 'are'} not measured.`,
    ),
    ...when(
      count('failed') > 0,
      `${counted(count('failed'), 'run')} of ${runs.length} failed and ${count('failed') === 1 ? 'is' : 'are'} in no figure; the table says how.`,
    ),
    ...when(
      count('cancelled') > 0,
      `${counted(count('cancelled'), 'run')} of ${runs.length} ${count('cancelled') === 1 ? 'was' : 'were'} cancelled and ${count('cancelled') === 1 ? 'is' : 'are'} in no figure.`,
    ),
    ...when(
      invalid.length > 0,
      `The latency of ${counted(invalid.length, 'completed run')} of ${runs.length} is invalid, is not shown and is in no figure.`,
    ),
    ...when(
      replaced > 0,
      `${counted(replaced, 'run')} ${replaced === 1 ? 'was' : 'were'} measured again; the later one stands for its place in the plan.`,
    ),
    ...when(
      binned > 0,
      `${counted(binned, 'run')} of the experiment ${binned === 1 ? 'lies' : 'lie'} in the bin of the lab and ${binned === 1 ? 'is' : 'are'} left out of this report.`,
    ),
  ];
}

function preset({ plan }: ReportData, runs: readonly ReportRun[]): string[] {
  const glance = runs.some((r) => r.run.condition.preset === 'glance');
  return [
    ...when(
      glance,
      'Preset glance: one short window a run and no idle baseline. It is a first look and never evidence, and enters no fit.',
    ),
    ...when(
      plan.preset === 'quick',
      'Preset quick: few and short windows. Its results are drawn hollow and enter no fit; the presets standard and rigorous do.',
    ),
    ...when(
      plan.windowS !== undefined && plan.windowS < 1 && !glance,
      'Windows below a second are no evidence: the machine had no rest between the runs.',
    ),
  ];
}

function energy(runs: readonly ReportRun[]): string[] {
  const headlines = runs.flatMap(({ run }) => headlineEnergy(run) ?? []);
  const valued = headlines.filter((e) => e.gross.perInferenceJ !== null && e.gross.verdict !== 'invalid');
  const estimates = valued.filter((e) => e.provenance === 'estimate').length;
  const unreal = valued.flatMap((e) =>
    e.sensor?.origin === 'simulated' || e.sensor?.origin === 'replayed' ? [e.sensor.origin] : [],
  );
  const domains = [...new Set(valued.flatMap((e) => e.domain ?? []))];
  const none = runs.length - valued.length;
  const why = [...new Set(runs.flatMap(({ run }) => missingEnergy(run)))];
  return [
    ...when(
      runs.length > 0 && valued.length === 0,
      `Energy is not measured. ${why.length > 0 ? why.map((code) => reasons[code].sentence).join(' ') : 'No meter was to be read.'} Nothing here says what an inference costs in joules.`,
    ),
    ...when(
      valued.length > 0 && none > 0,
      `Energy is missing for ${counted(none, 'run')} of ${runs.length}: ${why.map((code) => reasons[code].sentence).join(' ')}`,
    ),
    ...when(
      estimates > 0,
      'ESTIMATED: energies with ≈ come from processor load and rated power and not from a meter; the true value may lie a factor of 2.5 above or below. They say orders of magnitude.',
    ),
    ...when(
      unreal.length > 0,
      `${[...new Set(unreal)].map((o) => o.toUpperCase()).join(' and ')}: the energies are those of a meter that was made up or played back for a test. They say nothing about this machine.`,
    ),
    ...when(
      domains.length > 0,
      `The meter sees: ${listed(domains.map((d) => domainWords[d]))}. What else the computer draws is not in the energies.`,
    ),
    ...when(
      valued.some((e) => e.net.perInferenceJ === null),
      'Where energy net of idle is missing, the gross energy holds the power of the idle machine too.',
    ),
  ];
}

function missingEnergy(run: ReportRun['run']): ReasonCode[] {
  const gross = headlineEnergy(run)?.gross;
  if (!gross || (gross.perInferenceJ !== null && gross.verdict !== 'invalid')) return [];
  return gross.codes.filter((code) => ['X', 'R'].includes(reasons[code].level));
}

function intervals({ plan, runs: all }: ReportData, runs: readonly ReportRun[]): string[] {
  const latency = runs.some(({ run }) => run.latency?.p50S.value != null);
  const valued = runs
    .flatMap(({ run }) => headlineEnergy(run)?.gross ?? [])
    .filter((g) => g.perInferenceJ !== null);
  const oneWindow = valued.some((g) => g.repeat === null);
  return [
    ...when(
      latency && plan.blocks < 2,
      'The intervals of the latencies hold what changes within a run. Each condition was measured in one stretch of time, so what changes from one run to the next is not in them.',
    ),
    ...when(
      latency && plan.blocks > 1,
      'An interval in the table of runs holds what changes within that run; the intervals of the comparison hold what changes from block to block too.',
    ),
    ...when(
      valued.length > 0,
      `The intervals of the energies hold the spread of the windows and what is stated of the sensor (gain and offset)${oneWindow ? '; a run of one window has no spread of windows to hold' : ''}. They do not hold what the sensor does not see.`,
    ),
    ...when(
      plan.blocks < 2 && conditionsOf(all).length > 1,
      'The conditions were measured one after the other. A drift of the machine between them looks like a difference; a plan with blocks would measure them in turn.',
    ),
  ];
}

function conditions(runs: readonly ReportRun[]): string[] {
  const pages = runs.filter(({ run }) => run.uiMode === 'normal' || run.uiMode === 'unconfirmed').length;
  const limiting = (run: ReportRun['run']) =>
    run.latency?.verdict !== 'limited'
      ? []
      : run.latency.codes.filter((c) => c !== 'GLANCE' && ['F', 'V'].includes(reasons[c].level));
  const others = [...new Set(runs.flatMap(({ run }) => limiting(run)))].sort();
  const limited = runs.filter(({ run }) => limiting(run).length > 0).length;
  return [
    ...when(
      others.length > 0,
      `Latencies are limited by ${listed(others)} in ${counted(limited, 'run')} of ${runs.length}; what that means stands above.`,
    ),
    ...when(
      pages > 0,
      `During ${counted(pages, 'run')} of ${runs.length} a page of the lab was in use, or did not confirm that it drew nothing: it may have used power and time.`,
    ),
    ...when(
      runs.some(({ run }) => run.condition.engine === 'package'),
      'The engine “package” goes through the JavaScript interface of ONNX Runtime, which adds its own time to each call.',
    ),
  ];
}

function inputs(runs: readonly ReportRun[]): string[] {
  const facts = runs.flatMap(({ run }) => run.facts ?? []);
  const made = facts.some((f) => f.inputs.some((input) => /uniform|"int"|"bool"/.test(input.fill)));
  const assumed = [...new Set(facts.flatMap((f) => f.assumed))].map(plainText);
  return [
    ...when(
      made,
      'The models were fed random numbers, not data. A model whose work depends on what it is fed may take other times and energies.',
    ),
    ...when(
      assumed.length > 0,
      `The lab itself chose: ${listed(assumed.slice(0, 8))}${assumed.length > 8 ? ' and more' : ''}. Other sizes or values cost otherwise.`,
    ),
  ];
}

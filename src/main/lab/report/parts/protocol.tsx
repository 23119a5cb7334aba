import type { ReactElement, ReactNode } from 'react';
import { type Preset, protocolOf } from '../../../../shared/plan';
import { listed } from '../../../../shared/text';
import { counted, formatPercent, significant } from '../../../../shared/units';
import { isShort } from '../../beforeRun';
import { conditionsOf, type ReportData } from '../gather';
import { Facts } from './basics';

/** How it was measured, with the numbers of the preset and in the words of docs/method.md, section 1. */
export function ProtocolSection({ data }: { data: ReportData }): ReactElement {
  const { plan, looks } = data;
  return (
    <section aria-labelledby="protocol">
      <h2 id="protocol">Protocol</h2>
      <p>
        One runner process a run, one run at a time, in the order below. A run loads the model, stays idle,
        warms up, and is then timed in windows; the inference loop runs through both edges of every window,
        and nothing is written, drawn or posted inside one. Latency is from just before the call of ONNX
        Runtime until every output is readable, one call with its whole batch; loading, the first inference,
        pre- and post-processing are not in it.
      </p>
      <Facts caption={`The plan and the numbers of its preset “${plan.preset}”`} rows={rowsOf(data)} />
      {looks.length > 0 && (
        <>
          <h3>Before the first run</h3>
          <ul>
            {looks.map((look, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: looks have no other name
              <li key={i}>{look}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Seconds as a plan states them: 0.8 s, 60 s. */
const seconds = (value: number) => `${value < 1 ? significant(value, 2).replace(/0$/, '') : value} s`;
const upTo = (least: number, largest: number) => (least === largest ? `${least}` : `${least} to ${largest}`);

function rowsOf({ plan, runs }: ReportData): [string, ...ReactNode[]][] {
  const measured = runs.filter((r) => r.run.role === 'measure');
  const [first] = conditionsOf(runs);
  const condition = first?.run.condition ?? measured[0]?.run.condition ?? { preset: plan.preset, windowS: 0 };
  // What the runner reports of itself is what was done; a run that never began has only its preset.
  const recorded = measured.find((r) => r.run.facts !== null)?.run.facts?.presetNumbers;
  const n = { ...protocolOf(condition), ...recorded } as Preset;
  const windowS = [...new Set(measured.map((r) => r.run.condition.windowS))].sort((a, b) => a - b);
  const engines = plan.engines.map((e) =>
    e === 'capi' ? 'C API of ONNX Runtime' : 'onnxruntime-node, session.run',
  );
  const short = windowS.every((s) => isShort({ windowS: s }));
  const settled = measured.filter((r) => r.run.facts?.warmupSettled === true).length;
  const told = measured.filter((r) => r.run.facts?.warmupSettled != null).length;
  return [
    [
      'Timed stretches of a run',
      `${upTo(n.windowsMin, n.windowsMax)} ${n.windowsMax === 1 ? 'window' : 'windows'} of ${listed(windowS.map(seconds), 'or')}, longer where fewer than ${n.inferencesMin} inferences fit (at most ${seconds(n.windowCapS)})`,
    ],
    [
      'A run stops',
      n.targetRel === null
        ? 'after a fixed number of windows'
        : `when the 95 % repeatability interval is within ± ${formatPercent(n.targetRel, 1)} of the mean, or at the largest number of windows`,
    ],
    [
      'Warm-up',
      `at least 20 inferences and ${seconds(n.warmupMinS)}, then until latency and temperature are steady, at most ${seconds(n.warmupCapS)}${told > 0 ? `; ${settled} of ${counted(told, 'run')} settled` : ''}`,
    ],
    [
      'Ready idle (model loaded, nothing executes)',
      n.idleBeforeS === 0
        ? 'none, so energy net of idle is not measured'
        : `${seconds(n.idleBeforeS)} before and ${seconds(n.idleAfterS)} after the windows, each after ${seconds(n.settleS)} of settling`,
    ],
    [
      'Rest between runs',
      n.coolDownCapS === 0 || short
        ? 'none'
        : `until the device has cooled down, ${upTo(n.coolDownMinS, n.coolDownCapS)} s`,
    ],
    [
      'Idle without a model',
      n.bareIdleS === 0 || short
        ? 'none'
        : `${seconds(n.bareIdleS)}, once an experiment; shown beside, never subtracted`,
    ],
    ['Check of the meters under load', n.meterCheckS === 0 || short ? 'none' : seconds(n.meterCheckS)],
    [
      'Void windows',
      n.repeats === 0
        ? 'are not measured again'
        : `are measured again, at most ${n.repeats} times, and stay stored`,
    ],
    [
      'Order',
      plan.blocks > 1
        ? `every condition once in each of ${plan.blocks} blocks, each time in a run of its own; the order in the blocks is balanced and shuffled by the seed`
        : 'in the order of the plan, each condition once',
    ],
    ['Seed', String(plan.seed)],
    [
      'Control (one model measured twice)',
      runs.some((r) => r.run.role === 'control') ? 'yes, in a table of its own' : 'none',
    ],
    [
      'Cost of a call (identity model)',
      runs.some((r) => r.run.role === 'overhead')
        ? 'measured, shown beside and never subtracted'
        : 'not measured',
    ],
    ['Engine', listed(engines)],
    ['Graph optimisation', plan.graphOptimization],
    [
      'Nodes that the provider lacks',
      plan.fallback === 'cpu'
        ? 'may run on the processor; the result is then limited'
        : 'must not run elsewhere; the result is then invalid',
    ],
    ...(Object.keys(plan.dims).length > 0
      ? [['Sizes of free dimensions', pairs(plan.dims)] as [string, string]]
      : []),
    ...(Object.keys(plan.values).length > 0
      ? [['Values of inputs', pairs(plan.values)] as [string, string]]
      : []),
    ['Meters', plan.meters === 'auto' ? 'the best that were found' : 'none were read'],
  ];
}

const pairs = (of: Readonly<Record<string, number>>) =>
  Object.entries(of)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');

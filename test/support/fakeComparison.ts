import { compare } from '../../src/main/lab/compare';
import { turnsOf } from '../../src/main/lab/compareLoad';
import type { ComparedTurn } from '../../src/main/lab/compareSides';
import { controlEntries } from '../../src/main/lab/controls';
import type { Comparison } from '../../src/shared/comparison';
import type { Model } from '../../src/shared/model';
import type { RunRecord } from '../../src/shared/run';
import { randomFrom } from '../../src/shared/stats/random';
import { fakeMachine, fakeModel, fakeRun } from './fakeRecords';

/** The real comparison over a fake lab's records. */
export function comparisonOfFakes(lab: { runs: RunRecord[]; models: Model[] }, ids: string[]): Comparison {
  const turn = (run: RunRecord): ComparedTurn => ({
    run,
    machine: fakeMachine(),
    windows: [],
    powerLimitW: null,
    powerMode: null,
  });
  const chosen = ids.map((id) => lab.runs.find((r) => r.id === id)!);
  const own = (run: RunRecord) => lab.runs.filter((r) => r.experimentId === run.experimentId);
  return compare(
    chosen.map((run) => ({
      ...turn(run),
      model: lab.models.find((m) => m.id === run.condition.modelId)!,
      sample: false,
      lab: null,
      turns: turnsOf(run, own(run)).map(turn),
    })),
    controlEntries(own(chosen[0])).map(({ entries: [first, second], ...of }) => ({
      ...of,
      entries: [first.map(turn), second.map(turn)] as const,
    })),
  );
}

/**
 * An experiment in blocks: a dense model, its twin with zeros, one of half the cost, one that is nearly the dense one, and
 * the control. `controlRatio`: what its second entry differs by.
 */
export function blockedFakes({ blocks = 6, controlRatio = 1.004, scatter = 0.004 } = {}): {
  models: Model[];
  runs: RunRecord[];
} {
  const random = randomFrom(11);
  const counted = { operators: { Gemm: 4, Relu: 3 } };
  const dense = fakeModel('mlp-1m', 1e6);
  const masked = fakeModel('mlp-1m-masked-90', 1e6);
  const half = fakeModel('mlp-1m-low-rank', 5e5);
  const twin = fakeModel('mlp-1m-int8', 1e6, 'mlp', { precision: 'int8' });
  const control = fakeModel('control', 4e5);
  for (const model of [dense, masked]) Object.assign(model.counts, counted);
  const entries = [
    { model: dense, ratio: 1, effective: 1e6 },
    { model: masked, ratio: 1.001, effective: 1e5 },
    { model: half, ratio: 0.61, effective: 5e5 },
    { model: twin, ratio: 0.984, effective: 1e6 },
    { model: control, ratio: 0.4, effective: 4e5 },
    { model: control, ratio: 0.4 * controlRatio, effective: 4e5 },
  ];
  const runs = Array.from({ length: blocks }, (_, block) => {
    const day = Math.exp(0.02 * random.normal());
    return entries.map(({ model, ratio, effective }, entry) => {
      const p50S = 1.2e-3 * ratio * day * Math.exp(scatter * random.normal());
      const isControl = entry >= 4;
      return fakeRun({
        experiment: 'blocks',
        ordinal: block * entries.length + entry,
        model,
        condition: { windows: 2 },
        p50S,
        grossJ: p50S * 21 * Math.exp(0.003 * random.normal()),
        over: {
          role: isControl ? 'control' : 'measure',
          turn: { entry, block, blocks, position: entry },
          macs: { macs: model.counts.parameters, missingReason: null, effective } as RunRecord['macs'],
          ...(isControl ? { conditionSha256: 'control' } : {}),
        },
      });
    });
  }).flat();
  return { models: [dense, masked, half, twin, control], runs };
}

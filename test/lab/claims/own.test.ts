import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type LabEffects, labEffects } from '../../../src/main/lab/context';
import { openLabService } from '../../../src/main/lab/service';
import { floats, node } from '../../../src/main/models/builders/parts';
import { modelBytes } from '../../../src/main/models/writer';
import { claimOptionsSchema, type Estimate, type OwnClaim, type OwnTest } from '../../../src/shared/claim';
import { commands } from '../../../src/shared/contract';
import { power } from '../../sampler/support';
import { tempDir } from '../../store/support';
import { type FakeRunner, fakeEffects } from '../../support/fakes';

const glance = claimOptionsSchema.parse({});
const side = (model: string) => ({ model, provider: 'cpu' as const, batch: 1, threads: 1 });

/** "A is at least so many times as slow as B." */
function slower(a: string, b: string, threshold: number): OwnClaim {
  return {
    title: `${a} against ${b} ${threshold}`,
    statement: `${a} takes at least ${threshold} times as long as ${b}.`,
    source: '',
    sceptic: '',
    test: { kind: 'ratio', a: side(a), b: side(b), quantity: 'latencyP50', dataset: null },
    prediction: {
      by: 'user',
      text: 'It does.',
      expected: 'supported',
      criteria: [
        {
          key: 'ratio',
          quantity: 'time over time',
          unit: '1',
          relation: '>=',
          threshold,
          upper: null,
          refuteAt: null,
        },
      ],
    },
  };
}

describe('claims of one’s own', () => {
  const labs: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const lab of labs.splice(0)) await lab.close();
  });
  const openFresh = (effects: Partial<LabEffects> = {}) => {
    const lab = openLabService(tempDir(), { ...labEffects, ...effects });
    labs.push(lab);
    return lab;
  };
  const verdictOf = async (lab: ReturnType<typeof openFresh>, own: OwnClaim) => {
    const { version } = await lab.handlers.writeClaim({ claim: null, own });
    const ended = new Promise<void>((resolve) => {
      lab.subscribe((event) => {
        if (event.type === 'claimEnded' && event.claim === version.claim) resolve();
      });
    });
    await lab.handlers.runClaim({ claim: version.claim, options: glance });
    await ended;
    return (await lab.handlers.showClaim({ claim: version.claim })).runs[0]!;
  };

  it('supports what is true, refutes what is false, leaves open what cannot be told', async () => {
    // Runners whose calls take 1 µs for each value that the model takes in, ± 1 %.
    const durationNs: FakeRunner['durationNs'] = (i, _, job) =>
      1000 * job.inputs[0]!.shape.reduce((n, d) => n * d, 1) * (1 + 0.01 * Math.sin(i));
    const lab = openFresh(fakeEffects({ durationNs, windowS: 0.1 }));
    const [big, small] = ['mlp:3e6', 'mlp:1e4'];
    const supported = await verdictOf(lab, slower(big, small, 3));
    expect(supported.failure).toBeNull();
    expect(supported.outcome?.verdict).toBe('supported');
    expect(supported.runs.every((r) => /^[0-9a-f]{64}$/.test(r.sha256 ?? ''))).toBe(true);
    expect((await verdictOf(lab, slower(small, big, 2))).outcome?.verdict).toBe('refuted');
    // A model against itself: neither faster nor slower than by what the machine does between two runs.
    expect((await verdictOf(lab, slower(small, small, 1))).outcome?.verdict).toBe('inconclusive');
    expect((await verdictOf(lab, slower(small, small, 1.03))).outcome?.verdict).toBe('inconclusive');
  }, 60_000);

  it('about energy is told by one window with the sensor’s own interval, and a simulated meter is called one', async () => {
    const meter = power({ kind: 'counter', joulePerCount: 1e-4, tauS: 0.02, curve: [[0, 40]], noiseW: 0 });
    const durationNs: FakeRunner['durationNs'] = (i, _, job) =>
      1000 * job.inputs[0]!.shape.reduce((n, d) => n * d, 1) * (1 + 0.01 * Math.sin(i));
    const lab = openFresh(fakeEffects({ durationNs }, [meter]));
    const about = (threshold: number): OwnClaim => {
      const own = slower('mlp:3e6', 'mlp:1e4', threshold);
      return {
        ...own,
        test: { ...(own.test as Extract<OwnTest, { kind: 'ratio' }>), quantity: 'energyGross' },
      };
    };
    const { outcome, failure } = await verdictOf(lab, about(2));
    expect(failure).toBeNull();
    expect(outcome!.parts[0]!.findings[0]!.value).not.toBeNull();
    expect(outcome!.sentence).toMatch(/^SIMULATED energy\. /);
    expect(outcome!.notes[0]).toMatch(/simulated or replayed meter/);
    const energies = outcome!.tables[0]!.rows.map((row) => row[3] as Estimate);
    expect(energies.every(({ value, low, high }) => low < value && value < high)).toBe(true);
  }, 60_000);

  it('names what sets two conditions of one model apart', async () => {
    const durationNs: FakeRunner['durationNs'] = (i, _, job) =>
      1000 * job.inputs[0]!.shape[0]! * (1 + 0.01 * Math.sin(i));
    const lab = openFresh(fakeEffects({ durationNs }));
    const own = slower('mlp:1e4', 'mlp:1e4', 2);
    const { outcome } = await verdictOf(lab, {
      ...own,
      test: { ...(own.test as Extract<OwnTest, { kind: 'ratio' }>), a: { ...side('mlp:1e4'), batch: 16 } },
    });
    expect(outcome!.sentence).toMatch(/of mlp:1e4 \(batch 16\) over that of mlp:1e4 \(batch 1\)/);
  }, 60_000);

  it('about accuracy tests both models on the data that they name', async () => {
    const folder = tempDir();
    const lab = openFresh();
    // Knows the class from its first value; knows nothing.
    const told = save(folder, 'told', [1, 0, 0, 0]);
    const blind = save(folder, 'blind', [0, 0, 0, 0]);
    await lab.handlers.importModels({ paths: [told, blind] });
    const lines = Array.from({ length: 400 }, (_, i) => `${i % 2 === 0 ? 1 : -1},${i % 7},${i % 2}`);
    const csv = join(folder, 'two.csv');
    writeFileSync(csv, lines.join('\n'));
    await lab.handlers.addDataset(
      commands.addDataset.parse({ name: 'two', examples: csv, testExamples: csv }),
    );
    const own: OwnClaim = {
      ...slower('told', 'blind', 1.5),
      test: { kind: 'ratio', a: side('told'), b: side('blind'), quantity: 'accuracy', dataset: 'two' },
    };
    const { outcome, failure } = await verdictOf(lab, own);
    expect(failure).toBeNull();
    expect(outcome?.verdict).toBe('supported');
    // 400 of 400 right over 200 of 400.
    expect(outcome?.parts[0]?.findings[0]?.value?.value).toBeCloseTo(2, 9);
    const { accuracies } = await lab.handlers.listAccuracies({ model: null });
    expect(accuracies.map((a) => a.record.correct).sort()).toEqual([200, 400]);
  }, 60_000);
});

/** A linear classifier [batch, 2] → [batch, 2] with these weights. */
function save(folder: string, name: string, weights: number[]): string {
  const path = join(folder, `${name}.onnx`);
  const graph = {
    name,
    nodes: [node('MatMul', ['x', 'w'], 'y')],
    initializers: [floats('w', [2, 2], weights)],
    inputs: [{ name: 'x', elemType: 'float32' as const, dims: ['batch', 2] }],
    outputs: [{ name: 'y', elemType: 'float32' as const, dims: ['batch', 2] }],
  };
  writeFileSync(path, modelBytes(graph));
  return path;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inputSetSha256 } from '../../src/main/lab/inputSet';
import { prepareRun } from '../../src/main/lab/job';
import { importModel } from '../../src/main/models/import';
import { encodeModel, type Graph } from '../../src/main/models/writer';
import { runRowOf } from '../../src/shared/runRow';
import { condition } from '../store/children/records';
import { fakeMachine, fakeRun } from '../support/fakeRecords';
import { temporaryFolder } from '../support/lab';

/** A product with 48 weights in a file beside the model, every fourth of them zero. */
function importedInto(lab: string) {
  const weights = Float32Array.from({ length: 48 }, (_, i) => (i % 4 === 0 ? 0 : i));
  const graph: Graph = {
    name: 'g',
    nodes: [{ op: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] }],
    initializers: [{ name: 'w', elemType: 'float32', dims: [8, 6], data: weights }],
    inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', 8] }],
    outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', 6] }],
  };
  const folder = temporaryFolder();
  const encoded = encodeModel(graph, { externalLocation: 'w.bin' });
  writeFileSync(join(folder, 'net.onnx'), Buffer.concat([...encoded.model()].map((c) => Buffer.from(c))));
  writeFileSync(join(folder, 'w.bin'), Buffer.from(weights.buffer));
  return importModel(join(folder, 'net.onnx'), lab).model;
}

describe('what a run is prepared with', () => {
  const needs = { prerollS: 0, phaseS: 0, gapS: 0, samplesMax: null, askTemperature: false };
  const prepared = () => {
    const lab = temporaryFolder();
    const model = importedInto(lab);
    const prepare = (over: object = {}) =>
      prepareRun(lab, model, { ...condition(3), modelId: model.id, ...over }, needs);
    return { model, prepare };
  };

  it('dense and effective MACs, weights beside the model included, and again from what was kept', () => {
    const { prepare } = prepared();
    const wanted = { macs: 3 * 48, missingReason: null, effective: 3 * 36, effectiveMissingReason: null };
    expect(prepare().macs).toEqual(wanted);
    expect(prepare({ seed: 2 }).macs).toEqual(wanted);
    expect(prepare({ batch: 5 }).macs).toMatchObject({ macs: 5 * 48, effective: 5 * 36 });
  });

  it('the SHA-256 of the bytes that are fed: another seed is another input set, another thread count is not', () => {
    const { prepare } = prepared();
    const { job, inputSetSha256: sha } = prepare();
    expect(sha).toBe(inputSetSha256(job.inputs));
    expect(prepare({ threads: 2 }).inputSetSha256).toBe(sha);
    expect(prepare({ seed: 2 }).inputSetSha256).not.toBe(sha);
  });

  it('a row has both counts; an old run has one', () => {
    const { model, prepare } = prepared();
    const run = fakeRun({ experiment: 'e', ordinal: 0, model });
    const row = (macs: typeof run.macs) =>
      runRowOf({ run: { ...run, macs }, model, machine: fakeMachine(), experimentName: 'e' });
    expect(row(prepare().macs)).toMatchObject({ macs: 144, macsEffective: 108 });
    expect(row({ macs: 144, missingReason: null })).toMatchObject({ macs: 144, macsEffective: null });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BuiltFamily, buildModel, writeBuilt } from '../../src/main/models/builders';
import { freeInputs } from '../../src/main/models/graph';
import { makeData, ownSettings, resolveInputs } from '../../src/main/models/inputs';
import { readModel } from '../../src/main/models/reader';
import { findAssignment, openCapiEngine } from '../../src/main/runner/engines/capi';
import type { BoundInput, Engine } from '../../src/main/runner/engines/engine';
import { openPackageEngine } from '../../src/main/runner/engines/package';
import { leftoverPrefix } from '../../src/main/runner/leftovers';
import { openOrtApi } from '../../src/main/runner/ort/api';
import { LabError } from '../../src/shared/errors';
import type { Provider } from '../../src/shared/plan';
import { temporaryFolder } from '../support/lab';
import { oneNodeGraph, writeModel } from '../support/models';

const capi = openCapiEngine();
const viaPackage = openPackageEngine();

function inputsOf(path: string, batch = 1): BoundInput[] {
  const ports = freeInputs(readModel(readFileSync(path)).graph);
  const specs = resolveInputs(ports, { batch, ...ownSettings(ports, { dims: { sequence: 3 }, values: {} }) });
  return specs.map((spec) => ({
    name: spec.name,
    elemType: spec.elemType,
    shape: spec.shape,
    data: makeData(spec, 1),
  }));
}

const profileFolders = () =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(leftoverPrefix(process.pid)));

async function outputsOf(
  engine: Engine,
  modelPath: string,
  inputs: BoundInput[],
  provider: Provider = 'cpu',
) {
  const loaded = await engine.load({ modelPath, provider, threads: 1, graphOptimization: 'all' });
  return loaded.bind(inputs).outputs();
}

describe('the two engines', () => {
  it.each(['mlp', 'cnn', 'decoder'] as BuiltFamily[])(
    'give the same outputs, bit for bit, on a %s',
    async (family) => {
      const { path } = writeBuilt(
        buildModel({ family, targetParameters: 2e4, seed: 3 }),
        join(temporaryFolder(), 'model.onnx'),
      );
      const inputs = inputsOf(path, 2);
      const [a, b] = [await outputsOf(capi, path, inputs), await outputsOf(viaPackage, path, inputs)];
      expect(a.length).toBeGreaterThan(0);
      expect(a.map(({ name, elemType, shape }) => ({ name, elemType, shape }))).toEqual(
        b.map(({ name, elemType, shape }) => ({ name, elemType, shape })),
      );
      for (const [i, { bytes }] of a.entries()) expect(Buffer.compare(bytes!, b[i].bytes!)).toBe(0);
      // A negative control: another input gives other outputs.
      const other = inputs.map((input) =>
        input.elemType === 'float32'
          ? { ...input, data: input.data.map((x, i) => (i % 4 === 3 ? x ^ 0x80 : x)) }
          : input,
      );
      if (family !== 'decoder')
        expect(Buffer.compare((await outputsOf(capi, path, other))[0].bytes!, a[0].bytes!)).not.toBe(0);
    },
  );

  it.each(['float16', 'int8', 'int64', 'float64', 'bool'] as const)(
    'both carry %s in and out',
    async (elemType) => {
      const port = { elemType, dims: [4] };
      const path = writeModel(
        temporaryFolder(),
        'identity',
        oneNodeGraph({ op: 'Identity', inputs: [port], output: port }),
      );
      const inputs = inputsOf(path);
      for (const engine of [capi, viaPackage]) {
        const [y] = await outputsOf(engine, path, inputs);
        expect(y.elemType).toBe(elemType);
        expect(Buffer.compare(y.bytes!, inputs[0].data)).toBe(0);
      }
    },
  );

  it('differ on bfloat16: the C API carries it, the package refuses and names the other', async () => {
    const port = { elemType: 'bfloat16' as const, dims: [4] };
    const path = writeModel(
      temporaryFolder(),
      'identity',
      oneNodeGraph({ op: 'Identity', inputs: [port], output: port }),
    );
    const inputs = inputsOf(path);
    const [y] = await outputsOf(capi, path, inputs);
    expect(Buffer.compare(y.bytes!, inputs[0].data)).toBe(0);
    await expect(outputsOf(viaPackage, path, inputs)).rejects.toThrow();
  });
});

describe('the C API engine', () => {
  it('names the version and the providers of the library', () => {
    expect(capi.ortVersion).toMatch(/^1\.\d+\.\d+/);
    expect(capi.available).toContain('CPUExecutionProvider');
  });

  it('tells where every node runs, and the profiler agrees', async () => {
    const built = buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 });
    const { path } = writeBuilt(built, join(temporaryFolder(), 'model.onnx'));
    const options = { modelPath: path, provider: 'cpu', threads: 1, graphOptimization: 'disabled' } as const;
    const loaded = await capi.load(options);
    const told = loaded.bind(inputsOf(path)).assignment()!;
    expect(told).toEqual([
      { provider: 'CPUExecutionProvider', nodes: built.graph.nodes.length, operators: ['Gemm', 'Relu'] },
    ]);
    expect(findAssignment(openOrtApi(), options, inputsOf(path))).toEqual(told);
    expect(profileFolders()).toEqual([]);
  });

  it('leaves no profile behind where the provider cannot start', () => {
    const { path } = writeBuilt(
      buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 }),
      join(temporaryFolder(), 'model.onnx'),
    );
    const missing = process.platform === 'darwin' ? 'dml' : 'coreml';
    const options = {
      modelPath: path,
      provider: missing,
      threads: 1,
      graphOptimization: 'disabled',
    } as const;
    expect(() => findAssignment(openOrtApi(), options, inputsOf(path))).toThrow(LabError);
    expect(profileFolders()).toEqual([]);
  });

  it.each(['dml', 'coreml', 'cuda'] as Provider[])(
    'refuses %s with a reason where it is missing, and puts nothing in its place',
    async (provider) => {
      const { path } = writeBuilt(
        buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 }),
        join(temporaryFolder(), 'model.onnx'),
      );
      if (process.platform !== 'linux') return;
      await expect(outputsOf(capi, path, inputsOf(path), provider)).rejects.toBeInstanceOf(LabError);
    },
  );

  it('says what ONNX Runtime says of a file that is no model', async () => {
    const load = capi.load({ modelPath: __filename, provider: 'cpu', threads: 1, graphOptimization: 'all' });
    await expect(load).rejects.toThrow(/protobuf|parse/i);
  });
});

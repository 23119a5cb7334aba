import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OnnxModel } from '../../src/main/models/graph';
import { macTable } from '../../src/main/models/macs';
import { WireMessage } from '../../src/main/models/protobuf';
import { readModel } from '../../src/main/models/reader';
import { evaluate } from '../../src/main/models/shapes/engine';
import { known, type Value } from '../../src/main/models/shapes/value';
import { readTensor } from '../../src/main/models/tensor';
import { tensorValues } from '../../src/main/models/values';
import { LabError } from '../../src/shared/errors';

/** The ONNX project's own backend tests, kept outside the repository: what operators really do to shapes. */
const archive = resolve(import.meta.dirname, '../../../shared/conformance/onnx-backend-data-v1.22.0.tgz');
const absent = !existsSync(archive);

interface Case {
  name: string;
  model: OnnxModel;
  inputs: Map<string, Value>;
  outputs: (Value | null)[];
}

/** A .pb file as a value with its elements; null for sequences and optionals. */
function readValue(path: string): { name: string; value: Value } | null {
  try {
    const t = readTensor(new WireMessage(readFileSync(path)), () => {});
    return { name: t.name, value: known(t.dims, t.elemType, tensorValues(t)) };
  } catch (thrown) {
    if (thrown instanceof LabError) return null;
    throw thrown;
  }
}

function readCase(dir: string, name: string): Case {
  const model = readModel(readFileSync(join(dir, name, 'model.onnx')));
  const data = join(dir, name, 'test_data_set_0');
  const files = readdirSync(data);
  const inputs = new Map<string, Value>();
  for (const [i, port] of model.graph.inputs.entries()) {
    if (port.kind !== 'tensor' || !files.includes(`input_${i}.pb`)) continue;
    const read = readValue(join(data, `input_${i}.pb`));
    const named = model.graph.inputs.some((p) => p.name === read?.name);
    if (read) inputs.set(named ? read.name : port.name, read.value);
  }
  const outputs = model.graph.outputs.map((port, i) =>
    port.kind === 'tensor' && files.includes(`output_${i}.pb`)
      ? (readValue(join(data, `output_${i}.pb`))?.value ?? null)
      : null,
  );
  return { name, model, inputs, outputs };
}

interface Score {
  /** Cases whose outputs are all known. */
  complete: number;
  outputs: number;
  known: number;
  wrong: string[];
}

function score(
  cases: readonly Case[],
  feed: (v: Value) => Value,
  spoil: (v: Value) => Value = (v) => v,
): Score {
  const s: Score = { complete: 0, outputs: 0, known: 0, wrong: [] };
  for (const c of cases) {
    const feeds = new Map([...c.inputs].map(([name, v]) => [name, feed(v)]));
    const got = evaluate(c.model, feeds, macTable).outputs.map(spoil);
    let all = true;
    for (const [i, want] of c.outputs.entries()) {
      const mine = got[i]!;
      if (want !== null) s.outputs++;
      if (want === null || mine.shape === null) {
        all = false;
        continue;
      }
      s.known++;
      const wrongShape = mine.shape.join() !== want.shape!.join();
      const wrongType = mine.type !== null && mine.type !== want.type;
      const near = (x: number, k: number) =>
        x === want.data![k]! || Math.abs(x - want.data![k]!) <= 1e-6 + 1e-5 * Math.abs(x);
      const wrongData = mine.data !== null && want.data !== null && !mine.data.every(near);
      if (wrongShape || wrongType || wrongData) {
        s.wrong.push(`${c.name}: ${mine.type}[${mine.shape}] for ${want.type}[${want.shape}]`);
      }
    }
    if (all) s.complete++;
  }
  return s;
}

describe.skipIf(absent)(
  'shapes against the ONNX backend suite (skipped where the archive is not there)',
  () => {
    let root = '';
    let cases: Case[] = [];

    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), 'tw-conformance-'));
      execFileSync('tar', ['xzf', archive, '-C', root]);
      const data = join(root, 'onnx/backend/test/data');
      cases = ['node', 'simple', 'pytorch-converted', 'pytorch-operator'].flatMap((kind) =>
        readdirSync(join(data, kind)).map((name) => readCase(join(data, kind), name)),
      );
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it('reads all 1,905 models, and the nine without cases', () => {
      expect(cases).toHaveLength(1905);
      const light = join(root, 'onnx/backend/test/data/light');
      const flat = readdirSync(light).filter((f) => f.endsWith('.onnx'));
      for (const file of flat)
        expect(readModel(readFileSync(join(light, file))).graph.nodes.length).toBeGreaterThan(0);
      expect(flat).toHaveLength(9);
    });

    it('from input shapes alone: no shape, type or element is wrong, 1,500 cases are complete', () => {
      const s = score(cases, (v) => ({ ...v, data: null }));
      console.log(`shapes alone: ${s.complete} cases complete, ${s.known} of ${s.outputs} outputs known`);
      expect(s.wrong).toEqual([]);
      expect(s.complete).toBeGreaterThanOrEqual(1500);
    });

    it('with the inputs that decide shapes: still nothing wrong, 1,790 cases are complete', () => {
      const s = score(cases, (v) => v);
      console.log(`with elements: ${s.complete} cases complete, ${s.known} of ${s.outputs} outputs known`);
      expect(s.wrong).toEqual([]);
      expect(s.complete).toBeGreaterThanOrEqual(1790);
    });

    it('control: the comparison sees a shape that is one off', () => {
      const off = (v: Value) =>
        v.shape?.length ? { ...v, shape: v.shape.map((d, i) => (i ? d : d + 1)) } : v;
      const s = score(cases, (v) => v, off);
      expect(s.wrong.length).toBeGreaterThan(s.known * 0.7);
    });
  },
);

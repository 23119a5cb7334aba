import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildModel, writeBuilt } from '../../src/main/models/builders';
import { bundledChild } from '../support/bundle';
import { temporaryFolder } from '../support/lab';

const child = bundledChild(join(import.meta.dirname, 'children/collect.ts'), ['koffi', 'onnxruntime-node']);

describe('the library of ONNX Runtime', () => {
  // koffi unloads a library when its handle is collected; in this process the package would keep it loaded.
  it('stays loaded through garbage collections', () => {
    const built = buildModel({ family: 'mlp', targetParameters: 1e3, seed: 1 });
    const { path } = writeBuilt(built, join(temporaryFolder(), 'model.onnx'));
    const elements = String(built.graph.inputs[0].dims[1]);
    const done = spawnSync(process.execPath, ['--expose-gc', child, path, elements], {
      encoding: 'utf8',
    });
    expect({ signal: done.signal, code: done.status, out: done.stdout }).toEqual({
      signal: null,
      code: 0,
      out: 'forty inferences\n',
    });
  });
});

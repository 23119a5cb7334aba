import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { labEffects } from '../../src/main/lab/context';
import { openLabService } from '../../src/main/lab/service';
import type { LabEvent } from '../../src/shared/contract';
import { fakeEffects } from '../support/fakes';
import { temporaryFolder } from '../support/lab';
import { divisionOfInputs, oneNodeGraph, writeModel } from '../support/models';

describe('an import of many files', () => {
  it('tells file by file how far it is, leaves the thread to others, and refuses only what is no model', async () => {
    const service = openLabService(temporaryFolder(), { ...labEffects, ...fakeEffects() });
    const events: LabEvent[] = [];
    service.subscribe((event) => events.push(event));
    const folder = temporaryFolder();
    const port = { elemType: 'float32' as const, dims: [2] };
    writeModel(folder, 'a', divisionOfInputs());
    mkdirSync(join(folder, 'more'));
    writeModel(join(folder, 'more'), 'b', oneNodeGraph({ op: 'Div', inputs: [port, port], output: port }));
    writeFileSync(join(folder, 'more', 'broken.onnx'), 'no model');
    let turns = 0;
    const count = () => {
      turns += 1;
      if (turns < 1000) setImmediate(count);
    };
    setImmediate(count);
    const { imported, refused } = await service.handlers.importModels({
      paths: [folder, join(folder, 'not-there')],
    });
    expect(turns).toBeGreaterThanOrEqual(3);
    turns = 1000;
    expect(imported).toHaveLength(2);
    expect(refused.map((r) => r.path).sort()).toEqual([
      join(folder, 'more', 'broken.onnx'),
      join(folder, 'not-there'),
    ]);
    const told = events.filter((e) => e.type === 'importProgress');
    expect(told.map((e) => [e.done, e.total])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    expect(events).toContainEqual({ type: 'changed', what: 'models' });
    await service.close();
  });
});

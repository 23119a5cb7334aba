import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLab } from '../../src/main/store/open';
import type { Json } from '../../src/shared/contract';
import { model, seed, tempDir } from './support';

describe('marks', () => {
  it('are kept beside the records, survive reopening, and leave every record as it was', () => {
    const dir = tempDir();
    const store = openLab(dir);
    const [first, second, third] = seed(store, 3).runIds as [string, string, string];
    const runs = store.reader.listRuns();
    expect(store.writer.setBinned('run', [first, second], 7)).toBe(2);
    expect(store.writer.setBinned('run', [second], null)).toBe(1);
    expect(store.writer.setLocked('run', [second, third], true)).toBe(2);
    expect(store.writer.setLocked('run', [second], true)).toBe(0);
    expect(store.writer.markSample('run', [first])).toBe(1);
    expect(store.writer.setBinned('model', [model().id], 9)).toBe(1);
    store.close();
    const { reader, close } = openLab(dir, { readOnly: true });
    expect(Object.fromEntries(reader.marks('run'))).toEqual({
      [first]: { binnedUnixMs: 7, locked: false, sample: true },
      [second]: { binnedUnixMs: null, locked: true, sample: false },
      [third]: { binnedUnixMs: null, locked: true, sample: false },
    });
    expect([...reader.marks('model').keys()]).toEqual([model().id]);
    expect(reader.listRuns()).toEqual(runs);
    expect(reader.verify().problems).toEqual([]);
    close();
  });

  it('never say locked and in the bin at once, and change all ids or none', () => {
    const store = openLab(tempDir());
    const [first, second] = seed(store, 2).runIds as [string, string];
    store.writer.setLocked('run', [second], true);
    expect(() => store.writer.setBinned('run', [first, second], 7)).toThrow(/CHECK/);
    expect(store.reader.marks('run').get(first)?.binnedUnixMs ?? null).toBeNull();
    store.writer.setLocked('run', [second], false);
    expect(store.writer.setBinned('run', [first, second], 7)).toBe(2);
    store.close();
  });

  it('of nothing that is there are a problem', () => {
    const store = openLab(tempDir());
    const { runIds } = seed(store);
    store.writer.setBinned('run', [runIds[0]!], 7);
    expect(store.reader.verify().problems).toEqual([]); // control
    store.writer.setBinned('run', [model().id], 7);
    store.writer.setBinned('model', ['gone'], 7);
    expect(store.reader.verify().problems.map((p) => `${p.table} ${p.id} ${p.what}`)).toEqual([
      'marks model/gone belongs to nothing in this lab',
      `marks run/${model().id} belongs to nothing in this lab`,
    ]);
    store.close();
  });

  it('of a model in the bin leave its name free, and its id known', () => {
    const store = openLab(tempDir());
    seed(store);
    expect(store.reader.findModel('mlp-1k').id).toBe(model().id); // control
    store.writer.setBinned('model', [model().id], 7);
    expect(() => store.reader.findModel('mlp-1k')).toThrow(/no model "mlp-1k"/);
    expect(store.reader.findModel(model().id).id).toBe(model().id);
    expect(store.reader.findModel(model().id.slice(0, 8)).id).toBe(model().id);
    store.writer.setBinned('model', [model().id], null);
    expect(store.reader.findModel('mlp-1k').id).toBe(model().id);
    store.close();
  });
});

describe('settings', () => {
  it('give back any JSON by key, also from a lab opened again', () => {
    const dir = tempDir();
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { noNullPrototype: true }),
        (all) => {
          const wanted = JSON.parse(JSON.stringify(all)) as Record<string, Json>;
          const store = openLab(dir);
          for (const [key, value] of Object.entries(wanted)) store.writer.putSetting(key, value, 1);
          store.close();
          const again = openLab(dir);
          for (const [key, value] of Object.entries(wanted))
            expect(new Map(Object.entries(again.reader.settings())).get(key)).toEqual(value);
          again.close();
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('together', () => {
  it('writes everything or, where one part throws, nothing', () => {
    const store = openLab(tempDir());
    const { writer, reader } = store;
    const fail = (thrown: boolean) => () => {
      writer.putModel(model());
      writer.putSetting('theme', 'dark', 1);
      if (thrown) throw new Error('half-way');
    };
    expect(() => writer.together(fail(true))).toThrow('half-way');
    expect([reader.listModels().length, reader.settings()]).toEqual([0, {}]);
    writer.together(fail(false));
    expect([reader.listModels().length, reader.settings()]).toEqual([1, { theme: 'dark' }]);
    store.close();
  });
});

describe('ids', () => {
  it('come in the order in which they were stored, without a look at any record', () => {
    const store = openLab(tempDir());
    const later = seed(store, 3, 2).runIds;
    const earlier = seed(store, 2, 1).runIds; // older by its own clock, stored later
    expect(store.reader.runIds()).toEqual([...later, ...earlier]);
    expect(store.reader.modelIds()).toEqual([model().id]);
    const some = [later[2]!, earlier[0]!, 'none'];
    expect(
      store.reader
        .getRuns(some)
        .map((r) => r.id)
        .sort(),
    ).toEqual(some.slice(0, 2).sort());
    store.close();
  });
});

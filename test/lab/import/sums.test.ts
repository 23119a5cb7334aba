import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LabStore } from '../../../src/main/store/open';
import { LabError } from '../../../src/shared/errors';
import { openBundleLab } from '../../support/bundleLab';
import {
  copied,
  filesIn,
  folder,
  openEmpty,
  rowsOf,
  sumsFile,
  take,
  writeRecords,
  writeSums,
} from './support';

let bundle: string;
beforeAll(() => {
  const from = openBundleLab({ parts: ['claim'] });
  bundle = writeRecords(from.store, {}, { into: join(folder({ keep: true }), 'b') });
  from.dispose();
});

/** What an import of a spoilt copy throws; nothing of it may be in the lab. */
async function refusal(spoil: (root: string) => void, store: LabStore = openEmpty()): Promise<LabError> {
  const root = copied(bundle);
  spoil(root);
  const before = rowsOf(store);
  const thrown = await take(store, root).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LabError);
  expect(rowsOf(store)).toEqual(before);
  return thrown as LabError;
}

function flip(root: string, path: string, at = 0): void {
  const bytes = readFileSync(join(root, path));
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(join(root, path), bytes);
}

describe('the sums of a bundle', () => {
  it('name every single file of which one byte changed, whichever it is', async () => {
    const store = openEmpty();
    const files = filesIn(bundle).filter(
      (path) => path !== sumsFile && readFileSync(join(bundle, path)).length > 0,
    );
    expect(files.length).toBeGreaterThan(10);
    for (const path of files) {
      const { message } = await refusal((root) => flip(root, path), store);
      expect(message, path).toContain(`${path} is not what its sum says`);
      expect(message.match(/is not what/g), path).toHaveLength(1);
    }
    // Control: the untouched copy is taken.
    expect((await take(store, copied(bundle))).added.runs).toBeGreaterThan(0);
  }, 30_000);

  it('refuse a changed line of the sums themselves', async () => {
    for (const at of [0, 5, 63, 64, 66]) {
      const { failure } = await refusal((root) => flip(root, sumsFile, at));
      expect(failure.kind).toBe('bad_input');
    }
  });

  it('name what is missing and what does not belong, up to twenty files', async () => {
    const missing = await refusal((root) => rmSync(join(root, 'provenance/records/runs.jsonl')));
    expect(missing.message).toContain('provenance/records/runs.jsonl is missing');
    const extra = await refusal((root) => writeFileSync(join(root, 'provenance/records/more.jsonl'), 'x'));
    expect(extra.message).toContain('“provenance/records/more.jsonl” is not listed');
    const renamed = await refusal((root) =>
      renameSync(join(root, 'provenance/run_log.jsonl'), join(root, 'Provenance-log.jsonl')),
    );
    expect(renamed.message).toContain('provenance/run_log.jsonl is missing');
    const many = await refusal((root) => {
      for (let i = 0; i < 30; i++) writeFileSync(join(root, `provenance/extra-${i}`), 'x');
    });
    expect(many.message.match(/is not listed/g)).toHaveLength(20);
    expect(many.message).toContain('and 10 more');
  });

  it('leave alone what a reader put beside the data, and say so', async () => {
    const root = copied(bundle);
    writeFileSync(join(root, 'curve.png'), 'x');
    const report = await take(openEmpty(), root);
    expect(report.added.runs).toBeGreaterThan(0);
    expect(report.warnings.join()).toContain('“curve.png” is no part of the dataset');
  }, 30_000);

  it('follow no link, to a file or a folder', async () => {
    const outside = folder();
    writeFileSync(join(outside, 'file'), 'x');
    const file = await refusal((root) => symlinkSync(join(outside, 'file'), join(root, 'link')));
    expect(file.message).toContain('“link” is a link');
    const directory = await refusal((root) => symlinkSync(outside, join(root, 'data')));
    expect(directory.message).toContain('“data” is a link');
    const listed = await refusal((root) => {
      const path = join(root, 'datapackage.json');
      renameSync(path, join(outside, 'datapackage.json'));
      symlinkSync(join(outside, 'datapackage.json'), path);
    });
    expect(listed.message).toContain('“datapackage.json” is a link');
  });

  it.each([
    ['../outside', /no plain path/],
    ['/etc/passwd', /absolute/],
    ['a/../../b', /no plain path/],
    ['C:/x', /absolute/],
    ['a\\b', /backslash/],
    ['.hidden', /no file of a bundle has/],
    ['a b', /no file of a bundle has/],
    [sumsFile, /cannot list itself/],
  ])('refuse to list %s', async (path, words) => {
    const { message } = await refusal((root) => {
      const text = readFileSync(join(root, sumsFile), 'utf8');
      writeFileSync(join(root, sumsFile), `${text}${'0'.repeat(64)}  ${path}\n`);
    });
    expect(message).toMatch(words);
  });

  it('refuse a file that is listed twice, also in other letters', async () => {
    for (const again of ['datapackage.json', 'DataPackage.json']) {
      const { message } = await refusal((root) => {
        const text = readFileSync(join(root, sumsFile), 'utf8');
        writeFileSync(join(root, sumsFile), `${text}${'0'.repeat(64)}  ${again}\n`);
      });
      expect(message).toContain('is listed twice');
    }
  });
});

describe('a bundle', () => {
  const edit = (root: string, path: string, change: (json: Record<string, unknown>) => unknown) => {
    const json = JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(root, path), JSON.stringify(change(json)));
    writeSums(root);
  };

  it('of a newer format is refused with what to do', async () => {
    const { failure } = await refusal((root) =>
      edit(root, 'provenance/environment.json', () => ({
        schema: 'thirtywatts.bundle/2',
        app: { version: '9.1.0' },
      })),
    );
    expect(failure).toEqual({
      kind: 'unsupported',
      message:
        'This bundle was written by a newer Thirty Watts (9.1.0, bundle format 2; this version knows 1).',
      remedy: 'Update Thirty Watts, then import it again. Nothing was changed.',
    });
  });

  it.each<[string, string, (json: Record<string, unknown>) => unknown]>([
    ['of no known format', 'provenance/environment.json', (json) => ({ ...json, schema: 'frictionless' })],
    ['without a format', 'provenance/environment.json', () => ({})],
    ['that is a list', 'provenance/environment.json', () => []],
    ['without a title', 'datapackage.json', (json) => ({ ...json, title: undefined })],
    ['made at no time', 'datapackage.json', (json) => ({ ...json, created: 'yesterday' })],
    ['without a licence', 'datapackage.json', (json) => ({ ...json, licenses: [] })],
  ])('%s is refused, naming the file', async (_, path, change) => {
    expect((await refusal((root) => edit(root, path, change))).message).toContain(path);
  });

  it('is found inside the folder that unpacking made, and nothing else is one', async () => {
    const outer = folder();
    mkdirSync(join(outer, 'empty'));
    const inner = join(outer, 'bundle');
    renameSync(copied(bundle), inner);
    expect((await take(openEmpty(), outer)).added.runs).toBeGreaterThan(0);
    const store = openEmpty();
    await expect(take(store, join(outer, 'empty'))).rejects.toThrow(/holds no bundle/);
    await expect(take(store, join(outer, 'nowhere'))).rejects.toThrow(/is not there/);
    symlinkSync(inner, join(outer, 'link'));
    expect((await take(store, join(outer, 'link'))).added.runs).toBeGreaterThan(0);
    const file = join(outer, 'file.zip');
    writeFileSync(file, 'not a zip');
    await expect(take(store, file)).rejects.toThrow(/no zip that can be read/);
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { type BundleRequest, writeBundle } from '../../../src/main/lab/export/bundle';
import { realDisk } from '../../../src/main/lab/export/disk';
import { bundleName } from '../../../src/main/lab/export/source';
import type { BundleOptions, BundleProgress } from '../../../src/shared/bundle';
import { failureOf } from '../../../src/shared/errors';
import { temporaryFolder } from '../../support/lab';
import { madeUpParts, madeUpSource, quickDisk, watchedDisk } from '../../support/madeUpBundle';
import { differing, treeOf } from '../../support/treeOf';

const parts = madeUpParts();
const name = 'made-up-20260115T100000Z';
const write = (
  request: Partial<BundleRequest> & { into: string },
  options: Partial<BundleOptions> = {},
  disk = realDisk,
) => writeBundle(madeUpSource(options), { format: 'folder', ...request }, { parts, disk });
const failing = async (work: Promise<unknown>) =>
  failureOf(
    await work.then(
      () => new Error('nothing was refused'),
      (thrown) => thrown,
    ),
  );
const error = (code: string) => Object.assign(new Error(`${code}: made up`), { code });

describe('a bundle', () => {
  it('is a folder with every file in its order, told with rows and hashes', async () => {
    const into = join(temporaryFolder(), 'new', 'folder');
    const bundle = await write({ into }, { raw: 'both', png: 1 });
    expect(bundle.path).toBe(join(into, name));
    expect(bundle.files.map((f) => f.path)).toEqual([
      'data/runs.csv',
      'data/samples.csv',
      'data/runs.parquet',
      'data/samples.parquet',
      'machines/a1b2.json',
      'figures/curve.svg',
      'figures/curve.spec.json',
      'figures/curve.points.csv',
      'figures/curve.png',
      'provenance/environment.json',
      'provenance/records/runs.jsonl',
      'README.md',
      'SHA256SUMS',
    ]);
    const tree = treeOf(bundle.path);
    expect([...tree.keys()].sort()).toEqual(bundle.files.map((f) => f.path).sort());
    for (const { path, bytes } of bundle.files) expect(tree.get(path)!.length).toBe(bytes);
    expect(bundle.bytes).toBe(bundle.files.reduce((n, f) => n + f.bytes, 0));
    expect(bundle.files.flatMap((f) => f.rows ?? [])).toEqual([3, 300, 3, 300]);
    expect(bundle.sha256).toBe(createHash('sha256').update(tree.get('SHA256SUMS')!).digest('hex'));
    const readme = tree.get('README.md')!.toString();
    expect(readme).toContain(
      `data/samples.csv ${tree.get('data/samples.csv')!.length} 300 ${createHash('sha256').update(tree.get('data/samples.csv')!).digest('hex')}`,
    );
    const rows = parse(tree.get('data/samples.csv')!, { columns: true }) as Record<string, string>[];
    const parquet = tree.get('data/samples.parquet')!;
    const stored = await parquetReadObjects({
      file: parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length) as ArrayBuffer,
    });
    expect(stored.map((row) => String(row.x_s))).toEqual(rows.map((row) => row.x_s));
    expect(readdirSync(into)).toEqual([name]);
  });

  it('passes sha256sum -c, and no longer when one byte is changed', async () => {
    const { path } = await write({ into: temporaryFolder() });
    const check = () =>
      spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: path });
    expect(check().status).toBe(0);
    const lines = readFileSync(join(path, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    const paths = lines.map((line) => line.slice(66));
    expect(paths).toEqual(paths.toSorted());
    expect(paths.length).toBe([...treeOf(path).keys()].length - 1);
    writeFileSync(join(path, 'README.md'), 'other');
    expect(check().status).not.toBe(0);
  });

  it.each([
    ['none', []],
    ['parquet', ['data/samples.parquet']],
    ['both', ['data/samples.csv', 'data/samples.parquet']],
  ] as const)('holds with raw: %s the tables %j of the large ones', async (raw, expected) => {
    const { files } = await write({ into: temporaryFolder() }, { raw });
    expect(files.map((f) => f.path).filter((path) => path.includes('samples'))).toEqual(expected);
  });

  it('as a zip holds the very files of the folder', async () => {
    const into = temporaryFolder();
    const folder = await write({ into });
    const zip = await write({ into, format: 'zip' });
    expect(zip.path).toBe(`${folder.path}.zip`);
    expect(zip.sha256).toBe(folder.sha256);
    expect(zip.bytes).toBe(readFileSync(zip.path).length);
    const out = temporaryFolder();
    execFileSync('unzip', ['-q', zip.path, '-d', out]);
    expect(differing(treeOf(join(out, name)), treeOf(folder.path))).toEqual([]);
    expect(readdirSync(into).sort()).toEqual([name, `${name}.zip`]);
  });

  it('is never written over: folder or zip of that name are refused and stay as they are', async () => {
    for (const format of ['folder', 'zip'] as const) {
      const into = temporaryFolder();
      await write({ into, format });
      const before = treeOf(into);
      const refusal = await failing(write({ into, format }));
      expect(refusal).toMatchObject({ kind: 'bad_input', remedy: expect.stringContaining('another folder') });
      expect(refusal.message).toContain(name);
      expect(differing(treeOf(into), before)).toEqual([]);
    }
  });

  it('removes what a process that has ended left behind, and nothing else', async () => {
    const into = temporaryFolder();
    const dead = spawnSync('true').pid;
    const left = [`.old-20260101T000000Z.part-${dead}`, `.mine-20260101T000000Z.part-${process.pid}`];
    const kept = [
      `.alive-20260101T000000Z.part-${process.ppid}`,
      `.notes.part-${dead}`,
      `old-20260101T000000Z.part-${dead}`,
    ];
    for (const each of [...left, ...kept]) {
      mkdirSync(join(into, each));
      writeFileSync(join(into, each, 'x'), 'x');
    }
    await write({ into });
    expect(readdirSync(into).sort()).toEqual([...kept, name].sort());
  });

  it('tells how far it is: forward only, at most ten times a second, with the time left', async () => {
    const told: BundleProgress[] = [];
    let ms = 0;
    const nowMs = () => {
      ms += 7;
      return ms;
    };
    await writeBundle(
      madeUpSource({ raw: 'both' }),
      { into: temporaryFolder(), format: 'zip', progress: (p) => told.push(p) },
      { parts: madeUpParts(20_000), disk: realDisk, nowMs },
    );
    expect(told.length).toBeGreaterThan(5);
    for (const [i, { share, elapsedS, leftS, label }] of told.entries()) {
      expect(label).not.toBe('');
      expect(share).toBeGreaterThanOrEqual(told[i - 1]?.share ?? 0);
      expect(share).toBeLessThanOrEqual(1);
      expect(elapsedS - (told[i - 1]?.elapsedS ?? -1)).toBeGreaterThanOrEqual(0.1 - 1e-9);
      if (leftS !== null) expect(leftS).toBeCloseTo((elapsedS * (1 - share)) / share);
    }
    expect(told.some((p) => p.leftS !== null)).toBe(true);
    expect(told.at(-1)!.share).toBeGreaterThan(0.5);
  });

  it('gives the thread to others while it is written', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    await writeBundle(
      madeUpSource({ raw: 'both' }),
      { into: temporaryFolder(), format: 'folder' },
      { parts: madeUpParts(200_000), disk: realDisk },
    ).finally(() => clearInterval(timer));
    expect(turns).toBeGreaterThan(10);
  });
});

describe('whole or not at all', () => {
  /** Calls of the disk in one export. */
  async function callsOf(format: 'folder' | 'zip') {
    const calls: string[] = [];
    const into = join(temporaryFolder(), 'a', 'b');
    await write(
      { into, format },
      { raw: 'none' },
      watchedDisk(quickDisk, (call) => calls.push(call)),
    );
    return calls;
  }

  it.each(['folder', 'zip'] as const)(
    'a %s that fails at any call of the disk leaves nothing',
    async (format) => {
      const calls = await callsOf(format);
      expect(calls.length).toBeGreaterThan(40);
      let published = 0;
      for (const at of calls.keys()) {
        const root = temporaryFolder();
        const earlier = join(root, 'earlier-20260101T000000Z');
        mkdirSync(earlier);
        writeFileSync(join(earlier, 'SHA256SUMS'), 'kept');
        let n = -1;
        const disk = watchedDisk(quickDisk, () => {
          n += 1;
          if (n === at) throw error('ENOSPC');
        });
        const into = join(root, 'a', 'b');
        const outcome = await write({ into, format }, { raw: 'none' }, disk).catch((thrown) =>
          failureOf(thrown),
        );
        if ('path' in outcome) {
          // Only tidying up failed: the bundle is there, whole.
          published += 1;
          expect(existsSync(outcome.path)).toBe(true);
          continue;
        }
        expect(outcome).toMatchObject({ kind: 'no_space' });
        expect(outcome.message).toContain(into);
        expect([...treeOf(root).keys()]).toEqual(['earlier-20260101T000000Z/SHA256SUMS']);
        expect(readdirSync(root)).toEqual(['earlier-20260101T000000Z']);
      }
      expect(published).toBe(1);
    },
  );

  it.each(['folder', 'zip'] as const)(
    'a %s that is cancelled at any call of the disk leaves nothing',
    async (format) => {
      const calls = await callsOf(format);
      // After the rename there is nothing left to cancel.
      for (const at of calls.slice(0, calls.lastIndexOf('rename')).keys()) {
        const root = temporaryFolder();
        const abort = new AbortController();
        let n = -1;
        const disk = watchedDisk(quickDisk, () => {
          n += 1;
          if (n === at) abort.abort();
        });
        const request = { into: join(root, 'a', 'b'), format, signal: abort.signal };
        const refusal = await failing(write(request, { raw: 'none' }, disk));
        expect(refusal.kind).toBe('cancelled');
        expect(readdirSync(root)).toEqual([]);
      }
    },
  );

  it('an earlier bundle of another second stays when the next one fails', async () => {
    const into = temporaryFolder();
    const earlier = await write({ into });
    const before = treeOf(into);
    const disk = watchedDisk(quickDisk, (call) => {
      if (call === 'rename') throw error('EIO');
    });
    const refusal = await failing(write({ into }, { created: '2026-01-15T10:00:01Z' }, disk));
    expect(refusal.message).toContain('reported an error');
    expect(differing(treeOf(into), before)).toEqual([]);
    expect(existsSync(earlier.path)).toBe(true);
  });

  it('a bundle that another process put there meanwhile stays', async () => {
    const into = temporaryFolder();
    const disk = watchedDisk(quickDisk, (call, path) => {
      if (call === 'create' && path.endsWith('SHA256SUMS')) {
        mkdirSync(join(into, name));
        writeFileSync(join(into, name, 'SHA256SUMS'), 'theirs');
      }
    });
    expect((await failing(write({ into }, {}, disk))).message).toContain('is there already');
    expect([...treeOf(into)]).toEqual([[`${name}/SHA256SUMS`, Buffer.from('theirs')]]);
  });

  it('says plainly that a folder cannot be written, or is a file', async () => {
    const root = temporaryFolder();
    const file = join(root, 'file');
    writeFileSync(file, 'x');
    for (const into of [file, join(file, 'below')]) {
      const refusal = await failing(write({ into }));
      expect(refusal).toMatchObject({ kind: 'bad_input', remedy: expect.stringContaining('writable') });
      expect(refusal.message).toContain(into);
    }
    const disk = watchedDisk(quickDisk, (call) => {
      if (call === 'makeFolder') throw error('EROFS');
    });
    expect((await failing(write({ into: root }, {}, disk))).message).toMatch(/Nothing can be written/);
    expect(readFileSync(file, 'utf8')).toBe('x');
  });
});

describe('the name of a bundle', () => {
  it.each([
    ['MLP ladder, 2026', 'mlp-ladder-2026'],
    ['Übergröße & Café', 'ubergro-e-cafe'],
    ['  --  ', 'bundle'],
    ['ניסוי', 'bundle'],
    ['测量', 'bundle'],
    ['../../etc/passwd', 'etc-passwd'],
    ['x'.repeat(200), 'x'.repeat(60)],
    [`${'x'.repeat(59)} y`, 'x'.repeat(59)],
    ['CON', 'con'],
  ])('of the title %j is %s', (title, slug) => {
    const createdUnixMs = Date.parse('2026-01-15T10:00:00Z');
    expect(bundleName({ title, createdUnixMs })).toBe(`${slug}-20260115T100000Z`);
  });
});

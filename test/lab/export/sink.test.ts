import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { writeBundle } from '../../../src/main/lab/export/bundle';
import { realDisk } from '../../../src/main/lab/export/disk';
import { createSink } from '../../../src/main/lab/export/sink';
import { failureOf } from '../../../src/shared/errors';
import { temporaryFolder } from '../../support/lab';
import { madeUpParts, madeUpSource, quickDisk, watchedDisk } from '../../support/madeUpBundle';

const pause = async () => {};
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('the sink of a bundle', () => {
  it('writes pieces of any size as they are, hashed', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.uint8Array({ maxLength: 50 }),
      fc.integer({ min: 0, max: 3_000_000 }).map((n) => new Uint8Array(n).fill(n % 251)),
      fc.constant(new Uint8Array(1 << 20).fill(7)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 6 }), async (pieces) => {
        const folder = temporaryFolder();
        const sink = createSink(folder, quickDisk, pause);
        const file = await sink.stream('data/x.csv', pieces, 'text/csv', () => pieces.length);
        const expected = Buffer.concat(pieces.map((p) => Buffer.from(p as string)));
        expect(readFileSync(join(folder, 'data', 'x.csv')).equals(expected)).toBe(true);
        expect(file).toEqual({
          path: 'data/x.csv',
          bytes: expected.length,
          sha256: sha256(expected),
          rows: pieces.length,
          mediaType: 'text/csv',
        });
        expect(sink.files()).toEqual([file]);
      }),
      { numRuns: 30 },
    );
  });

  it('takes a piece before the next is made: its memory may be used again', async () => {
    const folder = temporaryFolder();
    const shared = new Uint8Array(4);
    function* pieces() {
      for (let i = 0; i < 5; i++) yield shared.fill(i);
    }
    await createSink(folder, quickDisk, pause).stream('x', pieces(), 'text/plain');
    expect([...readFileSync(join(folder, 'x'))]).toEqual([0, 1, 2, 3, 4].flatMap((i) => [i, i, i, i]));
  });

  it.each(['../x', '/x', 'a/../../x', 'a//x', '', 'a/', '.hidden', 'a\\b', 'c:x', 'ä', 'a\u0000'])(
    'refuses the name %j',
    async (path) => {
      const root = temporaryFolder();
      const folder = join(root, 'in');
      mkdirSync(folder);
      await expect(createSink(folder, realDisk, pause).put(path, 'x', 'text/plain')).rejects.toThrow(
        /no name/,
      );
      expect([readdirSync(root), readdirSync(folder)]).toEqual([['in'], []]);
    },
  );

  it('never writes over a file', async () => {
    const folder = temporaryFolder();
    const sink = createSink(folder, realDisk, pause);
    await sink.put('x', 'one', 'text/plain');
    await expect(sink.put('x', 'two', 'text/plain')).rejects.toThrow(/EEXIST/);
    expect(readFileSync(join(folder, 'x'), 'utf8')).toBe('one');
  });

  it('has each file and each folder on the disk before the bundle gets its name', async () => {
    const calls: string[] = [];
    const into = temporaryFolder();
    const disk = watchedDisk(quickDisk, (call, path) => calls.push(`${call} ${path.slice(into.length + 1)}`));
    const { files, path } = await writeBundle(
      madeUpSource(),
      { into, format: 'folder' },
      { parts: madeUpParts(), disk },
    );
    const renamed = calls.findIndex((call) => call.startsWith('rename'));
    const part = calls[renamed - 1] && calls.find((call) => call.startsWith('makeFolder'))!.split(' ')[1]!;
    const name = path.slice(into.length + 1);
    for (const file of files) {
      const at = calls.indexOf(`sync ${part}/${name}/${file.path}`);
      expect(at).toBeGreaterThan(calls.lastIndexOf(`write ${part}/${name}/${file.path}`));
      expect(at).toBeLessThan(renamed);
    }
    for (const folder of ['', '/data', '/machines', '/figures', '/provenance', '/provenance/records'])
      expect(calls.indexOf(`syncFolder ${part}/${name}${folder}`)).toBeGreaterThan(0);
    expect(calls.slice(renamed + 1, renamed + 2)).toEqual(['syncFolder ']);
  });
});

const mounted: string[] = [];
afterEach(() => {
  for (const folder of mounted.splice(0)) spawnSync('umount', [folder]);
});

/** A disk of so many bytes; null where this system gives none. */
function smallDisk(bytes: number): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null;
  const folder = temporaryFolder();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]);
  if (status !== 0) return null;
  mounted.push(folder);
  return folder;
}

describe('a disk that is really full', () => {
  it.each(['folder', 'zip'] as const)(
    'refuses a %s with what it needs, and keeps nothing of it',
    async (format) => {
      const disk = smallDisk(1 << 20);
      if (disk === null) {
        process.stderr.write('SKIPPED: no small disk can be mounted here (needs root on Linux)\n');
        return;
      }
      const effects = { parts: madeUpParts(200_000), disk: realDisk };
      const refusal = failureOf(
        await writeBundle(madeUpSource({ raw: 'both' }), { into: disk, format }, effects).catch(
          (thrown) => thrown,
        ),
      );
      expect(refusal.kind).toBe('no_space');
      expect(refusal.message).toContain(disk);
      expect(refusal.message).toMatch(/needs about [\d.,]+ MB, and [\d.,]+ (kB|MB) are free/);
      expect(readdirSync(disk)).toEqual([]);
      // Control: a small one finds room.
      const small = await writeBundle(madeUpSource({ raw: 'none' }), { into: disk, format }, effects);
      expect(existsSync(small.path)).toBe(true);
    },
  );
});

describe('a folder that may not be written', () => {
  it('is refused plainly', async () => {
    const into = join(temporaryFolder(), 'mine');
    mkdirSync(into);
    const root = process.getuid?.() === 0;
    if (root) {
      // Root may write anywhere but where the disk itself is read-only.
      if (
        process.platform !== 'linux' ||
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', into]).status !== 0
      ) {
        process.stderr.write('SKIPPED: no read-only disk can be mounted here\n');
        return;
      }
      mounted.push(into);
    } else chmodSync(into, 0o500);
    const refusal = failureOf(
      await writeBundle(
        madeUpSource(),
        { into, format: 'folder' },
        { parts: madeUpParts(), disk: realDisk },
      ).catch((thrown) => thrown),
    );
    expect(refusal).toMatchObject({ kind: 'bad_input', remedy: expect.stringContaining('writable disk') });
    expect(refusal.message).toContain(into);
    expect(execFileSync('ls', ['-A', into], { encoding: 'utf8' })).toBe('');
  });
});

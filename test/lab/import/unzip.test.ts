import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { openZip } from '../../../src/main/lab/import/unzip';
import { LabError } from '../../../src/shared/errors';
import { openBundleLab } from '../../support/bundleLab';
import { filesIn, folder, openEmpty, take, writeRecords } from './support';

type Entry = [name: string, content: string | Buffer, mode?: number, compress?: boolean];

async function zipOf(entries: readonly Entry[]): Promise<string> {
  const path = join(folder(), 'bundle.zip');
  const zip = new ZipFile();
  for (const [name, content, mode = 0o100644, compress = true] of entries)
    zip.addBuffer(Buffer.from(content), name, { mode, compress });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

/** Same length, so that no other byte of the zip moves. */
function rename(path: string, from: string, to: string): string {
  expect(to).toHaveLength(from.length);
  const bytes = readFileSync(path).toString('latin1').replaceAll(from, to);
  writeFileSync(path, bytes, 'latin1');
  return path;
}

async function refusal(path: string): Promise<string> {
  const store = openEmpty();
  const before = readdirSync(store.dir).sort();
  const thrown = await take(store, path).then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(LabError);
  expect(readdirSync(store.dir).sort()).toEqual(before);
  return (thrown as LabError).message;
}

describe('a zip', () => {
  it('of a bundle is taken, and what was unpacked is gone after it', async () => {
    const from = openBundleLab({ parts: ['claim'] });
    const bundle = writeRecords(from.store);
    from.dispose();
    const path = await zipOf(filesIn(bundle).map((file) => [`b/${file}`, readFileSync(join(bundle, file))]));
    const store = openEmpty();
    const before = readdirSync(store.dir).sort();
    // What an import left behind that was killed goes too.
    mkdirSync(join(store.dir, '.unpacking-1-abcdef', 'data'), { recursive: true });
    expect((await take(store, path)).added.runs).toBe(from.exportedRuns);
    expect(readdirSync(store.dir).sort()).toEqual(before);
  });

  it.each<[string, readonly Entry[], RegExp]>([
    ['a symbolic link', [['b/x', '/etc/passwd', 0o120777]], /“b\/x” in the zip is a link/],
    ['a device', [['b/x', '', 0o020644]], /is no plain file/],
    [
      'two folders',
      [
        ['b/x', ''],
        ['c/y', ''],
      ],
      /more than one folder/,
    ],
    [
      'a file beside the folder',
      [
        ['b/x', ''],
        ['y', ''],
      ],
      /more than one folder/,
    ],
    [
      'a file twice',
      [
        ['b/x', '1'],
        ['b/x', '2'],
      ],
      /“b\/x” in the zip is in the zip twice|is in the zip twice/,
    ],
    [
      'a file twice in other letters',
      [
        ['b/x', '1'],
        ['b/X', '2'],
      ],
      /is in the zip twice/,
    ],
    ['a name that systems read otherwise', [['b/a b', '']], /no file of a bundle has/],
    ['a hidden file', [['b/.x', '']], /no file of a bundle has/],
    ['nothing of a bundle', [['b/x', '']], /SHA256SUMS is not there/],
  ])('with %s is refused', async (_, entries, words) => {
    expect(await refusal(await zipOf(entries))).toMatch(words);
  });

  it.each([
    ['b/aaaaaaaaaaaaa', 'b/../../../evil'],
    ['bbbbbbbbbbbbbbb', '/tmp/evil/entry'],
    ['b/aaaaaaaaaaaaa', 'b/..\\..\\..\\x.yz'],
    ['b/aaaaaaaaaaaaa', 'C:/aaaaaaaaaaaa'],
    ['b/aaaaaaaaaaaaa', 'b/aaaaaaaa\u0000aaaa'],
  ])('in which %s became %s leads nowhere', async (from, to) => {
    const path = rename(await zipOf([[from, 'x']]), from, to);
    expect(await refusal(path)).toMatch(
      /plain path|absolute|backslash|invalid|no file of a bundle has|relative/,
    );
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  it('that unpacks to far more than it holds is refused before anything is unpacked', async () => {
    const path = await zipOf([['b/x', Buffer.alloc(100 << 20)]]);
    expect(await refusal(path)).toMatch(/says that it unpacks to 104857600, which no bundle does/);
    // Control: 60 MiB are let through, to fail as what is no bundle.
    expect(await refusal(await zipOf([['b/x', Buffer.alloc(60 << 20)]]))).toMatch(/SHA256SUMS/);
  });

  it('that holds more or less than it says is noticed while it is unpacked', async () => {
    for (const declared of [10, 2000]) {
      const path = await zipOf([['b/x', Buffer.alloc(1000, 7)]]);
      const bytes = readFileSync(path);
      // Uncompressed size in the central directory: 24 bytes into its entry (APPNOTE 4.3.12).
      const entry = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
      bytes.writeUInt32LE(declared, entry + 24);
      writeFileSync(path, bytes);
      expect(await refusal(path)).toMatch(
        /larger|smaller|too many bytes|not enough bytes|no zip that can be read/,
      );
    }
  });

  it('with many files is judged by what all of them unpack to', async () => {
    const path = await zipOf(Array.from({ length: 40 }, (_, i): Entry => [`b/x${i}`, Buffer.alloc(4 << 20)]));
    expect(await refusal(path)).toMatch(/no bundle does/);
  });

  it('of which bytes changed is refused or taken, and never ends the lab', async () => {
    const from = openBundleLab({ parts: ['sample'] });
    const bundle = writeRecords(from.store);
    from.dispose();
    const path = await zipOf(filesIn(bundle).map((file) => [`b/${file}`, readFileSync(join(bundle, file))]));
    const whole = readFileSync(path);
    const store = openEmpty();
    let refused = 0;
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(whole);
      const at = (i * 7919) % bytes.length;
      bytes[at] = bytes[at]! ^ (1 << (i % 8));
      writeFileSync(path, bytes);
      const thrown = await take(store, path).catch((error: unknown) => error);
      if (thrown instanceof Error) {
        expect(thrown, `${at}: ${thrown.stack}`).toBeInstanceOf(LabError);
        refused += 1;
      }
      expect(store.reader.verify().problems).toEqual([]);
    }
    expect(refused).toBeGreaterThan(40);
  }, 30_000);

  it('that is cut off is refused', async () => {
    const path = await zipOf([['b/x', 'content']]);
    const whole = readFileSync(path);
    for (const bytes of [0, 1, 10, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, bytes));
      await expect(openZip(path)).rejects.toThrow(LabError);
    }
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { type Entry, fromBuffer } from 'yauzl';
import { zipPieces } from '../../../src/main/lab/export/zipFile';
import { temporaryFolder } from '../../support/lab';

const created = Date.parse('2026-03-29T02:30:07Z'); // a time that Berlin does not have
const contents: [string, string][] = [
  ['b/data/runs.csv', 'x\r\n'.repeat(10_000)],
  ['b/ä.txt', 'ä'],
  ['b/empty', ''],
  ['b/SHA256SUMS', 'sums'],
];

function entriesOf(texts = contents) {
  const folder = temporaryFolder();
  return texts.map(([path, text]) => {
    const from = join(folder, path);
    mkdirSync(dirname(from), { recursive: true });
    writeFileSync(from, text);
    return { from, path, bytes: Buffer.byteLength(text) };
  });
}

const zipOf = async (entries = entriesOf(), time = created) =>
  buffer(zipPieces(entries, time) as AsyncIterable<Buffer>);

/** Names, contents and what the archive says of each, in its order. */
function unzip(bytes: Buffer): Promise<{ entry: Entry; text: string }[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      const found: { entry: Entry; text: string }[] = [];
      zip.on('entry', (entry: Entry) =>
        zip.openReadStream(entry, async (e, stream) => {
          if (e) return reject(e);
          found.push({ entry, text: (await buffer(stream)).toString() });
          zip.readEntry();
        }),
      );
      zip.on('end', () => resolve(found));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe('the zip of a bundle', () => {
  it('holds the files in the order of writing, with one time and one mode', async () => {
    const found = await unzip(await zipOf());
    expect(found.map(({ entry, text }) => [entry.fileName, text])).toEqual(contents);
    for (const { entry } of found) {
      expect(entry.externalFileAttributes >>> 16).toBe(0o100644);
      expect(entry.getLastModDate({ timezone: 'UTC', forceDosFormat: true }).toISOString()).toBe(
        '2026-03-29T02:30:06.000Z', // DOS times are even
      );
      expect(entry.getLastModDate().getTime()).toBe(created);
    }
  });

  it('has the same bytes in every time zone', async () => {
    const entries = entriesOf();
    const bytes: Buffer[] = [];
    for (const tz of ['UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia', 'America/St_Johns']) {
      process.env.TZ = tz;
      bytes.push(await zipOf(entries));
    }
    expect(new Date(2026, 0, 1).getTimezoneOffset()).not.toBe(0); // control: the zone did change
    for (const each of bytes) expect(each.equals(bytes[0]!)).toBe(true);
    expect((await zipOf(entries, created + 2_000)).equals(bytes[0]!)).toBe(false); // control
  });

  it('passes the test of another program', async () => {
    const file = join(temporaryFolder(), 'b.zip');
    writeFileSync(file, await zipOf());
    expect(execFileSync('python3', ['-m', 'zipfile', '-t', file], { encoding: 'utf8' })).toContain('Done');
  });

  it('fails where a file is not what was said, and leaves no file open when nobody reads on', async () => {
    const [first, ...rest] = entriesOf();
    await expect(zipOf([{ ...first!, from: `${first!.from}.gone` }, ...rest])).rejects.toThrow(/ENOENT/);
    await expect(zipOf([{ ...first!, bytes: 1 }, ...rest])).rejects.toThrow(/number of bytes/);
    if (process.platform !== 'linux') return;
    const open = () => readdirSync('/proc/self/fd').length;
    const big = entriesOf([['b/big', 'x'.repeat(5e6)]]);
    const before = open();
    for (let i = 0; i < 5; i++) for await (const _ of zipPieces(big, created)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(open()).toBeLessThanOrEqual(before);
  });
});

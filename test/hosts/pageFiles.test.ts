import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageFileOf, readPageFile } from '../../src/main/hosts/pageFiles';
import { temporaryFolder } from '../support/lab';

const secret = 'outside';

function built(): string {
  const folder = join(temporaryFolder(), 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), 'page');
  writeFileSync(join(folder, 'assets', 'main-D3f_.js'), 'code');
  writeFileSync(join(folder, '.hidden.html'), secret);
  writeFileSync(join(folder, 'notes.private'), secret);
  writeFileSync(join(folder, '..', 'outside.html'), secret);
  symlinkSync(join(folder, '..', 'outside.html'), join(folder, 'link.html'));
  symlinkSync(join(folder, '..'), join(folder, 'above'));
  mkdirSync(join(folder, 'folder.html'));
  return folder;
}

const refused = [
  '/../outside.html',
  '/assets/../../outside.html',
  '/%2e%2e/outside.html',
  '/%2E%2E%2Foutside.html',
  '/..%2foutside.html',
  '/..%5coutside.html',
  '/..\\outside.html',
  '\\..\\outside.html',
  '/assets%2fmain-D3f_.js',
  '/index.html%00',
  '/index.html\0.js',
  '/index.html.',
  '/index.html ',
  '/index.html::$DATA',
  '/INDEX.HTML',
  '/Assets/main-D3f_.js',
  '/con.html',
  '/C:/outside.html',
  '//outside.html',
  '/link.html',
  '/above/outside.html',
  '/folder.html',
  '/.hidden.html',
  '/notes.private',
  '/assets/',
  '/assets',
  '',
  'index.html',
  'http://evil.test/index.html',
  '/nothing.html',
];

describe('files of the page', () => {
  it('serves what was built, with its type', async () => {
    const folder = built();
    for (const target of ['/', '/index.html', '/index.html?a=1', '/#key'])
      expect(Buffer.from((await readPageFile(folder, target))!.bytes).toString()).toBe('page');
    expect(await readPageFile(folder, '/assets/main-D3f_.js')).toMatchObject({
      contentType: 'text/javascript; charset=utf-8',
    });
  });

  it.each(refused)('nothing at %j', async (target) => {
    expect(await readPageFile(built(), target)).toBeNull();
  });

  it('the naive way would have served the secret', () => {
    const folder = built();
    const naive = (target: string) => resolve(join(folder, decodeURIComponent(target)));
    expect(refused.slice(0, 3).map(naive)).toEqual(Array(3).fill(join(folder, '..', 'outside.html')));
  });

  it('whatever the target, the path stays below the folder', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('..', '.', '/', '\\', '%2e', 'a.js', '\0', 'assets'));
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const named = pageFileOf(`/${parts.join('/')}`);
        if (named) expect(join('/page', ...named.segments).startsWith(`/page${sep}`)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

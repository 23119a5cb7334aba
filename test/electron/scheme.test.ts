import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerFor } from '../../src/main/electron/schemeAnswer';
import { readPageFile } from '../../src/main/hosts/pageFiles';
import { pageHeaders } from '../../src/main/hosts/webHeaders';
import { temporaryFolder } from '../support/lab';

let app = '';
let page = '';
const secret = 'SECRET outside the page';

beforeEach(() => {
  app = temporaryFolder();
  page = join(app, 'renderer');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<!doctype html>page');
  writeFileSync(join(page, 'assets', 'main-a1B2.js'), 'page()');
  writeFileSync(join(app, 'secret.js'), secret);
  symlinkSync(join(app, 'secret.js'), join(page, 'link.js'));
  symlinkSync(app, join(page, 'linked'));
});

const get = (url: string, method = 'GET') => answerFor(method, url, (target) => readPageFile(page, target));
const text = (body: Uint8Array | null) => (body ? Buffer.from(body).toString() : null);

/** What a handler without rules would serve: the control of this suite. */
function naive(url: string): string | null {
  try {
    return readFileSync(join(page, decodeURIComponent(url.slice('thirty-watts://app'.length))), 'utf8');
  } catch {
    return null;
  }
}

const attacks = [
  'thirty-watts://app/../secret.js',
  'thirty-watts://app/%2e%2e/secret.js',
  'thirty-watts://app/..%2fsecret.js',
  'thirty-watts://app/assets/../../secret.js',
  'thirty-watts://app/assets/%2e%2e/%2E%2E/secret.js',
  'thirty-watts://app/..%5csecret.js',
  'thirty-watts://app/..\\secret.js',
  'thirty-watts://app//etc/passwd',
  'thirty-watts://app/%00index.html',
  'thirty-watts://app/index.html%00.js',
  'thirty-watts://app/index.html.',
  'thirty-watts://app/index.html/',
  'thirty-watts://app/INDEX.html',
  'thirty-watts://app/link.js',
  'thirty-watts://app/linked/secret.js',
  'thirty-watts://app/assets',
  'thirty-watts://app/.',
  'thirty-watts://app',
  'thirty-watts://other/index.html',
  'thirty-watts://app.evil/index.html',
  'thirty-watts://user@app/index.html',
  'thirty-watts://app:80/index.html',
  'THIRTY-WATTS://APP/index.html',
  'file:///etc/passwd',
];

describe("the app's scheme", () => {
  it('serves the page with the headers of every door', async () => {
    const index = await get('thirty-watts://app/');
    expect([index.status, text(index.body)]).toEqual([200, '<!doctype html>page']);
    expect(index.headers).toEqual({ ...pageHeaders, 'content-type': 'text/html; charset=utf-8' });
    const script = await get('thirty-watts://app/assets/main-a1B2.js?v=1');
    expect([script.status, script.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(await get('thirty-watts://app/', 'HEAD')).toMatchObject({ status: 200, body: null });
  });

  it.each(attacks)('answers 404 to %s', async (url) => {
    expect(await get(url)).toEqual({ status: 404, headers: pageHeaders, body: null });
  });

  it.each(['POST', 'PUT', 'get', 'OPTIONS'])('answers 404 to %s', async (method) => {
    expect((await get('thirty-watts://app/', method)).status).toBe(404);
  });

  it('never serves what lies outside, however the path is spelled', async () => {
    const step = fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2E.',
      'assets',
      'linked',
      'link.js',
      'secret.js',
      '',
      '%5c',
      '..\\',
      '%00',
    );
    const path = fc.array(step, { maxLength: 6 }).map((steps) => `/${steps.join('/')}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(path, fc.webPath(), fc.string()), async (target) => {
        const { body } = await get(`thirty-watts://app${target}`);
        expect(text(body) ?? '').not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  it('would serve the secret without the rules', () => {
    expect(attacks.filter((url) => naive(url) === secret).length).toBeGreaterThanOrEqual(5);
  });
});

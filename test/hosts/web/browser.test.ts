import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type GuardContext,
  type GuardedRequest,
  guard,
  type Verdict,
} from '../../../src/main/hosts/web/guard';
import { fakeLab, type TestHost, testHost } from './support';

const program = process.env.THIRTY_WATTS_CHROMIUM ?? '/usr/bin/chromium';
const there = existsSync(program);
if (!there)
  console.warn(`SKIPPED: the browser host in a real browser: there is no ${program} (apt install chromium).`);

const source = resolve(__dirname, '../../../src').replaceAll('\\', '/');
/** The page's own connection code, and a line that says how it went. */
const script = `
import { connectWeb } from '${source}/renderer/channels/web';
import { labClient } from '${source}/shared/rpc';
const say = (text) => { document.querySelector('p').textContent = text; };
// In a turn of its own: what a debugger calls may evaluate text whatever the policy says.
window.addEventListener('try-eval', () => setTimeout(() => {
  try { new Function('')(); say('evaluated'); } catch { say('not evaluated'); }
}));
try {
  const { channel, door } = await connectWeb(window.location);
  const lab = labClient(channel);
  lab.onEvent((event) => say('event ' + event.type));
  const { models } = await lab.listModels({});
  Object.assign(window, { lab, door });
  say('connected, ' + models.length + ' models');
} catch (thrown) {
  say('refused: ' + thrown.message);
}
`;

describe.skipIf(!there)('a real browser', () => {
  let browser: Browser;
  let pageFolder: string;
  const folder = there ? mkdtempSync(join(tmpdir(), 'thirty-watts-page-')) : '';

  beforeAll(async () => {
    mkdirSync(join(folder, 'source'), { recursive: true });
    writeFileSync(join(folder, 'source', 'main.ts'), script);
    writeFileSync(
      join(folder, 'source', 'index.html'),
      '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>lab</title><p>waiting</p><script type="module" src="./main.ts"></script>',
    );
    pageFolder = join(folder, 'built');
    await build({
      configFile: false,
      logLevel: 'error',
      root: join(folder, 'source'),
      base: './',
      build: { outDir: pageFolder, emptyOutDir: true, target: 'es2024' },
    });
    browser = await chromium.launch({
      executablePath: program,
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP rebind.test 127.0.0.1, MAP evil.test 127.0.0.1',
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const servers: Server[] = [];
  const pages: Page[] = [];
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A tab with a session of its own; what the browser complains of is kept. */
  async function tab(): Promise<{ page: Page; complaints: string[] }> {
    const page = await (await browser.newContext()).newPage();
    pages.push(page);
    const complaints: string[] = [];
    page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
    page.on('pageerror', (e) => complaints.push(e.message));
    return { page, complaints };
  }

  /** A host that notes its verdicts. `mend` changes requests before they are judged (controls only). */
  async function host(
    mend: (r: GuardedRequest, c: GuardContext) => GuardedRequest = (r) => r,
    port = 0,
  ): Promise<{
    lab: TestHost;
    verdicts: Verdict[];
    push: ReturnType<typeof fakeLab>['push'];
    paths: string[];
  }> {
    const verdicts: Verdict[] = [];
    const paths: string[] = [];
    const { served, push } = fakeLab({
      listModels: async () => ({ models: [] }),
      importModels: async (input) => {
        paths.push(...input.paths);
        return { imported: [], refused: [] };
      },
    });
    const lab = await testHost({
      served,
      port,
      pageFolder,
      judge: (request, context) => {
        const verdict = guard(mend(request, context), context);
        // The browser asks for the icon of any page it shows, also of a refusal, and there is none.
        if (request.url !== '/favicon.ico') verdicts.push(verdict);
        return verdict;
      },
    });
    verdicts.length = 0;
    return { lab, verdicts, push, paths };
  }

  const state = (page: Page) => page.locator('p');
  const settled = (page: Page) =>
    state(page).filter({ hasNotText: 'waiting' }).textContent({ timeout: 10_000 });

  it('connects, drops the key from the address, hears events, uploads, and survives a reload without a complaint', async () => {
    const { lab, push, paths } = await host();
    const { page, complaints } = await tab();
    await page.goto(lab.address);
    expect(await settled(page)).toBe('connected, 0 models');
    expect(page.url()).toBe(`http://127.0.0.1:${lab.port}/`);
    expect(await page.evaluate(() => JSON.stringify([sessionStorage, document.cookie]))).not.toContain(
      lab.key,
    );
    push({ type: 'changed', what: 'models' });
    await state(page).getByText('event changed').waitFor();
    const shares = await page.evaluate(async () => {
      const { lab, door } = window as never as {
        lab: { importModels(input: { paths: string[] }): Promise<unknown> };
        door: { acceptDrop(files: unknown[], p: (share: number) => void): Promise<string[]> };
      };
      const seen: number[] = [];
      const bytes = new Uint8Array(3_000_000);
      const files = [
        { name: 'm/big.onnx', file: new File([bytes], 'big.onnx') },
        { name: 'm/w.bin', file: new File([bytes], 'w.bin') },
      ];
      await lab.importModels({ paths: await door.acceptDrop(files, (share) => seen.push(share)) });
      return seen;
    });
    expect(shares.at(-1)).toBe(1);
    expect(paths).toEqual([expect.stringMatching(/big\.onnx$/)]);
    await page.reload();
    expect(await settled(page)).toBe('connected, 0 models');
    expect(complaints).toEqual([]);
  });

  it('a tab of an earlier start says so', async () => {
    const first = await host();
    const { page } = await tab();
    await page.goto(first.lab.address);
    expect(await settled(page)).toMatch(/^connected/);
    await first.lab.close();
    await host(undefined, first.lab.port);
    await page.reload();
    expect(await settled(page)).toContain('This tab belongs to an earlier start of the lab.');
  });

  it('a name rebound to this machine gets 421 and no data', async () => {
    const { lab, verdicts } = await host();
    const { page } = await tab();
    const answer = await page.goto(lab.address.replace('127.0.0.1', 'rebind.test'));
    expect(answer?.status()).toBe(421);
    expect(await page.content()).not.toContain('script');
    const codes = await page.evaluate(async (bearer) => {
      const get = await fetch('/index.html');
      const post = await fetch('/session', {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: '{}',
      });
      return [get.status, post.status];
    }, lab.key);
    expect(codes).toEqual([421, 421]);
    expect(verdicts.length).toBeGreaterThanOrEqual(3);
    expect(verdicts.filter((v) => v.allow)).toEqual([]);
  });

  it('control: without the Host rule the rebound name gets the page and, with the key, the lab', async () => {
    const { lab } = await host((r, { port }) => ({
      ...r,
      rawHeaders: r.rawHeaders.map((v) => v.replace('rebind.test', '127.0.0.1').replace(/:\d+$/, `:${port}`)),
    }));
    const { page } = await tab();
    await page.goto(lab.address.replace('127.0.0.1', 'rebind.test'));
    expect(await settled(page)).toBe('connected, 0 models');
  });

  it('another site can neither read, send, open a WebSocket, embed, nor lead here', async () => {
    const { lab, verdicts } = await host();
    const evil = createServer((_, res) => {
      res.setHeader('content-type', 'text/html');
      res.end('<!doctype html><title>evil</title>');
    }).listen(0, '127.0.0.1');
    servers.push(evil);
    await new Promise((done) => evil.once('listening', done));
    const { page } = await tab();
    const ticket = await lab.ticket();
    verdicts.length = 0;
    await page.goto(`http://evil.test:${(evil.address() as AddressInfo).port}/`);
    const got = await page.evaluate(
      async ({ base, key, protocols }) => {
        const outcome = (p: Promise<unknown>) => p.then((v) => String(v)).catch(() => 'failed');
        const load = (element: HTMLScriptElement | HTMLImageElement) =>
          new Promise((done) => {
            element.onload = () => done('loaded');
            element.onerror = () => done('failed');
            document.documentElement.append(element);
          });
        const socket = new Promise((done) => {
          const ws = new WebSocket(`${base.replace('http', 'ws')}/lab`, protocols);
          ws.onopen = () => done('open');
          ws.onerror = () => done('failed');
        });
        return {
          read: await outcome(fetch(`${base}/`).then((r) => r.text())),
          blind: await outcome(
            fetch(`${base}/session`, { method: 'POST', mode: 'no-cors', body: '{}' }).then((r) => r.type),
          ),
          json: await outcome(
            fetch(`${base}/session`, {
              method: 'POST',
              headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
              body: '{}',
            }).then((r) => r.status),
          ),
          script: await load(Object.assign(document.createElement('script'), { src: `${base}/index.html` })),
          image: await load(Object.assign(document.createElement('img'), { src: `${base}/index.html` })),
          socket: await socket,
        };
      },
      { base: `http://127.0.0.1:${lab.port}`, key: lab.key, protocols: ['thirty-watts', `ticket.${ticket}`] },
    );
    expect(got).toMatchObject({
      read: 'failed',
      json: 'failed',
      script: 'failed',
      image: 'failed',
      socket: 'failed',
    });
    expect(['opaque', 'failed']).toContain(got.blind);
    const link = page.waitForEvent('framenavigated');
    await page.evaluate((href) => {
      window.location.href = href;
    }, lab.address);
    await link;
    expect(await page.content()).not.toContain('waiting');
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.filter((v) => v.allow)).toEqual([]);
  });

  it('runs no foreign script in the page: inline, eval, remote', async () => {
    const { lab } = await host();
    const { page } = await tab();
    await page.goto(lab.address);
    await settled(page);
    const tried = await page.evaluate(async () => {
      const reports: string[] = [];
      document.addEventListener('securitypolicyviolation', (e) => reports.push(e.effectiveDirective));
      const inline = document.createElement('script');
      inline.textContent = 'window.inlineRan = true';
      document.body.append(inline);
      const image = document.createElement('img');
      image.src = 'http://evil.test/p.png';
      await new Promise((done) => {
        image.onerror = done;
      });
      const reported = new Promise<void>((done) => {
        document.addEventListener(
          'securitypolicyviolation',
          (e) => e.effectiveDirective === 'connect-src' && done(),
        );
      });
      await fetch('http://evil.test/').catch(() => {});
      await reported;
      return { inline: 'inlineRan' in window, reports };
    });
    expect(tried.inline).toBe(false);
    for (const directive of ['script-src-elem', 'img-src', 'connect-src'])
      expect(tried.reports).toContain(directive);
    await page.evaluate(() => window.dispatchEvent(new Event('try-eval')));
    await state(page)
      .getByText(/evaluated/)
      .waitFor();
    expect(await state(page).textContent()).toBe('not evaluated');
  });

  it('the lab cannot be framed', async () => {
    const { lab } = await host();
    const { page, complaints } = await tab();
    await page.goto(lab.address);
    await settled(page);
    await page.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = '/';
      document.body.append(frame);
    });
    await expect.poll(() => complaints.join()).toMatch(/frame-src|default-src|frame-ancestors/);
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  appWithPage,
  findRig,
  type Launched,
  launchApp,
  processesWith,
  startDisplay,
  until,
} from '../support/electronRig';

const rig = findRig();
if (rig.missing) console.warn(`SKIPPED, the desktop app end to end: ${rig.missing} is missing.`);

/** What the probe page keeps (fixtures/probe/probe.js), as far as the tests read it. */
interface Probe {
  handedOver: unknown[];
  globalsAtStart: string[];
  lab: { type: string; runId?: string | null }[];
  door: { type: string; state?: string; command?: string; paths?: string[] }[];
  violations: string[];
  request(
    name: string,
    input?: unknown,
  ): Promise<{ ok: boolean; data?: unknown; failure?: { kind: string } }>;
  doorRequest(name: string, input?: unknown): Promise<{ ok: boolean; data?: unknown; message?: string }>;
  port: MessagePort | null;
}
declare global {
  interface Window {
    probe: Probe;
  }
}

describe.skipIf(rig.missing !== null)('a real Electron', { timeout: 60_000 }, () => {
  let display: Awaited<ReturnType<typeof startDisplay>>;
  let probeApp: ReturnType<typeof appWithPage>;
  const folders: string[] = [];
  const open: Launched[] = [];

  const folder = () => {
    folders.push(mkdtempSync(join(tmpdir(), 'thirty-watts-e2e-')));
    return folders.at(-1)!;
  };
  const launch = async (
    o: {
      lab?: string;
      appFolder?: string;
      userData?: string;
      args?: string[];
      env?: Record<string, string>;
    } = {},
  ) => {
    const labFolder = o.lab ?? folder();
    const launched = await launchApp({
      executable: rig.executable!,
      display: display.display,
      appFolder: o.appFolder ?? probeApp.folder,
      labFolder,
      userData: o.userData ?? folder(),
      args: o.args,
      env: o.env,
    });
    open.push(launched);
    await until('the port', () => launched.page.evaluate(() => window.probe.port !== null));
    return { ...launched, labFolder };
  };
  const labInfo = (page: Page) => page.evaluate(() => window.probe.request('labInfo'));
  const service = (labFolder: string) =>
    processesWith(`--lab ${labFolder}`).filter((p) => p.command.includes('service.cjs'));

  beforeAll(async () => {
    display = await startDisplay();
    probeApp = appWithPage(join(__dirname, 'fixtures/probe'));
  });
  afterEach(async () => {
    // Not by closing: an app whose test failed during a run would ask.
    for (const { app } of open.splice(0)) {
      const ended = new Promise((resolve) => app.once('close', () => resolve(null)));
      try {
        app.process().kill('SIGKILL');
      } catch {
        continue; // it has ended
      }
      await ended;
    }
    for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  afterAll(() => {
    display?.stop();
    probeApp?.remove();
  });

  it('gives the page one port and nothing of Node', async () => {
    const { page } = await launch();
    const seen = await page.evaluate(() => ({
      types: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].map(
        (name) => typeof (window as unknown as Record<string, unknown>)[name],
      ),
      handedOver: window.probe.handedOver,
      origin: window.origin,
      // What a bare page of the same browser has, so that whatever a preload adds stands out.
      added: (() => {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        const bare = new Set(Object.getOwnPropertyNames(frame.contentWindow));
        frame.remove();
        return Object.getOwnPropertyNames(window).filter((name) => !bare.has(name) && !/^\d+$/.test(name));
      })(),
    }));
    expect(seen.types).toEqual(Array(6).fill('undefined'));
    expect(seen.handedOver).toEqual([{ data: 'thirty-watts:port', ports: 1, ofOurselves: true }]);
    expect(seen.origin).toBe('thirty-watts://app');
    expect(seen.added).toEqual(['probe']);
  });

  it('control: a window that were given Node would be seen', async () => {
    const unsafe = appWithPage(join(__dirname, 'fixtures/probe'));
    try {
      const main = join(unsafe.folder, 'out/main/index.cjs');
      const text = readFileSync(main, 'utf8');
      const opened = text
        .replace('sandbox: true', 'sandbox: false')
        .replace('contextIsolation: true', 'contextIsolation: false')
        .replace('nodeIntegration: false', 'nodeIntegration: true');
      expect(opened).not.toBe(text);
      writeFileSync(main, opened);
      const { page } = await launch({ appFolder: unsafe.folder });
      expect(await page.evaluate(() => typeof (window as unknown as Record<string, unknown>).require)).toBe(
        'function',
      );
    } finally {
      unsafe.remove();
    }
  });

  it('answers labInfo through the port, from a lab on the pinned Node', async () => {
    const { page, labFolder } = await launch({ env: { NODE_OPTIONS: '--require /nonexistent/evil.cjs' } });
    const answer = await labInfo(page);
    expect(answer).toMatchObject({ ok: true, data: { folder: labFolder, readOnly: null, measuring: null } });
    expect(service(labFolder)).toHaveLength(1);
    expect(service(labFolder)[0].command.startsWith(`${process.execPath} --disable-sigusr1 `)).toBe(true);
  });

  it('denies permissions, windows, navigation and what the policy forbids', async () => {
    const { page, app } = await launch();
    const seen = await page.evaluate(async () => {
      const state = async (name: string) =>
        (await navigator.permissions.query({ name } as PermissionDescriptor)).state;
      const violated = new Promise((resolve) =>
        document.addEventListener('securitypolicyviolation', (e) => resolve(e.violatedDirective), {
          once: true,
        }),
      );
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      window.location.href = 'https://example.org/';
      return {
        opened: window.open('https://example.org/'),
        notifications: await Notification.requestPermission(),
        geolocation: await state('geolocation'),
        ranInline: 'ranInline' in window,
        violated: await violated,
        evaluated: await (async () => {
          try {
            // biome-ignore lint/security/noGlobalEval: this is what the policy must refuse
            return eval('1');
          } catch (thrown) {
            return (thrown as Error).name;
          }
        })(),
        secret: (await fetch('thirty-watts://app/../main/index.cjs')).status,
        other: await fetch('thirty-watts://other/index.html').then(
          (r) => r.status,
          (error: Error) => error.name,
        ),
        csp: (await fetch('thirty-watts://app/')).headers.get('content-security-policy'),
      };
    });
    expect(seen).toMatchObject({
      opened: null,
      notifications: 'denied',
      geolocation: 'denied',
      ranInline: false,
      violated: 'script-src-elem',
      evaluated: 'EvalError',
      secret: 404,
    });
    expect([404, 'TypeError']).toContain(seen.other);
    expect(seen.csp).toContain("default-src 'none'");
    expect(page.url()).toBe('thirty-watts://app/');
    expect(app.windows()).toHaveLength(1);
  });

  it('tells the page when the service dies, and brings it back', async () => {
    const { page, labFolder } = await launch();
    await labInfo(page);
    const [{ pid }] = service(labFolder);
    process.kill(pid, 'SIGKILL');
    const states = () => page.evaluate(() => window.probe.door.map((event) => event.state));
    await until('the page hears that it is back', async () => (await states()).includes('restarted'));
    expect(await states()).toEqual(['lost', 'restarted']);
    expect(await labInfo(page)).toMatchObject({ ok: true, data: { folder: labFolder } });

    // A second death within a minute: down, every call answered, back when the page says so.
    process.kill(service(labFolder)[0].pid, 'SIGKILL');
    await until('the page hears that it is down', async () => (await states()).includes('down'));
    expect(await labInfo(page)).toMatchObject({ ok: false, failure: { kind: 'connection_lost' } });
    expect(await page.evaluate(() => window.probe.doorRequest('restartService'))).toMatchObject({ ok: true });
    expect(await labInfo(page)).toMatchObject({ ok: true });
    expect(service(labFolder)).toHaveLength(1);
  });

  it('opens a lab that another process has for reading, and says why one cannot be opened', async () => {
    const first = await launch();
    await labInfo(first.page);
    const second = await launch({ lab: first.labFolder });
    expect(await labInfo(second.page)).toMatchObject({
      ok: true,
      data: { readOnly: { holderPid: service(first.labFolder)[0].pid } },
    });
    const impossible = await launch({ lab: '/proc/no-lab-here' });
    const answer = await labInfo(impossible.page);
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining('/proc') } });
  });

  it('sends menu entries and dropped files to the page', async () => {
    const { page, app } = await launch();
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('import')?.click());
    await until('the menu entry', () => page.evaluate(() => window.probe.door.length > 0));
    const client = await page.context().newCDPSession(page);
    const data = { items: [], files: ['/tmp/some model.onnx'], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await client.send('Input.dispatchDragEvent', { type, x: 100, y: 100, data });
    await until('the files', () => page.evaluate(() => window.probe.door.length > 1));
    expect(await page.evaluate(() => window.probe.door)).toEqual([
      { type: 'menu', command: 'import' },
      { type: 'files', paths: ['/tmp/some model.onnx'] },
    ]);
  });

  it('refuses door commands that are not what they say, and links elsewhere', async () => {
    const { page } = await launch();
    const answers = await page.evaluate(async () => [
      await window.probe.doorRequest('deleteEverything'),
      await window.probe.doorRequest('saveFile', { name: '', bytes: 'text' }),
      await window.probe.doorRequest('openExternal', { url: 'file:///etc/passwd' }),
    ]);
    expect(answers.map((a) => a.ok)).toEqual([false, false, true]);
    expect(answers[2].data).toEqual({ opened: false });
  });

  it('saves a file whole where the dialog says', async () => {
    const { page, app, labFolder } = await launch();
    const path = join(labFolder, 'figure.svg');
    await app.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = async () => ({ canceled: false, filePath });
    }, path);
    const save = () =>
      page.evaluate(() =>
        window.probe.doorRequest('saveFile', { name: 'f.svg', bytes: new Uint8Array([60, 62]) }),
      );
    expect(await save()).toMatchObject({ ok: true, data: { path } });
    expect(readFileSync(path, 'utf8')).toBe('<>');
  });

  it('hands over the folder, the zip and the folder of a bundle that the dialog says', async () => {
    const { page, app, labFolder } = await launch();
    const asked = (name: 'pickFolder' | 'pickModels', input: object) =>
      page.evaluate(([n, i]) => window.probe.doorRequest(n, i), [name, input] as const);
    await app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = (async (...args: unknown[]) => {
        const { properties, defaultPath, filters } = args.at(-1) as Electron.OpenDialogOptions;
        const [first] = filters ?? [];
        return {
          canceled: false,
          filePaths: [[...(properties ?? []), first?.extensions[0], defaultPath].join(' ')],
        };
      }) as typeof dialog.showOpenDialog;
    });
    expect(await asked('pickFolder', {})).toMatchObject({
      ok: true,
      data: { path: `openDirectory createDirectory  ${labFolder}` },
    });
    expect(await asked('pickModels', { what: 'bundle' })).toMatchObject({
      data: { paths: ['openFile zip '] },
    });
    expect(await asked('pickModels', { what: 'bundleFolder' })).toMatchObject({
      data: { paths: ['openDirectory  '] },
    });
    await app.evaluate(({ dialog }) => {
      dialog.showOpenDialog = async () => ({ canceled: true, filePaths: [] });
    });
    expect(await asked('pickFolder', {})).toMatchObject({ ok: true, data: null });
  });

  it('goes over to another lab and loads the page anew', async () => {
    const { page, app, labFolder } = await launch();
    await labInfo(page);
    const other = folder();
    await app.evaluate(({ dialog }, chosen) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
      dialog.showMessageBox = async () => ({ response: 0, checkboxChecked: false });
    }, other);
    void page.evaluate(() => window.probe.doorRequest('chooseLab')).catch(() => {});
    await until('the other lab', async () => {
      const answer = await labInfo(page).catch(() => null);
      return (answer?.data as { folder?: string } | undefined)?.folder === other;
    });
    await until('the end of the old service', () => service(labFolder).length === 0);
  });

  it('hands files of a second start to the window that is there, one window a lab', async () => {
    const first = await launch();
    const before = processesWith(probeApp.folder).length;
    const { spawnSync } = await import('node:child_process');
    const again = spawnSync(
      rig.executable!,
      ['--no-sandbox', '--disable-gpu', probeApp.folder, '--lab', first.labFolder, '/tmp/second.onnx'],
      {
        env: {
          PATH: process.env.PATH,
          DISPLAY: display.display,
          HOME: first.userData,
          ELECTRON_USER_DATA: first.userData,
        },
        timeout: 20_000,
      },
    );
    expect(again.status).toBe(0);
    await until('the files', () => first.page.evaluate(() => window.probe.door.length > 0));
    expect(await first.page.evaluate(() => window.probe.door)).toEqual([
      { type: 'files', paths: ['/tmp/second.onnx'] },
    ]);
    expect(service(first.labFolder)).toHaveLength(1);
    expect(processesWith(probeApp.folder).length).toBe(before);
  });

  it('opens a model of the command line once the page is there', async () => {
    const { page } = await launch({ args: ['/tmp/first.onnx'] });
    await until('the files', () => page.evaluate(() => window.probe.door.length > 0));
    expect(await page.evaluate(() => window.probe.door)).toEqual([
      { type: 'files', paths: ['/tmp/first.onnx'] },
    ]);
  });

  it('leaves no process behind when it quits, however it is quit', async () => {
    for (const how of ['quit', 'close', 'kill'] as const) {
      const { page, app, labFolder } = await launch();
      await labInfo(page);
      const ended = new Promise((resolve) =>
        app.process().once('exit', (code, signal) => resolve(signal ?? code)),
      );
      if (how === 'quit') await app.evaluate(({ app }) => app.quit()).catch(() => {});
      if (how === 'close')
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close()).catch(() => {});
      if (how === 'kill') app.process().kill('SIGKILL');
      expect(await ended).toBe(how === 'kill' ? 'SIGKILL' : 0);
      await until('the end of every process', () => processesWith(labFolder).length === 0);
    }
  });

  it('asks before it quits while a measurement runs, and keeps what was measured', async () => {
    const { page, app, labFolder } = await launch();
    const answer = await page.evaluate(async () => {
      const built = (await window.probe.request('buildModel', { family: 'mlp', parameters: 10_000 })) as {
        data: { model: { id: string } };
      };
      const plan = {
        schema: 'thirtywatts.plan/1',
        models: [built.data.model.id],
        preset: 'standard',
        callOverhead: false,
        control: false,
        meters: 'none',
      };
      return window.probe.request('startExperiment', { plan });
    });
    expect(answer).toMatchObject({ ok: true });
    await until('the start of the run', () =>
      page.evaluate(() =>
        window.probe.lab.some((event) => event.type === 'progress' && event.runId !== null),
      ),
    );
    const asked = () => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
    const answerWith = (response: number) =>
      app.evaluate(({ dialog }, button) => {
        const kept = globalThis as unknown as { asked?: string[] };
        kept.asked ??= [];
        dialog.showMessageBox = (async (...args: unknown[]) => {
          const { buttons } = args.at(-1) as { buttons: string[] };
          kept.asked?.push(buttons[button]);
          return { response: button, checkboxChecked: false };
        }) as typeof dialog.showMessageBox;
      }, response);
    const close = () => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());

    await answerWith(0);
    await close();
    await until('the question', async () => (await asked()).length === 1);
    expect(await asked()).toEqual(['Keep measuring']);
    expect(await labInfo(page)).toMatchObject({ ok: true, data: { measuring: expect.any(String) } });

    await answerWith(1);
    const ended = new Promise((resolve) =>
      app.process().once('exit', (code, signal) => resolve(signal ?? code)),
    );
    await close().catch(() => {});
    expect(await ended).toBe(0);
    await until('the end of every process', () => processesWith(labFolder).length === 0);

    const again = await launch({ lab: labFolder });
    const runs = await again.page.evaluate(() => window.probe.request('listRuns', {}));
    expect(runs).toMatchObject({ ok: true, data: { runs: [{ run: { status: 'cancelled' } }] } });
  });
});

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeModel } from '../../src/main/models/writer';
import { temporaryFolder } from '../support/lab';
import { oneNodeGraph, writeModel } from '../support/models';

const cli = resolve(__dirname, '../../out/main/cli.cjs');

interface Answer {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the built command line as a user would; a pipe, no terminal. */
function thirtyWatts(lab: string, ...args: string[]): Answer {
  const done = spawnSync(process.execPath, [cli, '--lab', lab, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

const background: ChildProcess[] = [];
afterEach(() => {
  for (const child of background.splice(0)) child.kill('SIGKILL');
});

const short = ['--window', '0.2', '--rungs', '3', '--to', '1e4'];

describe('quickstart', () => {
  it('names the machine, measures a ladder, prints a table, writes curve and data, and says where', () => {
    const lab = join(temporaryFolder(), 'lab');
    const out = join(temporaryFolder(), 'results');
    const { code, out: text, err } = thirtyWatts(lab, 'quickstart', ...short, '--out', out);
    expect(err).not.toMatch(/Error|Warning/);
    expect(code).toBe(0);
    expect(text).toMatch(/Machine .*logical cores/);
    expect(text).toMatch(/✓ cpu/);
    expect(text).toMatch(/✗ coreml .+/);
    expect(text).toContain('Meters');
    const rows = text.split('\n').filter((l) => l.startsWith('mlp-'));
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row.split('\t')).toHaveLength(9);
    expect(err).toMatch(/\[3\/4\] .*left/);
    for (const name of ['curve-efficiency.svg', 'curve-efficiency.png', 'curve-efficiency.points.csv']) {
      expect(existsSync(join(out, name))).toBe(true);
    }
    const bundles = readdirSync(out).filter((n) => /^thirty-watts-quickstart-\d{8}T\d{6}Z$/.test(n));
    expect(bundles).toHaveLength(1);
    for (const name of [
      'README.md',
      'SHA256SUMS',
      'data/runs.csv',
      'data/windows.csv',
      'data/samples.parquet',
    ])
      expect(existsSync(join(out, bundles[0]!, name))).toBe(true);
    expect(text).toContain(bundles[0]);
    expect(readFileSync(join(out, 'curve-efficiency.png')).subarray(1, 4).toString()).toBe('PNG');
    expect(readdirSync(out).filter((n) => n.includes('.part'))).toEqual([]);
    expect(text).toContain(out);

    // What was measured is in the lab, and holds.
    expect(thirtyWatts(lab, 'verify')).toMatchObject({ code: 0 });
    const { runs } = JSON.parse(thirtyWatts(lab, 'runs', 'list', '--json').out) as {
      runs: { run: { id: string; status: string } }[];
    };
    expect(runs).toHaveLength(4);
    const shown = thirtyWatts(lab, 'runs', 'show', runs[0].run.id);
    expect(shown.out).toMatch(/p50\s+\S+/);
    expect(shown.out).toContain('GLANCE');
    const again = join(temporaryFolder(), 'again');
    expect(thirtyWatts(lab, 'figure', '--out', again).code).toBe(0);
    expect(readFileSync(join(again, 'curve-efficiency.svg'), 'utf8')).toContain('<svg');
    expect(thirtyWatts(lab, 'export', again, '--raw', 'none').out).toContain('data/runs.csv\t4 rows');
  });

  it('answers with one JSON document when asked', () => {
    const { code, out } = thirtyWatts(
      join(temporaryFolder(), 'lab'),
      '--json',
      'quickstart',
      '--window',
      '0.1',
      '--rungs',
      '1',
      '--to',
      '1000',
      '--out',
      temporaryFolder(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      status: 'completed',
      lines: [{ parameters: expect.any(Number) }],
    });
  });

  it("measures the user's own files, tells which it cannot, and draws those it can", () => {
    const folder = temporaryFolder();
    const port = { elemType: 'float32' as const, dims: [8] };
    writeModel(folder, 'relu', oneNodeGraph({ op: 'Relu', inputs: [port], output: port }));
    writeFileSync(join(folder, 'broken.onnx'), 'not a model at all');
    const { code, out, err } = thirtyWatts(
      join(temporaryFolder(), 'lab'),
      'quickstart',
      '--models',
      folder,
      '--window',
      '0.1',
      '--out',
      temporaryFolder(),
    );
    expect(out).toMatch(/^relu\t/m);
    expect(err).toMatch(/broken\.onnx/);
    expect(code).toBe(0);
  });
});

describe('bad input ends in one plain sentence, a remedy and a non-zero exit', () => {
  const folder = () => temporaryFolder();
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    return path;
  };
  const model = () => {
    const port = { elemType: 'float32' as const, dims: [1] };
    return readFileSync(
      writeModel(temporaryFolder(), 'm', oneNodeGraph({ op: 'Relu', inputs: [port], output: port })),
    );
  };
  const cases: [string, () => string[], RegExp][] = [
    ['a path that is not there', () => ['models', 'import', '/no/such/model.onnx'], /There is no file/],
    ['a folder without models', () => ['models', 'import', folder()], /No \.onnx file/],
    ['an empty file', () => ['models', 'import', file('empty.onnx', '')], /empty/],
    [
      'a text file',
      () => ['models', 'import', file('text.onnx', 'Dear diary, today I exported no model.')],
      /text|no ONNX|not an ONNX/i,
    ],
    [
      'a truncated model',
      () => ['models', 'import', file('cut.onnx', model().subarray(0, 40))],
      /cut|truncat|ends|damaged|complete/i,
    ],
    ['a plan that is not there', () => ['run', '/no/such/plan.json'], /no plan file/],
    ['a plan that is not JSON', () => ['run', file('plan.json', '{ models: ')], /not JSON/],
    [
      'a plan with an unknown key',
      () => ['run', file('plan.json', '{"schema":"thirtywatts.plan/1","models":["mlp:1e3"],"modles":[]}')],
      /unknown key modles/,
    ],
    [
      'a plan of another version',
      () => ['run', file('plan.json', '{"schema":"thirtywatts.plan/9","models":["mlp:1e3"]}')],
      /schema/,
    ],
    [
      'a provider that this machine lacks',
      () => ['quickstart', '--provider', 'coreml', '--window', '0.1'],
      process.platform === 'darwin' ? /./ : /coreml cannot be used here/,
    ],
    ['a recipe that nobody knows', () => ['models', 'build', 'rnn:1e6'], /recipe/],
    ['a run that is not there', () => ['runs', 'show', 'ffffffff'], /ffffffff|no lab/i],
    ['a model that is not there', () => ['models', 'show', 'nobody'], /nobody|no lab/i],
  ];

  it.each(cases)('%s', (_, args, reason) => {
    const lab = join(temporaryFolder(), 'lab');
    const { code, err } = thirtyWatts(lab, ...args());
    expect(code).not.toBe(0);
    expect(err).toMatch(reason);
    expect(err).not.toMatch(/\n\s+at |node:internal/); // no stack
    expect(err.split('\n').filter((l) => l.startsWith('Error:')).length).toBe(1);
  });

  it('an unknown option, and says how to get help', () => {
    const { code, err } = thirtyWatts(temporaryFolder(), 'quickstart', '--fast');
    expect(code).toBe(2);
    expect(err).toMatch(/unknown option '--fast'/);
  });

  it('with --json the refusal is JSON too', () => {
    const { code, err } = thirtyWatts(temporaryFolder(), '--json', 'run', '/no/such/plan.json');
    expect(code).toBe(1);
    expect(JSON.parse(err).error).toMatchObject({ kind: 'not_found', remedy: expect.any(String) });
  });

  it('external data outside the folder of the model, or missing', () => {
    const port = { elemType: 'float32' as const, dims: [512] };
    const graph = oneNodeGraph({
      op: 'Add',
      inputs: [port],
      initializers: [{ name: 'w', elemType: 'float32', dims: [512], data: new Float32Array(512) }],
      output: port,
    });
    const inside = temporaryFolder();
    mkdirSync(join(inside, 'sub'));
    writeFileSync(join(inside, 'secret.bin'), new Uint8Array(2048));
    for (const [location, reason] of [
      ['../secret.bin', /outside|\.\./],
      ['absent.bin', /absent\.bin/],
    ] as const) {
      const path = writeModelExternal(join(inside, 'sub'), graph, location);
      const { code, err } = thirtyWatts(join(temporaryFolder(), 'lab'), 'models', 'import', path);
      expect(code).toBe(1);
      expect(err).toMatch(reason);
    }
  });
});

describe('one lab, several processes', () => {
  it('a second one that wants to measure is refused with the first one’s process id; one that only looks is served', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const first = spawn(
      process.execPath,
      [
        cli,
        '--lab',
        lab,
        'quickstart',
        '--window',
        '3',
        '--rungs',
        '2',
        '--to',
        '2000',
        '--out',
        temporaryFolder(),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    background.push(first);
    await new Promise<void>((ready) =>
      first.stderr.on('data', (text: Buffer) => /\[1\//.test(String(text)) && ready()),
    );
    const second = thirtyWatts(lab, 'machine');
    expect(second.code).toBe(1);
    expect(second.err).toContain(String(first.pid));
    expect(thirtyWatts(lab, 'runs', 'list').code).toBe(0);
  }, 30_000);

  it('kill -9 of the lab in the middle: no runner stays behind, what was measured is there, the plan is resumed', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const plan = join(temporaryFolder(), 'plan.json');
    writeFileSync(
      plan,
      JSON.stringify({
        schema: 'thirtywatts.plan/1',
        name: 'cut',
        models: ['mlp:1e3', 'mlp:2e3', 'mlp:4e3'],
        preset: 'glance',
        windowS: 0.8,
        callOverhead: false,
      }),
    );
    const first = spawn(process.execPath, [cli, '--lab', lab, 'run', plan], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    background.push(first);
    await new Promise<void>((ready) =>
      first.stderr.on('data', (text: Buffer) => /\[2\//.test(String(text)) && ready()),
    );
    await new Promise((r) => setTimeout(r, 600));
    const runners = childrenOf(first.pid!);
    first.kill('SIGKILL');
    for (let i = 0; i < 100 && runners.some(alive); i++) await new Promise((r) => setTimeout(r, 100));
    expect(runners.length).toBeGreaterThan(0);
    expect(runners.filter(alive)).toEqual([]);

    const resumed = thirtyWatts(lab, '--json', 'run', plan, '--resume');
    expect(resumed.code).toBe(0);
    const { runs } = JSON.parse(thirtyWatts(lab, '--json', 'runs', 'list').out) as {
      runs: { run: { ordinal: number; status: string; outcome: { message?: string } | null } }[];
    };
    expect(runs.filter((r) => r.run.status === 'completed')).toHaveLength(3);
    expect(runs.find((r) => r.run.status === 'failed')?.run.outcome?.message).toContain(
      'The lab ended during this run',
    );
    expect(thirtyWatts(lab, 'verify').code).toBe(0);
  }, 60_000);

  it('Ctrl-C cancels, keeps what was measured and says how to go on', async () => {
    const lab = join(temporaryFolder(), 'lab');
    const child = spawn(
      process.execPath,
      [
        cli,
        '--lab',
        lab,
        'quickstart',
        '--window',
        '1',
        '--rungs',
        '3',
        '--to',
        '4000',
        '--out',
        temporaryFolder(),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    background.push(child);
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text;
    });
    await new Promise<void>((ready) =>
      child.stderr.on('data', (text: Buffer) => /\[2\//.test(String(text)) && ready()),
    );
    await new Promise((r) => setTimeout(r, 500));
    child.kill('SIGINT');
    const code = await new Promise((done) => child.on('close', done));
    expect(code).toBe(130);
    expect(out).toContain('Cancelled');
    const { runs } = JSON.parse(thirtyWatts(lab, '--json', 'runs', 'list').out) as {
      runs: { run: { status: string } }[];
    };
    expect(runs.map((r) => r.run.status)).toContain('completed');
    expect(runs.map((r) => r.run.status)).toContain('cancelled');
  }, 30_000);
});

function childrenOf(pid: number): number[] {
  return spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .filter(Boolean)
    .map(Number);
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The model with its weights said to lie at `location`, which is not written. */
function writeModelExternal(
  folder: string,
  graph: Parameters<typeof writeModel>[2],
  location: string,
): string {
  const path = join(folder, 'external.onnx');
  writeFileSync(
    path,
    Buffer.concat([...encodeModel(graph, { externalLocation: location }).model()].map((c) => Buffer.from(c))),
  );
  return path;
}

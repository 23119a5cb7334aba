import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { curveOf } from '../../../../src/main/lab/export/manifest/curve';
import { snippets } from '../../../../src/main/lab/export/manifest/snippets';
import { dotsOf } from '../../../support/dots';
import { there, unless } from '../../../support/programs';
import { madeUpBundle, runs, writeTexts } from './madeUp';

const python = '/usr/bin/python3';
const found = 'import importlib.util as u; assert all(map(u.find_spec, ["pandas", "matplotlib"]))';
const hasPandas = there(python, ['-c', found]);
const hasR = there('Rscript', ['--version']);

/** Runs that the curve shows: 3 models on cpu and on cuda. */
const shown = 6;
const { input, texts } = madeUpBundle();
const curves = {
  energy: curveOf(input),
  latency: curveOf(
    madeUpBundle(
      {},
      runs.map((run) => ({ ...run, energy: [] })),
    ).input,
  ),
};
const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-readme-'));

describe('the programs of the README', () => {
  beforeAll(async () => {
    writeTexts(folder, texts);
    const duck = await (await DuckDBInstance.create()).connect();
    await duck.run(
      `COPY (FROM read_csv('${folder}/data/runs.csv', nullstr = '')) TO '${folder}/data/runs.parquet' (FORMAT parquet)`,
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are five lines each, and stand in the README as they are', () => {
    for (const { code, fence } of snippets(curves.energy)) {
      expect(code.trimEnd().split('\n')).toHaveLength(5);
      expect(texts.get('README.md')).toContain(`\`\`\`${fence}\n${code}\`\`\``);
    }
  });

  it('tell lines apart by what differs', () => {
    expect(curves.energy).toMatchObject({ y: 'energy_per_inference_J', points: shown });
    expect(curves.energy.series).toEqual(['provider_requested', 'model_family']);
    expect(curves.latency).toMatchObject({ y: 'latency_median_s', verdict: 'latency_verdict' });
  });

  const codeOf = (language: string, curve: keyof typeof curves) =>
    snippets(curves[curve]).find((s) => s.language === language)!.code;
  const each = ['energy', 'latency'] as const;

  it('are lines that a person can read', () => {
    for (const curve of each)
      for (const { code, language } of snippets(curves[curve]))
        for (const line of code.split('\n'))
          expect(line.length, `${language}: ${line}`).toBeLessThanOrEqual(185);
  });

  it.each(each)('JavaScript prints %s', (curve) => {
    writeFileSync(join(folder, 'curve.mjs'), codeOf('JavaScript', curve));
    const run = spawnSync(process.execPath, ['curve.mjs'], { cwd: folder, encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const dots = dotsOf(run.stdout);
    expect(dots).toHaveLength(shown);
    expect(dots.map((d) => d.x)).toEqual([1e3, 1e3, 1e4, 1e4, 1e5, 1e5]);
    const from = Number(curves[curve].yFrom);
    expect(Math.min(...dots.map((d) => d.y)) / from).toBeGreaterThanOrEqual(1);
    expect(Math.min(...dots.map((d) => d.y)) / from).toBeLessThan(10);
    // A power of ten is ten columns, wherever it lies.
    for (const { y, column } of dots) expect(column).toBe(Math.floor(1e-9 + 10 * Math.log10(y / from)));
    expect(new Set(dots.map((d) => d.names.slice(0, -1).join())).size).toBe(4);
  });

  it('JavaScript reads cells with commas, quotes and line breaks, and prints names that a terminal would obey as text', () => {
    const odd = 'a, "b"\r\n\u001b[2J""';
    const path = join(folder, 'data/runs.csv');
    const before = readFileSync(path, 'utf8');
    const [head = '', ...rows] = before.split('\r\n');
    const at = head.split(',').indexOf('model_name');
    const cells = rows[0]!.split(',');
    cells[at] = `"${odd.replaceAll('"', '""')}"`;
    try {
      writeFileSync(path, [head, cells.join(','), ...rows.slice(1)].join('\r\n'));
      writeFileSync(join(folder, 'curve.mjs'), codeOf('JavaScript', 'energy'));
      const { stdout } = spawnSync(process.execPath, ['curve.mjs'], { cwd: folder, encoding: 'utf8' });
      const names = dotsOf(stdout).map((d) => d.names.at(-1));
      expect(names).toHaveLength(shown);
      expect(names.filter((name) => name === odd)).toHaveLength(1);
      expect(stdout).not.toContain('\u001b');
    } finally {
      writeFileSync(path, before);
    }
  });

  it.each(each)('DuckDB prints %s', async (curve) => {
    const duck = await (await DuckDBInstance.create()).connect();
    const sql = codeOf('DuckDB', curve).replace("'data/", `'${folder}/data/`);
    const result = await duck.runAndReadAll(sql);
    const rows = result.getRowObjectsJson() as Record<string, string>[];
    expect(rows).toHaveLength(shown);
    const y = curves[curve].y;
    const bars = rows.map((row) => ({ value: Number(row[y]), bar: row[`log10_${y}`]!.trim().length }));
    const [least, most] = [Math.min, Math.max].map((f) => f(...bars.map((b) => b.value)));
    expect(bars.find((b) => b.value === most)!.bar).toBe(40);
    expect(bars.find((b) => b.value === least)!.bar).toBeLessThan(20);
  });

  // On energy they run on a whole bundle, in handover.test.ts: both take their time to start.
  it.skipIf(!hasPandas)(
    `pandas draws latency${unless(hasPandas, 'python3-pandas or python3-matplotlib')}`,
    () => {
      const told =
        'import json; print(json.dumps([[l.get_xdata().tolist(), l.get_ydata().tolist()] for l in plt.gca().lines]))\n';
      const { status, stderr, stdout } = spawnSync(
        python,
        ['-W', 'error::FutureWarning', '-c', codeOf('pandas', 'latency') + told],
        { cwd: folder, encoding: 'utf8', env: { ...process.env, MPLBACKEND: 'agg' } },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = JSON.parse(stdout) as [number[], number[]][];
      expect(lines).toHaveLength(4);
      expect(lines.flatMap(([xs]) => xs).sort((a, b) => a - b)).toEqual([1e3, 1e3, 1e4, 1e4, 1e5, 1e5]);
      expect(lines.flatMap(([, ys]) => ys).sort((a, b) => a - b)).toEqual([
        1e-5, 2e-5, 1e-4, 2e-4, 1e-3, 2e-3,
      ]);
      expect(readFileSync(join(folder, 'curve.png')).subarray(1, 4).toString()).toBe('PNG');
    },
  );

  it.skipIf(!hasR)(`R draws latency${unless(hasR, 'r-base-core')}`, () => {
    writeFileSync(
      join(folder, 'curve.R'),
      `${codeOf('R', 'latency')}cat(nrow(runs), length(unique(name)))\n`,
    );
    const { status, stdout } = spawnSync('Rscript', ['curve.R'], { cwd: folder, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${shown} 4` });
    expect(existsSync(join(folder, 'Rplots.pdf'))).toBe(true);
  });
});

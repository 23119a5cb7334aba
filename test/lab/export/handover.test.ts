import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headlineEnergy } from '../../../src/shared/run';
import { dotsOf } from '../../support/dots';
import { openDuck } from '../../support/duck';
import { type Exported, exportFrozen } from '../../support/exportedBundle';
import { temporaryFolder } from '../../support/lab';
import { there, unless } from '../../support/programs';

/** What the README of a bundle offers to whoever gets it: each program is taken out of it and run in a copy as it is. */
const python = '/usr/bin/python3';
const pandasThere = there(python, ['-c', 'import pandas, matplotlib']);
const rThere = there('Rscript', ['--version']);

let bundle: Exported;
/** Parameters and joules of the runs that the curve must show, from the lab itself, in order. */
let points: [number, number][];
beforeAll(async () => {
  bundle = await exportFrozen({ raw: 'parquet' });
  const { reader } = bundle.lab.store;
  points = sorted(
    bundle.source.selection.runs.flatMap((run): [number, number][] => {
      const gross = headlineEnergy(run)?.gross;
      const usable = gross?.verdict === 'valid' || gross?.verdict === 'limited';
      const { parameters } = reader.getModel(run.condition.modelId).counts;
      if (run.role !== 'measure' || !usable || !parameters || !gross.perInferenceJ) return [];
      return [[parameters, gross.perInferenceJ]];
    }),
  );
  expect(points.length).toBeGreaterThan(25);
}, 60_000);
afterAll(() => bundle?.dispose());

const sorted = (list: readonly (readonly [number, number])[]) =>
  list.map(([x, y]): [number, number] => [x, y]).toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);

/** The drawn points are those of the lab, to so many digits of a joule. */
function isEvery(drawn: readonly (readonly [number, number])[], digits: number): void {
  const found = sorted(drawn);
  expect(found.map(([x]) => x)).toEqual(points.map(([x]) => x));
  for (const [i, [, joules]] of found.entries()) expect(joules / points[i]![1]).toBeCloseTo(1, digits);
}

/** The program under a heading of the README. */
function program(heading: string): string {
  const readme = bundle.text('README.md');
  const [, code] = new RegExp(`### ${heading}\\n[^#]*?\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
  if (code === undefined) throw new Error(`the README has no program for ${heading}`);
  return code;
}
/** The bundle as somebody gets it, to draw in. */
function received(): string {
  const folder = join(temporaryFolder(), 'received');
  cpSync(bundle.path, folder, { recursive: true });
  return folder;
}
const run = (program: string, args: readonly string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, MPLBACKEND: 'agg' },
    timeout: 60_000,
  });
  return { status, stdout, stderr };
};

describe('the programs of the README, on a bundle as it was written', () => {
  it('are five lines each', () => {
    for (const heading of ['pandas', 'R', 'DuckDB', 'JavaScript'])
      expect(program(heading).trimEnd().split('\n').length).toBe(5);
  });

  it('JavaScript prints every point, its dot where it belongs', () => {
    const folder = received();
    writeFileSync(join(folder, 'curve.mjs'), program('JavaScript'));
    const { status, stdout, stderr } = run(process.execPath, ['curve.mjs'], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const dots = dotsOf(stdout);
    expect(sorted(dots.map(({ x, y }) => [x, y]))).toEqual(points);
    expect(dots.map((d) => d.x)).toEqual(points.map(([x]) => x));
    const from = Math.floor(Math.log10(Math.min(...points.map(([, y]) => y))));
    for (const { y, column } of dots)
      expect(Math.abs(column - 10 * (Math.log10(y) - from))).toBeLessThanOrEqual(1);
    const names = new Set(bundle.source.selection.models.map((m) => m.name));
    for (const dot of dots) expect(names).toContain(dot.names.at(-1)!.replace(/^'/, ''));
  });

  it('DuckDB prints every point', async () => {
    const duck = await openDuck();
    try {
      const sql = program('DuckDB').replaceAll("'data/", `'${bundle.path}/data/`);
      const rows = await duck.rows(sql);
      const printed = rows.map((r): [number, number] => [
        Number(r.params_count),
        Number(r.energy_per_inference_J),
      ]);
      expect(sorted(printed)).toEqual(points);
    } finally {
      duck.close();
    }
  });

  it.skipIf(!pandasThere)(
    `pandas draws every point${unless(pandasThere, 'python3-pandas or python3-matplotlib')}`,
    () => {
      const folder = received();
      writeFileSync(join(folder, 'curve.py'), program('pandas'));
      expect(run(python, ['curve.py'], folder)).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(join(folder, 'curve.png')).subarray(1, 4).toString()).toBe('PNG');
      const told =
        'import json; print(json.dumps([list(p) for l in plt.gca().lines for p in zip(l.get_xdata().tolist(), l.get_ydata().tolist())]))';
      writeFileSync(join(folder, 'told.py'), `${program('pandas')}${told}\n`);
      const { stdout } = run(python, ['told.py'], folder);
      // Its quick reader of numbers errs in the last digit now and then: float_precision="round_trip" does not.
      expect(sorted(JSON.parse(stdout) as [number, number][])).toEqual(points);
    },
    90_000,
  );

  it.skipIf(!rThere)(
    `R draws every point${unless(rThere, 'r-base-core')}`,
    () => {
      const folder = received();
      writeFileSync(join(folder, 'curve.R'), program('R'));
      expect(run('Rscript', ['curve.R'], folder).status).toBe(0);
      expect(existsSync(join(folder, 'Rplots.pdf'))).toBe(true);
      const told =
        'write.table(format(runs[c("params_count", "energy_per_inference_J")], digits = 17), row.names = FALSE, col.names = FALSE, quote = FALSE)';
      writeFileSync(join(folder, 'told.R'), `${program('R')}${told}\n`);
      const { stdout } = run('Rscript', ['told.R'], folder);
      const drawn = stdout
        .trim()
        .split('\n')
        .map((line): [number, number] => {
          const [x, y] = line.trim().split(/\s+/).map(Number);
          return [x!, y!];
        });
      // R reads decimal numbers with an error in the last digit now and then.
      isEvery(drawn, 12);
    },
    90_000,
  );

  it('(control) a table with a run less draws a point less', () => {
    const folder = received();
    const path = join(folder, 'data/runs.csv');
    writeFileSync(path, readFileSync(path, 'utf8').split('\r\n').toSpliced(1, 1).join('\r\n'));
    writeFileSync(join(folder, 'curve.mjs'), program('JavaScript'));
    const { stdout } = run(process.execPath, ['curve.mjs'], folder);
    expect(dotsOf(stdout)).toHaveLength(points.length - 1);
  });
});

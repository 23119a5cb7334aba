import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { renderSvg } from '../../src/main/lab/figures/renderSvg';
import { csvHeader, csvLines } from '../../src/shared/csv';
import { figurePoints } from '../../src/shared/figures/data';
import { pointColumns } from '../../src/shared/figures/points';
import { curveRows } from '../../src/shared/figures/rows';
import { curveSpecSchema } from '../../src/shared/figures/spec';
import { poolTurns } from '../../src/shared/poolRuns';
import type { RunRecord } from '../../src/shared/run';
import { runRowOf } from '../../src/shared/runRow';
import { seriousFaults } from '../support/axe';
import { type FakeLab, fakeExperiment, fakeLab } from '../support/fakeLab';
import { fakeLadder, fakeMachine, fakeModel, fakeRun, packageSensor, scatter } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages, watchLongTasks } from '../support/pageHost';

/** Two series of six models each. */
function twoSeries(): FakeLab {
  const a = fakeLadder('one');
  const b = fakeLadder('two', { seed: 5, provider: 'webgpu' });
  return fakeLab({
    models: a.models,
    runs: [...a.runs, ...b.runs],
    experiments: [fakeExperiment('one'), fakeExperiment('two')],
  });
}

const figure = (page: Page) => page.locator('[data-figure]');
const drawing = (page: Page) => figure(page).locator('svg[role=img]');
const details = (page: Page) => figure(page).getByRole('status');
const caption = async (page: Page) => (await drawing(page).textContent()) ?? '';
const tableRows = (page: Page) =>
  page
    .getByRole('grid', { name: 'Points of the figure' })
    .getAttribute('aria-rowcount')
    .then((n) => Number(n) - 1);

const legible = async (page: Page) => (await caption(page)).replaceAll('\u00a0', ' ');

/** Two ladders of twelve models that cross, the second one bent where `bent`; everything valid and standard. */
function crossingSeries(bent: boolean): FakeLab {
  const random = scatter(9);
  const models = Array.from({ length: 14 }, (_, i) =>
    fakeModel(`mlp-${i}`, Math.round(1e4 * 10 ** (i / 3.25))),
  );
  const runs = (['cpu', 'webgpu'] as const).flatMap((provider, k) =>
    models.map((model, i) => {
      const x = model.counts.parameters! / 1e6;
      const bend = k === 1 && bent && x > 1 ? x ** 0.7 : 1;
      const y = (k === 0 ? 2e-3 * x ** 0.9 : 3e-3 * x ** 0.5) * bend * Math.exp(0.2 * (random() - 0.5));
      return valid(
        fakeRun({
          experiment: provider,
          ordinal: i,
          model,
          condition: { provider },
          grossJ: y,
          p50S: y / 20,
        }),
      );
    }),
  );
  return fakeLab({ models, runs, experiments: [fakeExperiment('cpu'), fakeExperiment('webgpu')] });
}

function valid(run: RunRecord): RunRecord {
  for (const energy of run.energy) {
    energy.gross.verdict = 'valid';
    energy.net.verdict = 'valid';
  }
  return run;
}

/** Drags over the figure, corners as shares of its width and height. */
async function drag(page: Page, from: [number, number], to: [number, number], key?: 'Shift'): Promise<void> {
  const box = (await figure(page).boundingBox())!;
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  if (key) await page.keyboard.down(key);
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
  if (key) await page.keyboard.up(key);
}

async function save(page: Page, item: string): Promise<{ name: string; bytes: Buffer }> {
  await page.getByRole('button', { name: 'Save figure' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  const saved = await download;
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

/** What the command line would write for the same lab and specification. */
function commandLine(lab: FakeLab, specText: string) {
  const spec = curveSpecSchema.parse(JSON.parse(specText));
  const rows = lab.runs.map((run) =>
    runRowOf({
      run,
      model: lab.models.find((m) => m.id === run.condition.modelId)!,
      machine: fakeMachine(),
      experimentName: '',
    }),
  );
  return {
    kind: 'curve-efficiency' as const,
    spec,
    rows: curveRows(poolTurns(rows), spec.x.quantity, spec.y.quantity),
  };
}

describe.skipIf(noBrowser)('the Figures page', { timeout: 60_000 }, () => {
  const open = usesPages();
  const openFigures = async (lab: FakeLab = twoSeries(), context = {}) => {
    const opened = await open({ lab, hash: '#/figures', context });
    await drawing(opened.page).waitFor();
    return opened;
  };

  it('offers work where there is nothing to draw', async () => {
    const { page } = await open({ hash: '#/figures' });
    await page.getByText('No run yet.').waitFor();
    await page.getByRole('button', { name: 'Go to Lab' }).click();
    await page.getByRole('heading', { name: 'Lab', level: 1 }).waitFor();
  });

  it('switches both axes between logarithmic and linear, and remembers it', async () => {
    const { page, lab } = await openFigures();
    const log = await caption(page);
    expect(log).toContain('10³');
    await page.keyboard.press('x');
    await expect.poll(() => caption(page)).not.toContain('10³');
    await page.keyboard.press('y');
    await expect.poll(() => lab.settings.figure).toMatchObject({ xScale: 'linear', yScale: 'linear' });
    const linear = await caption(page);
    await page.reload();
    await drawing(page).waitFor();
    await expect.poll(() => caption(page)).toBe(linear);
  });

  it('counts what a logarithmic axis cannot show, and says which rows in the table', async () => {
    const lab = twoSeries();
    const [run] = lab.runs;
    run.energy[0].net = { ...run.energy[0].net, perInferenceJ: -1e-6, repeat: null, absolute: null };
    const { page } = await openFigures(lab);
    await page.getByRole('combobox', { name: 'y axis' }).click();
    await page.getByRole('option', { name: /net of idle/ }).click();
    await expect.poll(() => caption(page)).toMatch(/not shown on log axis: 1/i);
    await page.getByRole('status').filter({ hasText: '12 rows, 11 drawn' }).waitFor();
  });

  it('reaches every point by arrows, pins, opens the run, and never shows 0 for 10⁻⁴ J', async () => {
    const { page, lab } = await openFigures();
    await figure(page).focus();
    const seen = new Set<string>();
    for (let i = 0; i < lab.runs.length; i++) {
      await page.keyboard.press('ArrowRight');
      let text = '';
      await expect
        .poll(async () => {
          text =
            (await details(page)
              .textContent()
              .catch(() => '')) ?? '';
          return text !== '' && !seen.has(text);
        })
        .toBe(true);
      seen.add(text);
      expect(text).toMatch(/Energy per inference≈? ?\d[\d.,]* ?[mµ]?J/);
    }
    expect(seen.size).toBe(lab.runs.length);
    expect([...seen].join()).toMatch(/\d\.\d\d? ?[mµ]J|\d{3} µJ/);
    await page.keyboard.press('Home');
    await page.keyboard.press(']');
    await expect.poll(() => details(page).textContent()).toContain('webgpu');
    await page.keyboard.press('p');
    await figure(page).getByRole('button', { name: 'Open the run' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'mlp-1e3' }).waitFor();
  });

  it('shows details under the pointer; a click pins them and leads to the run', async () => {
    const { page } = await openFigures();
    const box = (await figure(page).boundingBox())!;
    const mark = await drawing(page).evaluate((svg) => {
      const at = svg.querySelector('circle, path[d^="M"]')!.getBoundingClientRect();
      return { x: at.x, y: at.y };
    });
    expect(mark.x).toBeGreaterThan(box.x);
    // The last point of a rising line stands in the upper right: it is looked for there.
    const last = await findPoint(page, figure(page));
    await page.mouse.click(last.x, last.y);
    await figure(page).getByRole('button', { name: 'Open the run' }).click();
    await page.getByRole('heading', { level: 1, name: /mlp-1e/ }).waitFor();
  });

  it('a brush filters the table; Escape resets both; a double click too', async () => {
    const { page } = await openFigures();
    await expect.poll(() => tableRows(page)).toBe(12);
    await drag(page, [0.1, 0.3], [0.5, 0.75]);
    await expect.poll(() => tableRows(page)).toBeLessThan(12);
    expect(await tableRows(page)).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await expect.poll(() => tableRows(page)).toBe(12);
    await drag(page, [0.1, 0.3], [0.5, 0.75]);
    await expect.poll(() => tableRows(page)).toBeLessThan(12);
    const box = (await figure(page).boundingBox())!;
    await page.mouse.dblclick(box.x + box.width * 0.85, box.y + box.height * 0.6);
    await expect.poll(() => tableRows(page)).toBe(12);
  });

  it('zooms by keys, by Shift and drag, and by a wheel only while it has the focus', async () => {
    const { page } = await openFigures();
    const whole = await caption(page);
    await page.getByRole('heading', { level: 1 }).click();
    const box = (await figure(page).boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 3);
    await page.mouse.wheel(0, -200);
    expect(await caption(page)).toBe(whole);
    await figure(page).focus();
    await page.mouse.wheel(0, -200);
    await expect.poll(() => caption(page)).toMatch(/outside the zoom/i);
    await page.keyboard.press('0');
    await expect.poll(() => caption(page)).toBe(whole);
    await page.keyboard.press('+');
    await expect.poll(() => caption(page)).not.toBe(whole);
    await page.keyboard.press('Escape');
    await expect.poll(() => caption(page)).toBe(whole);
    await drag(page, [0.1, 0.4], [0.4, 0.8], 'Shift');
    await expect.poll(() => caption(page)).toMatch(/outside the zoom/i);
    await page.getByRole('button', { name: 'Whole figure (Esc)' }).click();
    await expect.poll(() => caption(page)).toBe(whole);
  });

  it('saves exactly what is shown, byte for byte as the command line would', async () => {
    const { page, lab } = await openFigures();
    await page.getByRole('checkbox', { name: /webgpu/ }).uncheck();
    await expect.poll(() => caption(page)).not.toContain('webgpu');
    const spec = (await save(page, 'Specification as JSON')).bytes.toString();
    const svg = (await save(page, 'SVG')).bytes.toString();
    const points = (await save(page, 'Plotted points as CSV')).bytes.toString();
    const png = await save(page, 'PNG, 192 dots per inch');
    const data = commandLine(lab, spec);
    expect(svg).toBe(renderSvg(data));
    expect(svg.length).toBeLessThan(200_000);
    expect(svg).not.toContain('webgpu');
    const columns = pointColumns.map((name) => ({ name, of: (row: Record<string, never>) => row[name] }));
    expect(points).toBe(csvHeader(columns as never) + csvLines(columns as never, figurePoints(data)));
    expect(points.trimEnd().split('\r\n')).toHaveLength(1 + (await tableRows(page)));
    expect(png.name).toBe('curve-efficiency.png');
    expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(png.bytes.readUInt32BE(16)).toBe(1361); // 180 mm at 192 dots per inch
  });

  it('leaves limited results out of lines until they are asked for, and says so either way', async () => {
    const { page, lab } = await openFigures();
    await expect
      .poll(() => legible(page))
      .toContain('no line: 0 models, at least 6 are needed (left out: 6 limited)');
    await page.getByLabel('Include limited and quick results').check();
    await expect.poll(() => legible(page)).toMatch(/n = 6 models, .* Indicative: .*limited results/);
    expect(await legible(page)).toContain('Limited and quick results are included in lines and fronts');
    await expect.poll(() => lab.settings.figure).toMatchObject({ includeLimited: true });
    const spec = (await save(page, 'Specification as JSON')).bytes.toString();
    expect(JSON.parse(spec)).toMatchObject({ includeLimited: true });
    expect((await save(page, 'SVG')).bytes.toString()).toBe(renderSvg(commandLine(lab, spec)));
  });

  it('draws one point for all turns of a comparison, and none for a control', async () => {
    const models = fakeLadder('x').models;
    const runs = Array.from({ length: 6 }, (_, block) =>
      models.map((model, entry) => {
        const ordinal = block * 8 + entry;
        const turn = { entry, block, blocks: 6, position: entry };
        const grossJ = 1e-6 * model.counts.parameters! * (1 + 0.02 * block);
        return valid(fakeRun({ experiment: 'x', ordinal, model, grossJ, over: { turn } }));
      }),
    ).flat();
    const control = fakeRun({
      experiment: 'x',
      ordinal: 99,
      model: models[0],
      grossJ: 1,
      over: { role: 'control', turn: { entry: 9, block: 0, blocks: 6, position: 7 } },
    });
    const lab = fakeLab({ models, runs: [...runs, control], experiments: [fakeExperiment('x')] });
    const { page } = await openFigures(lab);
    await page.getByRole('status').filter({ hasText: '6 rows, 6 drawn' }).waitFor();
    await expect.poll(() => legible(page)).toContain('geometric mean over 6 blocks');
    const spec = (await save(page, 'Specification as JSON')).bytes.toString();
    const drawn = commandLine({ ...lab, runs }, spec);
    expect(drawn.rows.map((r) => [r.turns, r.n])).toEqual(models.map(() => [6, 60]));
    expect((await save(page, 'SVG')).bytes.toString()).toBe(renderSvg(drawn));
  });

  it.each(['light', 'dark'] as const)(
    'shows crossovers, broken laws and residuals, %s',
    async (colorScheme) => {
      const { page, lab } = await openFigures(crossingSeries(false), {
        colorScheme,
        viewport: { width: 1440, height: 1300 },
      });
      await expect.poll(() => legible(page)).toMatch(/crossover [\d.]+ [kM] \[[\d.,]+, [\d.,]+\]/);
      await page.getByLabel('Residuals under the curve').check();
      await expect.poll(() => legible(page)).toContain('Residual of each model (%)');
      expect(await drawing(page).locator('desc').textContent()).toContain('Crossover of cpu');
      await page.screenshot({ path: `${screenshotFolder}/figures-crossover-${colorScheme}.png` });
      expect(await seriousFaults(page)).toEqual([]);
      const spec = (await save(page, 'Specification as JSON')).bytes.toString();
      expect((await save(page, 'SVG')).bytes.toString()).toBe(renderSvg(commandLine(lab, spec)));
      const points = (await save(page, 'Plotted points as CSV')).bytes.toString();
      expect(points).toMatch(/crossover,/);
      await page.getByLabel('Crossovers of the lines').uncheck();
      await expect.poll(() => legible(page)).not.toContain('rossover');
    },
  );

  it('says the broken law with both exponents', async () => {
    const { page, lab } = await openFigures(crossingSeries(true), {
      viewport: { width: 1440, height: 1300 },
    });
    await expect.poll(() => legible(page)).toMatch(/broken law, exponent 0\.\d+ \[.*\] below .* and 1\.\d+/);
    await page.getByLabel('Residuals under the curve').check();
    await expect.poll(() => legible(page)).toContain('Residual of each model (%)');
    await page.screenshot({ path: `${screenshotFolder}/figures-broken.png` });
    const spec = (await save(page, 'Specification as JSON')).bytes.toString();
    expect((await save(page, 'SVG')).bytes.toString()).toBe(renderSvg(commandLine(lab, spec)));
  });

  it('mounts the same elements and attributes that it saves', async () => {
    const { page } = await openFigures();
    const svg = (await save(page, 'SVG')).bytes.toString();
    const [mounted, saved] = await drawing(page).evaluate((element, text) => {
      const flat = (e: Element): string[] => [
        `${e.tagName} ${[...e.attributes]
          .map((a) => `${a.name}=${a.value}`)
          .sort()
          .join(' ')} ${e.children.length === 0 ? e.textContent : ''}`,
        ...[...e.children].flatMap(flat),
      ];
      return [flat(element), flat(new DOMParser().parseFromString(text, 'image/svg+xml').documentElement)];
    }, svg);
    // The mounted one inherits the name space that the file has to declare.
    const plain = (lines: string[]) => lines.map((l) => l.replace(/ ?xmlns=\S+/, ''));
    expect(plain(mounted)).toEqual(plain(saved));
    expect(mounted.length).toBeGreaterThan(50);
  });

  it('says statistic, level, method and n in the caption, and axes and counts for screen readers', async () => {
    const { page } = await openFigures();
    const text = await caption(page);
    for (const word of [/Geometric mean/, /95\s%/, /Student t/, /n = 10/]) expect(text).toMatch(word);
    const description = await drawing(page).locator('desc').textContent();
    expect(description).toMatch(/Parameters/);
    expect(description).toMatch(/Energy per inference/);
    expect(description).toMatch(/6 points|12 points|n = |6/);
    expect(await drawing(page).locator('title').first().textContent()).not.toBe('');
  });

  it('labels sample data in title and table, and an estimate or simulated meter by a badge', async () => {
    const lab = twoSeries();
    for (const run of lab.runs) lab.marks.set(run.id, { sample: true, binnedUnixMs: null, locked: false });
    const { page } = await openFigures(lab);
    await page.getByRole('textbox', { name: 'Title' }).fill('Mine');
    await expect.poll(() => caption(page)).toContain('Mine (SAMPLE DATA)');
    await page.getByRole('grid').getByText('SAMPLE').first().waitFor();
  });

  it('leaves sample rows out as soon as there are own ones, until they are asked for', async () => {
    const lab = twoSeries();
    for (const run of lab.runs.slice(0, 6))
      lab.marks.set(run.id, { sample: true, binnedUnixMs: null, locked: false });
    const { page } = await openFigures(lab);
    await expect.poll(() => tableRows(page)).toBe(6);
    await page.getByLabel('Sample data beside my own').check();
    await expect.poll(() => tableRows(page)).toBe(12);
  });

  it('refuses more series than can be told apart, and offers the first six', async () => {
    const models = fakeLadder('x').models;
    const runs = Array.from({ length: 9 }, (_, s) =>
      models.slice(0, 3).map((model, i) =>
        fakeRun({
          experiment: 'x',
          ordinal: s * 3 + i,
          model,
          condition: { batch: s + 1 },
          grossJ: 1e-3 * (s + 1),
        }),
      ),
    ).flat();
    const { page } = await open({ lab: fakeLab({ models, runs }), hash: '#/figures' });
    await page
      .getByRole('alert')
      .getByText(/9 series/)
      .waitFor();
    await page.getByRole('button', { name: 'Show the first six series' }).click();
    await drawing(page).waitFor();
  });

  it('stays usable with a hundred thousand points, and draws them on a canvas', {
    timeout: 120_000,
  }, async () => {
    const random = scatter(3);
    const models = Array.from({ length: 40 }, (_, i) => fakeModel(`m${i}`, Math.round(1e3 * 1.3 ** i)));
    const runs = Array.from({ length: 100_000 }, (_, i) => {
      const model = models[i % 40];
      const p50S = 1e-6 * model.counts.parameters! ** 0.7 * Math.exp(random());
      const batch = [1, 8, 32][i % 3];
      return fakeRun({
        experiment: 'many',
        ordinal: i,
        model,
        condition: { batch },
        p50S,
        grossJ: p50S * 20,
        sensor: packageSensor,
      });
    });
    const { page } = await open({ lab: fakeLab({ models, runs }), hash: '#/figures' });
    const tasks = await watchLongTasks(page);
    await page.getByRole('status').filter({ hasText: '100000 drawn' }).waitFor({ timeout: 60_000 });
    expect(await drawing(page).locator('circle').count()).toBe(0);
    expect(await figure(page).locator('canvas').count()).toBe(1);
    await drag(page, [0.3, 0.2], [0.5, 0.6]);
    await expect.poll(() => tableRows(page), { timeout: 20_000 }).toBeLessThan(100_000);
    await figure(page).focus();
    await page.keyboard.press('End');
    await details(page).waitFor();
    console.log(`long tasks with 100,000 points: ${(await tasks()).map(Math.round)} ms`);
  });

  it.each(['light', 'dark'] as const)('is accessible and complete, %s', async (colorScheme) => {
    const { page } = await openFigures(twoSeries(), { colorScheme });
    await page.getByLabel('Pareto front').check();
    await page.getByLabel('Human brain as reference').check();
    await expect.poll(() => caption(page)).toContain('synapses are not parameters');
    await page.screenshot({ path: `${screenshotFolder}/figures-${colorScheme}.png` });
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('t');
    await expect.poll(() => figure(page).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
  });
});

/** Screen place of some point: moves along the figure until details show. */
async function findPoint(page: Page, where: Locator): Promise<{ x: number; y: number }> {
  await where.focus();
  await page.keyboard.press('End');
  const ring = where.locator('svg[aria-hidden] circle').last();
  await ring.waitFor();
  const box = (await ring.boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

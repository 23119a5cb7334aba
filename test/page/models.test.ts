import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { labEffects } from '../../src/main/lab/context';
import { openLabService } from '../../src/main/lab/service';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder, fakeModel } from '../support/fakeRecords';
import { temporaryFolder } from '../support/lab';
import { oneNodeGraph, writeModel } from '../support/models';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

/** A real lab in a folder of its own: what is imported here is really read. */
function realLab() {
  const folder = temporaryFolder();
  const served = openLabService(folder, labEffects);
  onTestFinished(() => served.close());
  return { folder, served };
}

/** y = x0 (batch × sequence × 8) · w (8 × 4): 32 MACs for each place of the sequence. */
const projection = () =>
  oneNodeGraph({
    op: 'MatMul',
    inputs: [{ elemType: 'float32', dims: ['batch', 'sequence', 8] }],
    initializers: [{ name: 'w', elemType: 'float32', dims: [8, 4], data: new Float32Array(32).fill(0.5) }],
    output: { elemType: 'float32', dims: ['batch', 'sequence', 4] },
  });

/** Real files and folders, dropped in the middle of the page as a person would. */
async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  await session.detach();
}

const table = (page: Page) => page.locator('.tw-table[aria-label^="Models"]');
const rows = async (page: Page) => Number(await table(page).getAttribute('aria-rowcount')) - 1;
const results = (page: Page) => page.getByRole('region', { name: 'The last import' });
const detail = (page: Page) => page.getByRole('complementary');
/** A busy machine may take seconds for what is shown at once on a quiet one. */
const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

describe.skipIf(noBrowser)('the Models page', () => {
  const open = usesPages();

  it('ends each dropped file and folder in a plain outcome', { timeout: 60_000 }, async () => {
    const { served } = realLab();
    const source = temporaryFolder();
    mkdirSync(join(source, 'nets', 'deep'), { recursive: true });
    mkdirSync(join(source, 'photos'));
    writeModel(join(source, 'nets', 'deep'), 'projection', projection());
    const relu = oneNodeGraph({
      op: 'Relu',
      inputs: [{ elemType: 'float32', dims: [3] }],
      output: { elemType: 'float32', dims: [3] },
    });
    const single = writeModel(source, 'relu', relu);
    const empty = join(source, 'empty.onnx');
    const text = join(source, 'notes.txt');
    writeFileSync(empty, '');
    writeFileSync(text, 'shopping list');
    writeFileSync(join(source, 'photos', 'beach.jpg'), 'not really a picture');

    const { page } = await open({ served, hash: '#/models' });
    await page.getByText('Drop ONNX files or a folder of them here').waitFor();
    await drop(page, [single, join(source, 'nets'), empty]);
    await poll(() => rows(page)).toBe(2);
    const lines = () => results(page).getByRole('listitem').allTextContents();
    await poll(async () => (await lines()).filter((line) => line.startsWith('imported')).length).toBe(2);
    expect((await lines()).find((line) => line.startsWith('refused'))).toBe(
      'refused empty.onnxThe file is empty.Choose the .onnx file again.',
    );
    // A text file alone is named with its reason; holiday pictures are told in one sentence.
    await drop(page, [text]);
    await poll(lines).toEqual([expect.stringMatching(/^refused notes\.txt.*\..*\.$/)]);
    await drop(page, [join(source, 'photos')]);
    await page.getByText('None of these 1 files is an ONNX model.').waitFor();
    // Once more: nothing is added, and the page says so.
    await drop(page, [single]);
    await poll(() => results(page).textContent()).toContain('there already');
    await poll(() => rows(page)).toBe(2);
  });

  it('counts MACs anew when a free dimension changes, and keeps the size over a reload', {
    timeout: 60_000,
  }, async () => {
    const { served } = realLab();
    const path = writeModel(temporaryFolder(), 'projection', projection());
    await served.handlers.importModels({ paths: [path] });
    const { page } = await open({ served, hash: '#/models' });
    await table(page).getByText('projection').click();
    const macs = detail(page).locator('.tw-models-macs');
    await poll(() => macs.textContent()).toBe('32 MACs at batch 1');
    await detail(page).getByLabel('sequence').fill('10');
    await poll(() => macs.textContent()).toBe('320 MACs at batch 1');
    await detail(page).getByLabel('Batch').fill('4');
    await poll(() => macs.textContent()).toBe('1.28 k MACs at batch 4');
    await poll(async () => (await served.handlers.getSettings({})).settings.modelDims).toBeTruthy();
    await page.reload();
    await poll(() => macs.textContent()).toBe('320 MACs at batch 1');
    await poll(() => detail(page).getByLabel('sequence').inputValue()).toBe('10');
    await detail(page).getByRole('button', { name: 'Reset' }).click();
    await poll(() => macs.textContent()).toBe('32 MACs at batch 1');
  });

  it('says that a file is gone, keeps what is known of it, and goes on', { timeout: 60_000 }, async () => {
    const { folder, served } = realLab();
    const path = writeModel(temporaryFolder(), 'projection', projection());
    const { imported } = await served.handlers.importModels({ paths: [path] });
    rmSync(join(folder, 'models', imported[0].model.id), { recursive: true });
    const { page } = await open({ served, hash: '#/models' });
    await table(page).getByText('projection').click();
    const note = detail(page).getByRole('alert');
    await note.waitFor();
    expect(await note.textContent()).toContain("is not in the lab's folder");
    await detail(page).getByText('About the file').waitFor();
    await page.keyboard.press('Escape');
    await poll(() => detail(page).count()).toBe(0);
    expect(await rows(page)).toBe(1);
  });

  it('moves to the bin, takes back with Ctrl+Z, and restores from the bin', async () => {
    const lab = fakeLab(fakeLadder('bin', { seeds: 1 }));
    const all = lab.models.length;
    const { page } = await open({ lab, hash: '#/models' });
    await poll(() => rows(page)).toBe(all);
    await table(page).getByText(lab.models[0].name, { exact: true }).click();
    await detail(page).getByRole('button', { name: 'Move to the bin' }).click();
    await poll(() => rows(page)).toBe(all - 1);
    await page.locator('h1').click();
    await page.keyboard.press('Control+z');
    await poll(() => rows(page)).toBe(all);
    await page.keyboard.press('Control+Shift+z');
    await poll(() => rows(page)).toBe(all - 1);
    await page.getByText('Bin (1)').click();
    await page.getByText('kept for at least a month').waitFor();
    await detail(page).getByRole('button', { name: 'Restore' }).click();
    await poll(() => lab.binnedModels.size).toBe(0);
    await page.getByText(`In the lab (${all})`).click();
    await poll(() => rows(page)).toBe(all);
  });

  it('builds a ladder one model after the other and can be cancelled between two', async () => {
    const lab = fakeLab();
    const waiting: (() => void)[] = [];
    lab.override.buildModel = async ({ family, parameters }) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      const model = fakeModel(`${family}-${parameters}`, parameters, family);
      lab.models.push(model);
      lab.emit({ type: 'changed', what: 'models' });
      return { model, alreadyThere: false };
    };
    const { page } = await open({ lab, hash: '#/models' });
    await page.keyboard.press('Control+k');
    await page.getByRole('textbox', { name: 'Command or run' }).fill('ladder');
    await page.getByText('Build a ladder …').last().click();
    await page.getByLabel('Largest, parameters').fill('10');
    await page.getByText('From 1k to').waitFor();
    expect(await page.getByRole('button', { name: /^Build .*model/ }).isDisabled()).toBe(true);
    await page.getByLabel('Largest, parameters').fill('1M');
    await page.getByRole('textbox', { name: 'Models', exact: true }).fill('3');
    await page.getByText('100 k', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Build 3 models' }).click();
    await page.getByText('Building model 1 of 3, 10 k parameters.').waitFor();
    waiting.shift()?.();
    await page.getByText('Building model 2 of 3').waitFor();
    await page.getByRole('button', { name: 'Cancel after this model' }).click();
    waiting.shift()?.();
    await page.getByText('2 of 3 models built; cancelled, the rest was not built.').waitFor();
    await poll(() => rows(page)).toBe(2);
  });

  it('puts models into the plan of the Lab page', async () => {
    const lab = fakeLab(fakeLadder('draft', { seeds: 1 }));
    const { page } = await open({ lab, hash: '#/models' });
    await table(page).getByText(lab.models[1].name, { exact: true }).click();
    await detail(page).getByRole('button', { name: 'Measure this model' }).click();
    await poll(() => new URL(page.url()).hash).toBe('#/lab');
    await poll(() => (lab.settings.planDraft as { models?: string[] } | undefined)?.models).toEqual([
      lab.models[1].id,
    ]);
  });

  it('filters, opens by keyboard and closes with Escape', async () => {
    const lab = fakeLab(fakeLadder('keys', { seeds: 1 }));
    const { page } = await open({ lab, hash: '#/models' });
    await poll(() => rows(page)).toBe(lab.models.length);
    await page.keyboard.press('/');
    await page.keyboard.type(lab.models[2].name);
    await poll(() => rows(page)).toBe(1);
    await table(page).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await detail(page).waitFor();
    await page.keyboard.press('Escape');
    await poll(() => detail(page).count()).toBe(0);
  });

  it('shows names with markup in them as text', async () => {
    const lab = fakeLab({ models: [fakeModel('<img src=x onerror=alert(1)>', 1000, 'imported')] });
    const { page } = await open({ lab, hash: '#/models' });
    await table(page).getByText('<img src=x onerror=alert(1)>').click();
    await poll(() => detail(page).getByRole('heading', { level: 2 }).textContent()).toContain('<img');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)(
    'is free of serious faults, empty, filled and opened (%s)',
    async (colorScheme) => {
      const empty = await open({ lab: fakeLab(), hash: '#/models', context: { colorScheme } });
      await empty.page.getByText('Drop ONNX files').waitFor();
      expect(await seriousFaults(empty.page)).toEqual([]);
      await empty.page.screenshot({ path: join(screenshotFolder, `models-empty-${colorScheme}.png`) });
      const lab = fakeLab(fakeLadder('axe', { seeds: 1 }));
      const filled = await open({ lab, hash: '#/models', context: { colorScheme } });
      await table(filled.page).getByText(lab.models[0].name, { exact: true }).click();
      await detail(filled.page).getByText('MACs at batch 1').waitFor();
      expect(await seriousFaults(filled.page)).toEqual([]);
      await filled.page.screenshot({ path: join(screenshotFolder, `models-${colorScheme}.png`) });
    },
  );
});

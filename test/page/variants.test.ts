import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeModel } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const licence = { from: 'metadata' as const, name: 'license', text: 'CC-BY-4.0\nand what follows' };
const parent = () => ({ ...fakeModel('reader', 1e6, 'imported'), recipe: null, licence });

const detail = (page: Page) => page.getByRole('complementary');
const form = (page: Page) => page.getByRole('region', { name: 'Make a variant' });
const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

describe.skipIf(noBrowser)('making a variant of a model', () => {
  const open = usesPages();

  async function opened(lab: ReturnType<typeof fakeLab>) {
    const { page } = await open({ lab, hash: '#/models' });
    await page.locator('.tw-table').getByText('reader', { exact: true }).click();
    await detail(page).getByRole('button', { name: 'Make a variant …' }).click();
    await form(page).waitFor();
    return page;
  }
  const choose = async (page: Page, kind: RegExp) => {
    await form(page).getByRole('combobox', { name: 'Kind' }).click();
    await page.getByRole('option', { name: kind }).click();
  };

  it('says what it will do, asks for it, reports, and sends both into one comparison', {
    timeout: 60_000,
  }, async () => {
    const lab = fakeLab({ models: [parent()] });
    const page = await opened(lab);
    await form(page).getByText('8-bit integers with one scale per output').waitFor();
    await choose(page, /block-sparse/);
    await form(page).getByLabel('Blocks left out, %').fill('80');
    await form(page).getByLabel('Inputs of a block').fill('16');
    await form(page).getByText('Leaves out the 80 % weakest blocks of 16 × 128 weights').waitFor();
    // A share of nothing is refused before it is asked for.
    await form(page).getByLabel('Blocks left out, %').fill('');
    await form(page).getByText('Give a share between 0 and 100 %.').waitFor();
    expect(await form(page).getByRole('button', { name: 'Make the variant' }).isDisabled()).toBe(true);
    await form(page).getByLabel('Blocks left out, %').fill('80');
    await form(page).getByRole('button', { name: 'Make the variant' }).click();
    await form(page).getByText('3 of 4 layers with stored weights changed').waitFor();
    expect(lab.calls.find(({ name }) => name === 'transformModel')?.input).toMatchObject({
      model: lab.models[0]!.id,
      kind: 'block-sparse',
      share: 0.8,
      blocks: { inputs: 16, outputs: 128 },
      rank: null,
      block: null,
    });
    await form(page).getByText('Licence, as of the original: CC-BY-4.0').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, 'models-variant.png') });
    await form(page).getByRole('button', { name: 'Measure both in one comparison' }).click();
    await poll(() => new URL(page.url()).hash).toBe('#/lab');
    await poll(() => (lab.settings.planDraft as { models?: string[] } | undefined)?.models).toEqual(
      lab.models.map(({ id }) => id),
    );
    const draft = lab.settings.planDraft as { blocks: number; preset: string };
    expect(draft.preset).not.toBe('glance');
    expect(draft.blocks).toBeGreaterThanOrEqual(6);
  });

  it('shows how far it is, and ends when it is cancelled', async () => {
    const lab = fakeLab({ models: [parent()] });
    let end = (_: Error) => {};
    lab.override.transformModel = ({ model }) => {
      lab.emit({
        type: 'transformProgress',
        modelId: model,
        share: 0.4,
        label: 'Comparing with the original',
      });
      return new Promise((_, reject) => {
        end = reject;
      });
    };
    lab.override.cancelTransform = async () => {
      end(new LabError('cancelled', 'Cancelled.'));
      return { cancelled: true };
    };
    const page = await opened(lab);
    await form(page).getByRole('button', { name: 'Make the variant' }).click();
    await form(page).getByText('Comparing with the original …').waitFor();
    expect(await form(page).getByRole('progressbar').getAttribute('aria-valuenow')).toBe('40');
    // Looking elsewhere and coming back loses nothing.
    await page.keyboard.press('Escape');
    await page.locator('.tw-table').getByText('reader', { exact: true }).click();
    await form(page).getByRole('button', { name: 'Cancel' }).click();
    await form(page).getByText('Cancelled; nothing was kept.').waitFor();
  });

  it('gives a refusal in the lab’s words', async () => {
    const lab = fakeLab({ models: [parent()] });
    lab.override.transformModel = async () => {
      throw new LabError('unsupported', 'No layer of this model can be made int8.', 'Choose another kind.');
    };
    const page = await opened(lab);
    await form(page).getByRole('button', { name: 'Make the variant' }).click();
    await poll(() => form(page).getByRole('alert').textContent()).toBe(
      'No layer of this model can be made int8.Choose another kind.',
    );
    await form(page).getByRole('button', { name: 'Close' }).click();
    await poll(() => form(page).count()).toBe(0);
  });

  it('shows the licence that was found, and that none was', async () => {
    const lab = fakeLab({ models: [parent(), { ...fakeModel('other', 2e6, 'imported'), recipe: null }] });
    const { page } = await open({ lab, hash: '#/models' });
    await page.locator('.tw-table').getByText('reader', { exact: true }).click();
    await detail(page).getByText('CC-BY-4.0 (metadata, license)').waitFor();
    await page.locator('.tw-table').getByText('other', { exact: true }).click();
    await detail(page).getByText('none found').waitFor();
  });
});

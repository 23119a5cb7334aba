import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { asked, button, dataset, poll, twoExperiments } from '../support/exportPages';
import { fakeExperiment, fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, usesPages } from '../support/pageHost';

describe.skipIf(noBrowser)('datasets out, on the Export page', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('previews, exports with progress, and says where it lies and what its hash is', async () => {
    const { lab } = twoExperiments();
    lab.bundles.stepMs = 300;
    const { page } = await open({ lab });
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.getByRole('heading', { level: 1, name: 'Export' }).waitFor();
    await dataset(page).getByText('2 experiments, 18 runs, 6 models, 1 machine').waitFor();
    const files = dataset(page).getByRole('region', { name: 'Files of the dataset' });
    await files.getByRole('row', { name: 'data/samples.parquet 18,000 ≈ 2.16 MB' }).waitFor();
    await dataset(page).getByText('no name, no path, no serial number').waitFor();
    await button(page).click();
    const bar = dataset(page).getByRole('progressbar', { name: 'Progress of the export' });
    await poll(() => bar.getAttribute('aria-valuetext')).toMatch(/^Drawing figures, 50 %, about \d+ s left$/);
    await dataset(page).getByText('Nothing of it stays.').waitFor();
    const result = dataset(page).getByRole('status').filter({ hasText: 'Exported: 7 files' });
    await result.getByText('/lab/exports/thirty-watts-measurements-20260115T100000Z').waitFor();
    expect(await result.textContent()).toMatch(/SHA-256 of SHA256SUMS [0-9a-f]{64}/);
    await result.getByText('It lies on the machine that runs the lab, in the lab’s folder.').waitFor();
    await result.getByRole('button', { name: 'Copy the path' }).waitFor();
    await result.getByRole('button', { name: 'Copy the SHA-256' }).waitFor();
    expect(await page.getByRole('button', { name: 'Choose …' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Show in folder' }).count()).toBe(0);
    expect(asked(lab, 'exportBundle')).toMatchObject([{ experiments: null, into: null, format: 'folder' }]);
  });

  it('cancels: nothing of it stays, and it can be exported again', async () => {
    const { lab } = twoExperiments();
    Object.assign(lab.bundles, { steps: 100, stepMs: 100 });
    const { page } = await open({ lab, hash: '#/export' });
    await button(page).click();
    await dataset(page).getByRole('button', { name: 'Cancel the export' }).click();
    await dataset(page).getByText('Cancelled: nothing was kept of the bundle.').waitFor();
    expect(
      await dataset(page)
        .getByText(/^Exported/)
        .count(),
    ).toBe(0);
    Object.assign(lab.bundles, { steps: 2, stepMs: 1 });
    await button(page).click();
    await dataset(page)
      .getByText(/^Exported/)
      .waitFor();
    expect(await dataset(page).getByText('Cancelled').count()).toBe(0);
  });

  it('after a reload shows what goes on, cancels it, and counts again when it has ended', async () => {
    const { lab } = twoExperiments();
    Object.assign(lab.bundles, { steps: 200, stepMs: 100 });
    const { page } = await open({ lab, hash: '#/export' });
    await dataset(page).getByText('18 runs').waitFor();
    await button(page).click();
    await dataset(page).getByRole('progressbar').waitFor();
    await page.reload();
    await dataset(page).getByText('before this page was loaded').waitFor();
    await dataset(page).getByRole('button', { name: 'Cancel the export or import' }).click();
    await dataset(page).getByText('18 runs').waitFor();
    await poll(() => button(page).isDisabled()).toBe(false);
    Object.assign(lab.bundles, { steps: 2, stepMs: 1 });
    await button(page).click();
    await dataset(page)
      .getByText(/^Exported/)
      .waitFor();
  });

  it('shows what the lab refuses with what to do, before and after the start', async () => {
    const { lab } = twoExperiments();
    const { page } = await open({ lab, hash: '#/export' });
    await dataset(page).getByText('18 runs').waitFor();
    lab.override.exportBundle = async () => {
      throw new LabError(
        'no_space',
        'There is no space left on the disk.',
        'Free some space and export again.',
      );
    };
    await button(page).click();
    const alert = dataset(page).getByRole('alert');
    await alert.getByText('There is no space left on the disk.').waitFor();
    await alert.getByText('Free some space and export again.').waitFor();
    expect(
      await dataset(page)
        .getByText(/^Exported/)
        .count(),
    ).toBe(0);
    const plain = await lab.handlers.previewBundle({
      ...asked(lab, 'previewBundle').at(-1)!,
    });
    lab.override.previewBundle = async () => ({
      ...plain,
      warnings: ['One model has no licence.'],
      refusal: { kind: 'bad_input', message: 'The folder is not there.', remedy: 'Name another.' },
    });
    await page.getByLabel('Title').fill('other');
    await dataset(page).getByText('Name another.').waitFor();
    await dataset(page).getByText('One model has no licence.').waitFor();
    expect(await button(page).isDisabled()).toBe(true);
  });

  it('asks nothing and exports nothing while the lab measures, and goes on when that has ended', async () => {
    const { lab } = twoExperiments();
    lab.experiments.push(fakeExperiment('now', { status: 'running' }));
    const { page } = await open({ lab, hash: '#/export' });
    await dataset(page).getByText('The lab is measuring, and exporting would disturb it.').waitFor();
    expect(await button(page).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Choose a zip …' }).isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Report (HTML)' }).isDisabled()).toBe(true);
    expect(asked(lab, 'previewBundle')).toEqual([]);
    lab.experiments.at(-1)!.status = 'completed';
    lab.emit({ type: 'experimentEnded', experimentId: 'now', status: 'completed' });
    lab.emit({ type: 'changed', what: 'experiments' });
    await dataset(page).getByText('18 runs').waitFor();
    expect(await button(page).isDisabled()).toBe(false);
  });

  it('draws nothing while a window is open; without the window it draws', async () => {
    const { lab, one } = twoExperiments();
    const { page } = await open({ lab, hash: '#/export' });
    await dataset(page).getByText('18 runs').waitFor();
    await page.evaluate(() => {
      const own = window as unknown as { changes: number };
      own.changes = 0;
      new MutationObserver((list) => {
        own.changes += list.length;
      }).observe(document.querySelector('#main')!, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    });
    const changes = () => page.evaluate(() => (window as unknown as { changes: number }).changes);
    const told = (open: boolean) =>
      lab.emit({ type: 'window', experimentId: 'one', runId: one.runs[0]!.id, index: 0, open });
    const news = () => {
      lab.runs.push(...fakeLadder(`three ${lab.runs.length}`).runs);
      for (const kind of ['runs', 'experiments', 'bundles', 'claims'] as const)
        lab.emit({ type: 'changed', what: kind });
    };
    told(true);
    await poll(() => page.evaluate(() => document.documentElement.hasAttribute('data-quiet'))).toBe(true);
    const [calls, drawn] = [lab.calls.length, await changes()];
    news();
    await page.waitForTimeout(800);
    expect(await changes()).toBe(drawn);
    expect(lab.calls.slice(calls).filter((c) => c.name !== 'confirmQuiet')).toEqual([]);
    told(false);
    await dataset(page).getByText('24 runs').waitFor();
    const loud = await changes();
    news();
    await dataset(page).getByText('30 runs').waitFor();
    expect(await changes()).toBeGreaterThan(loud);
  });

  it('says in an empty lab what to do', async () => {
    const { page } = await open({ lab: fakeLab(), hash: '#/export' });
    await page.getByText('Nothing to export yet.').waitFor();
    await page.getByRole('button', { name: 'Go to Lab' }).waitFor();
    await page.getByRole('button', { name: 'Choose a zip …' }).waitFor();
  });
});

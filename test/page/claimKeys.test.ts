import { describe, it } from 'vitest';
import { called, card, poll, progress } from '../support/claimPages';
import { fakeClaims } from '../support/fakeClaims';
import { fakeExperiment, fakeLab } from '../support/fakeLab';
import { noBrowser, usesPages } from '../support/pageHost';

describe.skipIf(noBrowser)('claims without a mouse', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('goes to the board, opens a claim, runs it, cancels it', async () => {
    const claims = fakeClaims().filter((c) => c.progress === null);
    const { page, lab } = await open({ lab: fakeLab({ claims }) });
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const tabTo = async (role: 'link' | 'button', name: string | RegExp) => {
      const wanted = page.getByRole(role, { name }).first();
      await wanted.waitFor();
      for (let i = 0; i < 80; i++) {
        if (await wanted.evaluate((e) => e === document.activeElement)) return;
        await press('Tab');
      }
      throw new Error(`Tab does not reach ${role} ${name}`);
    };
    await page.getByRole('heading', { level: 1, name: 'Lab' }).waitFor();
    await press('g', 'c');
    await page.getByRole('heading', { level: 1, name: 'Claims' }).waitFor();
    await tabTo('link', 'A trained network is a kernel machine');
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: /^C2/ }).waitFor();
    await press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Run C2 kernel' });
    await dialog.getByText(/^3 steps/).waitFor();
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await press('Control+Enter');
    await dialog.getByText(/^3 steps/).waitFor();
    await press('Control+Enter');
    await poll(() => called(lab, 'runClaim').length).toBe(1);
    lab.emit({
      type: 'claimProgress',
      progress: progress({ claim: 'kernel', claimRunId: 'claimrun-kernel-1-1' }),
    });
    await card(page, 'Run of the claim').getByText('Measuring mlp-1e4, batch 256', { exact: true }).waitFor();
    await press('Control+.');
    await page.getByRole('dialog', { name: 'Cancel the run of C2 kernel?' }).waitFor();
    await press('Enter');
    await poll(() => called(lab, 'cancelClaimRun')).toEqual([{ claimRunId: 'claimrun-kernel-1-1' }]);
    await card(page, 'Run of the claim').waitFor({ state: 'detached' });
    await press('g', 'c');
    await page.getByRole('heading', { level: 1, name: 'Claims' }).waitFor();
    await press('Control+k');
    await page.getByPlaceholder('Command or run').fill('claim of my own');
    await press('Enter');
    await page.getByRole('dialog', { name: 'A claim of your own' }).waitFor();
  });

  it('cancels the claim and not only what it measures, also where the page was opened in the middle', async () => {
    const lab = fakeLab({ experiments: [fakeExperiment('of-a-claim', { status: 'running' })] });
    const { page } = await open({ lab, hash: '#/claims' });
    await page.getByRole('progressbar').waitFor();
    await page.keyboard.press('Control+.');
    await page.getByRole('dialog', { name: 'Cancel the run of C1 size?' }).waitFor();
    await page.keyboard.press('Enter');
    await poll(() => called(lab, 'cancelClaimRun')).toEqual([{ claimRunId: 'claimrun-size-1' }]);
    // Negative: without a claim the same keys cancel the experiment.
    const plain = fakeLab({ claims: [], experiments: [fakeExperiment('alone', { status: 'running' })] });
    const other = await open({ lab: plain, hash: '#/claims' });
    await other.page.getByText('No claim yet.').waitFor();
    await other.page.keyboard.press('Control+.');
    await other.page.getByRole('dialog', { name: 'Cancel this experiment?' }).waitFor();
  });
});

import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import { seriousFaults } from '../support/axe';
import { called, longPicture, picture, poll, progress, row } from '../support/claimPages';
import { fakeClaimHandlers } from '../support/fakeClaims';
import { fakeLab } from '../support/fakeLab';
import { noBrowser, usesPages } from '../support/pageHost';

describe.skipIf(noBrowser)('the claims board', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('says of each claim what was claimed, predicted and found, in all five verdicts', async () => {
    const { page } = await open({ hash: '#/claims' });
    await row(page, 'C2 kernel').waitFor();
    expect(await page.getByRole('article').count()).toBe(10);
    const kernel = await row(page, 'C2 kernel').textContent();
    expect(kernel).toContain('Every model learned by gradient descent is approximately a kernel machine.');
    expect(kernel).toContain('Lab: supported within limits');
    expect(kernel).toContain('left-end rule ≤ 0.05, and 3 more');
    expect(kernel).toContain(
      'It holds for tanh at every step size tried and for ReLU at step sizes up to 1/8',
    );
    expect(kernel).toMatch(/first look, 2026-10-01/);
    const found = page.locator('.tw-claims-board .tw-claim-badge');
    for (const verdict of [
      'supported',
      'refuted',
      'supported within limits',
      'inconclusive',
      'not yet measured',
    ])
      expect(await found.filter({ hasText: new RegExp(`^. ${verdict}$`) }).count()).toBeGreaterThan(0);
    const tally = page.getByRole('list', { name: 'Verdicts so far' });
    expect((await tally.textContent())?.replace(/[✓✗◐?○]/g, '').replace(/\s+/g, ' ')).toBe(
      '2 supported1 refuted2 supported within limits1 inconclusive4 not yet measured',
    );
    expect(await row(page, 'C6 less-data').textContent()).toContain('This is version 2');
    expect(await row(page, 'C9 fewer-chips').textContent()).toContain('interrupted after 2 steps');
  });

  it.each([
    ['light', 1280],
    ['dark', 640],
  ] as const)('is accessible and without loss, %s, %i px', async (colorScheme, width) => {
    const { page } = await open({
      hash: '#/claims',
      context: { colorScheme, viewport: { width, height: 800 } },
    });
    await row(page, 'C2 kernel').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const wide = await page.locator('.tw-page').evaluate((e) => e.scrollWidth - e.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await longPicture(page, `claims-board-${colorScheme}-${width}`, width);
  });

  it('follows a run live, cancels it, and offers to resume it', async () => {
    const { page, lab } = await open({ hash: '#/claims' });
    const size = row(page, 'C1 size');
    await size.getByText('Training 784-64-10, seed 2 of 3', { exact: true }).waitFor();
    lab.emit({ type: 'claimProgress', progress: progress() });
    await size.getByText('Measuring mlp-1e4, batch 256', { exact: true }).waitFor();
    expect(await size.textContent()).toMatch(/2 of 3 steps · 00:4\d so far · about 30 s left/);
    await size.getByRole('button', { name: 'Cancel C1 size' }).click();
    await poll(() => called(lab, 'cancelClaimRun')).toEqual([{ claimRunId: 'claimrun-size-1' }]);
    await size.getByRole('progressbar').waitFor({ state: 'detached' });
    await size.getByRole('button', { name: 'Resume C1 size' }).click();
    await poll(() => called(lab, 'resumeClaimRun')).toEqual([{ claimRunId: 'claimrun-size-1' }]);
    await size.getByRole('progressbar').waitFor();
  });

  it('draws nothing of it while a window is open, and all of it afterwards', async () => {
    const { page, lab } = await open({ hash: '#/claims' });
    const size = row(page, 'C1 size');
    await size.getByRole('progressbar').waitFor();
    lab.emit({ type: 'window', experimentId: 'e', runId: 'r', index: 0, open: true });
    await poll(() => page.evaluate(() => document.documentElement.hasAttribute('data-quiet'))).toBe(true);
    const asked = called(lab, 'listClaims').length;
    await page.evaluate(() => {
      const own = window as unknown as { drawn: number };
      own.drawn = 0;
      new MutationObserver((list) => {
        own.drawn += list.length;
      }).observe(document.querySelector('.tw-page')!, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    lab.emit({ type: 'claimProgress', progress: progress() });
    lab.emit({ type: 'changed', what: 'claims' });
    // Longer than the ticking of the progress line, which must stand still.
    await page.waitForTimeout(1500);
    expect(await page.evaluate(() => (window as unknown as { drawn: number }).drawn)).toBe(0);
    expect(called(lab, 'listClaims').length).toBe(asked);
    lab.emit({ type: 'window', experimentId: 'e', runId: 'r', index: 0, open: false });
    await size.getByText('Measuring mlp-1e4, batch 256', { exact: true }).waitFor();
    await poll(() => called(lab, 'listClaims').length).toBe(asked + 1);
  });

  it('runs all nine in the first-look form, goes on with what is unfinished, and tells what was refused', async () => {
    const { page, lab } = await open({ hash: '#/claims' });
    await page.getByRole('button', { name: /^Run all nine/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^8 claims, one after another, about 11 min in all/).waitFor();
    expect(await dialog.textContent()).toContain('1 of them goes on where an earlier run stopped');
    await picture(page, 'claims-run-all');
    const real = fakeClaimHandlers(lab, lab.emit);
    lab.override.runClaim = async (input) => {
      if (input.claim === 'idle') throw new LabError('unsupported', 'There is no wall meter.', 'Add one.');
      return real.runClaim(input);
    };
    await dialog.getByRole('button', { name: 'Run 8 claims' }).click();
    await dialog.getByText('There is no wall meter.').waitFor();
    expect(called(lab, 'resumeClaimRun')).toEqual([{ claimRunId: 'claimrun-fewer-chips-1' }]);
    const asked = called(lab, 'runClaim') as { claim: string; options: { form: string } }[];
    expect(asked.map((c) => c.claim)).toEqual([
      'kernel',
      'superposition',
      'same-hardware',
      'sparsity',
      'less-data',
      'idle',
      'brain',
    ]);
    expect(new Set(asked.map((c) => c.options.form))).toEqual(new Set(['glance']));
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: /^Cancel all 8/ }).click();
    await poll(() => called(lab, 'cancelClaimRun').length).toBe(8);
    await page.getByRole('progressbar').first().waitFor({ state: 'detached' });
  });

  it('has one working action where there is no claim', async () => {
    const { page } = await open({ lab: fakeLab({ claims: [] }), hash: '#/claims' });
    await page.getByText('No claim yet.').waitFor();
    await page.getByRole('button', { name: 'Write a prediction …' }).click();
    await page.getByRole('dialog', { name: 'A claim of your own' }).waitFor();
  });
});

import { describe, expect, it } from 'vitest';
import { seriousFaults } from '../support/axe';
import { card, labWithRuns, longPicture, poll, row } from '../support/claimPages';
import { hex } from '../support/fakeRecords';
import { noBrowser, usesPages } from '../support/pageHost';

describe.skipIf(noBrowser)('the page of a claim', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('tells what was claimed, predicted, found and what to doubt, with the evidence behind it', async () => {
    const { lab, evidence } = labWithRuns();
    const { page } = await open({ lab, hash: '#/claims/kernel' });
    await page.getByRole('heading', { level: 1, name: /^C2 A trained network/ }).waitFor();
    expect(await card(page, 'Claimed').textContent()).toMatch(/Domingos.*can fail.*its error is a number/);
    const predicted = await card(page, 'Predicted').textContent();
    expect(predicted).toMatch(/share of equal decisions≥ 0\.95/);
    expect(predicted).toMatch(/float64≤ 10⁻¹⁰/);
    expect(predicted).toMatch(/from 0\.85 to 1\.15/);
    expect(predicted).toMatch(/Version 1, written 2026-10-01 08:00, before its first run/);
    expect(await card(page, 'Found').textContent()).toMatch(/The limit:.*so it came out/);
    expect(await card(page, 'Doubts').textContent()).toMatch(/known only after training.*no energy meter/);
    const findings = card(page, 'Findings');
    const lines = await findings.getByRole('row').allTextContents();
    expect(lines).toContain('ReLU, step 1/40.0520 [0.0458, 0.0582]5≤ 0.05? undecided');
    expect(
      lines.some((l) => l.includes('3.2 × 10⁻¹⁴ [1.1 × 10⁻¹⁴, 9.8 × 10⁻¹⁴]') && l.includes('holds')),
    ).toBe(true);
    expect(await card(page, 'Published').textContent()).toContain('“up to machine precision”');
    await page.locator('.tw-claim-figures svg[role=img]').waitFor();
    const proof = card(page, 'Evidence');
    expect(await proof.textContent()).toContain(evidence[0].sha256!.slice(0, 12));
    expect(await card(page, 'History').textContent()).toContain('Version 1 (current)');
    await proof.getByRole('link', { name: evidence[0].id.slice(-8) }).click();
    await poll(() => page.evaluate(() => window.location.hash)).toBe(`#/run/${evidence[0].id}`);
  });

  it.each([
    ['dark', 1280],
    ['light', 640],
  ] as const)('is accessible and without loss, %s, %i px', async (colorScheme, width) => {
    const { page } = await open({
      lab: labWithRuns().lab,
      hash: '#/claims/kernel',
      context: { colorScheme, viewport: { width, height: 800 } },
    });
    await page.locator('.tw-claim-figures svg[role=img]').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const wide = await page.locator('.tw-page').evaluate((e) => e.scrollWidth - e.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await longPicture(page, `claims-detail-${colorScheme}-${width}`, width);
  });

  it('lists what other labs found, apart from what this lab found, and says nothing where there is none', async () => {
    const { lab } = labWithRuns();
    const kernel = lab.claims[1]!;
    const run = kernel.latest!;
    kernel.elsewhere = [
      {
        lab: '3f9a12c4000000000000000000000000',
        machine: '<b>Example 9000</b>, 8 threads',
        run: {
          ...run,
          id: 'theirs',
          outcome: { ...run.outcome!, verdict: 'refuted', sentence: 'Theirs fails.' },
        },
      },
    ];
    const { page } = await open({ lab, hash: '#/claims/kernel' });
    const others = card(page, 'Other labs');
    await others.getByText('lab 3f9a12c4').waitFor();
    await others.getByText('refuted').waitFor();
    await others.getByText('Theirs fails.').waitFor();
    await others.getByText('<b>Example 9000</b>, 8 threads').waitFor();
    expect(await card(page, 'Found').getByText('refuted', { exact: true }).count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.evaluate(() => {
      window.location.hash = '#/claims/idle';
    });
    await page.getByRole('heading', { level: 1, name: /^C7/ }).waitFor();
    expect(await others.count()).toBe(0);
  });

  it('says of what was missing why, and of an edited claim that its run is no evidence', async () => {
    const { page } = await open({ hash: '#/claims/idle' });
    await card(page, 'Findings').waitFor();
    expect(await card(page, 'Findings').textContent()).toMatch(
      /marginal–5≥ 0\.5.*missing.*no energy meter was found/,
    );
    await page.evaluate(() => {
      window.location.hash = '#/claims/less-data';
    });
    await page.getByText('so that run is no evidence for version 2').waitFor();
    await longPicture(page, 'claims-edited');
    await page.evaluate(() => {
      window.location.hash = '#/claims/nothing';
    });
    await page.getByText('There is no claim nothing in this lab.').waitFor();
    await page.getByRole('button', { name: 'All claims' }).click();
    await row(page, 'C2 kernel').waitFor();
  });

  it('shows the evidence grow while the claim runs', async () => {
    const { page, lab } = await open({ hash: '#/claims/size' });
    const proof = card(page, 'Evidence');
    await proof.getByText('1 step', { exact: true }).waitFor();
    const [size] = lab.claims;
    const steps = [...size.runs[0].steps, { key: 'rung 2', sha256: hex('rung 2'), seconds: 12 }];
    const run = { ...size.runs[0], steps };
    lab.claims = [{ ...size, runs: [run], unfinished: run }, ...lab.claims.slice(1)];
    lab.emit({ type: 'changed', what: 'claims' });
    await proof.getByText('2 steps', { exact: true }).waitFor();
    await proof.getByText(hex('rung 2').slice(0, 12)).waitFor();
  });
});

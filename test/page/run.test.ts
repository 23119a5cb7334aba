import { describe, expect, it } from 'vitest';
import { reasonCodes, reasons, remedyOf } from '../../src/shared/reasons';
import type { RunRecord, WindowRecord } from '../../src/shared/run';
import { seriousFaults } from '../support/axe';
import { type FakeLab, fakeLab } from '../support/fakeLab';
import { fakeMachine, fakeModel, fakeRun } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const model = fakeModel('mlp-1e6', 1e6);

/** A lab with one run and its windows. */
function labWith(
  over: Partial<RunRecord> = {},
  windows: Partial<WindowRecord>[] = [],
): { lab: FakeLab; run: RunRecord } {
  const run = fakeRun({ experiment: 'one', ordinal: 0, model, p50S: 2e-3, grossJ: 5e-2, over });
  const lab = fakeLab({ models: [model], runs: [run] });
  const second = 1_000_000_000n;
  lab.override.showRun = async () => ({
    run: lab.runs[0],
    model,
    machine: fakeMachine(),
    sample: false,
    callOverheadS: 6e-6,
    windows: windows.map((own, index) => ({
      index,
      openNs: BigInt(index) * 10n * second,
      closeNs: BigInt(index) * 10n * second + 9n * second,
      inferences: 4500,
      codes: [],
      verdict: 'ok',
      energy: [
        { sensorId: 'rapl:0', fromNs: 0n, toNs: second, energyJ: 180 + index, inferences: 4500, code: null },
      ],
      ...own,
    })),
  });
  return { lab, run };
}

describe.skipIf(noBrowser)('the Run page', () => {
  const open = usesPages();

  it.each(['light', 'dark'] as const)(
    'shows results, windows, figures and facts, %s, without serious faults',
    async (colorScheme) => {
      const { lab, run } = labWith({}, [{}, { codes: ['THROTTLED'], verdict: 'void' }]);
      const { page } = await open({
        lab,
        hash: `#/run/${run.id}`,
        context: { colorScheme, viewport: { width: 1280, height: 800 } },
      });
      await page.getByRole('heading', { name: 'mlp-1e6', level: 1 }).waitFor();
      await page.getByText('2.00 ms', { exact: true }).waitFor();
      await page.getByText('95 % interval, repeats [48.5, 51.5] mJ').waitFor();
      await page.getByText('and meter error [44.0, 56.0] mJ').waitFor();
      await page.getByText('Median of a model that does nothing. Never subtracted.').waitFor();
      await page.getByRole('region', { name: 'Latency distribution' }).locator('svg[role=img]').waitFor();
      await page.getByRole('region', { name: 'Power over time' }).locator('svg[role=img]').waitFor();
      expect(await page.getByRole('region', { name: 'Windows' }).locator('tbody tr').count()).toBe(2);
      await page.screenshot({ path: `${screenshotFolder}/run-${colorScheme}.png` });
      await page.locator('.tw-page').evaluate((el) => el.scrollTo(0, 900));
      await page.screenshot({ path: `${screenshotFolder}/run-lower-${colorScheme}.png` });
      expect(await seriousFaults(page)).toEqual([]);
    },
  );

  it('says every reason code in words, and what to do about it', async () => {
    const { lab, run } = labWith({}, [{ codes: [...reasonCodes], verdict: 'void' }]);
    const { page } = await open({ lab, hash: `#/run/${run.id}` });
    const list = page.getByRole('region', { name: 'Verdicts' }).getByRole('listitem');
    await expect.poll(() => list.count()).toBe(reasonCodes.length);
    const texts = (await list.allTextContents()).join('\n');
    for (const code of reasonCodes) {
      expect(texts).toContain(reasons[code].sentence);
      expect(texts).toContain(remedyOf(code) ?? reasons[code].sentence);
    }
  });

  it('says how a failed run ended, with the last words of the runner', async () => {
    const { lab, run } = labWith({
      status: 'failed',
      latency: null,
      energy: [],
      outcome: {
        kind: 'failed',
        phase: 'window',
        cause: 'crash',
        exitCode: null,
        signal: 'SIGFPE',
        message: 'The runner was killed by a division by zero in the model.',
        remedy: 'Check the model.',
        stderrTail: 'floating point exception',
      },
    });
    const { page } = await open({ lab, hash: `#/run/${run.id}` });
    await page.getByText('Failed during "windows": it crashed, signal SIGFPE.').waitFor();
    await page.getByText('The runner was killed by a division by zero').first().waitFor();
    await page.getByText('Last words of the runner').click();
    await page.getByText('floating point exception').waitFor();
  });

  it('follows a run that is being measured', async () => {
    const { lab, run } = labWith({
      status: 'running',
      latency: null,
      energy: [],
      outcome: null,
      endedUnixMs: null,
    });
    const { page } = await open({ lab, hash: `#/run/${run.id}` });
    await page.getByText('This run is being measured').waitFor();
    lab.emit({
      type: 'progress',
      experimentId: 'one',
      runId: run.id,
      label: '',
      stage: 'warmup',
      finished: 0,
      total: 1,
      elapsedS: 1,
      leftS: null,
    });
    await page.getByText('This run is being measured: warm-up.').waitFor();
    lab.runs[0] = fakeRun({ experiment: 'one', ordinal: 0, model, p50S: 3e-3 });
    lab.emit({ type: 'runChanged', experimentId: 'one', runId: run.id, status: 'completed' });
    await page.getByText('3.00 ms', { exact: true }).waitFor();
  });

  it('locks and bins with undo, and makes a plan of the one condition', async () => {
    const { lab, run } = labWith();
    const { page } = await open({ lab, hash: `#/run/${run.id}` });
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByRole('button', { name: 'Unlock' }).click();
    await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Move to bin' }).click();
    await page.getByRole('button', { name: 'Restore' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('button', { name: 'Move to bin' }).waitFor();
    expect(lab.marks.get(run.id)?.binnedUnixMs).toBeNull();
    await page.getByRole('button', { name: 'Measure again …' }).click();
    await expect.poll(() => page.evaluate(() => window.location.hash)).toBe('#/lab');
    await expect
      .poll(() => (lab.settings.planDraft as { models?: string[] } | undefined)?.models)
      .toEqual([model.id]);
  });

  it('names a run that is not there and leads back to all runs', async () => {
    const { page } = await open({ lab: fakeLab(), hash: '#/run/0190-none' });
    await page.getByText('There is no run 0190-none in this lab.').waitFor();
    await page.getByRole('button', { name: 'Go to Runs' }).click();
    await expect.poll(() => page.evaluate(() => window.location.hash)).toBe('#/runs');
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import type { LiveReading } from '../../src/shared/live';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { packageSensor } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const sensor: LiveReading['sensor'] = {
  id: 'sim:0',
  device: 'Example 9000',
  domain: 'cpu.package',
  provenance: 'measured',
  origin: 'simulated',
};
const reading = (powerW: number | null): LiveReading => ({
  sensor,
  atUnixMs: Date.now(),
  powerW,
  error: null,
});

/** A lab whose machine has a made-up meter beside the one that is refused. */
function simulatedLab() {
  const lab = fakeLab();
  const describeMachine = lab.handlers.describeMachine;
  const plain = describeMachine({ tdpW: null });
  lab.override.describeMachine = async () => {
    const report = await plain;
    return {
      ...report,
      meters: [
        ...report.meters,
        {
          provider: 'simulated',
          title: 'Simulated meter',
          result: { status: 'ok', sensors: [{ ...packageSensor, origin: 'simulated' }] },
        },
      ],
    };
  };
  return lab;
}

/** A busy machine may take seconds for what is shown at once on a quiet one. */
const poll = <T>(value: () => T) => expect.poll(value, { timeout: 15_000 });

describe.skipIf(noBrowser)('the Machine page', () => {
  const open = usesPages();

  it('says what was refused, and copies the command that would help', async () => {
    const { page, lab } = await open({
      hash: '#/machine',
      context: { permissions: ['clipboard-read', 'clipboard-write'] },
    });
    await page.getByText('The energy counter of the processor may only be read by root.').waitFor();
    await page.getByText('its figures say nothing about a GPU').waitFor();
    await page.getByText('No power sensor was found: latency is measured').waitFor();
    await page.getByRole('button', { name: /^Copy the command/ }).click();
    await poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(
      'sudo chmod o+r /sys/class/powercap/intel-rapl:0/energy_uj',
    );
    await page.getByRole('button', { name: 'Copy all as text' }).click();
    await poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Machine\nProcessor: /);
    const looked = () => lab.calls.filter((c) => c.name === 'describeMachine').length;
    expect(looked()).toBe(1);
    await page.getByRole('button', { name: 'Check again' }).click();
    await poll(looked).toBe(2);
  });

  it('looks again with the rated power that was typed, and keeps it', async () => {
    const { page, lab } = await open({ hash: '#/machine' });
    await page.getByLabel(/^Rated power of the processor/).fill('65');
    await poll(() => lab.calls.filter((c) => c.name === 'describeMachine').at(-1)?.input).toEqual({
      tdpW: 65,
    });
    await poll(() => lab.settings.tdpW).toBe(65);
  });

  it('shows live readings with their label, and ends them with the page', async () => {
    const lab = simulatedLab();
    const { page } = await open({ lab, hash: '#/machine' });
    const asked = () =>
      lab.calls.filter((c) => c.name === 'watchMeters').map((c) => (c.input as { on: boolean }).on);
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('Waiting for the first reading').waitFor();
    for (const watts of [12, 30, null, 18]) lab.emit({ type: 'meterReadings', readings: [reading(watts)] });
    const row = page.locator('.tw-machine-live tbody tr');
    await poll(() => row.textContent()).toContain('18.0 W');
    expect(await row.textContent()).toMatch(/SIMULATED.*12\.0 W.*30\.0 W/);
    expect(asked()).toEqual([true]);
    await page.getByRole('link', { name: 'Runs' }).click();
    await poll(asked).toEqual([true, false]);
  });

  it('draws readings at most twice a second, however many come', async () => {
    const lab = simulatedLab();
    const { page } = await open({ lab, hash: '#/machine' });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByText('Waiting for the first reading').waitFor();
    lab.emit({ type: 'meterReadings', readings: [reading(1)] });
    await page.locator('.tw-machine-live').waitFor();
    await page.evaluate(() => {
      const own = window as unknown as { drawn: number[] };
      own.drawn = [];
      const line = document.querySelector('.tw-machine-live tbody td:nth-child(2)')!;
      new MutationObserver(() => own.drawn.push(performance.now())).observe(line, {
        characterData: true,
        childList: true,
        subtree: true,
      });
    });
    const from = Date.now();
    let watts = 2;
    while (Date.now() - from < 2000) {
      watts += 1;
      lab.emit({ type: 'meterReadings', readings: [reading(watts)] });
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    const drawn = await page.evaluate(() => (window as unknown as { drawn: number[] }).drawn);
    expect(watts).toBeGreaterThan(drawn.length);
    expect(drawn.length).toBeGreaterThan(0);
    for (const [i, at] of drawn.entries()) if (i > 0) expect(at - drawn[i - 1]).toBeGreaterThan(400);
  });

  it('says why the meters cannot be watched now', async () => {
    const lab = simulatedLab();
    lab.override.watchMeters = async () => {
      throw new LabError(
        'bad_input',
        'The meters cannot be watched while the lab measures.',
        'Wait until it has finished.',
      );
    };
    const { page } = await open({ lab, hash: '#/machine' });
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await poll(() => page.getByRole('alert').textContent()).toContain('Wait until it has finished.');
  });

  it.each(['light', 'dark'] as const)('is free of serious faults (%s)', async (colorScheme) => {
    const { page } = await open({ lab: simulatedLab(), hash: '#/machine', context: { colorScheme } });
    await page.getByText('Simulated meter').waitFor();
    await page.locator('summary').first().click();
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, `machine-${colorScheme}.png`) });
  });
});

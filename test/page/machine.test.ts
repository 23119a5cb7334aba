import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../src/shared/errors';
import type { LiveReading } from '../../src/shared/live';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeMachine, packageSensor } from '../support/fakeRecords';
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

  it('tests the meters, says how far it is, and shows what it found with its labels', async () => {
    const lab = simulatedLab();
    const done = Promise.withResolvers<void>();
    lab.override.selfTestMeters = async () => {
      await done.promise;
      return {
        machine: fakeMachine(),
        meters: [],
        sensors: [
          {
            sensor: { ...packageSensor, origin: 'simulated' },
            alive: true,
            why: null,
            tick: { shortestS: 0.1, medianS: 0.1 },
            idleW: 20,
            idleSdW: 0.2,
            loadW: 60,
            pair: null,
            disturbance: { ratio: 1.001, low: 0.98, high: 1.02 },
          },
        ],
        loads: ['mlp-1.0M, batch 64, on cpu'],
        seconds: 55,
      };
    };
    const { page } = await open({ lab, hash: '#/machine' });
    await page.getByRole('button', { name: 'Test for a minute' }).click();
    await poll(() => lab.calls.some((c) => c.name === 'selfTestMeters')).toBe(true);
    lab.emit({ type: 'selfTest', text: 'Under load', doneS: 20, totalS: 55 });
    await page.getByText('Under load: about 35 s left').waitFor();
    done.resolve();
    const found = page.getByRole('region', { name: 'What the self test found' });
    await found.waitFor();
    expect(await found.textContent()).toMatch(
      /SIMULATED.*yes100 ms20\.0 W200 mW60\.0 W–1\.001 \[0\.980, 1\.020\]/,
    );
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

  it('adds a wall meter that was tried, switches it off, removes it, and undoes that', async () => {
    const { page, lab } = await open({ hash: '#/machine' });
    const card = page.getByRole('region', { name: 'Wall meters' });
    await card.getByText('No wall meter has been added yet.').waitFor();
    await card.getByRole('button', { name: 'Add a wall meter' }).click();
    const form = page.getByRole('form', { name: 'New wall meter' });
    await form.getByLabel('Address in your network').fill('10.0.0.9');
    await form.getByRole('button', { name: 'Test' }).click();
    await poll(() => card.getByRole('alert').textContent()).toContain('Check the address');
    await form.getByLabel('Address in your network').fill('plug.local');
    await form.getByLabel('What you call it').fill('Desk');
    await form.getByRole('button', { name: 'Test' }).click();
    await card.getByText('Shows 61.2 W now.').waitFor();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await card.getByRole('button', { name: 'Remove Desk' }).waitFor();
    expect(lab.wallMeters).toMatchObject([{ address: 'plug.local', label: 'Desk', enabled: true }]);
    await card.getByLabel('Desk: in use').click({ force: true });
    await poll(() => lab.wallMeters[0].enabled).toBe(false);
    await card.getByRole('button', { name: 'Measure lag of Desk' }).click();
    await card.getByText('It trails the load by 1.52 s').waitFor();
    await card.getByRole('button', { name: 'Remove Desk' }).click();
    await card.getByText('No wall meter has been added yet.').waitFor();
    await page.keyboard.press('Control+z');
    await card.getByRole('button', { name: 'Remove Desk' }).waitFor();
  });

  it('asks for a token and an entity where Home Assistant needs them, and says where the token is kept', async () => {
    const { page, lab } = await open({ hash: '#/machine' });
    await page.getByRole('button', { name: 'Add a wall meter' }).click();
    const form = page.getByRole('form', { name: 'New wall meter' });
    expect(await form.getByLabel('Long-lived access token').count()).toBe(0);
    await form.getByLabel('Kind').selectOption('homeassistant');
    await form.getByText('in clear text').waitFor();
    await form.getByLabel('Address in your network').fill('home.local:8123');
    await form.getByLabel('Entity that shows the power').fill('sensor.plug');
    await form.getByLabel('Long-lived access token').fill('S3CRET');
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await poll(() => lab.wallMeters.length).toBe(1);
    expect(lab.calls.find((c) => c.name === 'addWallMeter')?.input).toMatchObject({
      meter: { token: 'S3CRET', entity: 'sensor.plug' },
    });
    await page.getByRole('button', { name: /^Remove Home Assistant/ }).waitFor();
    expect(await page.content()).not.toContain('S3CRET');
  });

  it('enters a calibration from two loads, lists it with its sensor, revokes it and undoes that', async () => {
    const lab = simulatedLab();
    const { page } = await open({ lab, hash: '#/machine' });
    const card = page.getByRole('region', { name: 'Calibrations', exact: true });
    await page.getByText('Simulated meter').waitFor();
    await card.getByRole('button', { name: 'Enter a calibration' }).click();
    const form = page.getByRole('form', { name: 'New calibration' });
    const loads = [
      ['24', '20'],
      ['134', '120'],
    ];
    for (const [i, [shown, real]] of loads.entries()) {
      await form.getByLabel(`Load ${i + 1}: sensor shows (W)`).fill(shown);
      await form.getByLabel(`Load ${i + 1}: true power (W)`).fill(real);
    }
    await form.getByText('Name the better meter.').waitFor();
    expect(await form.getByRole('button', { name: 'Enter', exact: true }).isDisabled()).toBe(true);
    await form.getByLabel('Better meter', { exact: true }).fill('Plug under the desk');
    await form.getByText('shows 1.1000 × true power + 2.00 W').waitFor();
    await form.getByRole('button', { name: 'Enter', exact: true }).click();
    const row = card.getByRole('listitem');
    await poll(() => row.textContent()).toMatch(/Example 9000: whole processor chip.*in force.*1\.1000/);
    await row.getByRole('button', { name: /^Revoke/ }).click();
    await poll(() => row.textContent()).toContain('revoked');
    await page.keyboard.press('Control+z');
    await poll(() => row.textContent()).toContain('in force');
  });

  it.each(['light', 'dark'] as const)('shows both forms without serious faults (%s)', async (colorScheme) => {
    const lab = simulatedLab();
    await lab.handlers.addWallMeter({
      meter: {
        kind: 'shelly2',
        address: 'http://plug.local',
        label: 'Desk',
        token: null,
        entity: null,
        channel: 0,
        intervalS: null,
      },
    });
    await lab.handlers.addCalibration({
      sensorId: packageSensor.id,
      from: { kind: 'line', line: { gain: 1.05, offsetW: -2, gainRel1s: 0.02, offsetW1s: 0.5 } },
      against: 'Analyser of the lab next door',
      note: '',
      atUnixMs: null,
    });
    const { page } = await open({
      lab,
      hash: '#/machine',
      context: { colorScheme, viewport: { width: 1280, height: 1700 } },
    });
    await page.getByText('Simulated meter').waitFor();
    await page.getByRole('button', { name: 'Test Desk' }).click();
    await page.getByText('Shows 61.2 W now.').waitFor();
    await page.getByRole('button', { name: 'Add a wall meter' }).click();
    await page.getByLabel('Kind').selectOption('homeassistant');
    await page.getByRole('button', { name: 'Enter a calibration' }).click();
    await page.getByRole('form', { name: 'New calibration' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({
      path: join(screenshotFolder, `machine-meters-${colorScheme}.png`),
      fullPage: true,
    });
    for (const width of [1920, 640]) {
      await page.setViewportSize({ width, height: 1080 });
      const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await poll(sideways).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(screenshotFolder, `machine-meters-${colorScheme}-${width}.png`) });
    }
  });

  it.each(['light', 'dark'] as const)('is free of serious faults (%s)', async (colorScheme) => {
    const { page } = await open({ lab: simulatedLab(), hash: '#/machine', context: { colorScheme } });
    await page.getByText('Simulated meter').waitFor();
    await page.locator('summary').first().click();
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: join(screenshotFolder, `machine-${colorScheme}.png`) });
  });
});

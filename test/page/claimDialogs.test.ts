import { describe, expect, it } from 'vitest';
import type { ClaimInput } from '../../src/shared/claim';
import { seriousFaults } from '../support/axe';
import { called, card, picture, poll, row } from '../support/claimPages';
import { fakeClaimHandlers } from '../support/fakeClaims';
import { fakeLab } from '../support/fakeLab';
import { fakeLadder } from '../support/fakeRecords';
import { noBrowser, usesPages } from '../support/pageHost';

const inputsOfC7 = (): ClaimInput[] => [
  {
    key: 'price',
    label: 'Price of electricity',
    unit: '$/kWh',
    default: 0.1872,
    min: 0,
    max: null,
    source: 'US residential mean, stated default',
  },
  {
    key: 'hours',
    label: 'Idle hours offered a year',
    unit: 'h',
    default: 4000,
    min: 0,
    max: 8784,
    source: 'placeholder',
  },
];

describe.skipIf(noBrowser)('the dialogs of claims', { timeout: 60_000 }, () => {
  const open = usesPages();

  it('tells beforehand what a run does, refuses in words, and remembers how it was run', async () => {
    const { page, lab } = await open({ hash: '#/claims/kernel' });
    await page.getByRole('button', { name: 'Run …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run C2 kernel' });
    await dialog.getByText('3 steps, about 85 s on two cores').waitFor();
    await dialog.getByText('No energy meter was found: time is measured, energy is not.').waitFor();
    await picture(page, 'claims-run-dialog');
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByText('Full form, about 21 min').click();
    await dialog.getByText('3 steps, about 21 min on two cores').waitFor();
    await dialog.getByLabel('Data set').fill('nowhere');
    await dialog.getByText('There is no data set “nowhere” in this lab.').waitFor();
    expect(await dialog.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Data set').fill('mnist');
    await dialog.getByLabel('First seed').fill('7');
    await dialog.getByText('3 steps, about 21 min on two cores').waitFor();
    await page.keyboard.press('Control+Enter');
    await poll(() => called(lab, 'runClaim')).toEqual([
      {
        claim: 'kernel',
        options: {
          form: 'full',
          provider: 'cpu',
          threads: 1,
          seed: 7,
          dataset: 'mnist',
          meters: 'auto',
          inputs: {},
        },
      },
    ]);
    await dialog.waitFor({ state: 'detached' });
    await card(page, 'Run of the claim').getByRole('progressbar').waitFor();
    await poll(() => lab.settings.claimRuns).toMatchObject({ options: { form: 'full', seed: 7 } });
  });

  it('takes the numbers of C7 with unit and stated default, and sends those that were typed', async () => {
    const lab = fakeLab();
    // Typed for an older form of the claim, which had such a number.
    lab.settings.claimRuns = { options: {}, inputs: { idle: { gone: 3 } } };
    const real = fakeClaimHandlers(lab, lab.emit);
    lab.override.previewClaim = async (input) => {
      const inputs = inputsOfC7();
      const foreign = Object.keys(input.options.inputs).find((key) => !inputs.some((i) => i.key === key));
      const refusal = foreign
        ? ({
            kind: 'bad_input',
            message: `This claim has no input called “${foreign}”.`,
            remedy: null,
          } as const)
        : null;
      return { ...(await real.previewClaim(input)), inputs, refusal };
    };
    const { page } = await open({ lab, hash: '#/claims/idle' });
    await page.getByRole('button', { name: 'Run …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run C7 idle' });
    const price = dialog.getByLabel('Price of electricity ($/kWh)');
    await price.waitFor();
    await dialog.getByText('Default 0.1872: US residential mean, stated default').waitFor();
    await price.fill('0.3');
    await dialog.getByLabel('Idle hours offered a year (h)').fill('4000');
    await picture(page, 'claims-run-inputs');
    await dialog.getByText(/^3 steps/).waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await poll(() =>
      called(lab, 'runClaim').map((c) => (c as { options: { inputs: object } }).options.inputs),
    ).toEqual([{ price: 0.3, hours: 4000 }]);
  });

  it('writes one’s own prediction as a new version and says what that costs', async () => {
    const { page, lab } = await open({ hash: '#/claims/kernel' });
    await page.getByRole('button', { name: 'Write my own prediction …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your prediction for C2' });
    await dialog.getByText('becomes version 2, without evidence until it is run again').waitFor();
    await dialog.getByRole('button', { name: 'Save as version 2' }).click();
    await dialog.getByText('Write what you expect, in 1 to 2,000 characters.').waitFor();
    expect(called(lab, 'predictClaim')).toEqual([]);
    await dialog.getByLabel('What you expect, in words').fill('It fails at every step size.');
    await dialog.getByLabel('The verdict you expect').selectOption('refuted');
    await dialog.getByLabel(/^slope.*: from$/).fill('2');
    await dialog.getByText('The upper end must be above the lower one.').waitFor();
    await dialog.getByLabel(/^slope.*: from$/).fill('0.9');
    await dialog.getByLabel(/^error of the rebuilt.*: at most$/).fill('0.01');
    await picture(page, 'claims-predict');
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save as version 2' }).click();
    await dialog.waitFor({ state: 'detached' });
    const [sent] = called(lab, 'predictClaim') as {
      prediction: { by: string; criteria: { threshold: number; unit: string }[] };
    }[];
    expect(sent.prediction.by).toBe('user');
    expect(sent.prediction.criteria.map((c) => c.threshold)).toEqual([0.01, 0.95, 1e-10, 0.9]);
    await card(page, 'Predicted').getByText('expected by you').waitFor();
    await card(page, 'Predicted')
      .getByText(/no run of it yet/)
      .waitFor();
    expect(await card(page, 'Found').textContent()).toContain('no evidence for version 2');
  });

  it('takes a claim of one’s own: two conditions, or a curve, and refuses in sentences', async () => {
    const { models } = fakeLadder('one');
    const lab = fakeLab({ models });
    const { page } = await open({ lab, hash: '#/claims' });
    await page.getByRole('button', { name: 'New claim …' }).click();
    const dialog = page.getByRole('dialog', { name: 'A claim of your own' });
    await dialog.getByRole('button', { name: 'Save the claim' }).click();
    await dialog.getByRole('alert').waitFor();
    const alert = await dialog.getByRole('alert').textContent();
    for (const sentence of [
      'Give the claim a title of 3 to 120 characters.',
      'Name the model of the first condition.',
      'The threshold is a number.',
    ])
      expect(alert).toContain(sentence);
    await picture(page, 'claims-own-refused');
    await dialog.getByLabel('Title').fill('Ten times larger is ten times slower');
    await dialog
      .getByLabel('What is claimed')
      .fill('A model of 10⁶ parameters takes ten times as long as one of 10⁵.');
    await dialog.getByLabel('Model', { exact: true }).first().fill('mlp-1e6');
    await dialog.getByLabel('Model', { exact: true }).last().fill('mlp-1e6');
    await dialog.getByLabel('The ratio, first over second, is').selectOption('within');
    await dialog.getByLabel('From', { exact: true }).fill('8');
    await dialog.getByLabel('To', { exact: true }).fill('12');
    await dialog.getByLabel('What you expect, in words').fill('Between 8 and 12 times.');
    await dialog.getByRole('button', { name: 'Save the claim' }).click();
    await dialog.getByText('Both conditions are the same').first().waitFor();
    await dialog.getByLabel('Model', { exact: true }).last().fill('mlp-1e5');
    await picture(page, 'claims-own');
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save the claim' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ten times larger is ten times slower' }).waitFor();
    const [sent] = called(lab, 'writeClaim') as {
      claim: string | null;
      own: { test: object; prediction: object };
    }[];
    expect(sent.claim).toBeNull();
    expect(sent.own.test).toMatchObject({ kind: 'ratio', a: { model: 'mlp-1e6' }, b: { model: 'mlp-1e5' } });
    expect(sent.own.prediction).toMatchObject({
      by: 'user',
      criteria: [{ key: 'ratio', relation: 'within', threshold: 8, upper: 12 }],
    });
    await page.getByRole('button', { name: 'Change the claim …' }).click();
    const change = page.getByRole('dialog', { name: 'Change your claim' });
    expect(await change.getByLabel('To', { exact: true }).inputValue()).toBe('12');
    await change.getByText('A curve: exponent over models').click();
    await change.getByLabel('Models, two or more').click();
    for (const name of ['mlp-1e4', 'mlp-1e5', 'mlp-1e6']) await page.getByRole('option', { name }).click();
    // Closes the list of models, not the dialog.
    await page.keyboard.press('Escape');
    await change.getByRole('button', { name: 'Save as version 2' }).click();
    await poll(() => called(lab, 'writeClaim').at(-1)).toMatchObject({
      claim: expect.stringMatching(/^own-/),
      own: {
        test: { kind: 'curve', models: ['mlp-1e4', 'mlp-1e5', 'mlp-1e6'], x: 'parameters' },
        prediction: { criteria: [{ key: 'exponent' }] },
      },
    });
  });

  it('can only be read where the lab is', async () => {
    const lab = fakeLab();
    const info = await lab.handlers.labInfo({});
    lab.override.labInfo = async () => ({ ...info, readOnly: { holderPid: 7 } });
    const { page } = await open({ lab, hash: '#/claims' });
    await row(page, 'C2 kernel').waitFor();
    for (const name of [
      /^Run all nine/,
      /^New claim/,
      'Run C2 kernel',
      'Resume C9 fewer-chips',
      'Cancel C1 size',
    ])
      expect(await page.getByRole('button', { name }).isDisabled()).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { provenanceSections } from '../../src/shared/provenance';
import { seriousFaults } from '../support/axe';
import { fakeLab } from '../support/fakeLab';
import { fakeMacs, fakeModel, fakeRun } from '../support/fakeRecords';
import { noBrowser, screenshotFolder, usesPages } from '../support/pageHost';

const model = fakeModel('net', 1e6, 'imported', {
  licence: { from: 'file', name: 'LICENSE', text: 'Apache License, Version 2.0. '.repeat(40) },
  source: null,
});

describe.skipIf(noBrowser)('provenance and counts on the page', () => {
  const open = usesPages();

  it.each([
    ['light', 1280],
    ['dark', 640],
  ] as const)('the Run page opens everything recorded of a run, %s, %d px', async (colorScheme, width) => {
    const run = fakeRun({ experiment: 'one', ordinal: 0, model, grossJ: 5e-2 });
    const lab = fakeLab({ models: [model], runs: [run] });
    const { page } = await open({
      lab,
      hash: `#/run/${run.id}`,
      context: { colorScheme, viewport: { width, height: 800 } },
    });
    const region = page.getByRole('region', { name: 'Full provenance' });
    await region.waitFor();
    // Nothing is asked for that nobody wants to see.
    expect(lab.calls.some(({ name }) => name === 'showProvenance')).toBe(false);
    await region.getByText('Full provenance').click();
    for (const title of [...Object.values(provenanceSections), 'Meters', 'State per window'])
      await region.getByRole('heading', { name: title, exact: true }).waitFor();
    await region.getByText('the outputs were not compared with a reference').waitFor();
    await region.getByText('imported as it is, the lab knows no parent').waitFor();
    expect(lab.calls.filter(({ name }) => name === 'showProvenance')).toHaveLength(1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThan(
      1,
    );
    expect(await seriousFaults(page)).toEqual([]);
    await region.scrollIntoViewIfNeeded();
    await region.screenshot({ path: `${screenshotFolder}/provenance-${colorScheme}.png` });
  });

  it('the model’s panel shows dense and effective MACs, per node, and other operations apart', async () => {
    const lab = fakeLab({ models: [model] });
    lab.override.showModel = async () => ({
      model,
      freeDims: [],
      inputs: model.inputs,
      macs: fakeMacs(2_000_000, {
        effective: 500_000,
        computed: ['MatMul'],
        nodes: [
          { name: 'layer.0', operator: 'Gemm', macs: 1_000_000, effective: 250_000, computed: false },
          { name: 'attention', operator: 'MatMul', macs: 1_000_000, effective: 250_000, computed: true },
        ],
        others: { Relu: { calls: 2, elements: 64 }, NonZero: { calls: 1, elements: null } },
      }),
    });
    const { page } = await open({ lab, hash: `#/models/${model.id}` });
    const cost = page.getByRole('region', { name: 'Arithmetic of one inference' });
    await cost.getByText('of them (25.0 %) have a weight that is not zero.').waitFor();
    await cost.getByText('count in full: MatMul').waitFor();
    await cost.getByText('Zeros among the inputs of the layers: not measured.').waitFor();
    await cost.getByText('Per node, and other operations').click();
    const rows = cost.getByRole('table', { name: 'Nodes that multiply and accumulate' }).locator('tbody tr');
    expect(await rows.count()).toBe(2);
    expect(await rows.nth(1).textContent()).toContain('(computed)');
    const others = cost.getByRole('table', { name: 'Other operations, never weighed against MACs' });
    expect(await others.locator('tbody tr').allTextContents()).toEqual(['Relu264', 'NonZero1not known']);
    expect(await seriousFaults(page)).toEqual([]);
    await page.screenshot({ path: `${screenshotFolder}/models-counts.png` });
  });
});

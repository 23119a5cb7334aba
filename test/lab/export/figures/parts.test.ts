import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facetsOf } from '../../../../src/main/lab/export/figures/facets';
import { bearsFit, fitRows } from '../../../../src/main/lab/export/figures/fitRows';
import { lazily } from '../../../../src/main/lab/export/figures/lazy';
import { namesOf } from '../../../../src/main/lab/export/figures/names';
import { fitColumns } from '../../../../src/main/lab/export/tables/fits';
import { layoutCurve } from '../../../../src/shared/figures/layout';
import { pointRows } from '../../../../src/shared/figures/points';
import { type CurveRow, seriesNames } from '../../../../src/shared/figures/rows';
import type { CurveSpec } from '../../../../src/shared/figures/spec';
import type { RunRow } from '../../../../src/shared/runRow';
import { examples, ladder, specOf } from '../../../shared/figures/examples';

describe('names of figures', () => {
  it('are file stems made of what is shown', () => {
    expect(namesOf([{ shows: ['compare-runs', 'Dense or sparse?'], of: 'x' }])).toEqual([
      'compare-runs-dense-or-sparse',
    ]);
  });

  const unnamed = fc.record({
    shows: fc.tuple(
      fc.constantFrom('curve', 'compare'),
      fc.constantFrom('', 'a', 'Ä', 'é', 'long '.repeat(30)),
    ),
    of: fc.uuid(),
  });

  it('are unique, short and valid, and do not depend on the order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(unnamed, { selector: (u) => u.of, maxLength: 12 }), (figures) => {
        const names = namesOf(figures);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,63}$/);
        expect(namesOf(figures.toReversed()).toReversed()).toEqual(names);
      }),
    );
  });
});

describe('names of figures that begin alike', () => {
  it('stay apart: parts of one curve under a long name, and experiments whose ids end alike', () => {
    const long = 'An experiment with a name that is longer than any file may be called '.repeat(2);
    const figures = [
      ...['cpu', 'cuda'].map((part) => ({ shows: ['curve', long, part], of: '01a2-0000' })),
      ...['01a2-0000', '01a3-0000'].map((of) => ({ shows: ['curve', 'Ladder'], of })),
      ...['[8] µ', '[8] Ω'].map((part) => ({ shows: ['curve', part], of: 'x' })),
    ];
    expect(new Set(namesOf(figures)).size).toBe(figures.length);
  });
});

const runs = (count: number, over: (i: number) => Partial<RunRow>): RunRow[] =>
  Array.from({ length: count }, (_, i) => {
    const row = { id: `r${i}`, lab: null, device: 'd', family: 'mlp', provider: 'cpu', precision: 'float32' };
    return { ...row, batch: 1, threads: 1, engine: 'capi', ...over(i) } as RunRow;
  });

describe('a figure that could not tell its series apart', () => {
  it('is split by what differs until each part can, and nothing is lost', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            provider: fc.constantFrom('cpu', 'cuda', 'webgpu') as fc.Arbitrary<RunRow['provider']>,
            batch: fc.constantFrom(1, 8, 64),
            precision: fc.constantFrom('float32', 'int8'),
            lab: fc.constantFrom(null, 'aaaaaaaa', 'bbbbbbbb'),
          }),
          { minLength: 1, maxLength: 60 },
        ),
        (list) => {
          const rows = runs(list.length, (i) => list[i]!);
          const facets = facetsOf(rows, 6);
          expect(facets.flatMap((f) => f.runs.map((r) => r.id)).toSorted()).toEqual(
            rows.map((r) => r.id).toSorted(),
          );
          for (const facet of facets)
            expect(new Set(facet.runs.map(seriesNames(facet.runs).keyOf)).size).toBeLessThanOrEqual(6);
          expect(new Set(facets.map((f) => f.words.join(' '))).size).toBe(facets.length);
        },
      ),
    );
  });

  it('stays whole where it can', () => {
    expect(facetsOf(runs(40, (i) => ({ batch: 2 ** (i % 7) })))).toEqual([
      { words: [], runs: expect.any(Array) },
    ]);
    expect(facetsOf(runs(40, (i) => ({ batch: 2 ** (i % 8) }))).map((f) => f.words)).toHaveLength(8);
  });
});

describe('rows of fits', () => {
  const fitted = (spec: CurveSpec, rows: readonly CurveRow[]) => fitRows(spec, layoutCurve(spec, rows).fits);
  const rowsOf = (name: string) => fitted(examples[name]!.spec, examples[name]!.rows);

  it('have the columns of data/fits, one row a line, and a law of two exponents one for each side', () => {
    for (const name of ['fit-one-series', 'fit-crossover-residuals', 'fit-broken-dark'])
      for (const row of rowsOf(name)) expect(Object.keys(row).toSorted()).toEqual([...fitColumns].toSorted());
    expect(rowsOf('fit-one-series').map((r) => [r.segment, r.n_count])).toEqual([['whole', 12]]);
    expect(rowsOf('fit-crossover-residuals').map((r) => r.series)).toEqual(['mlp, cuda', 'cnn, cuda']);
    const [below, above] = rowsOf('fit-broken-dark');
    expect([below!.segment, above!.segment, below!.model]).toEqual(['below', 'above', 'broken-power-law']);
    expect(below!.fit_id).not.toBe(above!.fit_id);
    expect(below!.x_domain_high).toBe(above!.x_domain_low);
    expect(Number(below!.exponent_ratio)).toBeLessThan(Number(above!.exponent_ratio));
    // Both sides meet at the break.
    const at = (row: typeof below) =>
      Number(row!.log10_prefactor_ratio) + Number(row!.exponent_ratio) * Math.log10(Number(row!.x_break));
    expect(at(below)).toBeCloseTo(at(above), 9);
  });

  it('give the line that is drawn, and its runs by a hash that the points file gives again', () => {
    const law = { from: 1e4, to: 1e8, at: 2e-3, exponent: 0.8, scatter: 0 };
    const spec = specOf({ fit: { show: true }, id: 'some-figure' });
    const rows = ladder(3, 9, law, (i) => ({ preset: i === 4 ? 'quick' : 'standard' }));
    const [fit] = fitted(spec, rows);
    expect(fit).toMatchObject({
      fit_id: 'some-figure/cpu, float32',
      figure_id: 'some-figure',
      n_count: 8,
      excluded_count: 1,
      x_unit: '1',
      y_unit: 'J',
      x_column: 'params_count',
      y_column: 'energy_per_inference_J',
      includes_estimated: false,
      x_break: null,
    });
    expect(fit!.exponent_ratio).toBeCloseTo(0.8, 6);
    expect(fit!.log10_prefactor_ratio).toBeCloseTo(Math.log10(2e-3) - 0.8 * 6, 6);
    expect(fit!.r_squared_ratio).toBeCloseTo(1, 9);
    expect(fit!.residual_sd_log10_ratio).toBeCloseTo(0, 6);
    expect([fit!.x_domain_low, fit!.x_domain_high]).toEqual([1e4, 1e8]);
    const runIds = pointRows(spec, rows).flatMap((p, i) => (i === 4 ? [] : [String(p.run_id)]));
    const hash = (ids: readonly string[]) =>
      createHash('sha256').update(ids.toSorted().join('\n')).digest('hex');
    expect(fit!.run_ids_sha256).toBe(hash(runIds));
    expect(fit!.run_ids_sha256).not.toBe(hash(rows.map((r) => r.runId)));
  });

  it('are none where no line is drawn', () => {
    const law = { from: 1e4, to: 1e8, at: 2e-3, exponent: 0.8, scatter: 0 };
    expect(bearsFit(specOf(), ladder(3, 9, law))).toBe(true);
    expect(bearsFit(specOf(), ladder(3, 5, law))).toBe(false);
    expect(
      bearsFit(
        specOf(),
        ladder(3, 9, law, () => ({ preset: 'glance' })),
      ),
    ).toBe(false);
    expect(fitted(specOf(), ladder(3, 9, law))).toEqual([]);
  });
});

describe('drawing when it is looked at', () => {
  const made = (drawn: string[], names: readonly string[]) =>
    lazily(
      names.map((name) => ({
        name,
        sketch: {
          kind: 'k',
          shows: [name],
          of: '',
          draw: (id) => {
            drawn.push(id);
            return { title: `t ${id}`, caption: 'c', alt: 'a', svg: `<${id}>`, spec: '{}', points: 'p' };
          },
        },
      })),
    );

  it('draws nothing for a list, each once for its files, and nothing again for its words', () => {
    const drawn: string[] = [];
    const figures = made(drawn, ['a', 'b']);
    expect(figures.map((f) => f.name)).toEqual(['a', 'b']);
    expect(drawn).toEqual([]);
    for (const f of figures)
      expect([f.svg, f.spec, f.points, f.title]).toEqual([`<${f.name}>`, '{}', 'p', `t ${f.name}`]);
    for (const f of figures)
      expect([f.title, f.caption, f.alt, f.fits, f.references]).toEqual([`t ${f.name}`, 'c', 'a', [], []]);
    expect(drawn).toEqual(['a', 'b']);
  });

  it('draws no figure of a small bundle twice, and holds the files of no more than sixteen', () => {
    const drawn: string[] = [];
    const names = Array.from({ length: 17 }, (_, i) => `f${i}`);
    const few = made(drawn, names.slice(0, 16));
    for (let round = 0; round < 3; round++) for (const f of few) expect(f.svg).toBe(`<${f.name}>`);
    expect(drawn).toHaveLength(16);
    drawn.length = 0;
    const many = made(drawn, names);
    for (let round = 0; round < 3; round++) for (const f of many) expect(f.svg).toBe(`<${f.name}>`);
    expect(drawn).toHaveLength(3 * 17);
  });
});

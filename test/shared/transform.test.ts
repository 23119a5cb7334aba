import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parentOf,
  reportLines,
  settleForm,
  type TransformOptions,
  type TransformReport,
  transformKinds,
  transformOptionsSchema,
  transformRecipe,
  transformSentence,
  variantLabel,
  worstError,
} from '../../src/shared/transform';

const form = (options: Partial<TransformOptions> & Pick<TransformOptions, 'kind'>) =>
  settleForm(transformOptionsSchema.parse(options));

describe('what a person asks for', () => {
  it('is settled with the defaults of its kind', () => {
    expect(transformKinds.map((kind) => form({ kind }))).toEqual([
      { kind: 'int8', minimum: 1024, seed: 1 },
      { kind: 'int4', block: 32, minimum: 1024, seed: 1 },
      { kind: 'pruned', share: 0.9, minimum: 1024, seed: 1 },
      { kind: 'low-rank', share: 1 / 16, minimum: 1024, seed: 1 },
      { kind: 'block-sparse', share: 0.9, blocks: { inputs: 32, outputs: 128 }, minimum: 1024, seed: 1 },
    ]);
    expect(form({ kind: 'low-rank', rank: 8 })).toEqual({
      kind: 'low-rank',
      rank: 8,
      minimum: 1024,
      seed: 1,
    });
  });

  it.each<[Partial<TransformOptions> & Pick<TransformOptions, 'kind'>, RegExp]>([
    [{ kind: 'int8', share: 0.5 }, /“share” says nothing about a variant of the kind int8/],
    [{ kind: 'pruned', rank: 4 }, /“rank” says nothing/],
    [{ kind: 'int4', blocks: { inputs: 1, outputs: 1 } }, /“blocks” says nothing/],
    [{ kind: 'low-rank', rank: 4, share: 0.1 }, /A rank and a share/],
    [{ kind: 'int4', block: 48 }, /Blocks of 48 weights/],
  ])('is refused where it contradicts itself: %j', (options, words) => {
    expect(() => form(options)).toThrow(words);
  });
});

describe('a variant', () => {
  it('is named and told by what it is, each form its own way', () => {
    const forms = [
      ...transformKinds.map((kind) => form({ kind })),
      form({ kind: 'int4', block: 128 }),
      form({ kind: 'pruned', share: 0.5 }),
      form({ kind: 'low-rank', rank: 64 }),
      form({ kind: 'block-sparse', blocks: { inputs: 16, outputs: 16 } }),
    ];
    expect(forms.map(variantLabel)).toEqual([
      'int8',
      'int4',
      'pruned 90 %',
      'low-rank 6.25 %',
      'block-sparse 90 %',
      'int4 b128',
      'pruned 50 %',
      'low-rank 64',
      'block-sparse 16x16 90 %',
    ]);
    expect(new Set(forms.map(transformSentence)).size).toBe(forms.length);
  });

  it('keeps in its recipe what it was made of, so that different ones never share one', () => {
    const id = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 64, maxLength: 64 });
    const forms = fc.oneof(
      fc.constant(form({ kind: 'int8' })),
      fc.constantFrom(16, 32, 128).map((block) => form({ kind: 'int4', block })),
      fc.integer({ min: 1, max: 99 }).map((n) => form({ kind: 'pruned', share: n / 100 })),
      fc.integer({ min: 1, max: 99 }).map((rank) => form({ kind: 'low-rank', rank })),
    );
    fc.assert(
      fc.property(id, forms, forms, (digits, a, b) => {
        const parent = digits.map((d) => d.toString(16)).join('');
        const recipe = transformRecipe(parent, a);
        expect(parentOf(recipe)).toBe(parent.slice(0, 12));
        expect(transformRecipe(parent, b) === recipe).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
    expect([parentOf(null), parentOf('mlp:1e6'), parentOf('transform:int8')]).toEqual([null, null, null]);
  });
});

describe('a report in lines', () => {
  const report: TransformReport = {
    form: form({ kind: 'int8' }),
    layers: { withWeights: 14, changed: 12 },
    left: [{ reason: 'Conv is no plain matrix product', count: 2, examples: ['a', 'b'] }],
    weightBytes: { before: 4e6, after: 1e6 },
    outputs: [
      { name: 'y', elements: 10, relativeL2: 0.01, maxAbs: 0.125, sameTop: 0.5 },
      { name: 'z', elements: 10, relativeL2: null, maxAbs: 0, sameTop: null },
    ],
    bound: 0.05,
    fed: { rows: 64, calls: 4, seed: 1, provider: 'cpu' },
    accuracy: { dataset: 'mnist1d', n: 1000, original: 0.6, variant: 0.59 },
    notes: ['And this.'],
  };
  it('tells of labels how many are the same, and that no error could be asked for', () => {
    const labels = [{ name: 'y', elements: 10, relativeL2: null, maxAbs: 85, sameTop: null, equal: 0.9 }];
    const lines = reportLines({ ...report, outputs: labels });
    expect(lines).toContain('  y: the same value in 90.0 % of its elements');
    expect(lines.some((l) => l.startsWith('No relative error could be told'))).toBe(true);
  });

  it('says what changed, what stayed and why, how far it is and what is accepted', () => {
    expect(reportLines(report)).toEqual([
      '12 of 14 layers with stored weights changed; their weights: 4.00 MB before, 1.00 MB after.',
      '2 layers left as they are: Conv is no plain matrix product (a, b).',
      'Checked on 64 rows of made-up inputs (seed 1) on cpu, in 4 calls:',
      '  y: relative error 1.00 %, largest difference 0.125, same class first in 50.0 % of rows',
      '  z: largest difference 0',
      'The largest relative error is 1.00 %; up to 5.00 % is accepted.',
      'On 1,000 test examples of mnist1d: 60.0 % right before, 59.0 % after.',
      'And this.',
    ]);
    expect(worstError(report.outputs)).toBe(0.01);
    expect(worstError([])).toBeNull();
  });
  it('says of kinds that change the function that they do', () => {
    expect(reportLines({ ...report, bound: null }).join('\n')).toMatch(/on purpose/);
  });
});

import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  filterModels,
  modelRowsOf,
  noFileText,
  nonzeroShareOf,
  opsetText,
  tallyRuns,
} from '../../../../src/renderer/pages/models/modelRows';
import { operatorsText } from '../../../../src/renderer/pages/models/operators';
import { fakeModel } from '../../../support/fakeRecords';
import { fakeRow } from './rows';

const small = fakeModel('mlp-1.0k', 1000);
const large = fakeModel('resnet', 25e6, 'imported', {
  producer: 'pytorch 2.4',
  precision: 'int8',
  fileBytes: 1000,
  externalData: [{ location: 'weights.bin', sha256: 'a'.repeat(64), bytes: 25e6 }],
});

describe('model rows', () => {
  it('say which models came without their file, and what helps', () => {
    const rows = modelRowsOf([small, large], new Map(), {}, new Set([large.id]));
    expect(rows.map((row) => row.noFile)).toEqual([false, true]);
    expect(noFileText({ recipe: 'mlp:1e3' })).toMatch(/Build it, or import its ONNX file/);
    expect(noFileText({ recipe: null })).toMatch(/^It came with a bundle.* Import its ONNX file to/);
  });

  it('count runs, and say where all of them are samples', () => {
    const tally = tallyRuns([
      fakeRow(small, { sample: true }),
      fakeRow(small, { sample: true }),
      fakeRow(large, { sample: true }),
      fakeRow(large),
    ]);
    const rows = modelRowsOf([small, large, fakeModel('new', 5000)], tally, { [small.id]: 1000 });
    expect(rows.map(({ runs, sample, macs }) => [runs, sample, macs])).toEqual([
      [2, true, 1000],
      [2, false, undefined],
      [0, false, undefined],
    ]);
  });

  it('add external data to the size of the file', () => {
    expect(bytesOf(large)).toBe(25_001_000);
  });

  it('know no share of weights where there are none or none were counted', () => {
    const counts = (parameters: number | null, parametersNonzero: number | null) =>
      nonzeroShareOf({ counts: { ...small.counts, parameters, parametersNonzero } });
    expect(counts(100, 25)).toBe(0.25);
    expect(counts(0, 0)).toBeNull();
    expect(counts(null, null)).toBeNull();
    expect(counts(100, null)).toBeNull();
  });

  it('filter by every word, anywhere, and by the start of an id', () => {
    const rows = modelRowsOf([small, large], new Map(), {});
    const found = (text: string) => filterModels(rows, text).map((row) => row.model.name);
    expect(found('')).toEqual(['mlp-1.0k', 'resnet']);
    expect(found('  INT8 pytorch')).toEqual(['resnet']);
    expect(found('int8 mlp')).toEqual([]);
    expect(found(small.id.slice(0, 12))).toEqual(['mlp-1.0k']);
  });

  it('print opsets and operators', () => {
    expect(
      opsetText([
        { domain: '', version: 17 },
        { domain: 'com.microsoft', version: 1 },
      ]),
    ).toBe('ai.onnx 17, com.microsoft 1');
    expect(operatorsText({ Relu: 1, Conv: 20, Add: 1 })).toBe('Conv × 20, Add, Relu');
    expect(operatorsText(Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`Op${i}`, 1])))).toMatch(
      /, 2 more kinds$/,
    );
    expect(operatorsText({})).toBe('none');
  });
});

import { describe, expect, it } from 'vitest';
import { accuracyOf, defaultAccuracyFields } from '../../../../src/renderer/pages/models/accuracy';
import { addDataInput, emptyDataFields } from '../../../../src/renderer/pages/models/addData';
import { accuracyInput } from '../../../../src/shared/accuracy';
import { datasetInput } from '../../../../src/shared/dataset';

describe('fields of an accuracy', () => {
  it('ask for nothing that was left empty, and for numbers as they are written', () => {
    expect(accuracyOf(defaultAccuracyFields)).toEqual({
      input: { dataset: 'mnist1d', output: null, normalise: null },
    });
    const asked = accuracyOf({ ...defaultAccuracyFields, output: 'y', mean: '0.4, 0.5', std: '2' });
    expect(asked).toEqual({
      input: { dataset: 'mnist1d', output: 'y', normalise: { scale: 1, mean: [0.4, 0.5], std: [2] } },
    });
    expect(accuracyInput.safeParse({ model: 'm', ...('input' in asked ? asked.input : {}) }).success).toBe(
      true,
    );
  });

  it.each([{ scale: '0' }, { scale: 'x' }, { std: '1,' }, { std: '-1' }, { mean: '1;2' }])(
    'refuse %o',
    (some) => {
      expect(accuracyOf({ ...defaultAccuracyFields, ...some })).toHaveProperty('problem');
    },
  );
});

describe('fields of a data set', () => {
  const given = { ...emptyDataFields, name: ' flowers ', examples: '/a.csv' };

  it('become what the lab takes', () => {
    const asked = addDataInput({
      ...given,
      shape: '1 × 28 x 28',
      classes: '10',
      testPercent: '100',
      labelColumn: 'kind',
    });
    expect(asked).toMatchObject({
      input: {
        name: 'flowers',
        examples: '/a.csv',
        shape: [1, 28, 28],
        classes: 10,
        testShare: 1,
        labelColumn: 'kind',
        labels: null,
      },
    });
    expect(datasetInput.safeParse('input' in asked ? asked.input : null).success).toBe(true);
    expect(addDataInput(given)).toMatchObject({ input: { shape: null, classes: null, testShare: 0.2 } });
  });

  it.each([
    [{ name: ' ' }, 'a name'],
    [{ examples: '' }, 'a file of examples'],
    [{ folder: '/f' }, 'either files or a folder'],
    [{ shape: '1,,2' }, 'whole numbers'],
    [{ classes: '1' }, 'from 2'],
    [{ testPercent: '0' }, 'above 0'],
    [{ testPercent: '101' }, 'at most 100'],
  ])('say what is missing of %o', (some, words) => {
    expect(addDataInput({ ...given, ...some })).toEqual({ problem: expect.stringContaining(words) });
  });
});

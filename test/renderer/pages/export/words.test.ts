import { describe, expect, it } from 'vitest';
import { bundleOf } from '../../../../src/renderer/pages/export/dropped';
import { isBelow } from '../../../../src/renderer/pages/export/PreviewCard';
import {
  aboutBytes,
  authorsText,
  countsText,
  labsText,
  progressText,
  reportSentences,
} from '../../../../src/renderer/pages/export/words';
import type { ImportReport } from '../../../../src/shared/bundle';
import { LabError } from '../../../../src/shared/errors';

const none = { experiments: 0, runs: 0, models: 0, machines: 0, accuracies: 0, claimRuns: 0 };
const report = (over: Partial<ImportReport>): ImportReport => ({
  sha256: '0'.repeat(64),
  title: 't',
  alreadyThere: false,
  added: none,
  runsThere: 0,
  conflicts: [],
  warnings: [],
  ...over,
});

describe('bundles in words', () => {
  it('counts what there is', () => {
    expect(countsText({ experiments: 1, runs: 1234, models: 6, machines: 1, claims: 0, figures: 2 })).toBe(
      '1 experiment, 1,234 runs, 6 models, 1 machine, 2 figures',
    );
    expect(aboutBytes(412)).toBe('≈ 412 B');
    expect(aboutBytes(1_234_567)).toBe('≈ 1.23 MB');
  });

  it('never says more of the time than is known', () => {
    expect(progressText({ share: 0, leftS: null })).toBe('0 %');
    expect(progressText({ share: 0.996, leftS: 3 })).toBe('99 %, about 5 s left');
    expect(progressText({ share: 1.2, leftS: null })).toBe('100 %');
  });

  it('names authors and labs', () => {
    expect(authorsText([])).toBe('not named');
    expect(
      authorsText([
        { familyNames: 'Hopper', givenNames: '' },
        { familyNames: 'L', givenNames: 'Ada' },
      ]),
    ).toBe('Hopper, Ada L');
    expect(labsText(['3f9a12c4ff', '00c1d2e3ff'])).toBe('lab 3f9a12c4 and lab 00c1d2e3');
  });

  it('tells what was added, what was there, and when that was nothing', () => {
    expect(
      reportSentences(report({ added: { ...none, runs: 1, machines: 1, claimRuns: 2 }, runsThere: 1 })),
    ).toEqual([
      'Added: 1 run, 1 machine and 2 runs of claims.',
      '1 run was here already, with the same content.',
    ]);
    expect(reportSentences(report({ alreadyThere: true, runsThere: 12 }))).toEqual([
      'This very bundle was brought in before.',
      'Nothing was added.',
      '12 runs were here already, with the same content.',
    ]);
  });

  it('knows what lies in the lab’s folder', () => {
    expect(isBelow('/lab/exports/x', '/lab/')).toBe(true);
    expect(isBelow('C:\\lab\\exports\\x', 'C:\\lab')).toBe(true);
    expect(isBelow('/laboratory/x', '/lab')).toBe(false);
    expect(isBelow('/lab', '/lab')).toBe(false);
  });
});

describe('what was dropped', () => {
  const file = (name: string) => ({ name, file: {} as File });

  it('is a bundle where it is a single zip, anywhere', () => {
    expect(bundleOf({ paths: ['/home/a.ZIP'] }, false)).toBe('/home/a.ZIP');
    expect(bundleOf({ files: [file('a.zip')] }, false)).toEqual(file('a.zip'));
    expect(bundleOf({ paths: ['/a.zip', '/b.zip'] }, true)).toBeNull();
    expect(bundleOf({ paths: ['/net.onnx'] }, true)).toBeNull();
    expect(bundleOf({ files: [] }, true)).toBeNull();
  });

  it('a single folder is one on the Export page only: elsewhere it is a folder of models', () => {
    expect(bundleOf({ paths: ['/home/some.one/ladder-20260115T100000Z'] }, true)).toBe(
      '/home/some.one/ladder-20260115T100000Z',
    );
    expect(bundleOf({ paths: ['/home/v1.2'] }, true)).toBe('/home/v1.2');
    expect(bundleOf({ paths: ['/home/nets'] }, false)).toBeNull();
    const unpacked = { files: [file('b/README.md'), file('b/SHA256SUMS')] };
    expect(() => bundleOf(unpacked, true)).toThrow(LabError);
    expect(bundleOf(unpacked, false)).toBeNull();
  });
});

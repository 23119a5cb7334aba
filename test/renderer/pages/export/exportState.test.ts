import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doiOf,
  type ExportForm,
  experimentChoices,
  noAuthor,
  optionsOf,
  orcidOf,
  plainForm,
  readForm,
  runsOfForm,
} from '../../../../src/renderer/pages/export/exportState';
import { bundleOptionsSchema } from '../../../../src/shared/bundle';
import { commands } from '../../../../src/shared/contract';
import { type RunRow, runRowOf } from '../../../../src/shared/runRow';
import { fakeLadder, fakeMachine } from '../../../support/fakeRecords';

const rowsOf = (experiment: string, over: Partial<RunRow> = {}): RunRow[] => {
  const { models, runs } = fakeLadder(experiment);
  return runs.map((run, i) => ({
    ...runRowOf({
      run,
      model: models[i]!,
      machine: fakeMachine(),
      experimentName: `Experiment ${experiment}`,
    }),
    ...over,
  }));
};
const one = rowsOf('one');
const two = rowsOf('two');
const rows = [...one, ...two];
const form = (over: Partial<ExportForm> = {}): ExportForm => ({ ...plainForm, ...over });
const sample = rowsOf('sample', { sample: true });

describe('the runs that go out', () => {
  it('are those that have ended and are not in the bin', () => {
    const others: RunRow[] = [
      { ...one[0]!, id: 'q', status: 'queued' },
      { ...one[0]!, id: 'r', status: 'running' },
      { ...one[0]!, id: 'b', binnedUnixMs: 1 },
    ];
    const failed: RunRow = { ...one[0]!, id: 'f', status: 'failed' };
    const all = [...rows, ...others, failed];
    const ids = others.map((row) => row.id);
    expect(runsOfForm(all, form())).toEqual([...rows, failed]);
    expect(runsOfForm(all, form({ select: 'runs', runs: [...ids, 'f', 'gone'] }))).toEqual([failed]);
    expect(runsOfForm(all, form({ select: 'experiments', experiments: [one[0]!.experimentId] }))).toEqual([
      ...one,
      failed,
    ]);
  });

  it('are of the sample only where it is named, or where there is nothing else', () => {
    expect(runsOfForm([...rows, ...sample], form())).toEqual(rows);
    expect(runsOfForm(sample, form())).toEqual(sample);
    const named = form({ select: 'experiments', experiments: [sample[0]!.experimentId] });
    expect(runsOfForm([...rows, ...sample], named)).toEqual(sample);
  });

  it('none, where nothing is chosen', () => {
    expect(runsOfForm(rows, form({ select: 'experiments' }))).toEqual([]);
    expect(runsOfForm(rows, form({ select: 'runs' }))).toEqual([]);
  });

  it('are offered by experiment, newest first, with their lab and SAMPLE', () => {
    const foreign = rowsOf('three', { lab: '3f9a12c4' });
    expect(
      experimentChoices([...sample, ...one, ...foreign, { ...two[0]!, status: 'running' }]),
    ).toMatchObject([
      { id: 'three', label: 'Experiment three', runs: 6, sample: false, lab: '3f9a12c4' },
      { id: 'one', runs: 6, sample: false, lab: null },
      { id: 'sample', runs: 6, sample: true },
    ]);
  });
});

describe('what the form asks for', () => {
  it('everything is asked for without names, chosen experiments and runs by their ids', () => {
    expect(optionsOf(form(), rows).options).toMatchObject({ experiments: null, runs: null, claims: null });
    const chosen = optionsOf(form({ select: 'experiments', experiments: ['two', 'gone'] }), rows);
    expect(chosen.options).toMatchObject({ experiments: ['two'], runs: null, claims: null });
    const runs = optionsOf(form({ select: 'runs', runs: [two[3]!.id] }), rows);
    expect(runs.options).toMatchObject({ experiments: ['two'], runs: [two[3]!.id] });
  });

  it('everything but the claims names the experiments: an empty list of claims alone would choose nothing', () => {
    const { options } = optionsOf(form({ claims: false }), rows);
    expect(options).toMatchObject({ experiments: ['one', 'two'], runs: null, claims: [] });
  });

  it('empty texts are not given; a title, a DOI with its address and an ORCID without one are', () => {
    expect(optionsOf(form(), rows).options).toMatchObject({
      title: null,
      doi: null,
      created: null,
      authors: [],
    });
    const { options, problems } = optionsOf(
      form({
        title: '  Ladder  ',
        doi: 'https://doi.org/10.5281/zenodo.1',
        authors: [noAuthor, { ...noAuthor, familyNames: 'Lovelace', orcid: '0000-0002-1825-009x' }, noAuthor],
      }),
      rows,
    );
    expect(problems).toEqual({});
    expect(options).toMatchObject({ title: 'Ladder', doi: '10.5281/zenodo.1' });
    expect(options?.authors).toEqual([
      {
        familyNames: 'Lovelace',
        givenNames: '',
        affiliation: '',
        orcid: 'https://orcid.org/0000-0002-1825-009X',
      },
    ]);
  });

  it('says at the field what is wrong, and asks for nothing then', () => {
    const { options, problems } = optionsOf(
      form({
        title: 'ab',
        doi: 'zenodo',
        created: 'yesterday',
        description: 'x'.repeat(5001),
        authors: [
          { ...noAuthor, givenNames: 'Ada' },
          { ...noAuthor, familyNames: 'L', orcid: '12' },
        ],
      }),
      rows,
    );
    expect(options).toBeNull();
    expect(Object.keys(problems).sort()).toEqual([
      'authors.0.familyNames',
      'authors.1.orcid',
      'created',
      'description',
      'doi',
      'title',
    ]);
  });

  it('takes whole paths of any system, none that depends on where the service was started', () => {
    for (const into of ['/data/out', 'C:\\out', 'D:/out', '\\\\nas\\out', '  '])
      expect(optionsOf(form({ into }), rows).problems).toEqual({});
    for (const into of ['out', './out', '~/out', 'C:out'])
      expect(optionsOf(form({ into }), rows).problems).toHaveProperty('into');
  });

  it('whatever is typed, it is what the lab takes, or a problem is named', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('', '10.5281/zenodo.1', '2026-01-15T10:00:00Z', 'abc'),
    );
    const typed = fc.record({
      title: text,
      description: text,
      doi: text,
      created: text,
      into: text,
      authors: fc.array(fc.record({ familyNames: text, givenNames: text, affiliation: text, orcid: text }), {
        maxLength: 3,
      }),
      claims: fc.boolean(),
      select: fc.constantFrom('all' as const, 'experiments' as const, 'runs' as const),
    });
    fc.assert(
      fc.property(typed, (part) => {
        const { options, target, problems } = optionsOf(form({ ...part, experiments: ['one'] }), rows);
        expect(options === null).toBe(Object.keys(problems).length > 0);
        if (options === null) return;
        expect(bundleOptionsSchema.safeParse(options).error).toBeUndefined();
        expect(commands.exportBundle.safeParse({ ...options, ...target }).error).toBeUndefined();
      }),
    );
  });

  it('an identifier is found in its address and left alone otherwise', () => {
    for (const text of [
      '0000-0002-1825-0097',
      'orcid.org/0000-0002-1825-0097',
      ' https://orcid.org/0000-0002-1825-0097/ ',
    ])
      expect(orcidOf(text)).toBe('https://orcid.org/0000-0002-1825-0097');
    expect(orcidOf('')).toBeNull();
    expect(orcidOf('0000')).toBe('0000');
    for (const text of ['10.1/x', 'doi:10.1/x', 'http://dx.doi.org/10.1/x'])
      expect(doiOf(text)).toBe('10.1/x');
    expect(doiOf('  ')).toBeNull();
  });
});

describe('the stored form', () => {
  it('whatever is stored, the page starts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        expect(() => readForm(stored as never)).not.toThrow();
      }),
    );
    expect(readForm({ select: 'runs', runs: ['a'], title: 't' })).toMatchObject({
      select: 'runs',
      runs: ['a'],
    });
    expect(readForm({ licence: 'mine' })).toEqual(plainForm);
  });
});

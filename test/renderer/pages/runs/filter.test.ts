import { describe, expect, it } from 'vitest';
import { sentencesOf, whyOf } from '../../../../src/renderer/pages/runs/columns';
import { splitForBin } from '../../../../src/renderer/pages/runs/deeds';
import { facetValues, filterRuns, runFilter } from '../../../../src/renderer/pages/runs/filter';
import { plainView, readSaved, readView, withSaved } from '../../../../src/renderer/pages/runs/view';
import { withRecent } from '../../../../src/renderer/state/recents';
import type { Json } from '../../../../src/shared/contract';
import type { RunRow } from '../../../../src/shared/runRow';
import { runRowOf } from '../../../../src/shared/runRow';
import { fakeLadder, fakeMachine, fakeModel, fakeRun } from '../../../support/fakeRecords';

const { models, runs } = fakeLadder('one', { seeds: 2 });
const rowOf = (run: (typeof runs)[number], over: Partial<RunRow> = {}): RunRow => ({
  ...runRowOf({
    run,
    model: models.find((m) => m.id === run.condition.modelId) ?? models[0],
    machine: fakeMachine(),
    experimentName: 'First try',
  }),
  ...over,
});
const rows = runs.map((run) => rowOf(run));

describe('filtering runs', () => {
  it('wants every word somewhere, and none of those with a minus', () => {
    expect(filterRuns(rows, { ...plainView, text: 'MLP-1e6 first' })).toHaveLength(2);
    expect(filterRuns(rows, { ...plainView, text: '-mlp-1e6' })).toHaveLength(10);
    expect(filterRuns(rows, { ...plainView, text: ' - ' })).toHaveLength(12);
    expect(filterRuns(rows, { ...plainView, text: 'no such thing' })).toEqual([]);
  });

  it('takes a phrase in quotes as one word, closed or not', () => {
    const batch = rowOf(
      fakeRun({ experiment: 'one', ordinal: 40, model: models[0], condition: { batch: 4 } }),
    );
    const all = [...rows, batch];
    expect(filterRuns(all, { ...plainView, text: '"batch 4"' })).toEqual([batch]);
    expect(filterRuns(all, { ...plainView, text: '"batch 4' })).toEqual([batch]);
    expect(filterRuns(all, { ...plainView, text: '-"batch 4"' })).toEqual(rows);
    expect(filterRuns(all, { ...plainView, text: 'batch 4' }).length).toBeGreaterThan(1);
  });

  it('hides runs of the identity model until they are asked for', () => {
    const overhead = rowOf(
      fakeRun({
        experiment: 'one',
        ordinal: 99,
        model: fakeModel('identity', 1),
        over: { role: 'overhead' },
      }),
    );
    expect(filterRuns([...rows, overhead], plainView)).toHaveLength(12);
    expect(filterRuns([...rows, overhead], { ...plainView, overhead: true })).toHaveLength(13);
  });

  it('takes any of the values chosen in a facet, and all facets together', () => {
    const failed = rowOf(runs[0], { id: 'failed', status: 'failed' });
    const all = [...rows, failed];
    const facets = { ...plainView.facets, status: ['failed', 'cancelled'] };
    expect(filterRuns(all, { ...plainView, facets })).toEqual([failed]);
    expect(filterRuns(all, { ...plainView, facets: { ...facets, model: ['mlp-1e8'] } })).toEqual([]);
    expect(facetValues(all, 'status')).toEqual([
      { value: 'completed', label: 'completed', n: 12 },
      { value: 'failed', label: 'failed', n: 1 },
    ]);
  });

  it('of an experiment shows its runs and nothing else, in the columns as they are', () => {
    const before = { ...plainView, text: 'x', group: 'model', columns: ['model'] };
    const view = runFilter(before, rows[0].experimentId);
    expect(filterRuns(rows, view)).toHaveLength(12);
    expect(filterRuns(rows, runFilter(before, 'another'))).toEqual([]);
    expect(view.columns).toEqual(['model']);
  });
});

describe('runs of other labs', () => {
  const lab = '3f9a12c4000000000000000000000000';
  const foreign = rowOf(runs[0], { id: 'foreign', lab });

  it('are found by their lab, as a word and as a facet', () => {
    const all = [...rows, foreign];
    expect(filterRuns(all, { ...plainView, text: '"lab 3f9a12c4"' })).toEqual([foreign]);
    expect(filterRuns(all, { ...plainView, facets: { ...plainView.facets, lab: [lab] } })).toEqual([foreign]);
    const [own, other] = facetValues(all, 'lab');
    expect([own, other]).toEqual([
      { value: 'this lab', label: 'this lab', n: rows.length },
      { value: lab, label: 'lab 3f9a12c4', n: 1 },
    ]);
    expect(filterRuns(all, { ...plainView, facets: { ...plainView.facets, lab: [own!.value] } })).toEqual(
      rows,
    );
  });

  it('views that were stored before there were other labs are read', () => {
    const { lab: _, ...before } = plainView.facets;
    expect(readView({ ...plainView, text: 'kept', facets: before } as unknown as Json).text).toBe('kept');
  });
});

describe('stored views', () => {
  it('that cannot be read are plain', () => {
    for (const bad of [null, 7, { text: 7 }, { sort: 'p50' }, { widths: { model: -4 } }])
      expect(readView(bad as Json)).toEqual(plainView);
    expect(readView(JSON.parse(JSON.stringify({ ...plainView, text: 'abc' }))).text).toBe('abc');
    expect(readSaved('x')).toEqual([]);
  });

  it('replace those of the same name', () => {
    const saved = withSaved(withSaved([], 'b', plainView), 'a', plainView);
    expect(withSaved(saved, 'b', { ...plainView, text: 'new' }).map((s) => [s.name, s.view.text])).toEqual([
      ['a', ''],
      ['b', 'new'],
    ]);
  });

  it('recents are newest first, each once, at most twelve', () => {
    expect(withRecent(['#/run/a', '#/run/b'], '#/run/b')).toEqual(['#/run/b', '#/run/a']);
    expect(
      withRecent(
        Array.from({ length: 12 }, (_, i) => `${i}`),
        'new',
      ),
    ).toHaveLength(12);
  });
});

describe('rows in words', () => {
  it('give the failure, then each reason once', () => {
    const row = rowOf(runs[0], {
      failure: 'It crashed.',
      latencyCodes: ['GLANCE'],
      energyCodes: ['GLANCE', 'NO_SENSOR'],
    });
    expect(whyOf(row)).toBe(`It crashed. ${sentencesOf(['GLANCE', 'NO_SENSOR'])}`);
    expect(whyOf(rowOf(runs[0]))).toBeNull();
  });

  it('go to the bin unless they are locked or not ended', () => {
    const split = splitForBin([
      rowOf(runs[0], { id: 'a' }),
      rowOf(runs[0], { id: 'b', locked: true }),
      rowOf(runs[0], { id: 'c', status: 'running' }),
    ]);
    expect(split).toEqual({ free: ['a'], locked: 1, live: 1 });
  });
});

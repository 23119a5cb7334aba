import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ofSeries,
  plainChoice,
  readChoice,
  runsOfFigure,
  saneZoom,
  specOfChoice,
} from '../../../../src/renderer/pages/figures/figureState';
import { seriesNames } from '../../../../src/shared/figures/rows';
import type { RunRow } from '../../../../src/shared/runRow';
import { runRowOf } from '../../../../src/shared/runRow';
import { fakeLadder, fakeMachine } from '../../../support/fakeRecords';

const { models, runs } = fakeLadder('one');
const rows = runs.map((run, i) =>
  runRowOf({ run, model: models[i], machine: fakeMachine(), experimentName: 'one' }),
);
const changed = (row: RunRow, over: Partial<RunRow>): RunRow => ({ ...row, ...over });

describe('the runs of a curve', () => {
  it('are measured models that have ended and are not in the bin', () => {
    const others = [
      changed(rows[0], { id: 'o', ordinal: 90, role: 'overhead' }),
      changed(rows[0], { id: 'q', ordinal: 91, status: 'queued' }),
      changed(rows[0], { id: 'r', ordinal: 92, status: 'running' }),
      changed(rows[0], { id: 'b', ordinal: 93, binnedUnixMs: 1 }),
    ];
    expect(runsOfFigure([...rows, ...others], plainChoice)).toEqual(rows);
  });

  it('the newest of a place of the plan stands for it', () => {
    const again = changed(rows[2], { id: 'again' });
    const drawn = runsOfFigure([...rows, again], plainChoice);
    expect(drawn).toHaveLength(rows.length);
    expect(drawn).toContain(again);
  });

  it('are the sample only where there is nothing else, or where it is asked for', () => {
    const sample = rows.map((row) => changed(row, { id: `s${row.id}`, experimentId: 's', sample: true }));
    expect(runsOfFigure(sample, plainChoice)).toHaveLength(6);
    expect(runsOfFigure([...rows, ...sample], plainChoice)).toEqual(rows);
    expect(runsOfFigure([...rows, ...sample], { ...plainChoice, sample: true })).toHaveLength(12);
  });

  it('all turns of a comparison are one, and a control is none', () => {
    const turns = Array.from({ length: 6 }, (_, block) =>
      changed(rows[0], { id: `turn${block}`, experimentId: 'c', ordinal: block, entry: 0, block, blocks: 6 }),
    );
    const control = changed(rows[0], {
      id: 'k',
      experimentId: 'c',
      ordinal: 9,
      entry: 9,
      blocks: 6,
      role: 'control',
    });
    const drawn = runsOfFigure([...rows, ...turns, control], plainChoice);
    expect(drawn.slice(0, rows.length)).toEqual(rows);
    expect(drawn.slice(rows.length)).toMatchObject([{ id: 'turn0', turns: { energy: 6 } }]);
  });

  it('are of the chosen experiments', () => {
    const two = rows.map((row) => changed(row, { id: `t${row.id}`, experimentId: 'two' }));
    expect(runsOfFigure([...rows, ...two], { ...plainChoice, experiments: ['two'] })).toEqual(two);
  });
});

describe('what was chosen', () => {
  it('whatever is stored, the page starts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (stored) => {
        expect(() => readChoice(stored as never)).not.toThrow();
      }),
    );
    expect(readChoice({ x: 'macs', xScale: 'linear' })).toMatchObject({
      x: 'macs',
      xScale: 'linear',
      fit: true,
    });
    expect(readChoice({ x: 'colour' })).toEqual(plainChoice);
  });

  it('any zoom that the pointer can make is one that the specification takes', () => {
    const domain = fc.option(fc.tuple(fc.double(), fc.double()));
    fc.assert(
      fc.property(domain, domain, fc.constantFrom('log' as const, 'linear' as const), (x, y, scale) => {
        const choice = { ...plainChoice, xScale: scale, yScale: scale };
        const zoom = saneZoom({ x, y }, choice);
        expect(() =>
          specOfChoice(choice, { y: 'latencyP50', zoom, theme: 'light', slots: {}, appVersion: '0' }),
        ).not.toThrow();
      }),
    );
  });

  it('slots of series are told from those of runs', () => {
    const key = seriesNames(rows).keyOf(rows[0]);
    expect(ofSeries({ [key]: 2, [rows[0].id]: 0 })).toEqual({ [key]: 2 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ring } from '../../../src/renderer/state/ring';

describe('a trace in fixed memory', () => {
  it('holds the last points, oldest first, whatever pieces they came in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ noNaN: true }), { maxLength: 30 }), { maxLength: 12 }),
        (pieces) => {
          const ring = new Ring(17);
          let t = 0;
          const all: [number, number][] = [];
          for (const piece of pieces) {
            const times = piece.map(() => ++t);
            ring.push(times, piece);
            all.push(...piece.map((v, i): [number, number] => [times[i], v]));
          }
          const last = all.slice(-17);
          const [ts, vs] = ring.columns();
          expect([...ts]).toEqual(last.map(([time]) => time));
          expect([...vs]).toEqual(last.map(([, v]) => v));
          expect(ring.length).toBe(last.length);
        },
      ),
    );
  });

  it('is empty after clear', () => {
    const ring = new Ring(3);
    ring.push([1, 2], [3, 4]);
    ring.clear();
    expect(ring.columns()[0]).toHaveLength(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWindowState, restorable } from '../../src/main/electron/windowState';

const laptop = { x: 0, y: 25, width: 1440, height: 875 };
const right = { x: 1440, y: 0, width: 2560, height: 1440 };
const at = (x: number, y: number) => ({ bounds: { x, y, width: 1280, height: 800 }, maximized: false });

describe('where the window was', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.integer({ min: 200, max: 20_000 }),
        fc.boolean(),
        (x, y, width, maximized) => {
          const state = { bounds: { x, y, width, height: 700 }, maximized };
          expect(parseWindowState(JSON.stringify(state))).toEqual(state);
        },
      ),
    );
  });

  it.each([
    null,
    '',
    '{',
    'null',
    '[]',
    '{"bounds":{"x":1}}',
    '{"bounds":{"x":0,"y":0,"width":1e9,"height":700},"maximized":false}',
  ])('is nothing where it cannot be: %s', (text) => expect(parseWindowState(text)).toBeNull());

  it('is taken up on a display that is still there', () => {
    expect(restorable(at(100, 100), [laptop])).not.toBeNull();
    expect(restorable(at(2000, 100), [laptop, right])).not.toBeNull();
    expect(restorable(null, [laptop])).toBeNull();
  });

  it.each([
    ['the display is gone', at(2000, 100)],
    ['the title bar is above it', at(100, -30)],
    ['only its edge shows', at(1400, 100)],
    ['it is below', at(100, 890)],
    ['no display is left of it', at(-1250, 100)],
  ])('is not taken up where %s', (_why, state) => expect(restorable(state, [laptop])).toBeNull());

  it('is never out of reach', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9000, max: 9000 }), fc.integer({ min: -9000, max: 9000 }), (x, y) => {
        const state = restorable(at(x, y), [laptop, right]);
        if (!state) return;
        const seen = [laptop, right].some(
          (d) => x < d.x + d.width && x + 1280 > d.x && y >= d.y && y < d.y + d.height,
        );
        expect(seen).toBe(true);
      }),
    );
  });
});

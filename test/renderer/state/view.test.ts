import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOfView, type View, viewOfHash } from '../../../src/renderer/state/view';

const text = fc.string({ minLength: 1 }).filter((s) => !s.includes(','));
const views: fc.Arbitrary<View> = fc.oneof(
  fc.constantFrom<View>(
    { page: 'lab' },
    { page: 'runs' },
    { page: 'figures' },
    { page: 'machine' },
    { page: 'export' },
    { page: 'settings' },
  ),
  fc.record({ page: fc.constant('claims' as const), claim: fc.option(text) }),
  fc.record({ page: fc.constant('models' as const), model: fc.option(text) }),
  fc.record({ page: fc.constant('run' as const), run: text }),
  fc.record({ page: fc.constant('compare' as const), runs: fc.array(text) }),
);

describe('the view in the address', () => {
  it('comes back as it went in', () => {
    fc.assert(
      fc.property(views, (view) => {
        expect(viewOfHash(hashOfView(view))).toEqual(view);
      }),
    );
  });

  it('whatever else stands there is the Lab page', () => {
    fc.assert(
      fc.property(fc.string(), (hash) => {
        expect([
          'lab',
          'claims',
          'models',
          'runs',
          'run',
          'compare',
          'figures',
          'machine',
          'export',
          'settings',
        ]).toContain(viewOfHash(`#${hash}`).page);
      }),
    );
    expect(viewOfHash('')).toEqual({ page: 'lab' });
    expect(viewOfHash('#/run/')).toEqual({ page: 'runs' });
  });
});

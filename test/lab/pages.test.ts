import { describe, expect, it } from 'vitest';
import { createPages } from '../../src/main/lab/pages';
import { gate } from '../support/fakes';

/** Pages on a clock that the test moves. */
function onClock() {
  let ns = 0n;
  const pages = createPages(() => ns);
  return { pages, pass: (s: number) => (ns += BigInt(Math.round(s * 1e9))) };
}
const quiet = { runId: 'r', mode: 'quiet', index: null } as const;

describe('what a run stores of the pages', () => {
  it('is headless where none was open', () => {
    const { pages } = onClock();
    const watch = pages.watch('r');
    watch.windowOpened();
    watch.windowClosed();
    expect(watch.end()).toBe('headless');
  });

  it('is quiet where each window was answered within a second, by every page', () => {
    const { pages, pass } = onClock();
    pages.opened();
    pages.opened();
    const watch = pages.watch('r');
    for (let i = 0; i < 2; i++) {
      watch.windowOpened();
      pass(0.9);
      pages.confirm(quiet);
      pages.confirm(quiet);
      watch.windowClosed();
      pass(3);
    }
    expect(watch.end()).toBe('quiet');
  });

  it.each([
    ['an answer that comes after more than a second', 1.1, 1],
    ['one of two pages that says nothing', 0.5, 2],
  ])('is unconfirmed with %s', (_what, afterS, open) => {
    const { pages, pass } = onClock();
    for (let i = 0; i < open; i++) pages.opened();
    const watch = pages.watch('r');
    watch.windowOpened();
    pass(afterS);
    pages.confirm(quiet);
    expect(watch.end()).toBe('unconfirmed');
  });

  it('counts an answer for the window that it names, not for a later one', () => {
    const run = (secondAnswer: number) => {
      const { pages } = onClock();
      pages.opened();
      const watch = pages.watch('r');
      watch.windowOpened();
      pages.confirm({ ...quiet, index: 0 });
      watch.windowClosed();
      watch.windowOpened();
      pages.confirm({ ...quiet, index: secondAnswer });
      return watch.end();
    };
    expect(run(1)).toBe('quiet');
    expect(run(0)).toBe('unconfirmed');
  });

  it.each([
    ['before it begins and goes on', false, 'normal'],
    ['while it is measured', true, 'normal'],
    ['before it begins and has ended', null, 'quiet'],
  ] as const)('with work for a person that starts %s', async (_when, inside, expected) => {
    const { pages } = onClock();
    pages.opened();
    const held = gate();
    const start = () => pages.whileLoud(() => held.opened);
    if (inside === null) await pages.whileLoud(async () => {});
    const before = inside === false ? start() : null;
    const watch = pages.watch('r');
    const during = inside ? start() : null;
    held.open();
    await Promise.all([before, during]);
    watch.windowOpened();
    pages.confirm(quiet);
    expect(watch.end()).toBe(expected);
  });

  it('ends loud work that fails, too', async () => {
    const { pages } = onClock();
    pages.opened();
    await expect(pages.whileLoud(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const watch = pages.watch('r');
    watch.windowOpened();
    pages.confirm(quiet);
    expect(watch.end()).toBe('quiet');
  });

  it('is unconfirmed where a page opens in the middle of a window, and not where it opens between two', () => {
    const { pages } = onClock();
    const watch = pages.watch('r');
    watch.windowOpened();
    pages.opened();
    expect(watch.end()).toBe('unconfirmed');
    const other = onClock();
    const between = other.pages.watch('r');
    between.windowOpened();
    between.windowClosed();
    other.pages.opened();
    between.windowOpened();
    other.pages.confirm(quiet);
    expect(between.end()).toBe('quiet');
  });

  it('is normal if any page drew, also later in the window', () => {
    const { pages, pass } = onClock();
    pages.opened();
    const watch = pages.watch('r');
    watch.windowOpened();
    pages.confirm(quiet);
    pass(4);
    pages.confirm({ ...quiet, mode: 'normal' });
    expect(watch.end()).toBe('normal');
  });

  it('forgets pages that went, once, and answers for another run', () => {
    const { pages } = onClock();
    const gone = pages.opened();
    gone();
    gone();
    pages.opened();
    const watch = pages.watch('r');
    watch.windowOpened();
    pages.confirm({ ...quiet, runId: 'another', mode: 'normal' });
    pages.confirm(quiet);
    expect(watch.end()).toBe('quiet');
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { perform, redo, undo, useUndo } from '../../../src/renderer/state/undo';

let value = 0;
const set = (from: number, to: number) => ({
  label: `set to ${to}`,
  redo: async () => {
    value = to;
  },
  undo: async () => {
    value = from;
  },
});

describe('undo', () => {
  beforeEach(() => {
    value = 0;
    useUndo.setState({ done: [], undone: [] });
  });

  it('takes back in the other order and does again in the first', async () => {
    await perform(set(0, 1));
    await perform(set(1, 2));
    expect(await undo()).toBe('set to 2');
    expect(await undo()).toBe('set to 1');
    expect(value).toBe(0);
    expect(await undo()).toBeNull();
    expect(await redo()).toBe('set to 1');
    expect(await redo()).toBe('set to 2');
    expect(value).toBe(2);
    expect(await redo()).toBeNull();
  });

  it('something new ends what could be done again', async () => {
    await perform(set(0, 1));
    await undo();
    await perform(set(0, 5));
    expect(await redo()).toBeNull();
    expect(value).toBe(5);
  });

  it('what could not be done is not remembered', async () => {
    await expect(
      perform({ label: 'x', redo: () => Promise.reject(new Error('locked')), undo: async () => {} }),
    ).rejects.toThrow('locked');
    expect(await undo()).toBeNull();
  });

  it('what could not be taken back can be tried again', async () => {
    let broken = true;
    await perform({
      label: 'x',
      redo: async () => {},
      undo: () => (broken ? Promise.reject(new Error('busy')) : Promise.resolve()),
    });
    await expect(undo()).rejects.toThrow('busy');
    broken = false;
    expect(await undo()).toBe('x');
  });

  it('takes back what is still being done once it is done, not the deed before it', async () => {
    await perform(set(0, 1));
    let answer = () => {};
    const doing = perform({
      ...set(1, 2),
      redo: () => {
        value = 2;
        return new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
    });
    await Promise.resolve();
    const undoing = undo();
    answer();
    await doing;
    expect(await undoing).toBe('set to 2');
    expect(value).toBe(1);
  });

  it('two quick steps undo two deeds, each once', async () => {
    const slow = (label: string) => ({
      label,
      redo: async () => {},
      undo: () => new Promise((resolve) => setTimeout(resolve, 5)),
    });
    await perform(slow('first'));
    await perform(slow('second'));
    expect(await Promise.all([undo(), undo(), undo()])).toEqual(['second', 'first', null]);
    expect(await Promise.all([redo(), redo()])).toEqual(['first', 'second']);
  });
});

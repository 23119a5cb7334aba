import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandOf, type Press, type PressPlace } from '../../../src/renderer/commands/keys';
import { commandIds, infoOf, printKeys } from '../../../src/renderer/commands/table';

const press = (key: string, over: Partial<Press> = {}): Press => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...over,
});
const place: PressPlace = { typing: false, figure: false, singleKeys: true, mac: false };

describe('the command table', () => {
  it('binds no key twice in one place', () => {
    for (const figure of [false, true]) {
      const keys = commandIds
        .filter((id) => figure || infoOf(id).where !== 'figure')
        .flatMap((id) => infoOf(id).keys);
      expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
    }
  });

  it('has no key that is also the first of two', () => {
    const all = commandIds.flatMap((id) => infoOf(id).keys);
    const firsts = all.filter((k) => k.includes(' ')).map((k) => k.split(' ')[0]);
    expect(all.filter((k) => firsts.includes(k))).toEqual([]);
  });

  it('prints keys as keyboards name them', () => {
    expect(printKeys('mod+shift+c', false)).toBe('Ctrl + Shift + C');
    expect(printKeys('mod+k', true)).toBe('⌘ + K');
    expect(printKeys('g l', false)).toBe('G then L');
    expect(printKeys('+', false)).toBe('+');
  });
});

describe('which command a key press gives', () => {
  it('two keys one after the other', () => {
    expect(commandOf(press('g'), null, place)).toEqual({ command: null, pending: 'g' });
    expect(commandOf(press('r'), 'g', place)).toEqual({ command: 'go.runs', pending: null });
    expect(commandOf(press('q'), 'g', place)).toEqual({ command: null, pending: null });
  });

  it('Ctrl on Linux and Windows, Cmd on a Mac, never the other one', () => {
    expect(commandOf(press('k', { ctrlKey: true }), null, place).command).toBe('view.palette');
    expect(commandOf(press('k', { metaKey: true }), null, place).command).toBeNull();
    expect(commandOf(press('k', { metaKey: true }), null, { ...place, mac: true }).command).toBe(
      'view.palette',
    );
    expect(commandOf(press('Z', { ctrlKey: true, shiftKey: true }), null, place).command).toBe('edit.redo');
  });

  it('a letter is a letter in a text field, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz/?+-0[]'), (key) => {
        expect(commandOf(press(key), null, { ...place, typing: true })).toEqual({
          command: null,
          pending: null,
        });
        expect(commandOf(press(key), 'g', { ...place, typing: true }).command).toBeNull();
      }),
    );
    expect(commandOf(press('Enter', { ctrlKey: true }), null, { ...place, typing: true }).command).toBe(
      'run.start',
    );
    expect(commandOf(press('Escape'), null, { ...place, typing: true }).command).toBe('view.escape');
  });

  it('single keys can be switched off; those of a focused figure stay', () => {
    const off = { ...place, singleKeys: false };
    expect(commandOf(press('t'), null, off).command).toBeNull();
    expect(commandOf(press('g'), null, off).pending).toBeNull();
    expect(commandOf(press('ArrowRight'), null, { ...off, figure: true }).command).toBe('figure.next');
    expect(commandOf(press('ArrowRight'), null, place).command).toBeNull();
  });

  it('a modifier alone keeps what came before it', () => {
    expect(commandOf(press('Shift', { shiftKey: true }), 'g', place)).toEqual({
      command: null,
      pending: 'g',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { createQuit, type QuitEffects } from '../../src/main/electron/quit';

function quitWith(o: Partial<QuitEffects> = {}) {
  const did: string[] = [];
  let left: () => void = () => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const effects: QuitEffects = {
    isMeasuring: async () => false,
    askToStop: async () => true,
    stopService: async () => {},
    leave: () => left(),
    ...o,
  };
  const noted = <K extends keyof QuitEffects>(name: K) =>
    ((...args: never[]) => {
      did.push(name);
      return (effects[name] as (...a: never[]) => unknown)(...args);
    }) as QuitEffects[K];
  const quit = createQuit({
    isMeasuring: noted('isMeasuring'),
    askToStop: noted('askToStop'),
    stopService: noted('stopService'),
    leave: noted('leave'),
  });
  return { quit, did, gone };
}

describe('leaving the app', () => {
  it('ends the service before it leaves, and asks nothing while nothing is measured', async () => {
    const { quit, did, gone } = quitWith();
    expect(quit.mayLeave()).toBe(false);
    await gone;
    expect(did).toEqual(['isMeasuring', 'stopService', 'leave']);
    expect(quit.mayLeave()).toBe(true);
  });

  it('asks once while something is measured, however often it is told to leave', async () => {
    const { quit, did, gone } = quitWith({ isMeasuring: async () => true });
    expect([quit.mayLeave(), quit.mayLeave(), quit.mayLeave()]).toEqual([false, false, false]);
    await gone;
    expect(did).toEqual(['isMeasuring', 'askToStop', 'stopService', 'leave']);
  });

  it('stays when the user keeps measuring, and asks again the next time', async () => {
    let answer: (stop: boolean) => void = () => {};
    const { quit, did } = quitWith({
      isMeasuring: async () => true,
      askToStop: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    quit.mayLeave();
    await new Promise(setImmediate);
    answer(false);
    await new Promise(setImmediate);
    expect(did).toEqual(['isMeasuring', 'askToStop']);
    expect(quit.mayLeave()).toBe(false);
    await new Promise(setImmediate);
    expect(did).toEqual(['isMeasuring', 'askToStop', 'isMeasuring', 'askToStop']);
  });

  it('leaves even if the service cannot be asked or ended', async () => {
    const broken = () => Promise.reject(new Error('gone'));
    const { quit, did, gone } = quitWith({ isMeasuring: broken, stopService: broken });
    quit.mayLeave();
    await gone;
    expect(did).toEqual(['isMeasuring', 'stopService', 'leave']);
  });
});

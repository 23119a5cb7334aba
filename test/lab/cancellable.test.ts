import { expect, it } from 'vitest';
import { cancellable } from '../../src/main/lab/cancellable';

it('cancels the piece that is at work, and nothing afterwards', async () => {
  const { run, cancel } = cancellable();
  expect(cancel()).toEqual({ cancelled: false });
  const stopped = run(
    (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cancelled')))),
  );
  expect(cancel()).toEqual({ cancelled: true });
  await expect(stopped).rejects.toThrow('cancelled');
  expect(cancel()).toEqual({ cancelled: false });
});

it('still cancels the first while a second is refused', async () => {
  const { run, stop } = cancellable();
  let aborted = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = run(async (signal) => {
    signal.addEventListener('abort', () => {
      aborted = true;
      resolve();
    });
    await promise;
  });
  await expect(run(() => Promise.reject(new Error('at work already')))).rejects.toThrow('at work already');
  stop();
  await first;
  expect(aborted).toBe(true);
});

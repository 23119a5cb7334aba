import { describe, expect, it } from 'vitest';
import { newColumns } from '../../src/main/runner/columns';
import type { TimedSession } from '../../src/main/runner/engines/engine';
import { warmUp } from '../../src/main/runner/warmup';

/** Each inference takes as long as `ms` says for its number; busy, so that the real clock sees it. */
function pacedSession(ms: (n: number) => number): TimedSession {
  let n = 0;
  return {
    kind: 'sync',
    invoke() {
      const until = process.hrtime.bigint() + BigInt(Math.round(ms(n++) * 1e6));
      while (process.hrtime.bigint() < until);
      return null;
    },
    settle: () => {},
    outputs: async () => [],
    assignment: () => null,
    close: () => {},
  };
}

const rule = { inferences: 20, minS: 0.02, capS: 0.2, blockS: 0.01 };

describe('warm-up', () => {
  it('ends settled on a steady model, after at least the inferences asked for', async () => {
    const result = await warmUp(
      pacedSession(() => 0.5),
      newColumns(),
      rule,
    );
    expect(result.inferences).toBeGreaterThanOrEqual(20);
    expect(result.settled).toBe(true);
  });

  it('goes on while the model still speeds up', async () => {
    const steady = await warmUp(
      pacedSession(() => 0.5),
      newColumns(),
      rule,
    );
    const falling = await warmUp(
      pacedSession((n) => 3 / (1 + n / 20)),
      newColumns(),
      rule,
    );
    expect(falling.ns).toBeGreaterThan(steady.ns);
  });

  it('gives up at the cap and says that it has not settled', async () => {
    const never = await warmUp(
      pacedSession((n) => 1.2 ** (n / 5)),
      newColumns(),
      { ...rule, inferences: 5, minS: 0.01, capS: 0.1 },
    );
    expect(never.settled).toBe(false);
  });

  it('has blocks of five inferences where one takes longer than a block', async () => {
    let runs = 0;
    const slow = pacedSession(() => 15);
    const session = {
      ...slow,
      invoke: () => {
        runs += 1;
        return slow.invoke();
      },
    };
    const begun = process.hrtime.bigint();
    const result = await warmUp(session, newColumns(), { ...rule, inferences: 10, capS: 5 });
    const busyS = (runs * 15) / 1000;
    expect(result.inferences).toBe(runs);
    expect(runs % 5).toBe(0);
    // The time went into inferences and into nothing else.
    expect(busyS / (Number(process.hrtime.bigint() - begun) / 1e9)).toBeGreaterThan(0.8);
  });

  it('does not wait for twenty inferences of a very slow model beyond five times the cap', async () => {
    const result = await warmUp(
      pacedSession(() => 60),
      newColumns(),
      { ...rule, capS: 0.05 },
    );
    expect(result.inferences).toBeLessThan(20);
  });
});

describe('warm-up on a device whose temperature can be read', () => {
  /** Answers by the number of the question; counts them. */
  const asking = (answer: (question: number) => boolean) => {
    const asked = { times: 0, ask: async () => answer(asked.times++) };
    return asked;
  };
  const steady = () => pacedSession(() => 0.5);

  it('goes on while the temperature has not settled, and ends as soon as it has', async () => {
    const asked = asking((question) => question >= 3);
    const result = await warmUp(steady(), newColumns(), { ...rule, capS: 5 }, asked.ask);
    expect(result.settled).toBe(true);
    expect(asked.times).toBe(4);
    const unasked = await warmUp(steady(), newColumns(), { ...rule, capS: 5 });
    expect(result.inferences).toBeGreaterThan(unasked.inferences);
  });

  it('ends at the cap as not settled where the temperature never settles, however steady the latency', async () => {
    const asked = asking(() => false);
    const result = await warmUp(steady(), newColumns(), rule, asked.ask);
    expect(result.settled).toBe(false);
    expect(result.ns).toBeGreaterThanOrEqual(rule.capS * 1e9);
    expect(asked.times).toBeGreaterThan(0);
    // The control: the same model that is told yes.
    expect((await warmUp(steady(), newColumns(), rule, asking(() => true).ask)).settled).toBe(true);
  });

  it('does not ask before the latency is steady and the least time is over', async () => {
    const begun = process.hrtime.bigint();
    let firstS = 0;
    const ask = async () => {
      firstS ||= Number(process.hrtime.bigint() - begun) / 1e9;
      return true;
    };
    await warmUp(steady(), newColumns(), { ...rule, minS: 0.05, capS: 5 }, ask);
    expect(firstS).toBeGreaterThanOrEqual(0.05);
    const never = asking(() => true);
    const growing = pacedSession((n) => 1.2 ** (n / 5));
    await warmUp(growing, newColumns(), { ...rule, inferences: 5, minS: 0.01, capS: 0.1 }, never.ask);
    expect(never.times).toBe(0);
  });

  it('keeps what its last block showed, although the question runs inferences in the same columns', async () => {
    const columns = newColumns();
    const result = await warmUp(steady(), columns, { ...rule, capS: 5 }, async () => {
      columns.length = 0;
      columns.inferences = 0;
      return true;
    });
    expect(result.medianNs).toBeGreaterThan(0.45e6);
    expect(result.periodNs).toBeGreaterThan(0.45e6);
    expect(result.inferences).toBeGreaterThanOrEqual(20);
  });
});

import { describe, expect, it } from 'vitest';
import type { Handlers, LabEvent } from '../../src/shared/contract';
import { LabError } from '../../src/shared/errors';
import { type Channel, channelPair, labClient, serveLab } from '../../src/shared/rpc';
import { until } from '../support/fakes';

function serving(handlers: Partial<Handlers>) {
  const [near, far] = channelPair();
  let push: (event: LabEvent) => void = () => {};
  serveLab(far, {
    handlers: handlers as Handlers,
    subscribe: (listener) => {
      push = listener;
      return () => {};
    },
  });
  return { lab: labClient(near), near, push: (event: LabEvent) => push(event) };
}

describe('the contract over a channel', () => {
  it('parses the input by its schema, defaults included, before the handler sees it', async () => {
    const seen: unknown[] = [];
    const { lab } = serving({
      listRuns: async (input) => {
        seen.push(input);
        return { runs: [] };
      },
    });
    await lab.listRuns({});
    expect(seen).toEqual([{ experimentId: null, status: null }]);
  });

  it('refuses unknown keys and wrong types in words, and the handler is never called', async () => {
    const { lab } = serving({ showRun: () => Promise.reject(new Error('called')) });
    await expect(lab.showRun({ run: 'abcd', colour: 1 } as never)).rejects.toMatchObject({
      failure: { kind: 'bad_input', message: expect.stringContaining('unknown key colour') },
    });
    await expect(lab.showRun({ run: 7 } as never)).rejects.toThrow(/run/);
  });

  it('carries a refusal with its kind and remedy', async () => {
    const { lab } = serving({
      verify: () => Promise.reject(new LabError('lab_damaged', 'It is broken.', 'Mend it.')),
    });
    await expect(lab.verify({})).rejects.toMatchObject({
      failure: { kind: 'lab_damaged', message: 'It is broken.', remedy: 'Mend it.' },
    });
  });

  it('turns any other throw into an internal failure instead of silence', async () => {
    const { lab } = serving({ verify: () => Promise.reject(new TypeError('oops')) });
    await expect(lab.verify({})).rejects.toMatchObject({ failure: { kind: 'internal', message: 'oops' } });
  });

  it('answers calls out of order to the right caller', async () => {
    const { lab } = serving({
      showRun: async ({ run }) => {
        await new Promise((r) => setTimeout(r, run === 'slow' ? 20 : 1));
        return run as never;
      },
    });
    expect(await Promise.all([lab.showRun({ run: 'slow' }), lab.showRun({ run: 'fast' })])).toEqual([
      'slow',
      'fast',
    ]);
  });

  it('refuses a command that it does not have, prototype names included', async () => {
    const { near } = serving({});
    const answers: unknown[] = [];
    near.onMessage((m) => answers.push(m));
    for (const name of ['format', 'constructor', '__proto__'])
      near.post({ kind: 'request', seq: 1, name, input: {} });
    await until(() => answers.length === 3);
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, failure: { kind: 'bad_input' } });
  });

  it('hands events to every listener until it stops listening', async () => {
    const { lab, push } = serving({});
    const heard: LabEvent[] = [];
    const stop = lab.onEvent((event) => heard.push(event));
    const event: LabEvent = { type: 'warning', experimentId: 'e', text: 't' };
    push(event);
    await until(() => heard.length === 1);
    stop();
    const others: LabEvent[] = [];
    lab.onEvent((other) => others.push(other));
    push(event);
    await until(() => others.length === 1);
    expect(heard).toEqual([event]);
  });

  it('passes over what is no message', async () => {
    const { near } = serving({ listExperiments: async () => ({ experiments: [] }) });
    const answers: unknown[] = [];
    near.onMessage((m) => answers.push(m));
    for (const nonsense of [null, undefined, 3, 'request', [], { kind: 'reply', seq: 1 }])
      near.post(nonsense);
    near.post({ kind: 'request', seq: 2, name: 'listExperiments', input: {} });
    await until(() => answers.length > 0);
    expect(answers).toEqual([{ kind: 'reply', seq: 2, ok: true, data: { experiments: [] } }]);
  });

  it('copies what it carries: no door can reach into the lab', async () => {
    const inside = { runs: [] as never[] };
    const { lab } = serving({ listRuns: async () => inside });
    const outside = await lab.listRuns({});
    outside.runs.push('x' as never);
    expect(inside.runs).toEqual([]);
  });
});

describe('a channel pair', () => {
  it('keeps order and delivers in a later turn', async () => {
    const [a, b]: [Channel, Channel] = channelPair();
    const got: unknown[] = [];
    b.onMessage((m) => got.push(m));
    a.post(1);
    a.post(2);
    expect(got).toEqual([]);
    await Promise.resolve();
    expect(got).toEqual([1, 2]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelay, type DoorHandler } from '../../src/main/electron/relay';
import { createService, shutdownLimitMs } from '../../src/main/electron/service';
import { muxServer } from '../../src/main/hosts/channels/mux';
import { fakeChannel, wirePair } from './support';

type Launch = {
  ready(): void;
  die(how?: string): void;
  cannotOpen(): void;
  killed: boolean;
  heard: unknown[];
};

/** A shell with a fake page and fake services, each of which answers requests named `answer` and no other. */
function shell(door: DoorHandler = async () => ({})) {
  const page = fakeChannel();
  const launches: Launch[] = [];
  const news: string[] = [];
  let nowMs = 0;
  let late: (() => void) | null = null;
  const service = createService(
    {
      launch() {
        const { a, b } = wirePair();
        const exits: ((how: string) => void)[] = [];
        const heard: unknown[] = [];
        const it: Launch = {
          heard,
          killed: false,
          ready: () => b.channel.post({ kind: 'ready', pid: 1, readOnly: false }),
          cannotOpen: () =>
            b.channel.post({
              kind: 'cannotOpen',
              failure: { kind: 'lab_newer', message: 'The lab is newer.', remedy: 'Update.' },
            }),
          die(how = 'signal SIGKILL') {
            a.end('The lab service has ended.');
            for (const told of exits) told(how);
          },
        };
        b.channel.onMessage((m) => (m as { kind?: string }).kind === 'shutdown' && heard.push('shutdown'));
        muxServer(b.channel, (client) =>
          client.onMessage((raw) => {
            const message = raw as { seq: number; name: string };
            heard.push(message);
            if (message.name === 'answer')
              client.post({ kind: 'reply', seq: message.seq, ok: true, data: 1 });
          }),
        );
        launches.push(it);
        return {
          channel: a.channel,
          onExit: (listener) => void exits.push(listener),
          kill() {
            it.killed = true;
            it.die();
          },
        };
      },
      nowMs: () => nowMs,
      after(ms, then) {
        expect(ms).toBe(shutdownLimitMs);
        late = then;
        return () => {
          late = null;
        };
      },
    },
    (event) => {
      news.push(event.state);
      relay.tell(event);
    },
  );
  const relay = createRelay(page.channel, service, door);
  service.start();
  return { page, service, launches, news, relay, pass: (ms: number) => (nowMs += ms), limit: () => late?.() };
}
const request = (seq: number, name = 'silent') => ({ kind: 'request', seq, name, input: {} });
const replies = (posted: unknown[]) => posted.filter((m) => (m as { kind: string }).kind === 'reply');

describe('the relay', () => {
  it('passes requests on and answers back, and keeps those that come too early', () => {
    const { page, launches } = shell();
    page.arrive(request(1, 'answer'));
    expect(page.posted).toEqual([]);
    launches[0].ready();
    expect(page.posted).toEqual([{ kind: 'reply', seq: 1, ok: true, data: 1 }]);
  });

  it.each([
    ['no object', 'text'],
    ['null', null],
    ['an array', [request(1)]],
    ['an unknown kind', { kind: 'eval', seq: 1, code: 'x' }],
    ['an event', { kind: 'event', event: {} }],
    ['a reply', { kind: 'reply', seq: 1, ok: true, data: 1 }],
    ['the shell’s own word', { kind: 'shutdown' }],
    ['a mux message', { client: 1, message: request(1) }],
    ['no number', { kind: 'request', name: 'answer', input: {} }],
    ['a broken number', { kind: 'request', seq: 0.5, name: 'answer', input: {} }],
    ['one key more', { ...request(1), extra: true }],
    ['a name that is none', { kind: 'request', seq: 1, name: {}, input: {} }],
  ])('lets %s not through', (_what, message) => {
    const { page, launches } = shell();
    launches[0].ready();
    page.arrive(message);
    expect(launches[0].heard).toEqual([]);
    expect(page.posted).toEqual([]);
  });

  it('lets nothing through but requests, whatever is posted', () => {
    const { page, launches } = shell();
    launches[0].ready();
    fc.assert(
      fc.property(fc.anything(), (message) => {
        page.arrive(message);
        for (const heard of launches[0].heard) expect((heard as { kind: string }).kind).toBe('request');
      }),
    );
  });

  it('answers every call that waits when the service dies, once, and later ones from the next service', () => {
    const { page, launches, news } = shell();
    launches[0].ready();
    page.arrive(request(1));
    page.arrive(request(2, 'answer'));
    page.arrive(request(3));
    launches[0].die();
    const lost = replies(page.posted).filter((m) => !(m as { ok: boolean }).ok) as {
      seq: number;
      failure: unknown;
    }[];
    expect(lost.map((m) => m.seq)).toEqual([1, 3]);
    expect(lost[0].failure).toMatchObject({ kind: 'connection_lost' });
    page.arrive(request(4, 'answer'));
    launches[1].ready();
    expect(page.posted.at(-2)).toEqual({ kind: 'reply', seq: 4, ok: true, data: 1 });
    expect(news).toEqual(['lost', 'restarted']);
  });

  it('refuses at once while the service is down, with the reason, and works again after restartService', () => {
    const { page, launches, service, news } = shell();
    page.arrive(request(1, 'answer'));
    launches[0].cannotOpen();
    launches[0].die('exit code 1');
    page.arrive(request(2, 'answer'));
    expect(replies(page.posted)).toMatchObject(
      [1, 2].map((seq) => ({ seq, ok: false, failure: { kind: 'lab_newer' } })),
    );
    expect(launches).toHaveLength(1);
    service.start();
    page.arrive(request(3, 'answer'));
    launches[1].ready();
    expect(replies(page.posted).at(-1)).toMatchObject({ seq: 3, ok: true });
    expect(news).toEqual(['down', 'restarted']);
  });

  it('leaves no call without an answer, whatever happens to the service', () => {
    const happening = fc.constantFrom('ask', 'ready', 'die', 'start');
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), (story) => {
        const { page, launches, service, pass } = shell();
        let seq = 0;
        for (const what of story) {
          pass(10_000);
          if (what === 'ask') page.arrive(request(++seq, seq % 2 ? 'answer' : 'silent'));
          if (what === 'ready') launches.at(-1)!.ready();
          if (what === 'die' && service.phase() !== 'down') launches.at(-1)!.die();
          if (what === 'start') service.start();
        }
        // Two deaths in a row end in `down`: then everything asked has been answered, each once.
        while (service.phase() !== 'down') launches.at(-1)!.die();
        expect(
          replies(page.posted)
            .map((m) => (m as { seq: number }).seq)
            .sort((a, b) => a - b),
        ).toEqual(Array.from({ length: seq }, (_, i) => i + 1));
      }),
    );
  });

  it('handles door requests itself, with checked inputs only', async () => {
    const asked: unknown[] = [];
    const { page, launches } = shell(async (name, input) => {
      asked.push([name, input]);
      if (name === 'showLabFolder') throw new Error('no file manager');
      return { opened: true };
    });
    launches[0].ready();
    const ask = (seq: number, name: string, input: unknown) =>
      page.arrive({ kind: 'doorRequest', seq, name, input });
    ask(1, 'openExternal', { url: 'https://x' });
    ask(2, 'openExternal', { url: 3 });
    ask(3, 'toString', {});
    ask(4, 'showLabFolder', {});
    await new Promise(setImmediate);
    expect(asked).toEqual([
      ['openExternal', { url: 'https://x' }],
      ['showLabFolder', {}],
    ]);
    const answers = (page.posted as { seq: number }[]).sort((a, b) => a.seq - b.seq);
    expect(answers).toMatchObject([
      { kind: 'doorReply', seq: 1, ok: true, data: { opened: true } },
      { kind: 'doorReply', seq: 2, ok: false, message: expect.stringContaining('url') },
      { kind: 'doorReply', seq: 3, ok: false },
      { kind: 'doorReply', seq: 4, ok: false, message: 'no file manager' },
    ]);
    expect(launches[0].heard).toEqual([]);
  });

  it('asks the service to end, and ends it the hard way where it does not', async () => {
    const polite = shell();
    polite.launches[0].ready();
    const stopped = polite.service.stop();
    expect(polite.launches[0].heard).toEqual(['shutdown']);
    polite.launches[0].die('exit code 0');
    await stopped;
    expect(polite.launches[0].killed).toBe(false);
    expect(polite.news).toEqual([]);

    const deaf = shell();
    deaf.launches[0].ready();
    const killed = deaf.service.stop();
    deaf.limit();
    await killed;
    expect(deaf.launches[0].killed).toBe(true);
    expect(deaf.launches).toHaveLength(1);
  });
});

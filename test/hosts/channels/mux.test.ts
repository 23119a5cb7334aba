import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClosableChannel, muxClient, muxServer } from '../../../src/main/hosts/channels/mux';
import { wirePair } from '../../electron/support';

/** A mux over a wire, its clients by number and the ends that the server was given. */
function muxed() {
  const { a, b } = wirePair();
  const served: ClosableChannel[] = [];
  const client = muxClient(a.channel);
  muxServer(b.channel, (channel) => served.push(channel));
  return { client, served, a, b };
}
const heardBy = (channel: ClosableChannel) => {
  const heard: unknown[] = [];
  channel.onMessage((message) => heard.push(message));
  return heard;
};

describe('several clients over one channel', () => {
  it('keeps every client to itself, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.boolean(), fc.integer()), { maxLength: 60 }), (story) => {
        const { client, served } = muxed();
        const ends = [0, 1, 2, 3].map(() => client.open(false));
        const there = served.map(heardBy);
        const here = ends.map(heardBy);
        for (const [who, up, value] of story) (up ? ends[who] : served[who]).post(value);
        for (const who of [0, 1, 2, 3]) {
          const of = (way: boolean) =>
            story.filter(([w, up]) => w === who && up === way).map(([, , value]) => value);
          expect([there[who], here[who]]).toEqual([of(true), of(false)]);
        }
      }),
    );
  });

  it('keeps what arrives before somebody listens', () => {
    const { client, served } = muxed();
    client.open(false).post('early');
    expect(heardBy(served[0])).toEqual(['early']);
  });

  it('tells the other side when one client closes, and leaves the others', () => {
    const { client, served } = muxed();
    const [first, second] = [client.open(false), client.open(false)];
    const closed: string[] = [];
    served[0].onClose((why) => closed.push(why));
    const heard = heardBy(served[1]);
    first.close();
    first.post('into the void');
    second.post('still here');
    expect(closed).toHaveLength(1);
    expect(heard).toEqual(['still here']);
  });

  it('closes every client when the channel closes, also for those that ask later', () => {
    const { client, a } = muxed();
    const ends = [client.open(false), client.open(false)];
    const why: string[] = [];
    ends[0].onClose((w) => why.push(w));
    a.end('The service has ended.');
    ends[1].onClose((w) => why.push(w));
    expect(why).toEqual(['The service has ended.', 'The service has ended.']);
  });

  it('leaves messages of others alone', () => {
    const { served, b } = muxed();
    for (const message of [
      null,
      'x',
      { kind: 'ready' },
      { client: 'x', message: 1 },
      { client: 9, message: 1 },
    ])
      b.arrive(message);
    expect(served).toEqual([]);
  });
});

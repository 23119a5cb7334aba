import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocalAddress, WallRefusal, wallBase } from '../../src/main/meters/wallAddress';
import { makeHttpGet } from '../../src/main/meters/wallHttp';
import { json, wallServer } from './wallServer';

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (thrown) => {
      expect(thrown).toBeInstanceOf(WallRefusal);
      expect((thrown as WallRefusal).remedy.length).toBeGreaterThan(10);
      return (thrown as WallRefusal).code;
    },
  );
/** Names that resolve as a test says. */
const names =
  (...addresses: string[]): NonNullable<Parameters<typeof makeHttpGet>[0]>['lookup'] =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.20',
    '169.254.3.4',
    '::1',
    'fe80::1',
    'fd00::1',
    '::ffff:192.168.1.1',
  ])('%s is local', (address) => expect(isLocalAddress(address)).toBe(true));
  it.each([
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '126.255.255.255',
    '0.0.0.0',
    '100.64.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    '::',
    'plug.local',
    '',
  ])('%s is not', (address) => expect(isLocalAddress(address)).toBe(false));
  it('agree with the ranges of RFC 1918, 3927 and 1122 everywhere', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a, b] = address.split('.').map(Number);
        const expected =
          a === 10 ||
          a === 127 ||
          (a === 172 && b >= 16 && b < 32) ||
          (a === 192 && b === 168) ||
          (a === 169 && b === 254);
        expect(isLocalAddress(address)).toBe(expected);
      }),
    );
  });

  it.each([
    ['192.168.1.20', 'http://192.168.1.20'],
    [' plug.local/ ', 'http://plug.local'],
    ['http://127.0.0.1:8000/meter/', 'http://127.0.0.1:8000/meter'],
    ['https://[fd00::1]:8123', 'https://[fd00::1]:8123'],
    ['http://2130706433', 'http://127.0.0.1'],
  ])('%s is taken as %s', (typed, base) => expect(wallBase(typed)).toBe(base));

  it.each([
    ['8.8.8.8', 'ADDRESS_NOT_LOCAL'],
    ['http://134744072', 'ADDRESS_NOT_LOCAL'],
    ['http://[2001:db8::1]', 'ADDRESS_NOT_LOCAL'],
    ['ftp://192.168.1.2', 'BAD_ADDRESS'],
    ['file:///etc/passwd', 'BAD_ADDRESS'],
    ['http://me:secret@192.168.1.2', 'BAD_ADDRESS'],
    ['http://192.168.1.2?x=1', 'BAD_ADDRESS'],
    ['http://', 'BAD_ADDRESS'],
    ['', 'BAD_ADDRESS'],
  ])('%s is refused (%s)', (typed, code) => {
    expect(() => wallBase(typed)).toThrow(expect.objectContaining({ code }));
  });
});

describe('a question over the local network', () => {
  it('gives status and body, with the header that was asked for', async () => {
    const base = await wallServer((request, response) => response.end(request.headers.authorization));
    const get = makeHttpGet();
    expect(await get(`${base}/x`, { authorization: 'Bearer t' })).toEqual({
      status: 200,
      location: null,
      body: 'Bearer t',
    });
  });

  it('never follows a redirect; a client that does would arrive', async () => {
    let arrived = 0;
    const other = await wallServer((_, response) => {
      arrived++;
      response.end('here');
    });
    const base = await wallServer((_, response) => {
      response.writeHead(302, { location: other });
      response.end();
    });
    expect(await makeHttpGet()(base, {})).toMatchObject({ status: 302, location: other });
    expect(arrived).toBe(0);
    expect(await (await fetch(base)).text()).toBe('here');
    expect(arrived).toBe(1);
  });

  it('goes to no number outside the local network', async () => {
    expect(await codeOf(makeHttpGet()('http://192.0.2.1/power', {}))).toBe('ADDRESS_NOT_LOCAL');
  });

  it.skipIf(process.platform !== 'linux')(
    'judges the address that a name leads to, not the name; without that it would be asked',
    async () => {
      let asked = 0;
      const listen = json({ ok: true });
      // 127.0.0.2 plays a public address.
      const base = await wallServer((request, response) => {
        asked++;
        listen(request, response);
      }, '127.0.0.2');
      const url = base.replace('127.0.0.2', 'plug.local');
      const lookup = names('127.0.0.2');
      const isAllowed = (address: string) => address !== '127.0.0.2';
      expect(await codeOf(makeHttpGet({ lookup, isAllowed })(url, {}))).toBe('ADDRESS_NOT_LOCAL');
      const mixed = names('127.0.0.1', '127.0.0.2');
      expect(await codeOf(makeHttpGet({ lookup: mixed, isAllowed })(url, {}))).toBe('ADDRESS_NOT_LOCAL');
      expect(asked).toBe(0);
      // Control: the protection off.
      expect(await makeHttpGet({ lookup, isAllowed: () => true })(url, {})).toMatchObject({ status: 200 });
      expect(asked).toBe(1);
    },
  );

  it('resolves a name once, so that a second answer of the name server changes nothing', async () => {
    const base = await wallServer(json({}));
    let looks = 0;
    const lookup: NonNullable<Parameters<typeof makeHttpGet>[0]>['lookup'] = (_, __, callback) => {
      looks++;
      callback(null, [{ address: looks === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }]);
    };
    await makeHttpGet({ lookup })(base.replace('127.0.0.1', 'plug.local'), {});
    expect(looks).toBe(1);
  });

  it('ends a stall after its time, before and after the first byte', async () => {
    const silent = await wallServer(() => {});
    const dripping = await wallServer((_, response) => {
      response.write('{');
    });
    const get = makeHttpGet({ timeoutMs: 50 });
    expect(await codeOf(get(silent, {}))).toBe('TIMEOUT');
    expect(await codeOf(get(dripping, {}))).toBe('TIMEOUT');
  });

  it('stops reading after 64 KB', async () => {
    const base = await wallServer((_, response) => response.end(Buffer.alloc(1 << 20, 'x')));
    expect(await codeOf(makeHttpGet()(base, {}))).toBe('TOO_LARGE');
    const small = await wallServer((_, response) => response.end(Buffer.alloc(65_536, 'x')));
    expect((await makeHttpGet()(small, {})).body).toHaveLength(65_536);
  });

  it('says that nothing listens, and that a name is not known', async () => {
    const base = await wallServer(json({}));
    const free = base.replace(/:\d+$/, ':1');
    expect(await codeOf(makeHttpGet()(free, {}))).toBe('NO_ANSWER');
    const lookup: NonNullable<Parameters<typeof makeHttpGet>[0]>['lookup'] = (_, __, callback) =>
      callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
    expect(await codeOf(makeHttpGet({ lookup })('http://plug.local', {}))).toBe('NAME_NOT_FOUND');
  });
});

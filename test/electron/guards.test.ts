import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { externalHosts, externalUrl, grants, isOurPage } from '../../src/main/electron/guards';

describe('permissions', () => {
  const others = [
    'media',
    'geolocation',
    'notifications',
    'midi',
    'midiSysex',
    'pointerLock',
    'fullscreen',
    'openExternal',
    'clipboard-read',
    'display-capture',
    'usb',
    'serial',
    'hid',
    'idle-detection',
    'storage-access',
    'window-management',
    'fileSystem',
    'something of a later Chromium',
  ];
  it.each(others)('denies %s', (permission) => expect(grants(permission, 'thirty-watts://app')).toBe(false));

  it('lets our page, and no other, write text to the clipboard', () => {
    expect(grants('clipboard-sanitized-write', 'thirty-watts://app/')).toBe(true);
    for (const origin of [
      'https://example.org',
      'thirty-watts://app.evil',
      'thirty-watts://other',
      '',
      'null',
      'file:///',
    ])
      expect(grants('clipboard-sanitized-write', origin)).toBe(false);
  });
});

describe('links', () => {
  it.each([...externalHosts])('opens https://%s', (host) => {
    expect(externalUrl(`https://${host}/a?b=c#d`)).toBe(`https://${host}/a?b=c#d`);
  });

  it.each([
    'http://github.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'smb://server/share',
    'ms-msdt:/id',
    'ms-settings:',
    'vscode://file/x',
    'data:text/html,x',
    'https://evil.example/',
    'https://github.com.evil.example/',
    'https://evilgithub.com/',
    'https://sub.github.com/',
    'https://user@github.com/',
    'https://github.com@evil.example/',
    'https://@github.com/',
    'https://github.com:443/',
    'https://github.com:8443/',
    'https://github.com./',
    'https://gıthub.com/',
    'https://xn--gthub-n4a.com/',
    'https://github。com/',
    'https:\\\\github.com\\x',
    'https:github.com',
    'https:///github.com/',
    ' https://github.com/',
    'https://github.com/ a',
    'https://git\thub.com/',
    'https://github.com/\nx',
    '//github.com/',
    'github.com',
    '',
  ])('does not open %j', (url) => expect(externalUrl(url)).toBeNull());

  it('opens nothing but https on the list, whatever is written', () => {
    const text = fc.oneof(
      fc.webUrl(),
      fc.string(),
      fc
        .tuple(fc.constantFrom('https://github.com', 'file:', 'https://'), fc.string())
        .map((t) => t.join('')),
    );
    fc.assert(
      fc.property(text, (url) => {
        const opened = externalUrl(url);
        if (opened === null) return;
        const { protocol, hostname, username, password, port } = new URL(opened);
        expect([protocol, username, password, port]).toEqual(['https:', '', '', '']);
        expect(externalHosts.has(hostname)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('senders', () => {
  const page = { url: 'thirty-watts://app/', isMainFrame: true, isOurWindow: true };
  it.each(['thirty-watts://app/', 'thirty-watts://app/#/runs', 'thirty-watts://app/index.html'])(
    'knows %s',
    (url) => {
      expect(isOurPage({ ...page, url })).toBe(true);
    },
  );
  it.each([
    ['no frame', null],
    ['a subframe', { ...page, isMainFrame: false }],
    ['another window', { ...page, isOurWindow: false }],
    ['no address', { ...page, url: '' }],
    ['about:blank', { ...page, url: 'about:blank' }],
    ['another host', { ...page, url: 'thirty-watts://app.evil/' }],
    ['another file', { ...page, url: 'thirty-watts://app/other.html' }],
    ['a file', { ...page, url: 'file:///thirty-watts://app/' }],
    ['the web', { ...page, url: 'https://thirty-watts/app/' }],
  ])('refuses %s', (_what, sender) => expect(isOurPage(sender)).toBe(false));
});

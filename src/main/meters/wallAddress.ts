import { BlockList, isIP } from 'node:net';

/** Why a wall meter gave no reading: a code for the record, a sentence and a remedy for a person. */
export class WallRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.name = 'WallRefusal';
  }
}

const local = new BlockList();
local.addSubnet('127.0.0.0', 8);
local.addSubnet('10.0.0.0', 8);
local.addSubnet('172.16.0.0', 12);
local.addSubnet('192.168.0.0', 16);
local.addSubnet('169.254.0.0', 16);
local.addAddress('::1', 'ipv6');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** Loopback, private or link-local? IPv4 inside IPv6 is judged as IPv4; whatever is no address is not. */
export function isLocalAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped !== null) return isLocalAddress(mapped[1]);
  const family = isIP(bare);
  return family !== 0 && local.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

export const notLocal = (where: string) =>
  new WallRefusal(
    'ADDRESS_NOT_LOCAL',
    `The address ${where} is not in your own network: the lab asks no meter on the internet.`,
    'Give an address of this computer (127.0.0.1), of your own network (192.168…, 10…, 172.16… to 172.31…, 169.254…, fd…, fe80…), or a .local name.',
  );

const badAddress = (text: string, why: string) =>
  new WallRefusal(
    'BAD_ADDRESS',
    `The address “${text}” cannot be used: ${why}.`,
    'Write it like 192.168.1.20, plug.local or http://127.0.0.1:8000.',
  );

/**
 * The address that a person typed, as the start of every URL to the meter (no slash at the end).
 * @throws WallRefusal for another scheme, a name and password, a query, or a number outside the local network
 */
export function wallBase(typed: string): string {
  const text = typed.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw badAddress(text, 'it is no address');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badAddress(text, `${url.protocol.replace(':', '')} is neither http nor https`);
  }
  if (url.username !== '' || url.password !== '') throw badAddress(text, 'it holds a user name or password');
  if (url.search !== '' || url.hash !== '') throw badAddress(text, 'it holds a query (? or #)');
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isLocalAddress(host)) throw notLocal(host);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

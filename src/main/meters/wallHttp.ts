import { type LookupAllOptions, lookup as systemLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { HttpAnswer, HttpGet } from '../../shared/wallMeter';
import { hostOf, isLocalAddress, notLocal, WallRefusal } from './wallAddress';

type LookupAll = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface HttpGetEffects {
  /** Addresses of a name. */
  lookup?: LookupAll;
  /** May this address be talked to? Tests replace it. */
  isAllowed?(address: string): boolean;
  /** For the whole question, ms. */
  timeoutMs?: number;
  mostBytes?: number;
}

/**
 * One GET to the local network: no redirects, no proxy, no kept connection, at most a second and 64 KB. A name is
 * resolved here and the addresses found are judged, so that the address that was judged is the one that is connected to
 * (no DNS rebinding); the connection's own address is looked at once more.
 */
export function makeHttpGet({
  lookup = systemLookup,
  isAllowed = isLocalAddress,
  timeoutMs = 1000,
  mostBytes = 65_536,
}: HttpGetEffects = {}): HttpGet {
  return (address, headers) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const url = new URL(address);
      const host = hostOf(url);
      if (isIP(host) !== 0 && !isAllowed(host)) {
        reject(notLocal(host));
        return;
      }
      const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
        headers: { accept: 'application/json', ...headers },
        agent: false,
        lookup: judging(lookup, isAllowed),
      });
      const deadline = setTimeout(() => request.destroy(tooSlow(url, timeoutMs)), timeoutMs);
      const fail = (error: Error) => {
        clearTimeout(deadline);
        reject(error instanceof WallRefusal ? error : noAnswer(url, error));
      };
      request.on('error', fail);
      request.on('socket', (socket) => {
        socket.on('connect', () => {
          const { remoteAddress } = socket;
          if (remoteAddress !== undefined && !isAllowed(remoteAddress))
            request.destroy(notLocal(remoteAddress));
        });
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > mostBytes) request.destroy(tooLarge(mostBytes));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(deadline);
          resolve({
            status: response.statusCode ?? 0,
            location: response.headers.location ?? null,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      });
      request.end();
    });
}

/** Resolves a name to addresses that may be talked to; one that may not spoils them all. */
function judging(lookup: LookupAll, isAllowed: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const foreign = error === null ? addresses.find((a) => !isAllowed(a.address)) : undefined;
      if (error !== null) callback(error, '');
      else if (foreign !== undefined) callback(notLocal(`${foreign.address} (of ${host})`), '');
      else if (addresses.length === 0) callback(new Error('the name has no address'), '');
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0].address, addresses[0].family);
    });
  };
}

const checkAddress = 'Check the address, that the meter has power, and that it is in the same network.';

const tooSlow = (url: URL, timeoutMs: number) =>
  new WallRefusal(
    'TIMEOUT',
    `Nothing answered at ${url.host} within ${timeoutMs / 1000} s.`,
    `${checkAddress} A meter with a weak radio connection is too slow to measure with.`,
  );

const tooLarge = (mostBytes: number) =>
  new WallRefusal(
    'TOO_LARGE',
    `The answer is larger than ${mostBytes / 1024} KB, which no meter’s is.`,
    'Check the address and the kind of meter.',
  );

function noAnswer(url: URL, error: NodeJS.ErrnoException): WallRefusal {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new WallRefusal(
      'NAME_NOT_FOUND',
      `The name ${hostOf(url)} is not known in this network.`,
      'Check its spelling, or give the meter’s number instead (for example 192.168.1.20).',
    );
  }
  if (error.code === 'ECONNREFUSED') {
    return new WallRefusal('NO_ANSWER', `Nothing listens at ${url.host}.`, checkAddress);
  }
  return new WallRefusal(
    'NO_ANSWER',
    `The connection to ${url.host} failed (${error.code ?? error.message}).`,
    checkAddress,
  );
}

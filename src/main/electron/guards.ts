import { appOrigin, appUrl } from './appUrl';

/**
 * What a page may be granted. Only one: writing plain text to the clipboard after a click, for the copy buttons. The rest
 * (camera, notifications, USB, reading the clipboard …) is denied, as is everything that Chromium adds later.
 */
const granted: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);

/** Whether a permission is granted to a page of this origin. Pure. */
export function grants(permission: string, origin: string): boolean {
  return granted.has(permission) && (origin === appOrigin || origin === appUrl);
}

/** Hosts that the page's links lead to. An exact list: subdomains and other ports are not on it. */
export const externalHosts: ReadonlySet<string> = new Set([
  'github.com',
  'onnx.ai',
  'onnxruntime.ai',
  'huggingface.co',
  'docs.nvidia.com',
  'developer.nvidia.com',
  'docs.kernel.org',
  'www.kernel.org',
  'learn.microsoft.com',
  'developer.apple.com',
  'arxiv.org',
  'doi.org',
]);

/** The address to hand to the system's browser; null where it is none of ours. https, no user, no port. Pure. */
export function externalUrl(text: string, hosts: ReadonlySet<string> = externalHosts): string | null {
  // The parser forgives spaces, tabs and backslashes; what needs forgiving is not opened.
  if (!/^https:\/\/[\x21-\x7e]+$/i.test(text) || text.includes('\\')) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const plain = url.protocol === 'https:' && url.username === '' && url.password === '' && url.port === '';
  // `https://github.com:443@…` and `https://github.com@…` have an @ before the path even if the parser drops it.
  const authority = text.slice('https://'.length).split(/[/?#]/, 1)[0];
  return plain && authority.toLowerCase() === url.hostname && hosts.has(url.hostname) ? url.href : null;
}

/** Where a message came from, as far as the shell can know. Null where the frame is gone. */
export interface Sender {
  url: string;
  isMainFrame: boolean;
  isOurWindow: boolean;
}

/** Whether a message comes from the main frame of our window showing our page. Missing and about:blank do not pass. Pure. */
export function isOurPage(sender: Sender | null): boolean {
  if (!sender?.isMainFrame || !sender.isOurWindow) return false;
  return (
    sender.url === appUrl ||
    sender.url.startsWith(`${appUrl}#`) ||
    sender.url.startsWith(`${appUrl}index.html`)
  );
}

import type { PageFile } from '../hosts/pageFiles';
import { pageHeaders } from '../hosts/webHeaders';
import { appOrigin } from './appUrl';

export interface Answer {
  status: 200 | 404;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | null;
}

/**
 * Answers a request of the app's scheme: a file of the page, or 404. Only GET and HEAD, only our origin, spelled as we
 * spell it; what may be read below the page's folder is `read`'s to decide (hosts/pageFiles.ts).
 */
export async function answerFor(
  method: string,
  url: string,
  read: (target: string) => Promise<PageFile | null>,
): Promise<Answer> {
  const ours = (method === 'GET' || method === 'HEAD') && url.startsWith(`${appOrigin}/`);
  const file = ours ? await read(url.slice(appOrigin.length)) : null;
  if (!file) return { status: 404, headers: { ...pageHeaders }, body: null };
  return {
    status: 200,
    headers: { ...pageHeaders, 'content-type': file.contentType },
    body: method === 'HEAD' ? null : file.bytes,
  };
}

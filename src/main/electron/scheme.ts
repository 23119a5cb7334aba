import { join } from 'node:path';
import { protocol, session } from 'electron';
import { readPageFile } from '../hosts/pageFiles';
import { appScheme } from './appUrl';
import { answerFor } from './schemeAnswer';

/** Before the app is ready: Chromium learns then which schemes have an origin. */
export function setupSchemePrivileges(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves out/renderer, and nothing else, to the page. */
export function setupScheme(): void {
  const folder = join(__dirname, '..', 'renderer');
  session.defaultSession.protocol.handle(appScheme, async (request) => {
    const { status, headers, body } = await answerFor(request.method, request.url, (target) =>
      readPageFile(folder, target),
    );
    return new Response(body, { status, headers });
  });
}

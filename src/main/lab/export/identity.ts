import { homedir, hostname, userInfo } from 'node:os';
import type { Identity } from './redact';

/**
 * The owner of this lab as the system knows them. An account or a home that the system does not tell is left out.
 * @param labFolder absolute
 */
export function identityOf(labFolder: string | null): Identity {
  const account = told(() => userInfo().username);
  const host = told(hostname);
  const [short = ''] = host.split('.');
  return {
    userNames: distinct([account]),
    hostNames: distinct([host, short]),
    folders: distinct([told(homedir), labFolder ?? '']),
  };
}

/** '' where the system refuses: a container may run an account without a name. */
function told(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '';
  }
}

const distinct = (texts: readonly string[]) => [...new Set(texts)].filter((text) => text !== '');

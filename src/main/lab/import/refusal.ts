import { LabError } from '../../../shared/errors';
import { printable } from '../../models/files';

const again = 'Nothing was imported. Ask whoever made the bundle for it again.';

/** What is wrong with a bundle, in one sentence. Names in it are foreign text. */
export const refused = (message: string, remedy: string = again): LabError =>
  new LabError('bad_input', message, remedy);

/** The same of one line of one of its files. */
export const refusedLine = (path: string, line: number, what: string): LabError =>
  refused(`${path}, line ${line}, ${shortened(what)}.`);

/** A piece of foreign text for a sentence. */
export const quoted = (text: string): string => `“${printable(text)}”`;

function shortened(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '·');
  return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
}

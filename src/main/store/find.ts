import { LabError } from '../../shared/errors';

/** One thing that a person may name. */
export interface Named {
  id: string;
  /** null where it has only an id. */
  name: string | null;
}

/** Shortest beginning of an id that counts as naming it. */
const prefixMin = 8;

/** More candidates than this are counted, not listed. */
const listMax = 10;

/**
 * The one that the text names: by its whole id, else its name, else a beginning of its id (8 digits or more).
 * @param what what is looked for, in the sentence: 'model', 'run'
 * @throws LabError not_found, or bad_input listing the candidates where there are several
 */
export function findNamed<T extends Named>(text: string, all: readonly T[], what: string): T {
  const wanted = text.toLowerCase();
  const ways = [
    (each: T) => each.id === wanted || each.id === text,
    (each: T) => each.name === text,
    (each: T) => text.length >= prefixMin && each.id.startsWith(wanted),
  ];
  const hits = ways.map((way) => all.filter(way)).find((found) => found.length > 0) ?? [];
  if (hits.length === 1) return hits[0]!;
  if (hits.length === 0) {
    throw new LabError(
      'not_found',
      `There is no ${what} "${text}" in this lab.`,
      `Give the id${what === 'run' ? '' : ' or the name'} of ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} that is in the lab, or the first ${prefixMin} digits of its id.`,
    );
  }
  const listed = hits
    .slice(0, listMax)
    .map((hit) => (hit.name === null ? hit.id : `${hit.id} (${hit.name})`));
  const more = hits.length > listMax ? ` and ${hits.length - listMax} more` : '';
  throw new LabError(
    'bad_input',
    `"${text}" names ${hits.length} ${what}s: ${listed.join(', ')}${more}.`,
    'Give the whole id, or more digits of it.',
  );
}

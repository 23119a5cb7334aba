import { slug } from '../../../../shared/text';
import { sha256 } from '../../../store/canonical';

/** Longest file stem below figures/: ids of figures are no longer. */
const longest = 64;

/** A figure before it has a name: what it shows, and an id that tells it from others that show the same. */
export interface Unnamed {
  /** Pieces of the name, the kind first. */
  shows: readonly string[];
  /** Ids of what it is made of; '' where there can be no second such figure. */
  of: string;
}

/**
 * File stems: what each figure shows, and where two stems were the same all of these with twelve digits that stand for
 * the whole of what they show and what they are made of. They do not depend on the order, nor on anything else in the lab.
 */
export function namesOf(figures: readonly Unnamed[]): string[] {
  const plain = figures.map(({ shows }) => stem(shows));
  const count = (name: string) => plain.filter((other) => other === name).length;
  return figures.map(({ shows, of }, i) =>
    count(plain[i]) > 1 ? stem(shows, sha256(JSON.stringify([shows, of])).slice(0, 12)) : plain[i],
  );
}

function stem(shows: readonly string[], end = ''): string {
  const room = longest - (end === '' ? 0 : end.length + 1);
  const words = slug(
    shows
      .map((text) => slug(text, longest))
      .filter(Boolean)
      .join('-'),
    room,
  );
  return end === '' ? words : `${words}-${end}`;
}

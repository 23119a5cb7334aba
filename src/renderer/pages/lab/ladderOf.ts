import { failureOf } from '../../../shared/errors';
import { type BuiltFamily, ladderSpecs, nameOf, recipeOf } from '../../../shared/ladder';
import { readSize } from '../models/ladder';

/** Recipes and names of a ladder as the form says it, or why it cannot be built. Pure. */
export function ladderOf(
  family: BuiltFamily,
  from: string,
  to: string,
  rungs: number,
): { recipes: string[]; names: string[]; problem: string | null } {
  const ends = [from, to].map((text) => readSize(text));
  const bad = ends.indexOf(null);
  if (bad >= 0)
    return {
      recipes: [],
      names: [],
      problem: `“${[from, to][bad]}” is no number of parameters. Write 1000, 1e6, 300k or 1.5M.`,
    };
  try {
    const specs = ladderSpecs(family, { from: ends[0]!, to: ends[1]!, rungs, seed: 1 });
    return { recipes: specs.map(recipeOf), names: specs.map(nameOf), problem: null };
  } catch (thrown) {
    const { message, remedy } = failureOf(thrown);
    return { recipes: [], names: [], problem: remedy ?? message };
  }
}

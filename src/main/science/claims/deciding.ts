import type { Finding } from '../../../shared/claim';

const worstFirst: readonly Finding['state'][] = ['fails', 'missing', 'undecided', 'holds'];

/**
 * Findings that only count together (all of them must hold): the worst decides, the others are shown beside it. So a
 * condition that fails in one of two respects counts as one that fails, and not as one of each.
 */
export function deciding(together: readonly Finding[]): Finding[] {
  const counted = together.filter((f) => !f.shownOnly);
  const worst = worstFirst
    .map((state) => counted.find((f) => f.state === state))
    .find((f) => f !== undefined);
  return together.map((f) => (f === worst ? f : { ...f, shownOnly: true }));
}

import { randomFrom } from './stats/random';

/**
 * The order in which each block runs its entries: `blocks` lists, each a permutation of 0 … entries − 1.
 *
 * One block: as listed. Two entries: A B, B A, A B … (ABBA), which of them is first from the seed. More: rows of a
 * Latin square whose rows, columns and symbols are shuffled by the seed; a new square where the blocks outlast one.
 * So over every full square each entry stands once at each place, and a drift over the block hits all alike.
 * Source: docs/method.md, 1.5; Cochran & Cox 1957, Experimental Designs, 4.3.
 */
export function orderOf(entries: number, blocks: number, seed: number): number[][] {
  const listed = Array.from({ length: entries }, (_, i) => i);
  if (blocks === 1 || entries < 2) return Array.from({ length: blocks }, () => listed);
  const random = randomFrom(seed);
  if (entries === 2) {
    const first = random.uniform() < 0.5 ? 0 : 1;
    return Array.from({ length: blocks }, (_, b) => (b % 2 === 0 ? [first, 1 - first] : [1 - first, first]));
  }
  const shuffled = () => {
    const list = [...listed];
    for (let i = list.length - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1));
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    return list;
  };
  const order: number[][] = [];
  while (order.length < blocks) {
    const [rows, columns, symbols] = [shuffled(), shuffled(), shuffled()];
    for (const row of rows) order.push(columns.map((column) => symbols[(row + column) % entries]!));
  }
  return order.slice(0, blocks);
}

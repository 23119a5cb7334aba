/** What `of` makes of each item, one at a time and only as fast as it is asked for. */
export function* mapped<A, B>(items: Iterable<A>, of: (item: A) => B): Generator<B> {
  for (const item of items) yield of(item);
}

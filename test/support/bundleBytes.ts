/** What pieces are together; each is copied, for it is good only until the next. */
export function bytesOf(pieces: Iterable<string | Uint8Array>): Buffer {
  return Buffer.concat(Array.from(pieces, (piece) => Buffer.from(piece as string)));
}

export const textOf = (pieces: Iterable<string>): string => bytesOf(pieces).toString('utf8');

import type { FromSampler } from './protocol';

/** One request for edges: the times still due and the opening edge that waits for its closing one. */
interface Request {
  id: string;
  atNs: bigint[];
  next: number;
}

/** What is due when, over all requests for edges. */
export class EdgeQueue {
  private readonly requests: Request[] = [];
  private waiting: FromSampler[] = [];

  add(id: string, atNs: bigint[]): void {
    if (atNs.length > 0) this.requests.push({ id, atNs, next: 0 });
  }

  /** The earliest edge still due, or null. */
  next(): { id: string; index: number; atNs: bigint } | null {
    let best: Request | null = null;
    for (const r of this.requests) {
      if (best === null || r.atNs[r.next]! < best.atNs[best.next]!) best = r;
    }
    return best === null ? null : { id: best.id, index: best.next, atNs: best.atNs[best.next]! };
  }

  /** Is any window between its opening and its closing edge? An edge without partner opens none. */
  get quiet(): boolean {
    return this.requests.some((r) => r.next % 2 === 1);
  }

  /** Marks an edge as read; its message is handed out by `takeRead`. */
  done(id: string, message: FromSampler): void {
    const request = this.requests.find((r) => r.id === id);
    if (request === undefined) return;
    request.next++;
    if (request.next >= request.atNs.length) this.requests.splice(this.requests.indexOf(request), 1);
    this.waiting.push(message);
  }

  /** Forgets a request; false if there is none of this id. */
  cancel(id: string): boolean {
    const at = this.requests.findIndex((r) => r.id === id);
    if (at >= 0) this.requests.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.requests.length = 0;
  }

  /** The messages of the edges read since the last call; to be sent only when it is not quiet. */
  takeRead(): FromSampler[] {
    return this.waiting.splice(0);
  }
}

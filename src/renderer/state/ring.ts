/** The last `capacity` points of a trace in fixed memory. Times must not go back; a NaN value is a gap. */
export class Ring {
  private readonly t: Float64Array;
  private readonly v: Float64Array;
  private head = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.t = new Float64Array(capacity);
    this.v = new Float64Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  /** Appends columns of equal length. */
  push(t: ArrayLike<number>, v: ArrayLike<number>): void {
    for (let i = Math.max(0, t.length - this.capacity); i < t.length; i++) {
      this.t[this.head] = t[i];
      this.v[this.head] = v[i];
      this.head = (this.head + 1) % this.capacity;
      this.count = Math.min(this.capacity, this.count + 1);
    }
  }

  /** Times and values, oldest first, as new arrays. */
  columns(): [Float64Array, Float64Array] {
    const from = (this.head - this.count + this.capacity) % this.capacity;
    const unroll = (a: Float64Array) => {
      const out = new Float64Array(this.count);
      const first = a.subarray(from, Math.min(this.capacity, from + this.count));
      out.set(first);
      out.set(a.subarray(0, this.count - first.length), first.length);
      return out;
    };
    return [unroll(this.t), unroll(this.v)];
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
  }
}

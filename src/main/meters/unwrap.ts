import { type CounterRules, counterEnergy } from './counter';
import { secondsBetween } from './reading';

/** Counts by which the total falls when its continuity is lost: more than any counter gains in a session. */
const fall = 2n ** 50n;

/**
 * Turns the raw values of a wrapping counter into a total that never wraps, because a window may be
 * longer than a wrap. It must see a value at least every `longestStepS` (30 s covers every RAPL package).
 */
export class Unwrapper {
  private last: { raw: bigint; atNs: bigint } | null = null;
  private total = 0n;
  private floor = 0n;

  constructor(private readonly rules: CounterRules & { modulus: bigint }) {}

  /** Total counts since the first value. Falls by a huge step where a reset or a gap made the total unknown. */
  add(raw: bigint, atNs: bigint): bigint {
    const { last } = this;
    if (last === null) {
      this.last = { raw, atNs };
      return this.total;
    }
    const dtS = secondsBetween(last.atNs, atNs);
    if (dtS <= 0) return this.total;
    this.last = { raw, atNs };
    if (counterEnergy(this.rules, last.raw, raw, dtS).code !== null) {
      // Every window that spans this step now sees a negative difference, hence COUNTER_RESET and no number.
      this.floor -= fall;
      this.total = this.floor;
    } else {
      const step = raw - last.raw;
      this.total += step < 0n ? step + this.rules.modulus : step;
    }
    return this.total;
  }
}

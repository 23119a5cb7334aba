import type { SocGroup } from './ioreportChannels';

/** Where totals begin, nJ: high enough to fall often and stay positive, within 64 signed bits. */
const start = 2n ** 62n;
/** nJ by which a total falls when its continuity is lost: 40 h at 500 W, more than any session gains. */
const fall = 2n ** 56n;

/** Energy of one part of the chip, nJ, as the sum of what its channels gained from sample to sample. */
export class GainTotal {
  private total = start;
  private floor = start;
  private lost = false;

  constructor(readonly channels: SocGroup['channels']) {}

  /**
   * Adds one sample, in counts of each channel. A null is a value that macOS calls invalid: the total is
   * unknown until the next valid sample, and has then fallen, so that every window that spans the loss
   * sees COUNTER_RESET and no number.
   */
  add(gains: readonly (bigint | null)[]): void {
    let nanoJ = 0n;
    for (const [i, gain] of gains.entries()) {
      if (gain === null) {
        this.lost = true;
        return;
      }
      nanoJ += gain * this.channels[i]!.nanoJoulePerCount;
    }
    if (this.lost) {
      this.lost = false;
      this.floor -= fall;
      this.total = this.floor;
    } else {
      this.total += nanoJ;
    }
  }

  /** The total, nJ after an arbitrary start; null while it is not known. */
  get nanoJ(): bigint | null {
    return this.lost || this.floor <= fall || this.total >= 2n * start ? null : this.total;
  }
}

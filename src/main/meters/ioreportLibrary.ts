import type { ProbeEnv } from '../../shared/meter';
import type { EnergyChannel } from './ioreportChannels';
import { cString, loadFunctions, type NativeFunctions, textOfBytes } from './nativeLibrary';

const ref = 'void *';

/** libIOReport (private): what other readers of these counters call; not yet run on a Mac by us. */
const ioreportFunctions = {
  IOReportCopyChannelsInGroup: { result: ref, args: [ref, ref, 'uint64', 'uint64', 'uint64'] },
  IOReportCreateSubscription: { result: ref, args: [ref, ref, ref, 'uint64', ref] },
  IOReportCreateSamples: { result: ref, args: [ref, ref, ref] },
  IOReportCreateSamplesDelta: { result: ref, args: [ref, ref, ref] },
  IOReportSimpleGetIntegerValue: { result: 'int64', args: [ref, 'int32'] },
  IOReportChannelGetChannelName: { result: ref, args: [ref] },
  IOReportChannelGetUnitLabel: { result: ref, args: [ref] },
} as const;

const foundationFunctions = {
  CFStringCreateWithCString: { result: ref, args: [ref, ref, 'uint32'] },
  CFStringGetCString: { result: 'uint8', args: [ref, ref, 'int64', 'uint32'] },
  CFDictionaryCreateMutableCopy: { result: ref, args: [ref, 'int64', ref] },
  CFDictionaryGetValue: { result: ref, args: [ref, ref] },
  CFArrayGetCount: { result: 'int64', args: [ref] },
  CFArrayGetValueAtIndex: { result: ref, args: [ref, 'int64'] },
  CFRelease: { result: 'void', args: [ref] },
} as const;

const utf8 = 0x0800_0100;
const longestName = 256;

/** An owned or borrowed CoreFoundation object; null is NULL. */
type Ref = bigint | null;

/** Why the counters cannot be had; `found` tells whether anything of them is there. */
export interface NoEnergyModel {
  found: boolean;
  reason: string;
}

/**
 * An open subscription to IOReport's group "Energy Model". Everything that a Create or Copy function
 * returns is released; what a Get function returns is borrowed. Not yet run on a Mac.
 */
export class EnergyModel {
  private readonly name = new Uint8Array(longestName);

  private constructor(
    private readonly io: NativeFunctions<typeof ioreportFunctions>,
    private readonly cf: NativeFunctions<typeof foundationFunctions>,
    private readonly subscription: bigint,
    private readonly wanted: bigint,
    private readonly listKey: bigint,
    private last: bigint,
  ) {}

  static async open(env: Pick<ProbeEnv, 'libraryPaths'>): Promise<EnergyModel | NoEnergyModel> {
    const io = await loadFunctions(env.libraryPaths('ioreport'), ioreportFunctions);
    const cf = await loadFunctions(env.libraryPaths('corefoundation'), foundationFunctions);
    if (io.functions === null) return missing('libIOReport', io.message);
    if (cf.functions === null) return missing('CoreFoundation', cf.message);
    return subscribe(io.functions, cf.functions, (...parts) => new EnergyModel(...parts));
  }

  /** The channels of the last sample, in its order. */
  channels(): EnergyChannel[] {
    const list = this.listOf(this.last);
    if (list === null) return [];
    const count = Number(this.cf.CFArrayGetCount(list) ?? 0);
    return Array.from({ length: count }, (_, index) => {
      const channel = this.cf.CFArrayGetValueAtIndex(list, index) as Ref;
      return {
        index,
        name: channel === null ? '' : this.text(this.io.IOReportChannelGetChannelName(channel) as Ref),
        unit: channel === null ? '' : this.text(this.io.IOReportChannelGetUnitLabel(channel) as Ref),
      };
    });
  }

  /**
   * Counts that these channels gained since the last call (since `open` at first); null for a channel
   * that is not at its place any more or has no valid value. Null altogether: no sample could be taken,
   * and the next call covers this time, too.
   */
  gains(channels: readonly EnergyChannel[]): (bigint | null)[] | null {
    const { io, cf } = this;
    const next = io.IOReportCreateSamples(this.subscription, this.wanted, null) as Ref;
    if (next === null) return null;
    const delta = io.IOReportCreateSamplesDelta(this.last, next, null) as Ref;
    const list = delta === null ? null : this.listOf(delta);
    if (delta === null || list === null) {
      if (delta !== null) cf.CFRelease(delta);
      cf.CFRelease(next);
      return null;
    }
    const count = Number(cf.CFArrayGetCount(list) ?? 0);
    const gains = channels.map((c) => (c.index < count ? this.gain(list, c) : null));
    cf.CFRelease(delta);
    cf.CFRelease(this.last);
    this.last = next;
    return gains;
  }

  close(): void {
    for (const owned of [this.last, this.listKey, this.subscription, this.wanted]) this.cf.CFRelease(owned);
  }

  private gain(list: bigint, { index, name }: EnergyChannel): bigint | null {
    const channel = this.cf.CFArrayGetValueAtIndex(list, index) as Ref;
    if (channel === null) return null;
    if (this.text(this.io.IOReportChannelGetChannelName(channel) as Ref) !== name) return null;
    const value = BigInt(this.io.IOReportSimpleGetIntegerValue(channel, 0) ?? -1);
    // An invalid value is the smallest int64; energy that falls is none either.
    return value < 0n ? null : value;
  }

  private listOf(sample: bigint): bigint | null {
    return this.cf.CFDictionaryGetValue(sample, this.listKey) as Ref;
  }

  private text(string: Ref): string {
    if (string === null) return '';
    const fits = this.cf.CFStringGetCString(string, this.name, longestName, utf8);
    return fits ? textOfBytes(this.name) : '';
  }
}

function missing(library: string, message: string | null): NoEnergyModel {
  return message === null
    ? { found: false, reason: `This system has no ${library}.` }
    : { found: true, reason: `${library} cannot be used: ${message}.` };
}

function subscribe(
  io: NativeFunctions<typeof ioreportFunctions>,
  cf: NativeFunctions<typeof foundationFunctions>,
  made: (
    ...parts: [typeof io, typeof cf, subscription: bigint, wanted: bigint, listKey: bigint, last: bigint]
  ) => EnergyModel,
): EnergyModel | NoEnergyModel {
  const owned: bigint[] = [];
  const own = (value: unknown): Ref => {
    if (typeof value !== 'bigint') return null;
    owned.push(value);
    return value;
  };
  const release = (value: bigint) => {
    cf.CFRelease(value);
    owned.splice(owned.indexOf(value), 1);
  };
  const give = (reason: string, found: boolean): NoEnergyModel => {
    for (const value of [...owned]) release(value);
    return { found, reason };
  };
  const group = own(cf.CFStringCreateWithCString(null, cString('Energy Model'), utf8));
  const listKey = own(cf.CFStringCreateWithCString(null, cString('IOReportChannels'), utf8));
  if (group === null || listKey === null) return give('CoreFoundation makes no strings.', true);
  const all = own(io.IOReportCopyChannelsInGroup(group, null, 0, 0, 0));
  release(group);
  if (all === null) return give('This Mac has no energy counters of its chip (Apple silicon has).', false);
  const wanted = own(cf.CFDictionaryCreateMutableCopy(null, 0, all));
  release(all);
  if (wanted === null) return give('CoreFoundation copies no dictionary.', true);
  // The channels subscribed to come back here; whether they are owned is not documented, so they stay.
  const subscribed = new BigUint64Array(1);
  const subscription = own(io.IOReportCreateSubscription(null, wanted, subscribed, 0, null));
  if (subscription === null) return give('macOS refuses to report the energy of its chip.', true);
  const first = own(io.IOReportCreateSamples(subscription, wanted, null));
  if (first === null) return give('macOS gives no sample of the energy of its chip.', true);
  return made(io, cf, subscription, wanted, listKey, first);
}

import type { OpenMeter, ProbeEnv, ProbeResult, Reading, SensorInfo } from '../../src/shared/meter';

/** A clock that stands until it is moved; each look costs a microsecond, as a read does. */
export class VirtualClock {
  private ns = 1_000_000_000_000n;
  readonly now = (): bigint => {
    this.ns += 1000n;
    return this.ns;
  };
  advance(seconds: number): void {
    this.ns += BigInt(Math.round(seconds * 1e9));
  }
}

export function testEnv(changed: Partial<ProbeEnv> = {}): ProbeEnv {
  return {
    platform: 'linux',
    fsRoot: '/nowhere',
    libraryPaths: () => [],
    now: () => process.hrtime.bigint(),
    cpu: { model: 'Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz', logicalCores: 12, virtualized: false },
    userTdpW: null,
    ...changed,
  };
}

export function sensor(changed: Partial<SensorInfo> = {}): SensorInfo {
  return {
    id: 'test:sensor',
    provider: 'test',
    device: { key: 'cpu', name: 'Test', driver: null },
    domain: 'cpu.package',
    contains: [],
    kind: 'counter',
    provenance: 'measured',
    origin: 'hardware',
    delivery: 'read',
    joulePerCount: 1e-6,
    modulus: null,
    update: { seconds: 0.1, from: 'documented' },
    averagingS: 0.1,
    duty: 1,
    maxReadHz: 10,
    edgeAlign: false,
    gainRel1s: 0.05,
    offsetW1s: 0,
    maxPlausibleW: 1000,
    factor1s: null,
    notes: [],
    ...changed,
  };
}

/** A good reading at a second, in counts (bigint) or watts (number); null: a failed one. */
export function readingAt(tS: number, raw: bigint | number | null, tookMs = 0.002): Reading {
  const t0 = BigInt(Math.round(tS * 1e9));
  return {
    sensorId: 'test:sensor',
    t0,
    t1: t0 + BigInt(Math.round(tookMs * 1e6)),
    raw,
    sourceTimeNs: null,
    error: raw === null ? { code: 'EIO', fatal: false } : null,
  };
}

export function sensorsOf(result: ProbeResult): readonly SensorInfo[] {
  if (result.status !== 'ok') throw new Error(`No sensors: ${result.reason}`);
  return result.sensors;
}

/** Reads the only sensor asked for. */
export function readOne(meter: OpenMeter, id: string): Reading {
  return meter.read([id])[0]!;
}

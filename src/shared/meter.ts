import type { HttpGet, WallMeter } from './wallMeter';

/** The meter interface of the lab: every source of power or energy is one file in src/main/meters behind it. */

export const domains = [
  'gpu.board',
  'gpu.package',
  'gpu.memory',
  'module',
  'cpu.package',
  'cpu.cores',
  'cpu.uncore',
  'dram',
  'soc.cpu',
  'soc.gpu',
  'soc.ane',
  'soc.dram',
  'platform.psys',
  'system.dc',
  'battery.dc',
  'wall.ac',
] as const;
export type Domain = (typeof domains)[number];

export const provenances = ['measured', 'firmware-model', 'estimate'] as const;
export type Provenance = (typeof provenances)[number];

/** One sensor of one device. Static for the life of a plan. */
export interface SensorInfo {
  /** e.g. 'nvml:GPU-<uuid>:energy' */
  id: string;
  provider: string;
  device: { key: string; name: string; driver: string | null };
  domain: Domain;
  /** Domains whose energy is inside this one: never added to it. */
  contains: readonly Domain[];
  kind: 'counter' | 'gauge';
  provenance: Provenance;
  /** 'simulated' and 'replayed' meters are for tests and are labelled wherever they show. */
  origin: 'hardware' | 'model' | 'simulated' | 'replayed';
  delivery: 'read' | 'push';
  /** Counters: joules per count. Gauges: null (raw is watts). */
  joulePerCount: number | null;
  /** Counters: counts after which the counter wraps; null where it never does in practice. */
  modulus: bigint | null;
  /** τ, the update period. */
  update: { seconds: number; from: 'documented' | 'measured' | 'assumed' };
  averagingS: number;
  /** Share of the time the sensor sees; 0.25 for the part-time A100/H100 reading, else 1. */
  duty: number;
  maxReadHz: number;
  edgeAlign: boolean;
  /** Relative gain and offset (W) uncertainty, 1 sigma. */
  gainRel1s: number;
  offsetW1s: number;
  maxPlausibleW: number;
  /** Estimates: multiplicative factor of one sigma (1.6 for the CPU estimate); null for sensors. */
  factor1s: number | null;
  /** What went into it, for the record: calibration id, TDP and where it came from, scope … */
  notes: readonly string[];
  /** Correction by the user's comparison with a wall meter, applied to every energy; absent or null: none. */
  calibration?: Calibration | null;
}

/** What a comparison with a better meter says of a sensor: it shows gain · true + offset. */
export interface Calibration {
  id: string;
  gain: number;
  /** W. */
  offsetW: number;
  /** 1 sigma of both, in place of the defaults of the kind of sensor. */
  gainRel1s: number;
  offsetW1s: number;
  /** When it was measured, Unix ms, and against what. */
  atUnixMs: number;
  against: string;
}

/** One read. `raw` in counts (counter) or watts (gauge); null is never 0. */
export interface Reading {
  sensorId: string;
  /** hrtime ns just before and just after the call. */
  t0: bigint;
  t1: bigint;
  raw: bigint | number | null;
  sourceTimeNs: bigint | null;
  error: { code: string; fatal: boolean } | null;
}

/** State of the device at one moment; null where the platform does not tell. */
export interface Health {
  tempC: number | null;
  clockMHz: number | null;
  utilPct: number | null;
  powerLimitW: number | null;
  otherClients: number | null;
  throttle: readonly string[] | null;
  throttleNs: Readonly<Record<string, bigint>> | null;
  /** Power limit that the maker set, W; the enforced one may be lower. */
  defaultLimitW?: number | null;
  /** Largest share of the device's cores that another program's process used of late, 0 to 100. */
  otherSmPct?: number | null;
  /** Device memory in use by everyone, bytes. */
  memoryUsedBytes?: number | null;
}

export interface Remedy {
  text: string;
  /** A command the user may run; the lab never runs it. */
  command: string | null;
}

export type ProbeResult =
  | {
      status: 'ok';
      sensors: readonly SensorInfo[];
      /** Devices of this provider that gave no sensor while others did. */
      refused?: readonly { reason: string; remedy: Remedy | null }[];
    }
  | { status: 'absent' | 'denied' | 'broken'; reason: string; remedy: Remedy | null };

/** Everything a test replaces. */
export interface ProbeEnv {
  platform: NodeJS.Platform;
  /** '/' in the product, a recorded tree in tests. */
  fsRoot: string;
  /** Candidate paths or loader names of a native library, best first. */
  libraryPaths(name: string): readonly string[];
  now(): bigint;
  cpu: { model: string; logicalCores: number; virtualized: boolean };
  /** Rated CPU power typed by the user (W), for the estimate; null if not given. */
  userTdpW: number | null;
  /** Wall meters that the user added; absent: none. */
  wallMeters?: readonly WallMeter[];
  /** The user's calibrations, by sensor id; absent: none. */
  calibrations?: Readonly<Record<string, Calibration>>;
  /** Asks a server of the local network; the meters' own guarded one where absent. */
  httpGet?: HttpGet;
  /** Calls back once after so many ms, the result cancels it; a timer where absent. */
  after?(ms: number, callback: () => void): () => void;
}

export interface OpenMeter {
  /** Synchronous read of the 'read' sensors asked for (all if absent). Never throws: a failure is a Reading with an error. */
  read(ids?: readonly string[]): readonly Reading[];
  /** 'push' sensors: everything since the last call. */
  drain(): readonly Reading[];
  /** Static facts worth storing beside results (power limit, default limit, persistence …). */
  health(): Health;
  close(): void;
}

export interface MeterProvider {
  readonly id: string;
  /** What a person calls it: 'NVIDIA NVML', 'Linux RAPL (powercap)', 'CPU estimate'. */
  readonly title: string;
  readonly platforms: readonly NodeJS.Platform[];
  probe(env: ProbeEnv): Promise<ProbeResult>;
  open(sensorIds: readonly string[], env: ProbeEnv): Promise<OpenMeter>;
}

/** What `thirty-watts machine` shows for each provider. */
export interface MeterReport {
  provider: string;
  title: string;
  result: ProbeResult;
}

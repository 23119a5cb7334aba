/**
 * Fingerprint of hardware, OS and runtimes. No host name, no user name, no location, no serial number. Whatever changes
 * from minute to minute (charge, temperature, power mode) is kept with the run. Optional fields: absent in machines
 * that were stored by an older version; null where the system does not tell.
 */
export interface Machine {
  /** SHA-256 of the canonical JSON of everything but the id. */
  id: string;
  cpu: {
    model: string;
    logicalCores: number;
    physicalCores?: number | null;
    governor: string | null;
    /** Rated power of all processors, W: from the firmware or a table, not what a person typed in. */
    tdpW?: number | null;
    tdpFrom?: 'powercap' | 'table' | null;
  };
  memoryBytes: number;
  gpus: GpuFacts[];
  os: {
    platform: string;
    release: string;
    version: string;
    arch: string;
    /** Name and build of the system as its maker gives it: `Debian GNU/Linux 13 (trixie)`, `macOS 15.1 (24B83)`. */
    build?: string | null;
  };
  virtualized: boolean | null;
  powerSource: 'ac' | 'battery' | null;
  node: string;
  onnxruntime: string;
  app: {
    version: string;
    commit: string | null;
    /** SHA-256 over the built programs that measure, names and bytes. */
    buildSha256?: string | null;
  };
  /** Foreign NODE_OPTIONS, recorded because they change the measured system. */
  nodeOptions: string | null;
}

/** One graphics device as its meter describes it. */
export interface GpuFacts {
  name: string;
  driver: string | null;
  memoryBytes: number | null;
  uuid?: string | null;
  pciBusId?: string | null;
  architecture?: string | null;
  /** W: the limit that is enforced, and the one that its maker set. */
  powerLimitW?: number | null;
  defaultPowerLimitW?: number | null;
  persistence?: boolean | null;
  /** Split into instances (MIG): board power then belongs to several users. */
  mig?: boolean | null;
}

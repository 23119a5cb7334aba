/** Fingerprint of hardware, OS and runtimes. No host name, no user name, no location. */
export interface Machine {
  /** SHA-256 of the canonical JSON of everything but the id. */
  id: string;
  cpu: { model: string; logicalCores: number; governor: string | null };
  memoryBytes: number;
  gpus: { name: string; driver: string | null; memoryBytes: number | null }[];
  os: { platform: string; release: string; version: string; arch: string };
  virtualized: boolean | null;
  powerSource: 'ac' | 'battery' | null;
  node: string;
  onnxruntime: string;
  app: { version: string; commit: string | null };
  /** Foreign NODE_OPTIONS, recorded because they change the measured system. */
  nodeOptions: string | null;
}

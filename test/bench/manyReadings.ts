import { openLab } from '../../src/main/store/open';
import type { LabReader } from '../../src/main/store/reader';
import type { Reading, SensorInfo } from '../../src/shared/meter';
import { experiment, machine, model, queuedRun, sensor } from '../store/children/records';

const gauge = (id: string): SensorInfo => ({ ...sensor(id), kind: 'gauge', joulePerCount: null });
const meters = [
  gauge('nvml:GPU-8f2b6d1c-1a2b-4c3d-9e8f-001122334455:power'),
  gauge('hwmon:hwmon3:power1'),
  sensor('rapl:0:package'),
  sensor('rapl:0:dram'),
];
const stepNs = 100_000_000n;
const stretches = 32;
/** Long past 2^53, as of a machine that ran for months. */
const bootNs = 9_007_199_254_740_993n;

/**
 * A lab with reads of four sensors as runs store them: of each sensor and stretch one batch of two at its edges, and one
 * of the slow series between, at 10 Hz.
 * @param traceReads of one sensor in one stretch: 300 in 30 s, 50 in the window of a quick run
 */
export function openManyReadings(
  folder: string,
  { atLeast, traceReads }: { atLeast: number; traceReads: number },
): { reader: LabReader; runIds: string[]; rows: number; close(): void } {
  const store = openLab(folder);
  const { reader, writer } = store;
  writer.putModel(model());
  writer.putMachine(machine());
  const plan = experiment(2);
  const perRun = stretches * meters.length * (traceReads + 2);
  const runs = Array.from({ length: Math.ceil(atLeast / perRun) }, (_, i) => queuedRun(plan.id, i));
  writer.createExperiment(plan, runs);
  for (const [r, { id }] of runs.entries()) {
    writer.startRun(id, 1);
    writer.putSensors(id, meters);
    writer.appendEvent(id, bootNs, 'launch', 'runner started');
    for (let s = 0; s < stretches; s++) {
      const fromNs = bootNs + stepNs * BigInt(traceReads * (r * stretches + s));
      const stretchNs = stepNs * BigInt(traceReads);
      for (const [role, times] of [
        ['edge', [fromNs, fromNs + stretchNs]],
        ['trace', Array.from({ length: traceReads }, (_, i) => fromNs + stepNs * BigInt(i))],
      ] as const) {
        const reads = meters.flatMap((info) => times.map((at, i) => read(info, at, i)));
        writer.appendReadings(id, role, reads, `window:${s}`);
      }
    }
  }
  return {
    reader,
    runIds: runs.map((run) => run.id),
    rows: runs.length * perRun,
    close: () => store.close(),
  };
}

/** Of a gauge one read in fifty fails. */
function read({ id, kind }: SensorInfo, atNs: bigint, i: number): Reading {
  const noise = Math.imul(Number(atNs & 0xffff_ffffn) + id.length, 2654435761) >>> 12;
  const t0 = atNs + BigInt(noise);
  const failed = kind === 'gauge' && i % 50 === 49;
  return {
    sensorId: id,
    t0,
    t1: t0 + 30_000n + BigInt(noise % 9000),
    raw: failed ? null : kind === 'gauge' ? (60_000 + (noise % 40_000)) / 1000 : (t0 - bootNs) / 15_000n,
    sourceTimeNs: id.startsWith('nvml') && !failed ? t0 - 3_000_000n : null,
    error: failed ? { code: 'NVML_ERROR_TIMEOUT', fatal: false } : null,
  };
}

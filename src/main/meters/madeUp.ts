import { z } from 'zod';
import { domains, provenances, type SensorInfo } from '../../shared/meter';

/** What a made-up sensor claims to be. Times in s, powers in W. */
const sensorSchema = z.strictObject({
  id: z.string().default('power'),
  domain: z.enum(domains).default('cpu.package'),
  contains: z.array(z.enum(domains)).default([]),
  kind: z.enum(['counter', 'gauge']).default('counter'),
  provenance: z.enum(provenances).default('measured'),
  tauS: z.number().positive().default(0.1),
  /** null: one update period. */
  averagingS: z.number().nonnegative().nullable().default(null),
  duty: z.number().positive().max(1).default(1),
  joulePerCount: z.number().positive().default(0.001),
  /** Counts after which the counter wraps, as decimal digits. */
  modulus: z.string().regex(/^\d+$/).nullable().default(null),
  maxReadHz: z.number().positive().default(10),
  gainRel1s: z.number().nonnegative().default(0.05),
  offsetW1s: z.number().nonnegative().default(0),
  maxPlausibleW: z.number().positive().default(2000),
});
export type SensorSpec = z.infer<typeof sensorSchema>;

export const simulatedSchema = sensorSchema.extend({
  /** True power as steps: from this second on (after opening), so many watts. The first step also holds before. */
  curve: z.array(z.tuple([z.number().nonnegative(), z.number().nonnegative()])).min(1),
  /** The curve starts over after so many seconds; null: its last step holds. */
  periodS: z.number().positive().nullable().default(null),
  /** Errors of the sensor: it shows gain · true + offset, plus noise of this sd per update. */
  gain: z.number().positive().default(1),
  offsetW: z.number().default(0),
  noiseW: z.number().nonnegative().default(0),
  seed: z.number().int().default(1),
  /** Faults, each from this second on; null: never. */
  frozenFromS: z.number().nullable().default(null),
  failsFromS: z.number().nullable().default(null),
  lostFromS: z.number().nullable().default(null),
  resetsAtS: z.number().nullable().default(null),
});
export type SimulatedSpec = z.infer<typeof simulatedSchema>;

export const replaySchema = sensorSchema.extend({
  /** Time after opening, s, and what the sensor then showed: counts as digits, watts as numbers, null for a failed read. */
  series: z
    .array(z.tuple([z.number().nonnegative(), z.union([z.string().regex(/^\d+$/), z.number(), z.null()])]))
    .min(1),
});
export type ReplaySpec = z.infer<typeof replaySchema>;

/** The description of a made-up sensor; its origin says that it is one. */
export function madeUpSensor(
  provider: string,
  origin: 'simulated' | 'replayed',
  spec: SensorSpec,
): SensorInfo {
  const counter = spec.kind === 'counter';
  return {
    id: `${provider}:${spec.id}`,
    provider,
    device: { key: spec.id, name: `${origin} ${spec.domain}`, driver: null },
    domain: spec.domain,
    contains: spec.contains,
    kind: spec.kind,
    provenance: spec.provenance,
    origin,
    delivery: 'read',
    joulePerCount: counter ? spec.joulePerCount : null,
    modulus: counter && spec.modulus !== null ? BigInt(spec.modulus) : null,
    update: { seconds: spec.tauS, from: 'assumed' },
    averagingS: spec.averagingS ?? spec.tauS,
    duty: spec.duty,
    maxReadHz: spec.maxReadHz,
    edgeAlign: false,
    gainRel1s: spec.gainRel1s,
    offsetW1s: spec.offsetW1s,
    maxPlausibleW: spec.maxPlausibleW,
    factor1s: spec.provenance === 'estimate' ? 1.6 : null,
    notes: [`${origin} meter for tests`],
  };
}

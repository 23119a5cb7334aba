import { z } from 'zod';
import {
  type ClaimOutcome,
  type ClaimVersion,
  claimOptionsSchema,
  claimVerdicts,
  ownTestSchema,
  predictionSchema,
} from '../../../shared/claim';
import { panelKinds } from '../../../shared/figures/panels/kinds';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import type { StoredClaimExperiment, StoredClaimRun, StoredStep } from '../../store/claims';
import { count, hash, id, maybe, number, plainInterval, text, unixMs } from './shapeParts';

/** The same of claims: see shapes.ts. */

const claim = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'no name of a claim');

export const claimVersionShape: z.ZodType<ClaimVersion> = z.object({
  id: hash,
  claim,
  version: z.int().min(1),
  title: text,
  statement: text,
  source: text,
  reading: text,
  protocol: z.array(text),
  sceptic: z.array(text),
  prediction: predictionSchema,
  test: maybe(ownTestSchema),
  createdUnixMs: unixMs,
});

const pair = z.tuple([number, number]);
const scale = z.enum(['linear', 'log', 'log2']);
const axis = z.object({
  title: text,
  scale,
  domain: maybe(pair),
  fromZero: z.boolean(),
  ticks: maybe(z.array(z.tuple([number, text]))).optional(),
});

const figure: z.ZodType<PanelFigure> = z.object({
  schema: z.literal('thirtywatts.panels/1'),
  kind: z.enum(panelKinds),
  id: text,
  title: text,
  caption: text,
  panels: z.array(
    z.object({
      key: text,
      title: text,
      x: axis,
      y: axis,
      series: z.array(
        z.object({
          key: text,
          name: text,
          points: z.array(
            z.object({
              x: number,
              y: number,
              xLow: maybe(number),
              xHigh: maybe(number),
              yLow: maybe(number),
              yHigh: maybe(number),
              n: maybe(number),
              label: maybe(text),
            }),
          ),
          line: z.enum(['none', 'solid', 'step', 'dashed', 'dotted']),
          marks: z.boolean(),
          band: maybe(z.array(z.tuple([number, number, number]))),
          estimated: z.boolean(),
          extrapolated: z.boolean(),
          like: maybe(text).optional(),
        }),
      ),
      guides: z.array(
        z.discriminatedUnion('kind', [
          z.object({
            kind: z.enum(['horizontal', 'vertical']),
            at: number,
            label: text,
            low: maybe(number).optional(),
            high: maybe(number).optional(),
          }),
          z.object({ kind: z.literal('slope'), slope: number, through: pair, label: text }),
          z.object({ kind: z.literal('triangle'), slope: number, label: text }),
          z.object({ kind: z.literal('curve'), points: z.array(pair), label: text }),
          z.object({ kind: z.literal('front'), points: z.array(pair), label: text }),
        ]),
      ),
      references: z.array(z.object({ name: text, x: plainInterval, y: plainInterval, source: text })),
      empty: maybe(text).optional(),
    }),
  ),
  badge: maybe(text),
});

const outcome: z.ZodType<ClaimOutcome> = z.object({
  verdict: z.enum(claimVerdicts),
  sentence: text,
  boundary: maybe(text),
  parts: z.array(
    z.object({
      key: text,
      title: text,
      verdict: z.enum(claimVerdicts),
      sentence: text,
      boundary: maybe(text),
      findings: z.array(
        z.object({
          condition: text,
          criterion: text,
          value: maybe(plainInterval),
          missing: maybe(text),
          n: maybe(count),
          state: z.enum(['holds', 'fails', 'undecided', 'missing']),
          shownOnly: z.boolean(),
        }),
      ),
    }),
  ),
  tables: z.array(
    z.object({
      key: text,
      title: text,
      columns: z.array(z.object({ key: text, title: text, unit: text })),
      rows: z.array(z.array(z.union([number, text, z.boolean(), plainInterval, z.null()]))),
      note: maybe(text),
    }),
  ),
  figures: z.array(figure),
  published: z.array(
    z.object({ what: text, theirs: text, ours: maybe(text), source: text, note: maybe(text) }),
  ),
  notes: z.array(text),
});

export const claimRunShape: z.ZodType<StoredClaimRun> = z.object({
  id,
  versionId: hash,
  claim,
  options: claimOptionsSchema,
  status: z.enum(['completed', 'cancelled', 'failed']),
  startedUnixMs: unixMs,
  endedUnixMs: maybe(unixMs),
  machineId: hash,
  outcome: maybe(outcome),
  failure: maybe(z.object({ message: text, remedy: maybe(text) })),
});

const stepKey = z.string().min(1).max(500);

export const claimStepShape: z.ZodType<StoredStep> = z.object({
  claimRunId: id,
  key: stepKey,
  seconds: number,
  value: z.unknown(),
});

export const claimExperimentShape: z.ZodType<StoredClaimExperiment> = z.object({
  claimRunId: id,
  key: stepKey,
  experimentId: id,
});

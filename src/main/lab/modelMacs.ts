import type { Macs, Model } from '../../shared/model';
import type { RunRecord } from '../../shared/run';
import type { OnnxModel } from '../models/graph';
import { type InputSpec, knownValues } from '../models/inputs';
import { countMacs } from '../models/macs';
import { storedExternals } from '../models/stored';

/** Counts that are kept: a comparison prepares the same condition once per block. */
const keep = 32;
const counted = new Map<string, Macs>();

/**
 * Multiply-accumulates of a model in the lab at concrete inputs. Counting zeros reads every weight, some seconds for a
 * gigabyte, and a model's id is the hash of its bytes: so what was counted is kept.
 * @param folder of the model, where its external data lies
 */
export function modelMacs(folder: string, model: Model, graph: OnnxModel, specs: readonly InputSpec[]): Macs {
  const shapes = Object.fromEntries(specs.map((s) => [s.name, s.shape]));
  const values = knownValues(specs);
  const key = JSON.stringify([model.id, shapes, values]);
  const there = counted.get(key);
  if (there !== undefined) return there;
  const macs = countMacs(graph, shapes, values, storedExternals(folder));
  // A file beside the model that could not be read may be readable the next time.
  if (model.externalData.length > 0 && macs.effective === null) return macs;
  const [oldest] = counted.keys();
  if (counted.size >= keep && oldest !== undefined) counted.delete(oldest);
  counted.set(key, macs);
  return macs;
}

/** What a run keeps of a count. Pure. */
export function macsOfRun({
  macs,
  missingReason,
  effective,
  effectiveMissingReason,
}: Macs): NonNullable<RunRecord['macs']> {
  return { macs, missingReason, effective, effectiveMissingReason };
}

import { provenanceOf } from '../../src/main/lab/provenance';
import type { Model } from '../../src/shared/model';
import { planSchema } from '../../src/shared/plan';
import type { RunProvenance } from '../../src/shared/provenance';
import type { RunRecord } from '../../src/shared/run';
import { fakeMachine, hex } from './fakeRecords';

/** The product's own function over an invented run without stored readings. */
export function fakeProvenance(run: RunRecord, model: Model): RunProvenance {
  const plan = planSchema.parse({ schema: 'thirtywatts.plan/1', name: 'invented', models: [model.name] });
  return provenanceOf({
    run,
    model,
    machine: fakeMachine(),
    plan,
    planSha256: hex('plan'),
    sensors: run.energy.flatMap((e) => (e.sensor ? [e.sensor] : [])),
    windows: [],
    states: [],
    events: [],
    hashes: { record: hex(run.id), windows: [], readings: [] },
    sample: false,
  });
}

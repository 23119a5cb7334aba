import { expect, it } from 'vitest';
import { experimentReport } from '../../../src/main/lab/report/report';
import { sha256OfValue } from '../../../src/main/store/canonical';
import { openLab } from '../../../src/main/store/open';
import { conditionSha256 } from '../../../src/main/store/records';
import { planSchema } from '../../../src/shared/plan';
import { uuid } from '../../store/children/records';
import { bornUnixMs, fakeMachine, fakeModel, fakeRun } from '../../support/fakeRecords';
import { temporaryFolder } from '../../support/lab';
import { sectionOf, tablesOf } from './markup';

it('tells a thousand runs, every one of them, in less than 3 MB', async () => {
  const store = openLab(temporaryFolder());
  const { writer, reader } = store;
  const id = uuid(7);
  const models = Array.from({ length: 100 }, (_, i) => fakeModel(`mlp-${i}`, 1000 * (i + 1)));
  writer.putMachine(fakeMachine());
  for (const model of models) writer.putModel(model);
  const runs = Array.from({ length: 1000 }, (_, i) => {
    const p50S = 1e-5 * (i + 1);
    const run = fakeRun({
      experiment: id,
      ordinal: i,
      model: models[i % 100]!,
      condition: { batch: 2 ** Math.floor(i / 200), seed: i % 200 },
      p50S,
      grossJ: i % 3 === 0 ? null : p50S * 20,
    });
    return { ...run, conditionSha256: conditionSha256(run.condition) };
  });
  const plan = planSchema.parse({
    schema: 'thirtywatts.plan/1',
    name: 'large',
    models: models.map((m) => m.id),
  });
  const queued = runs.map((run) => ({
    ...run,
    status: 'queued' as const,
    startedUnixMs: null,
    endedUnixMs: null,
    outcome: null,
    facts: null,
    latency: null,
    energy: [],
  }));
  writer.together(() => {
    writer.createExperiment(
      {
        id,
        createdUnixMs: bornUnixMs,
        plan,
        planSha256: sha256OfValue(plan),
        status: 'queued',
        endedUnixMs: null,
      },
      queued,
    );
    for (const run of runs) {
      writer.startRun(run.id, run.startedUnixMs!);
      writer.finishRun(run);
    }
  });
  const { html } = await experimentReport(reader, id);
  store.close();
  expect(Buffer.byteLength(html)).toBeLessThan(3e6);
  const [table] = tablesOf(sectionOf(html, 'results'));
  expect(table!.rows).toHaveLength(1000);
  expect(tablesOf(sectionOf(html, 'cite'))[0]!.rows).toHaveLength(1000);
});

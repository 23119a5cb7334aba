import type { ElsewhereRun } from '../../../shared/claim';
import type { Machine } from '../../../shared/machine';
import type { ForeignClaim } from '../../store/bundles';
import { sha256OfValue } from '../../store/canonical';
import type { LabReader } from '../../store/reader';

/** What other labs found of a claim, newest first: with the evidence that came with it. */
export function elsewhereOf(reader: LabReader, claim: string): ElsewhereRun[] {
  const all = reader.foreignClaims();
  const runs = of(all, 'claim_run').filter(({ value }) => value.claim === claim);
  if (runs.length === 0) return [];
  const versions = new Map(of(all, 'claim_version').map((v) => [`${v.lab} ${v.key}`, v.value]));
  const machines = new Map(reader.listMachines().map((machine) => [machine.id, machine]));
  const there = new Set(reader.listExperiments().map(({ id }) => id));
  return runs
    .map(({ lab, value: { machineId, ...run } }): ElsewhereRun => {
      const own = ({ lab: from, value }: { lab: string; value: { claimRunId: string } }) =>
        from === lab && value.claimRunId === run.id;
      const machine = machines.get(machineId);
      return {
        lab,
        machine: machine ? machineWords(machine) : null,
        run: {
          ...run,
          version: versions.get(`${lab} ${run.versionId}`)?.version ?? 0,
          steps: of(all, 'claim_step')
            .filter(own)
            .map(({ value }) => ({ key: value.key, sha256: sha256OfValue(value), seconds: value.seconds })),
          runs: of(all, 'claim_experiment')
            .filter((each) => own(each) && there.has(each.value.experimentId))
            .flatMap(({ value }) => [...reader.newestRuns(value.experimentId).values()])
            .filter(({ status }) => status === 'completed' || status === 'failed')
            .map(({ id }) => ({ id, sha256: reader.recordHashOf(id) })),
        },
      };
    })
    .toSorted((a, b) => endOf(b) - endOf(a));
}

/** How many runs of each claim other labs completed; a claim without one is not in it. */
export function verdictsElsewhere(reader: Pick<LabReader, 'foreignClaims'>): ReadonlyMap<string, number> {
  const completed = of(reader.foreignClaims(), 'claim_run').filter(
    ({ value }) => value.status === 'completed',
  );
  return new Map(
    [...Map.groupBy(completed, ({ value }) => value.claim)].map(([claim, all]) => [claim, all.length]),
  );
}

const endOf = ({ run }: ElsewhereRun) => run.endedUnixMs ?? run.startedUnixMs;

const of = <K extends ForeignClaim['kind']>(all: readonly ForeignClaim[], kind: K) =>
  all.filter((claim): claim is Extract<ForeignClaim, { kind: K }> => claim.kind === kind);

/** `Example 9000, 8 threads; Example RTX`. */
function machineWords({ cpu, gpus }: Machine): string {
  const threads = `${cpu.logicalCores} ${cpu.logicalCores === 1 ? 'thread' : 'threads'}`;
  return [`${cpu.model}, ${threads}`, ...gpus.map(({ name }) => name)].join('; ');
}

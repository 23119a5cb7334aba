import type { ReactNode } from 'react';
import type { RunDetail } from '../../../shared/contract';
import { headlineEnergy, type RunFacts } from '../../../shared/run';
import { formatBytes, formatCount, formatSi } from '../../../shared/units';
import { CopyButton } from '../../parts/CopyButton';
import { Moment } from '../../parts/dates';
import { Facts } from '../../parts/Facts';
import { go, hashOfView } from '../../state/view';
import { budgetOf, fillText } from './words';

const dash = <span className="tw-muted">–</span>;
const time = (ns: number | null | undefined) => (ns == null ? dash : formatSi(ns / 1e9, 's'));
const bytes = (n: number | null | undefined) => (n == null ? dash : formatBytes(n));

const id = (text: string | null, label: string): ReactNode =>
  text === null ? (
    dash
  ) : (
    <span className="tw-id">
      <code className="tw-mono" title={text}>
        {text.length > 20 ? `${text.slice(0, 20)}…` : text}
      </code>
      <CopyButton text={text} label={`Copy ${label}`} />
    </span>
  );

/** What the runner reported beside its samples. */
export function FactsCard({ detail: { run } }: { detail: RunDetail }) {
  const { facts } = run;
  return (
    <section className="tw-card" aria-label="Facts">
      <h2>Facts</h2>
      {facts === null ? (
        <p className="tw-muted tw-flush">The runner reported nothing.</p>
      ) : (
        <Facts
          facts={[
            ['Session create', time(facts.sessionCreateNs)],
            ['First inference', time(facts.firstInferenceNs)],
            ['Warm-up', warmupText(facts)],
            ['Memory, peak', bytes(facts.peakRssBytes)],
            ['Memory before the model', bytes(facts.baseRssBytes)],
            ['Stopped', stopText(facts)],
            [
              'Inputs',
              <Ports key="in" ports={facts.inputs.map((p) => ({ ...p, more: fillText(p.fill) }))} />,
            ],
            [
              'Outputs',
              <Ports
                key="out"
                ports={(facts.outputs ?? []).map((p) => ({
                  ...p,
                  more:
                    p.nonFinite === null
                      ? 'not checked'
                      : p.nonFinite === 0
                        ? 'all finite'
                        : `${p.nonFinite} not finite`,
                }))}
              />,
            ],
            [
              'Assumed',
              facts.assumed.length === 0
                ? 'nothing: every size and value was given'
                : facts.assumed.join('; '),
            ],
            ['Output hash (SHA-256)', id(facts.outputSha256, 'the output hash')],
            ['ONNX Runtime', facts.ortVersion],
            ['Node', facts.nodeVersion],
          ]}
        />
      )}
    </section>
  );
}

function warmupText(facts: RunFacts): string {
  if (facts.warmupNs === null) return 'none';
  const settled = facts.warmupSettled === null ? '' : facts.warmupSettled ? ', settled' : ', had not settled';
  const n = facts.warmupInferences === null ? '' : `, ${formatCount(facts.warmupInferences)} inferences`;
  return `${formatSi(facts.warmupNs / 1e9, 's')}${n}${settled}`;
}

const stopText = ({ stopReason }: RunFacts) =>
  stopReason === null
    ? dash
    : {
        fixed: 'after the fixed number of windows',
        target: 'as soon as the interval was as narrow as the preset aims for',
        windows_max: 'at the most windows that the preset allows',
      }[stopReason];

function Ports({ ports }: { ports: { name: string; elemType: string; shape: number[]; more: string }[] }) {
  if (ports.length === 0) return dash;
  return (
    <>
      {ports.map(({ name, elemType, shape, more }) => (
        <div key={name}>
          <span className="tw-mono">{name}</span> {elemType} [{shape.join(', ')}], {more}
        </div>
      ))}
    </>
  );
}

/** Which execution provider computes which nodes. */
export function AssignmentCard({ detail: { run } }: { detail: RunDetail }) {
  const assignment = run.facts?.assignment ?? null;
  return (
    <section className="tw-card" aria-label="Execution providers">
      <h2>Nodes by execution provider</h2>
      {assignment === null ? (
        <p className="tw-muted tw-flush">ONNX Runtime did not tell which provider computes which node.</p>
      ) : (
        <Facts
          facts={assignment.map(({ provider, nodes, operators }) => [
            provider,
            `${nodes} ${nodes === 1 ? 'node' : 'nodes'}: ${operators.join(', ')}`,
          ])}
        />
      )}
    </section>
  );
}

/** What the energy's uncertainty is made of. */
export function BudgetCard({ detail: { run } }: { detail: RunDetail }) {
  const energy = headlineEnergy(run);
  const parts = (['gross', 'net'] as const).flatMap((which) => {
    const rows = energy && budgetOf(energy, which);
    return rows ? [{ which, rows }] : [];
  });
  if (!energy || parts.length === 0) return null;
  return (
    <section className="tw-card" aria-label="Uncertainty of the energy">
      <h2>Uncertainty of the energy</h2>
      <table className="tw-small-table">
        <thead>
          <tr>
            <th scope="col" className="tw-left">
              Standard uncertainty per inference
            </th>
            {parts.map(({ which }) => (
              <th scope="col" key={which}>
                {which}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts[0].rows.map(({ name }, i) => (
            <tr key={name} className={name === 'Combined' ? 'tw-total' : undefined}>
              <th scope="row" className="tw-left">
                {name}
              </th>
              {parts.map(({ which, rows }) => (
                <td key={which}>{rows[i].uJ === null ? dash : formatSi(rows[i].uJ, 'J')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="tw-muted tw-flush">A dash: does not apply to this meter. Method: {energy.method}.</p>
    </section>
  );
}

/** Where the numbers come from: ids and hashes to cite. */
export function ProvenanceCard({ detail: { run, model, machine } }: { detail: RunDetail }) {
  const { condition } = run;
  return (
    <section className="tw-card" aria-label="Provenance">
      <h2>Provenance</h2>
      <Facts
        facts={[
          ['Run', id(run.id, 'the id of the run')],
          ['Experiment', id(run.experimentId, 'the id of the experiment')],
          ['Condition (SHA-256)', id(run.conditionSha256, 'the hash of the condition')],
          [
            'Model (SHA-256)',
            <span key="model" className="tw-id">
              <a
                href={hashOfView({ page: 'models', model: model.id })}
                onClick={(event) => {
                  event.preventDefault();
                  go({ page: 'models', model: model.id });
                }}
              >
                {model.name}
              </a>
              {id(model.id, 'the hash of the model')}
            </span>,
          ],
          ['Machine', id(machine.id, 'the id of the machine')],
          ['Processor', `${machine.cpu.model}, ${machine.cpu.logicalCores} logical cores`],
          ['Graphics', machine.gpus.map((g) => g.name).join(', ') || 'none'],
          ['System', `${machine.os.platform} ${machine.os.arch} ${machine.os.release}`],
          ['Queued', <Moment key="queued" unixMs={run.queuedUnixMs} />],
          [
            'Started',
            run.startedUnixMs === null ? dash : <Moment key="started" unixMs={run.startedUnixMs} />,
          ],
          ['Ended', run.endedUnixMs === null ? dash : <Moment key="ended" unixMs={run.endedUnixMs} />],
          ['Page while measuring', run.uiMode ?? 'not recorded'],
          ['Seed', String(condition.seed)],
          ['Graph optimisation', condition.graphOptimization],
          ['Fallback allowed', condition.fallback],
          ['Latency method', run.latency?.method ?? dash],
        ]}
      />
    </section>
  );
}

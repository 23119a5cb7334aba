import type { ReactElement } from 'react';
import { headlineEnergy } from '../../../../shared/run';
import { formatQuantity } from '../../../../shared/units';
import { resultsOf } from '../codes';
import type { ReportData, ReportRun } from '../gather';
import { endingOf, energyShown, latencyShown, powerShown, type Shown } from '../words';
import { Scroll, Value, VerdictOf } from './basics';
import { ComparisonTable } from './comparison';

const heads = [
  'Parameters',
  'Provider',
  'Batch',
  'Threads',
  'Median latency',
  'p95 latency',
  'Gross energy per inference',
  'Net energy per inference',
  'Mean power',
  'Verdict',
] as const;
/** Cells from the latency to the power. */
const values = 5;

export function ResultsSection({ data }: { data: ReportData }): ReactElement {
  const of = (role: ReportRun['run']['role']) => data.runs.filter((r) => r.run.role === role);
  const control = of('control');
  const overhead = of('overhead');
  return (
    <section aria-labelledby="results">
      <h2 id="results">Results</h2>
      <RunTable
        caption="Every run, in the order of the plan. In brackets: 95 % interval. ≈: an estimate, not a measurement."
        runs={of('measure')}
        blocks={data.plan.blocks > 1}
      />
      <p className="small muted">
        Latency: time of one inference (one call with its whole batch); its interval by order statistics on
        the effective sample. Gross energy: of everything that the meter sees, over the windows; its interval
        holds the spread of the windows and the gain and offset of the sensor. Net: less the power of the idle
        machine with the model loaded. The value of an invalid result is not shown.
      </p>
      {data.comparison !== null && <ComparisonTable comparison={data.comparison} />}
      {control.length > 0 && (
        <>
          <h3>Control</h3>
          <RunTable
            caption="One small model measured twice: what differs between its runs, the machine did."
            runs={control}
            blocks={data.plan.blocks > 1}
          />
        </>
      )}
      {overhead.length > 0 && (
        <>
          <h3>Cost of a call</h3>
          <RunTable
            caption="A model that does nothing, on the same provider and engine: contained in every latency above, never subtracted."
            runs={overhead}
            blocks={false}
          />
        </>
      )}
    </section>
  );
}

function RunTable({
  caption,
  runs,
  blocks,
}: {
  caption: string;
  runs: readonly ReportRun[];
  blocks: boolean;
}) {
  return (
    <Scroll label={caption}>
      <table className="wide">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col" className="n">
              Run
            </th>
            <th scope="col">Model</th>
            {blocks && (
              <th scope="col" className="n">
                Block
              </th>
            )}
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                className={head === 'Provider' || head === 'Verdict' ? undefined : 'n'}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {runs.map((one) => (
            <RunLine key={one.run.id} of={one} block={blocks} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function RunLine({ of, block }: { of: ReportRun; block: boolean }): ReactElement {
  const { run, row } = of;
  const ending = endingOf(run);
  return (
    <tr>
      <td className="n">{run.ordinal + 1}</td>
      <th scope="row" className="name">
        {row.modelName}
        {of.replaced && <span className="why"> (measured again later)</span>}
      </th>
      {block && <td className="n">{row.block + 1}</td>}
      <td className="n">
        {row.parameters === null ? <span className="why">not counted</span> : formatQuantity(row.parameters)}
      </td>
      <td>
        {row.provider}
        {row.engine === 'package' ? ', session.run' : ''}
      </td>
      <td className="n">{row.batch}</td>
      <td className="n">{row.threads}</td>
      {ending === null ? <Values of={of} /> : <td colSpan={values}>{ending}</td>}
      <td className="verdict">
        {resultsOf(run).map(({ name, verdict, codes }) => (
          <VerdictOf key={name} name={name} verdict={verdict} codes={codes} />
        ))}
      </td>
    </tr>
  );
}

/** Where energy, net energy and power are missing for one and the same reason, it is said once. */
function Values({ of: { run } }: { of: ReportRun }): ReactElement {
  const headline = headlineEnergy(run);
  const energy = [energyShown(headline, 'gross'), energyShown(headline, 'net'), powerShown(headline)];
  const cells: [Shown, number][] = same(energy) ? [[energy[0]!, 3]] : energy.map((shown) => [shown, 1]);
  return (
    <>
      {(['p50S', 'p95S'] as const).map((which) => (
        <td key={which} className="n">
          <Value of={latencyShown(run.latency, which)} />
        </td>
      ))}
      {cells.map(([shown, span], i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the columns are those of the head
        <td key={i} className="n" colSpan={span === 1 ? undefined : span}>
          <Value of={shown} />
        </td>
      ))}
    </>
  );
}

function same(shown: readonly Shown[]): boolean {
  const [first] = shown;
  return (
    first?.kind === 'missing' &&
    shown.every((s) => s.kind === 'missing' && s.code === first.code && s.word === first.word)
  );
}

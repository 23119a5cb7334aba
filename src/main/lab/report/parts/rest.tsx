import type { ReactElement } from 'react';
import { labWord } from '../../../../shared/bundle';
import { reasons, resultSentence } from '../../../../shared/reasons';
import { verdicts } from '../../../../shared/run';
import { counted, formatBytes, formatCount } from '../../../../shared/units';
import { utcTime } from '../../../../shared/utc';
import { appVersion } from '../../machine';
import { usedCodes } from '../codes';
import type { ReportFigure } from '../figures';
import type { ReportData } from '../gather';
import { levelWords, verdictMeanings, verdictWords } from '../words';
import { Scroll, Table } from './basics';

export function FiguresSection({ figures }: { figures: readonly ReportFigure[] }): ReactElement {
  return (
    <section aria-labelledby="figures">
      <h2 id="figures">Figures</h2>
      {figures.length === 0 && <p>No result has a value that could be drawn.</p>}
      {figures.map(({ id, about, drawing, refusal, ofClaim }, i) => (
        <figure key={id} className={ofClaim ? 'panels' : undefined}>
          <figcaption>
            <b>Figure {i + 1}.</b> {about}
          </figcaption>
          {drawing === null ? (
            <p className="why">Not drawn: {refusal}</p>
          ) : (
            <Scroll label={`Figure ${i + 1}`}>{drawing}</Scroll>
          )}
        </figure>
      ))}
    </section>
  );
}

export function CodesSection({ data }: { data: ReportData }): ReactElement {
  const codes = usedCodes(data);
  return (
    <section aria-labelledby="verdicts">
      <h2 id="verdicts">Verdicts and reason codes</h2>
      <Table
        caption="What a verdict says of a result"
        columns={[{ title: 'Verdict' }, { title: 'Meaning' }]}
        rows={verdicts.map((v) => ({
          key: v,
          cells: [
            <span key={v} className={v}>
              {verdictWords[v]}
            </span>,
            verdictMeanings[v],
          ],
        }))}
      />
      {codes.length > 0 && (
        <Scroll label="Reason codes of this report">
          <table className="columns">
            <caption>Reason codes of this report; the list they are from is closed</caption>
            <thead>
              <tr>
                <th scope="col">Code</th>
                <th scope="col">What it does</th>
                <th scope="col">What it says</th>
                <th scope="col" className="n">
                  Runs
                </th>
              </tr>
            </thead>
            <tbody>
              {codes.map(({ code, runs, compared }) => (
                <tr key={code} id={`code-${code}`}>
                  <th scope="row" className="mono">
                    {code}
                  </th>
                  <td>{levelWords[reasons[code].level]}</td>
                  <td>{resultSentence(code)}</td>
                  <td className="n">{runs > 0 ? formatCount(runs) : compared ? 'comparison' : ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

export function LimitsSection({ limits }: { limits: readonly string[] }): ReactElement {
  return (
    <section aria-labelledby="limits">
      <h2 id="limits">Limits</h2>
      <ul>
        {limits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </section>
  );
}

export function CiteSection({ data, dates }: { data: ReportData; dates: string }): ReactElement {
  const { id, name, planSha256, runs, machines, lab } = data;
  const models = [...new Map(runs.map((r) => [r.model.id, r.model])).values()];
  const programs = [
    ...new Set(
      machines.map((m) => `${m.app.version}${m.app.commit === null ? '' : `, commit ${m.app.commit}`}`),
    ),
  ];
  const processors = [...new Set(machines.map((m) => m.cpu.model))];
  return (
    <section aria-labelledby="cite" className="small-print">
      <h2 id="cite">To cite and to check</h2>
      <p>
        “{name}”, measured {dates} with Thirty Watts {programs.join('; ')} on {processors.join('; ')}
        {lab === null ? '' : ` in ${labWord(lab)}`}. Experiment <span className="mono">{id}</span>, SHA-256 of
        its plan <span className="mono">{planSha256}</span>.
      </p>
      <p>
        Method: docs/method.md in the source of Thirty Watts; sections 1 (protocol), 2 (latency), 3 (energy),
        4 (verdicts and codes), 5 (curves) and 6 (counts). The command “thirty-watts verify” recomputes every
        sum of the lab, “thirty-watts runs show” with the id of a run and --provenance shows everything that
        was recorded of it, and a bundle of this experiment (“thirty-watts export”) holds the raw data. The
        SHA-256 of a run below is that of its record there.
      </p>
      <Table
        caption={`Records: ${counted(runs.length, 'run')}`}
        columns={[
          { title: 'Run', number: true },
          { title: 'Started (UTC)' },
          { title: 'Id', long: 'sum' },
          { title: 'SHA-256 of its record', long: 'sum' },
        ]}
        rows={runs.map(({ run, sha256 }) => ({
          key: run.id,
          cells: [
            run.ordinal + 1,
            run.startedUnixMs === null ? 'not started' : utcTime(run.startedUnixMs),
            <span key="id" className="mono">
              {run.id}
            </span>,
            <span key="sha" className="mono">
              {sha256}
            </span>,
          ],
        }))}
      />
      <Table
        caption={`Models: ${counted(models.length, 'file')}`}
        columns={[
          { title: 'Model', long: 'name' },
          { title: 'Parameters', number: true },
          { title: 'Not zero', number: true },
          { title: 'Precision' },
          { title: 'Weights', number: true },
          { title: 'Made by or from' },
          { title: 'SHA-256 of the file', long: 'sum' },
        ]}
        rows={models.map((model) => ({
          key: model.id,
          cells: [
            model.name,
            model.counts.parameters === null ? 'not counted' : formatCount(model.counts.parameters),
            model.counts.parametersNonzero === null
              ? 'not counted'
              : formatCount(model.counts.parametersNonzero),
            model.precision,
            formatBytes(model.counts.parameterBytes),
            [model.recipe ?? model.source ?? 'an imported file that names no source', model.licence?.text]
              .filter((text) => text != null)
              .map((text) => text.slice(0, 200))
              .join('; licence: '),
            <span key="sha" className="mono">
              {model.fileSha256}
            </span>,
          ],
        }))}
      />
      <footer>
        <p className="small muted">
          Report written by Thirty Watts {appVersion()}. It holds no scripts and asks nothing of a network;
          names of accounts, computers and folders are left out.
        </p>
      </footer>
    </section>
  );
}

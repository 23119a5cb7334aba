import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { labWord } from '../../../shared/bundle';
import { plainText } from '../../../shared/figures/textWidth';
import { headlineEnergy } from '../../../shared/run';
import { counted } from '../../../shared/units';
import { utcDay } from '../../../shared/utc';
import type { ReportFigures } from './figures';
import type { ReportData } from './gather';
import { limitsOf } from './limits';
import { MachineSection } from './parts/machine';
import { ProtocolSection } from './parts/protocol';
import { Question } from './parts/question';
import { CiteSection, CodesSection, FiguresSection, LimitsSection } from './parts/rest';
import { ResultsSection } from './parts/results';
import { answerOf, questionOf } from './question';
import { reportStyle } from './style';

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole document as HTML. The same data give the same bytes. */
export function reportHtml(data: ReportData, figures: ReportFigures): string {
  const title = renderToStaticMarkup(<title>{`${data.name} – report of Thirty Watts`}</title>);
  const body = renderToStaticMarkup(<Report data={data} figures={figures} />);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Thirty Watts">
<link rel="icon" href="data:,">
${safe(title)}
<style>
${reportStyle()}</style>
</head>
<body>
${safe(body)}
</body>
</html>
`;
}

/** Names are foreign text: none may turn the direction of reading, end a line or hold what HTML refuses. */
const safe = (html: string) => plainText(html.replace(/[\t\n\r]+/g, ' '));

const sections = [
  ['question', 'Question and answer'],
  ['machine', 'Machine and meters'],
  ['protocol', 'Protocol'],
  ['results', 'Results'],
  ['figures', 'Figures'],
  ['verdicts', 'Verdicts and reason codes'],
  ['limits', 'Limits'],
  ['cite', 'To cite and to check'],
] as const;

function Report({ data, figures }: { data: ReportData; figures: ReportFigures }): ReactElement {
  const dates = datesOf(data);
  return (
    <div className="sheet">
      <header>
        <h1>{data.name}</h1>
        <p className="muted">
          Report of an experiment, measured {dates} (UTC), {counted(data.runs.length, 'run')}
        </p>
        <Badges data={data} />
        <nav className="skip" aria-label="Sections">
          <ul>
            {sections.map(([id, name]) => (
              <li key={id}>
                <a href={`#${id}`}>{name}</a>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main>
        <Question question={questionOf(data)} answer={answerOf(data, figures.curve)} claims={data.claims} />
        <MachineSection data={data} />
        <ProtocolSection data={data} />
        <ResultsSection data={data} />
        <FiguresSection figures={figures.figures} />
        <CodesSection data={data} />
        <LimitsSection limits={limitsOf(data)} />
        <CiteSection data={data} dates={dates} />
      </main>
    </div>
  );
}

/** What no reader may overlook. */
function Badges({ data }: { data: ReportData }): ReactElement | null {
  const sensors = data.runs.flatMap(({ run }) => headlineEnergy(run)?.sensor ?? []);
  const badges = [
    data.sample ? 'SAMPLE' : null,
    sensors.some((s) => s.origin === 'simulated') ? 'SIMULATED' : null,
    sensors.some((s) => s.origin === 'replayed') ? 'REPLAYED' : null,
    sensors.some((s) => s.provenance === 'estimate') ? 'ESTIMATED' : null,
    data.lab === null ? null : `MEASURED IN ANOTHER LAB (${labWord(data.lab)})`,
  ].filter((badge) => badge !== null);
  if (badges.length === 0) return null;
  return (
    <ul className="badges" aria-label="Marks of the data">
      {badges.map((badge) => (
        <li key={badge} className="badge">
          {badge}
        </li>
      ))}
    </ul>
  );
}

/** `2026-11-23`, `2026-11-23 to 2026-11-24`. */
function datesOf({ runs, createdUnixMs }: ReportData): string {
  const times = runs.flatMap(({ run }) => [run.startedUnixMs, run.endedUnixMs].filter((ms) => ms !== null));
  const all = times.length === 0 ? [createdUnixMs] : times;
  const low = utcDay(all.reduce((a, b) => Math.min(a, b)));
  const high = utcDay(all.reduce((a, b) => Math.max(a, b)));
  return low === high ? low : `${low} to ${high}`;
}

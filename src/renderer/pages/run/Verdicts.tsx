import { headlineEnergy, type RunRecord, type WindowRecord } from '../../../shared/run';
import { VerdictText } from '../../parts/badges';
import { explain } from './words';

/** What each result is worth, and every reason in words with what to do about it. */
export function Verdicts({ run, windows }: { run: RunRecord; windows: readonly WindowRecord[] }) {
  const energy = headlineEnergy(run);
  const found = explain(run, windows);
  return (
    <section className="tw-card" aria-label="Verdicts">
      <h2>Verdicts</h2>
      <p className="tw-verdicts">
        <span>
          Latency: <VerdictText verdict={run.latency?.verdict ?? 'not_measured'} />
        </span>
        <span>
          Energy, gross: <VerdictText verdict={energy?.gross.verdict ?? 'not_measured'} />
        </span>
        <span>
          Energy, net: <VerdictText verdict={energy?.net.verdict ?? 'not_measured'} />
        </span>
      </p>
      {found.length > 0 && (
        <ul className="tw-reasons">
          {found.map(({ code, sentence, remedy, touches }) => (
            <li key={code}>
              <div>
                {sentence} <span className="tw-muted">({touches.join(', ')})</span>{' '}
                <span className="tw-mono tw-muted">{code}</span>
              </div>
              {remedy && (
                <div>
                  <b>What to do:</b> {remedy}
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

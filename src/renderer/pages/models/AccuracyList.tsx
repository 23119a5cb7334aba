import { useQuery } from '@tanstack/react-query';
import type { AccuracyView } from '../../../shared/accuracyCosts';
import {
  accuracyText,
  conditionText,
  costSource,
  costText,
  likelihoodSentence,
  scoresSentence,
} from '../../../shared/accuracyWords';
import { formatCount } from '../../../shared/units';
import { useReady } from '../../lab/session';
import { Moment } from '../../parts/dates';
import { FailureNote } from '../../parts/FailureNote';
import { go, hashOfView } from '../../state/view';

/** Newest that are listed; the command line lists all. */
const newest = 6;

/** Accuracies of one model, the newest first, each with what a right answer costs where it was measured. */
export function AccuracyList({ model }: { model: string }) {
  const { lab } = useReady();
  const { data, error } = useQuery({
    queryKey: ['accuracies', model],
    queryFn: () => lab.listAccuracies({ model }),
  });
  if (error) return <FailureNote failure={error} />;
  const all = data?.accuracies ?? [];
  if (all.length === 0) return <p className="tw-models-text tw-muted">Not measured yet.</p>;
  return (
    <table className="tw-models-ports">
      <thead>
        <tr>
          <th>Data</th>
          <th data-numeric>Accuracy [95 %]</th>
          <th data-numeric>Right of</th>
        </tr>
      </thead>
      {all
        .slice(-newest)
        .reverse()
        .map((view) => (
          <Accuracy key={view.record.id} view={view} />
        ))}
    </table>
  );
}

function Accuracy({ view: { record, costs } }: { view: AccuracyView }) {
  const energy = costs.some((cost) => cost.joules.jPerCorrect !== null);
  return (
    <tbody>
      <tr title={`${scoresSentence(record)} ${likelihoodSentence(record)}`}>
        <td>
          {record.dataset}{' '}
          <span className="tw-muted">
            <Moment unixMs={record.createdUnixMs} />
          </span>
        </td>
        <td data-numeric>{accuracyText(record)}</td>
        <td data-numeric>
          {formatCount(record.correct)} / {formatCount(record.n)}
        </td>
      </tr>
      <tr>
        <td colSpan={3}>
          {costs.length === 0 ? (
            <span className="tw-muted">Measure the model to see what a right answer costs.</span>
          ) : (
            <ul className="tw-models-costs">
              {costs.map((cost) => {
                const text = costText(cost);
                const view = { page: 'run', run: cost.runId } as const;
                return text === null ? null : (
                  <li key={cost.runId}>
                    {text},{' '}
                    <a
                      href={hashOfView(view)}
                      onClick={(event) => {
                        event.preventDefault();
                        go(view);
                      }}
                    >
                      {conditionText(cost)}
                    </a>{' '}
                    <span className="tw-muted">({costSource(cost)})</span>
                  </li>
                );
              })}
            </ul>
          )}
          {costs.length > 0 && !energy && (
            <span className="tw-muted">Energy was not measured; a right answer is counted in time.</span>
          )}
        </td>
      </tr>
    </tbody>
  );
}

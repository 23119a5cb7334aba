import type { ReactElement } from 'react';
import type { ClaimOutcome, ClaimPart } from '../../../../shared/claim';
import {
  agreementText,
  claimName,
  claimVerdictMeanings,
  criterionText,
  optionsText,
  refutationText,
  writtenBefore,
} from '../../../../shared/claimWords';
import { utcText } from '../../../../shared/utc';
import { claimVerdictWords } from '../../../../shared/verdicts';
import type { ReportClaim } from '../claims';
import type { Answer } from '../question';

export function Question({
  question,
  answer,
  claims,
}: {
  question: readonly string[];
  answer: Answer;
  claims: readonly ReportClaim[];
}): ReactElement {
  const own = (
    <>
      <p className="lead">{question[0]}</p>
      {question.slice(1).map((line) => (
        <p key={line} className="muted">
          {line}
        </p>
      ))}
      <div className={answer.stated ? 'answer' : 'answer none'}>
        {answer.sentences.map((sentence, i) => (
          <p key={sentence} className={i === 0 ? 'lead' : undefined}>
            {sentence}
          </p>
        ))}
      </div>
    </>
  );
  return (
    <section aria-labelledby="question">
      <h2 id="question">Question and answer</h2>
      {claims.map((claim) => (
        <Claim key={claim.run.id} claim={claim} />
      ))}
      {claims.length > 0 && <h3>What this experiment measured for it</h3>}
      {own}
    </section>
  );
}

/** The claim that asked for the experiment: what was written down before, and what came out. */
function Claim({ claim: { version, run, experiments } }: { claim: ReportClaim }): ReactElement {
  const { outcome } = run;
  const { prediction } = version;
  const others =
    experiments > 1
      ? `This experiment is one of ${experiments} that the same run of the claim measured; its verdict stands on all of them.`
      : 'The same run of the claim measured no other experiment.';
  return (
    <article>
      <h3>
        Measured for the claim {claimName(version.claim)}: {version.title}
      </h3>
      <p>
        <b>Statement.</b> {version.statement}
      </p>
      <p>
        <b>As it is tested.</b> {version.reading}
      </p>
      <p>
        <b>
          Prediction of {prediction.by === 'lab' ? 'the lab' : 'the user'}, written down{' '}
          {utcText(version.createdUnixMs)} UTC
          {writtenBefore(version, run) ? ', before the run' : ', after the run began'}.
        </b>{' '}
        {prediction.text} Expected: {claimVerdictWords[prediction.expected]}.
      </p>
      <ul>
        {prediction.criteria.map((c) => (
          <li key={c.key}>
            Holds where {criterionText(c)}
            {refutationText(c) === null ? '' : `; ${refutationText(c)}`}.
          </li>
        ))}
      </ul>
      <div className={outcome === null ? 'answer none' : 'answer'}>
        {outcome === null ? (
          <p className="lead">
            No verdict: the run of the claim{' '}
            {run.status === 'running' ? 'has not ended' : `was ${run.status}`}.
            {run.failure === null ? '' : ` ${run.failure.message}`}
          </p>
        ) : (
          <>
            <p className="lead">
              <b>Verdict of the claim: {claimVerdictWords[outcome.verdict]}.</b>
            </p>
            <p>{outcome.sentence}</p>
            {outcome.boundary !== null && <p>Boundary: {outcome.boundary}</p>}
            <p className="muted">
              {claimVerdictMeanings[outcome.verdict]} {agreementText(version, outcome.verdict)}
            </p>
          </>
        )}
      </div>
      {outcome !== null && outcome.parts.length > 1 && (
        <ul>
          {outcome.parts.map((part) => (
            <li key={part.key}>
              <b>{part.title}</b> {claimVerdictWords[part.verdict]}.{beyond(part, outcome)}
            </li>
          ))}
        </ul>
      )}
      <p className="muted">
        How the claim was run: {optionsText(run.options)}. {others}
      </p>
      {outcome !== null && outcome.notes.length > 0 && (
        <>
          <p>Limits that the claim states of itself:</p>
          <ul>
            {outcome.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </>
      )}
    </article>
  );
}

/** What a part says that the whole does not say already. */
function beyond(part: ClaimPart, { sentence, boundary }: ClaimOutcome): string {
  const said = `${sentence} ${boundary ?? ''}`;
  return [part.sentence, part.boundary]
    .flatMap((text) => (text === null || said.includes(text) ? [] : ` ${text}`))
    .join('');
}

import { Button, Group, Modal, NativeSelect, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { type ClaimDetail, type ClaimVerdict, claimLabel, claimVerdicts } from '../../../shared/claim';
import { thresholdText } from '../../../shared/claimWords';
import { claimVerdictWords } from '../../../shared/verdicts';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useClaim } from './data';
import { closeDialog } from './dialogs';
import { checkPrediction, type Field, predictionDraft } from './forms';

/** One's own prediction: words, the verdict that is expected, and the thresholds as numbers. */
export function PredictDialog({ claim }: { claim: string }) {
  const { data, error } = useClaim(claim);
  return (
    <Modal
      opened
      onClose={closeDialog}
      title={data ? `Your prediction for ${claimLabel(data.current.claim)}` : 'Your prediction'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {error && <FailureNote failure={error} />}
      {data && <Form claim={data} key={data.current.id} />}
    </Modal>
  );
}

/** What may be expected, in words. */
export const verdictChoices = claimVerdicts.map((value) => ({ value, label: claimVerdictWords[value] }));

function Form({ claim }: { claim: ClaimDetail }) {
  const { lab, info } = useReady();
  const { current, runs } = claim;
  const [draft, setDraft] = useState(() => predictionDraft(current.prediction));
  const [tried, setTried] = useState(false);
  const [refused, setRefused] = useState<unknown>(null);
  const check = checkPrediction(draft);
  const problems = check.ok || !tried ? {} : check.problems;
  const setCriterion = (i: number, patch: Partial<Record<'threshold' | 'upper' | 'refuteAt', Field>>) =>
    setDraft({ ...draft, criteria: draft.criteria.map((c, j) => (j === i ? { ...c, ...patch } : c)) });
  const evidence = runs.filter((r) => r.versionId === current.id).length;
  const submit = async () => {
    setTried(true);
    if (!check.ok) return;
    try {
      await lab.predictClaim({ claim: current.claim, prediction: check.prediction });
      closeDialog();
    } catch (thrown) {
      setRefused(thrown);
    }
  };
  return (
    <form
      className="tw-claim-form"
      aria-label="Your prediction"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p className={`tw-flush ${evidence > 0 ? 'tw-warn' : 'tw-muted'}`} data-new-version="">
        {evidence > 0
          ? `This claim has been run. What you write becomes version ${claim.versions + 1}, without evidence until it is run again; version ${current.version} keeps its ${evidence === 1 ? 'run' : `${evidence} runs`} in the history.`
          : `What you write becomes version ${claim.versions + 1}, hashed and saved before its first run; version ${current.version} stays in the history.`}
      </p>
      <Textarea
        size="xs"
        label="What you expect, in words"
        autosize
        minRows={2}
        data-autofocus
        value={draft.text}
        error={problems.text}
        onChange={(event) => setDraft({ ...draft, text: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label="The verdict you expect"
        data={verdictChoices}
        value={draft.expected}
        onChange={(event) => setDraft({ ...draft, expected: event.currentTarget.value as ClaimVerdict })}
      />
      <fieldset className="tw-claim-inputs">
        <legend>Thresholds</legend>
        {draft.criteria.map((c, i) => {
          const stated = current.prediction.criteria[i];
          const at = (name: string) => problems[`criteria.${i}.${name}`];
          const unit = c.unit === '' || c.unit === '1' ? '' : ` (${c.unit})`;
          return (
            <section key={c.key} className="tw-claim-criterion" aria-label={c.quantity}>
              <p className="tw-flush">
                {c.quantity} <span className="tw-muted">now {thresholdText(stated)}</span>
              </p>
              <div className="tw-claim-fields">
                <NumberInput
                  label={
                    c.relation === '>='
                      ? `At least${unit}`
                      : c.relation === '<='
                        ? `At most${unit}`
                        : `From${unit}`
                  }
                  aria-label={`${c.quantity}: ${c.relation === '>=' ? 'at least' : c.relation === '<=' ? 'at most' : 'from'}${unit}`}
                  value={c.threshold}
                  error={at('threshold')}
                  onChange={(threshold) => setCriterion(i, { threshold })}
                />
                {c.upper !== null && (
                  <NumberInput
                    label={`To${unit}`}
                    aria-label={`${c.quantity}: to${unit}`}
                    value={c.upper}
                    error={at('upper')}
                    onChange={(upper) => setCriterion(i, { upper })}
                  />
                )}
                {c.refuteAt !== null && (
                  <NumberInput
                    label={`${c.relation === '>=' ? 'Fails only below' : 'Fails only above'}${unit}`}
                    aria-label={`${c.quantity}: fails only ${c.relation === '>=' ? 'below' : 'above'}${unit}`}
                    value={c.refuteAt}
                    error={at('refuteAt')}
                    onChange={(refuteAt) => setCriterion(i, { refuteAt })}
                  />
                )}
              </div>
            </section>
          );
        })}
      </fieldset>
      {refused != null && <FailureNote failure={refused} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={closeDialog}>
          Close
        </Button>
        <Button type="submit" disabled={info.readOnly !== null}>
          Save as version {claim.versions + 1}
        </Button>
      </Group>
    </form>
  );
}

import { Button, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import type { Plan } from '../../../shared/plan';
import { isMac, useCommand } from '../../commands/handlers';
import { infoOf, printKeys } from '../../commands/table';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { Icon } from '../../parts/icons';
import { start } from './actions';
import { useMeasuring } from './data';
import { runsOfPlan } from './draft';
import { usePreview } from './preview';
import { isLarge, previewText, rangeText, runsText } from './words';

/** What the plan would do, why it cannot be started, and the start. */
export function PlanFoot({ plan, problem }: { plan: Plan | null; problem: string | null }) {
  const ready = useReady();
  const measuring = useMeasuring();
  const { preview, failure } = usePreview(plan);
  const [starting, setStarting] = useState(false);
  const [refused, setRefused] = useState<{ plan: Plan; thrown: unknown } | null>(null);
  const [asking, setAsking] = useState<Plan | null>(null);
  const counted = plan === null ? null : runsOfPlan(plan);
  const expectedS = preview?.expectedS ?? null;
  const reason = ready.info.readOnly !== null ? 'This lab is open for reading only.' : problem;
  const fit = plan !== null && reason === null && preview?.refusal == null && !starting;
  const begin = async (what: Plan) => {
    setAsking(null);
    setRefused(null);
    setStarting(true);
    try {
      await start(ready, what);
    } catch (thrown) {
      setRefused({ plan: what, thrown });
    } finally {
      setStarting(false);
    }
  };
  const ask = () => {
    if (!plan || !counted || !fit) return;
    if (isLarge(counted.runs, expectedS)) setAsking(plan);
    else void begin(plan);
  };
  useCommand('run.start', ask, fit);
  const verb = measuring !== null ? 'Add to queue' : 'Start';
  return (
    <div className="tw-foot">
      {preview?.refusal && <FailureNote failure={preview.refusal} />}
      {failure != null && <FailureNote failure={failure} />}
      {refused && refused.plan === plan && <FailureNote failure={refused.thrown} />}
      {preview && preview.warnings.length > 0 && (
        <ul className="tw-warnings" aria-label="Before you start">
          {preview.warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div className="tw-row">
        <span className="tw-grow tw-num" role="status" data-preview="" id="plan-preview">
          {reason ?? (counted ? previewText(counted, expectedS) : '')}
        </span>
        <Button
          leftSection={<Icon name={measuring !== null ? 'plus' : 'play'} size={14} />}
          disabled={!fit}
          aria-describedby="plan-preview"
          title={reason ?? printKeys(infoOf('run.start').keys[0], isMac)}
          onClick={ask}
        >
          {starting ? 'Looking at the machine …' : verb}
        </Button>
      </div>
      {asking !== null && counted && (
        <Modal
          opened
          onClose={() => setAsking(null)}
          title={`${verb}: ${runsText(counted.runs)}?`}
          closeButtonProps={{ 'aria-label': 'Close' }}
          transitionProps={{ duration: 0 }}
        >
          <Text size="sm">
            {runsText(counted.runs)}, {expectedS ? rangeText(expectedS) : 'for a time that is not known yet'}.
            It can be cancelled and resumed at any time; finished runs stay.
          </Text>
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={() => setAsking(null)}>
              Back to the plan
            </Button>
            <Button data-autofocus onClick={() => void begin(asking)}>
              {verb}
            </Button>
          </Group>
        </Modal>
      )}
    </div>
  );
}

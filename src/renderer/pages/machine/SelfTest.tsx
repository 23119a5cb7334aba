import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { SelfTestReport } from '../../../shared/selfTest';
import { selfTestCells, selfTestHead, selfTestNote } from '../../../shared/selfTestWords';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useSettings } from '../../state/settings';

interface Step {
  text: string;
  doneS: number;
  totalS: number;
}

/** Tests every meter, idle and under load, for about a minute; what was found stays until the page is left. */
export function SelfTest({ measuring }: { measuring: boolean }) {
  const { lab, info } = useReady();
  const tdpW = useSettings((s) => s.tdpW);
  const [step, setStep] = useState<Step | null>(null);
  const [report, setReport] = useState<SelfTestReport | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => lab.onEvent((event) => event.type === 'selfTest' && setStep(event)), [lab]);
  const [running, setRunning] = useState(false);
  const test = async () => {
    setRunning(true);
    setFailure(null);
    setReport(null);
    try {
      setReport(await lab.selfTestMeters({ tdpW }));
    } catch (thrown) {
      setFailure(thrown);
    }
    setStep(null);
    setRunning(false);
  };
  return (
    <>
      <header className="tw-machine-head">
        <h2 id="self-test">Self test of the meters</h2>
        <Button
          variant="default"
          onClick={() => void test()}
          disabled={running || measuring || info.readOnly !== null}
        >
          {running ? 'Testing …' : 'Test for a minute'}
        </Button>
      </header>
      <p className="tw-muted tw-machine-note" role="status">
        {step !== null
          ? `${step.text}: about ${Math.max(1, Math.ceil(step.totalS - step.doneS))} s left. Leave the machine alone meanwhile.`
          : 'Which meters live, how often they update, how noisy they are at rest, whether two sensors of one device agree, and whether reading disturbs. Keeps the processor and the graphics device busy for half a minute.'}
      </p>
      {failure !== null && <FailureNote failure={failure} />}
      {report !== null && <Found report={report} />}
    </>
  );
}

function Found({ report: { sensors, loads, seconds } }: { report: SelfTestReport }) {
  if (sensors.length === 0)
    return (
      <p className="tw-machine-note">
        No meter was found, so there is nothing to test: energy cannot be measured on this machine, only
        latency.
      </p>
    );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keys (axe: scrollable-region-focusable) */}
      <section className="tw-scroll" tabIndex={0} aria-label="What the self test found">
        <table className="tw-small-table">
          <thead>
            <tr>
              {selfTestHead.map((name, i) => (
                <th key={name} scope="col" className={i < 3 ? 'tw-left' : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sensors.map((test) => (
              <tr key={test.sensor.id}>
                {selfTestCells(test).map((cell, i) => (
                  <td key={selfTestHead[i]} className={i < 3 ? 'tw-left' : 'tw-num'}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {sensors.map(
        ({ sensor, why }) =>
          why && <p key={sensor.id} className="tw-warn tw-machine-note">{`${sensor.id}: ${why}`}</p>,
      )}
      <p className="tw-muted tw-machine-note">
        Tested for {seconds.toFixed(0)} s. Load: {loads.join('; ')}. {selfTestNote}
      </p>
    </>
  );
}

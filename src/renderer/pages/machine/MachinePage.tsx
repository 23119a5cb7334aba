import { Button, CopyButton } from '@mantine/core';
import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useReady } from '../../lab/session';
import { Facts } from '../../parts/Facts';
import { FailureNote } from '../../parts/FailureNote';
import { PageHead } from '../../parts/PageHead';
import { useSettings } from '../../state/settings';
import '../../styles/machine.css';
import { useMachine, useMeasuring } from '../lab/data';
import { Calibrations } from './Calibrations';
import { LiveReadings } from './LiveReadings';
import { Meters } from './Meters';
import { Providers } from './Providers';
import { RatedPower } from './RatedPower';
import { SelfTest } from './SelfTest';
import { WallMeters } from './WallMeters';
import { machineFacts, machineText } from './words';

/** What this machine is, what it can run and measure with, and for whatever is missing the reason and what to do. */
export function MachinePage() {
  const { lab } = useReady();
  const queries = useQueryClient();
  const tdpW = useSettings((s) => s.tdpW);
  const measuring = useMeasuring() !== null;
  const { data, error, isPending } = useMachine();
  const looking = useIsFetching({ queryKey: ['machine', tdpW] }) > 0;
  const [again, setAgain] = useState<unknown>(null);
  const check = () => {
    setAgain(null);
    queries
      .fetchQuery({ queryKey: ['machine', tdpW], queryFn: () => lab.describeMachine({ tdpW }), staleTime: 0 })
      .catch(setAgain);
  };
  return (
    <div className="tw-page tw-machine">
      <PageHead
        title="Machine & meters"
        note={
          measuring
            ? 'Not looked at while something is measured: looking starts processes.'
            : looking
              ? 'Looking at the machine: a few seconds …'
              : undefined
        }
      >
        <Button onClick={check} disabled={looking || measuring}>
          Check again
        </Button>
      </PageHead>
      {(again ?? error) !== null && <FailureNote failure={again ?? error} />}
      <div className="tw-machine-grid">
        <div className="tw-machine-column">
          <section className="tw-card" aria-labelledby="machine-facts">
            <header className="tw-machine-head">
              <h2 id="machine-facts">Machine</h2>
              {data && (
                <CopyButton value={machineText(data)}>
                  {({ copied, copy }) => (
                    <Button variant="default" onClick={copy} title="Machine, providers and meters">
                      {copied ? 'Copied' : 'Copy all as text'}
                    </Button>
                  )}
                </CopyButton>
              )}
            </header>
            {data ? (
              <>
                <Facts facts={machineFacts(data.machine)} />
                {data.machine.nodeOptions !== null && (
                  <p className="tw-warn tw-machine-note">
                    NODE_OPTIONS is set to <code className="tw-mono">{data.machine.nodeOptions}</code>. It
                    changes the Node that measures; it is stored with every run. Start Thirty Watts without it
                    to compare with other machines.
                  </p>
                )}
                {data.machine.virtualized && (
                  <p className="tw-machine-note tw-muted">
                    A virtual machine shares its processor, so latencies vary with what its neighbours do, and
                    it seldom sees the energy counters of the host.
                  </p>
                )}
              </>
            ) : (
              <p className="tw-muted tw-machine-note">{isPending ? 'Not looked at yet.' : 'Not known.'}</p>
            )}
          </section>
          <section className="tw-card" aria-labelledby="execution-providers">
            <h2 id="execution-providers">Execution providers</h2>
            {data ? (
              <Providers providers={data.providers} />
            ) : (
              <p className="tw-muted tw-machine-note">Not looked at yet.</p>
            )}
          </section>
          <section className="tw-card" aria-labelledby="calibrations">
            <Calibrations meters={data?.meters ?? []} />
          </section>
        </div>
        <div className="tw-machine-column">
          <section className="tw-card" aria-labelledby="meters">
            <h2 id="meters">Meters</h2>
            {data ? (
              <Meters meters={data.meters} />
            ) : (
              <p className="tw-muted tw-machine-note">Not looked at yet.</p>
            )}
          </section>
          <section className="tw-card" aria-labelledby="wall-meters">
            <WallMeters measuring={measuring} />
          </section>
          <section className="tw-card" aria-labelledby="rated-power">
            <h2 id="rated-power">Rated power</h2>
            <RatedPower />
          </section>
          <section className="tw-card" aria-labelledby="self-test">
            <SelfTest measuring={measuring} />
          </section>
          <section className="tw-card" aria-labelledby="live-readings">
            <LiveReadings measuring={measuring} />
          </section>
        </div>
      </div>
    </div>
  );
}

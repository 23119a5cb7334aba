import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import {
  gpuLabels,
  type Item,
  itemsOf,
  itemText,
  type ProvenanceSection,
  provenanceSections,
  type RunProvenance,
  windowStateLabels,
} from '../../../shared/provenance';
import { useReady } from '../../lab/session';
import { CopyButton } from '../../parts/CopyButton';
import { Facts } from '../../parts/Facts';
import { FailureNote } from '../../parts/FailureNote';
import '../../styles/provenance.css';

/** Everything recorded of how a run's results came about; asked for when it is opened. */
export function Provenance({ run }: { run: string }) {
  const { lab } = useReady();
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['runs', 'provenance', run],
    queryFn: () => lab.showProvenance({ run }),
    enabled: open,
  });
  return (
    <section className="tw-card tw-provenance" aria-label="Full provenance">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2>Full provenance</h2>
          <span className="tw-muted">everything recorded of how these results came about</span>
        </summary>
        {error && <FailureNote failure={error} />}
        {data ? <Record provenance={data} /> : open && !error && <p role="status">Reading the record …</p>}
      </details>
    </section>
  );
}

function Record({ provenance }: { provenance: RunProvenance }) {
  const { items, gpus, windows, meters, noMeter } = provenance;
  return (
    <>
      <p className="tw-muted tw-flush">
        What was not recorded says why. No host name, user name or place of this machine is stored.{' '}
        <CopyButton text={JSON.stringify(provenance, null, 2)} label="Copy all of it as JSON" />
      </p>
      <div className="tw-provenance-sections">
        {(Object.keys(provenanceSections) as ProvenanceSection[]).map((section) => (
          <div key={section}>
            <h3>{provenanceSections[section]}</h3>
            <Facts
              facts={itemsOf(items, section).map(({ label, item, text }) => [
                label,
                <Value key={label} item={item} text={text} />,
              ])}
            />
            {section === 'device' &&
              gpus.map((gpu, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two cards may be alike, their order is fixed
                <div key={i}>
                  <h4>Graphics device {i}</h4>
                  <Facts facts={labelled(gpu, gpuLabels)} />
                </div>
              ))}
          </div>
        ))}
        <div>
          <h3>Meters</h3>
          {noMeter !== null && <p className="tw-flush">{noMeter}</p>}
          {meters.map((meter) => (
            <div key={meter.sensorId}>
              <h4>
                {meter.sensorId}
                {meter.headline && ' (headline)'}
              </h4>
              <Facts
                facts={[
                  ['Gross energy (J per inference)', <Value key="j" item={meter.grossJ} />],
                  ['Calibration', <Value key="c" item={meter.calibrationId} />],
                  ['Measured τ (s)', <Value key="t" item={meter.measuredTauS} />],
                  ['Raw readings', <Value key="r" item={meter.readings} />],
                  ['Sensor', <Long key="s" text={JSON.stringify(meter.sensor)} />],
                ]}
              />
            </div>
          ))}
        </div>
      </div>
      <h3>State per window</h3>
      {windows.length === 0 && <p className="tw-flush">The run has no window.</p>}
      {windows.map((window) => (
        <details key={window.index} className="tw-provenance-window">
          <summary>
            Window {window.index}: {window.verdict}
            {window.codes.length > 0 && ` (${window.codes.join(', ')})`}
          </summary>
          <Facts
            facts={[
              ['Inferences', window.inferences.toFixed(2)],
              ['Opened, closed (monotonic, ns)', `${window.openNs}, ${window.closeNs}`],
              ...Object.entries(window.energyJ).map(
                ([id, joules]) => [`Energy of ${id} (J)`, joules ?? 'not known'] as const,
              ),
              ...labelled(window.state, windowStateLabels),
              ['SHA-256 of the samples', <Value key="h" item={window.samplesSha256} />],
            ]}
          />
        </details>
      ))}
    </>
  );
}

function labelled<K extends string>(
  items: { [key in K]: Item<unknown> },
  labels: Readonly<Record<K, string>>,
): (readonly [string, ReactNode])[] {
  return (Object.keys(labels) as K[]).map((key) => [labels[key], <Value key={key} item={items[key]} />]);
}

function Value({ item, text = itemText(item) }: { item: Item<unknown>; text?: string }) {
  if (item.missingReason !== null) return <span className="tw-muted">{item.missingReason}</span>;
  return <Long text={text} />;
}

/** A licence or a plan is a page of text: it opens where somebody wants it. */
function Long({ text }: { text: string }) {
  if (text.length <= 200) return text;
  return (
    <details>
      <summary>{text.slice(0, 80)} …</summary>
      <pre className="tw-provenance-long">{text}</pre>
    </details>
  );
}

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { give } from '../../commands/handlers';
import { pickAndImport } from '../../lab/actions';
import { useReady } from '../../lab/session';
import { SampleBadge } from '../../parts/badges';
import { Icon } from '../../parts/icons';

/** The first start of an empty lab: three ways to begin, each of which works. */
export function Welcome() {
  const ready = useReady();
  return (
    <section className="tw-welcome" aria-labelledby="welcome">
      <h2 id="welcome">This lab is empty. Begin with one of these.</h2>
      <div className="tw-welcome-choices">
        <Choice
          title="Run the quickstart"
          text="Measures nine models from one thousand to one hundred million parameters on this processor, about 6 s each, and draws their efficiency curve. A first look, never evidence."
        >
          <Button leftSection={<Icon name="play" size={14} />} onClick={() => give('run.quickstart')}>
            Run the quickstart
          </Button>
        </Choice>
        <Choice
          title="Measure your own models"
          text="Copies ONNX files, or a folder of them, into the lab. You can also drop them anywhere on this window. Nothing leaves the machine."
        >
          <Button
            variant="default"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => void pickAndImport(ready, 'files')}
          >
            Import models …
          </Button>
          <Button
            variant="default"
            leftSection={<Icon name="folder" size={14} />}
            onClick={() => void pickAndImport(ready, 'folder')}
          >
            Import a folder …
          </Button>
        </Choice>
        <Choice
          title={
            <>
              Look around first <SampleBadge />
            </>
          }
          text="Loads runs that were recorded on another machine. They are labelled wherever they show, and can be moved to the bin at any time."
        >
          <Button variant="default" onClick={() => give('sample.load')}>
            Load the sample dataset
          </Button>
        </Choice>
      </div>
    </section>
  );
}

function Choice({ title, text, children }: { title: ReactNode; text: string; children: ReactNode }) {
  return (
    <div className="tw-card tw-welcome-choice">
      <h3>{title}</h3>
      <p>{text}</p>
      <div className="tw-row">{children}</div>
    </div>
  );
}

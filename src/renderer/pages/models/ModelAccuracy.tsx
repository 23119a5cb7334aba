import { Button, Group, Progress, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DatasetView } from '../../../shared/dataset';
import type { Model } from '../../../shared/model';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { useLive } from '../../state/live';
import { AccuracyList } from './AccuracyList';
import { AddDataDialog } from './AddDataDialog';
import { accuracyOf, defaultAccuracyFields, testAccuracy, useTesting } from './accuracy';

/** How often this model is right on labelled data, and what a right answer costs. */
export function ModelAccuracy({ model }: { model: Model }) {
  const { lab, info } = useReady();
  const testing = useTesting();
  const measuring = useLive((s) => s.progress !== null);
  const [fields, setFields] = useState(defaultAccuracyFields);
  const [adding, setAdding] = useState(false);
  const data = useQuery({ queryKey: ['datasets', 'list'], queryFn: () => lab.listDatasets({}) });
  const change = (some: Partial<typeof fields>) => setFields((f) => ({ ...f, ...some }));
  const datasets = data.data?.datasets ?? [];
  const chosen = datasets.find((d) => d.name === fields.dataset);
  const asked = accuracyOf(fields);
  const own = testing.model === model.id;
  const refusal = measuring
    ? 'A measurement is running, and this would disturb it. Wait until it has ended, or cancel it.'
    : testing.running && !own
      ? 'The accuracy of another model is being measured.'
      : null;
  const readOnly = info.readOnly !== null;
  return (
    <section aria-label="Accuracy" className="tw-models-accuracy">
      <h3>Accuracy</h3>
      <AccuracyList model={model.id} />
      <Group gap="xs" align="flex-end" wrap="nowrap" mt={6}>
        <Select
          label="Labelled data"
          data={datasets.map((d) => ({ value: d.name, label: d.missing ? `${d.name} (missing)` : d.name }))}
          value={fields.dataset}
          allowDeselect={false}
          style={{ flex: 1 }}
          onChange={(dataset) => dataset && change({ dataset })}
        />
        <Button variant="default" disabled={readOnly} onClick={() => setAdding(true)}>
          Add data …
        </Button>
      </Group>
      {data.error && <FailureNote failure={data.error} />}
      {chosen && <p className="tw-models-text tw-muted">{dataText(chosen)}</p>}
      <details className="tw-models-nodes">
        <summary>How the values go in and come out</summary>
        <SimpleGrid cols={2} spacing="xs" mt={4}>
          <Select
            label="Output with the scores"
            placeholder="found by its shape"
            data={model.outputs.map((o) => o.name)}
            value={fields.output === '' ? null : fields.output}
            clearable
            clearButtonProps={{ 'aria-label': 'Find the output by its shape' }}
            onChange={(output) => change({ output: output ?? '' })}
          />
          <TextInput
            label="Scale"
            placeholder="1"
            value={fields.scale}
            onChange={(event) => change({ scale: event.currentTarget.value })}
          />
          <TextInput
            label="Mean"
            placeholder="0, or one for each channel"
            value={fields.mean}
            onChange={(event) => change({ mean: event.currentTarget.value })}
          />
          <TextInput
            label="Deviation"
            placeholder="1, or one for each channel"
            value={fields.std}
            onChange={(event) => change({ std: event.currentTarget.value })}
          />
        </SimpleGrid>
        <p className="tw-models-text tw-muted">
          Each value goes in as (value × scale − mean) / deviation: as the model was trained.
        </p>
      </details>
      {'problem' in asked && <p className="tw-models-text tw-warn">{asked.problem}</p>}
      {refusal && (
        <p className="tw-models-text tw-warn" role="status">
          {refusal}
        </p>
      )}
      {testing.running && own ? (
        <div className="tw-models-progress">
          <span role="status">Counting right answers …</span>
          <Progress
            value={100 * testing.share}
            aria-label="Counting right answers"
            size="sm"
            transitionDuration={0}
          />
          <Button variant="default" onClick={() => void lab.cancelAccuracy({})}>
            Cancel
          </Button>
        </div>
      ) : (
        <Button
          style={{ justifySelf: 'start' }}
          disabled={readOnly || refusal !== null || 'problem' in asked || chosen?.missing != null}
          onClick={() => 'input' in asked && void testAccuracy(lab, model.id, asked.input)}
        >
          Measure the accuracy
        </Button>
      )}
      {own && testing.failure && !testing.running && (
        <div className="tw-models-refused">
          {testing.failure.kind === 'cancelled' ? (
            <p role="status" className="tw-models-text">
              Cancelled; nothing was kept.
            </p>
          ) : (
            <FailureNote failure={testing.failure} />
          )}
        </div>
      )}
      {adding && (
        <AddDataDialog
          close={() => setAdding(false)}
          added={(dataset) => {
            change({ dataset });
            setAdding(false);
          }}
        />
      )}
    </section>
  );
}

/** What it is and its licence; why it cannot be read, where it cannot. */
function dataText({ about, licence, missing }: DatasetView): string {
  return missing === null ? `${about} Licence: ${licence}` : `${missing.message} ${missing.remedy ?? ''}`;
}

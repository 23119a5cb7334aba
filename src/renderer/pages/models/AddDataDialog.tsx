import { Button, Group, Modal, SimpleGrid, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { addDataInput, type DataFields, emptyDataFields } from './addData';

const files: { key: 'examples' | 'labels' | 'testExamples' | 'testLabels'; label: string; hint: string }[] = [
  { key: 'examples', label: 'Examples', hint: 'CSV or NPY, one example a line' },
  { key: 'labels', label: 'Labels', hint: 'empty: a column of the examples' },
  { key: 'testExamples', label: 'Test examples', hint: 'empty: the last 20 % of a shuffle' },
  { key: 'testLabels', label: 'Test labels', hint: 'empty: a column of the test examples' },
];

/** Labelled data of the user's own: paths typed or chosen, checked and copied by the lab. */
export function AddDataDialog({ close, added }: { close(): void; added(name: string): void }) {
  const { lab, door } = useReady();
  const [fields, setFields] = useState<DataFields>(emptyDataFields);
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const change = (some: Partial<DataFields>) => setFields((f) => ({ ...f, ...some }));
  const asked = addDataInput(fields);
  const attempt = async (what: string, work: () => Promise<void>) => {
    setBusy(what);
    setFailure(null);
    try {
      await work();
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setBusy(null);
    }
  };
  const choose = (key: keyof DataFields) =>
    attempt('Reading the file …', async () => {
      const [path] = (await door.pickModels('data', () => {})) ?? [];
      if (path !== undefined) change({ [key]: path });
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null || !('input' in asked)) return;
    void attempt('Reading, checking and copying …', async () => {
      const { dataset } = await lab.addDataset(asked.input);
      added(dataset.name);
    });
  };
  return (
    <Modal
      opened
      onClose={close}
      title="Add labelled data"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <p className="tw-muted tw-models-text">
          The lab copies the data into its folder. Labels are whole numbers from 0. MNIST and sets in its
          format come as a folder with four IDX files.
        </p>
        <TextInput
          mt="sm"
          label="Name"
          placeholder="flowers"
          value={fields.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        {files.map(({ key, label, hint }) => (
          <Group key={key} gap="xs" align="flex-end" wrap="nowrap" mt={6}>
            <TextInput
              label={label}
              placeholder={hint}
              value={fields[key]}
              style={{ flex: 1 }}
              onChange={(event) => change({ [key]: event.currentTarget.value })}
            />
            <Button
              variant="default"
              disabled={busy !== null}
              aria-label={`Choose a file for: ${label}`}
              onClick={() => void choose(key)}
            >
              Choose …
            </Button>
          </Group>
        ))}
        <TextInput
          mt={6}
          label="Folder with IDX files, in place of the files above"
          value={fields.folder}
          onChange={(event) => change({ folder: event.currentTarget.value })}
        />
        <SimpleGrid cols={2} spacing="xs" mt={6}>
          <TextInput
            label="Label column"
            placeholder="label, class, target, y or the last"
            value={fields.labelColumn}
            onChange={(event) => change({ labelColumn: event.currentTarget.value })}
          />
          <TextInput
            label="Classes"
            placeholder="counted"
            value={fields.classes}
            onChange={(event) => change({ classes: event.currentTarget.value })}
          />
          <TextInput
            label="Kept for testing, %"
            placeholder="20, where no test examples are given"
            value={fields.testPercent}
            onChange={(event) => change({ testPercent: event.currentTarget.value })}
          />
          <TextInput
            label="Shape of an example"
            placeholder="as the file has it, or 1, 28, 28"
            value={fields.shape}
            onChange={(event) => change({ shape: event.currentTarget.value })}
          />
          <TextInput
            label="Licence"
            placeholder="of the data, kept with it"
            value={fields.licence}
            onChange={(event) => change({ licence: event.currentTarget.value })}
          />
        </SimpleGrid>
        {busy && (
          <p className="tw-models-text" role="status">
            {busy}
          </p>
        )}
        {'problem' in asked && fields.name !== '' && (
          <p className="tw-models-text tw-muted" role="status">
            {asked.problem}
          </p>
        )}
        {failure !== null && (
          <div className="tw-models-refused">
            <FailureNote failure={failure} />
          </div>
        )}
        <Group justify="flex-end" gap="xs" mt="md">
          <Button variant="default" onClick={close}>
            Close
          </Button>
          <Button type="submit" disabled={busy !== null || 'problem' in asked}>
            Add the data
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

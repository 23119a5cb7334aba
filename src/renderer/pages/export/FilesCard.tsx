import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useReady } from '../../lab/session';
import { refuse } from '../../shell/toasts';
import type { ExportForm } from './exportState';
import type { CheckedFormProps } from './form';

/** Raw tables, figures, and where it is written. */
export function FilesCard({ form, change, problems }: CheckedFormProps) {
  const { door, info } = useReady();
  const { pickFolder } = door;
  const choose = () =>
    void pickFolder?.().then((path) => {
      if (path !== null) change({ into: path });
    }, refuse);
  return (
    <section className="tw-card tw-export-card" aria-label="Files">
      <h2>Files</h2>
      <Choice
        label="Samples and meter readings"
        value={form.raw}
        onChange={(raw) => change({ raw: raw as ExportForm['raw'] })}
        data={[
          { value: 'none', label: 'No tables' },
          { value: 'parquet', label: 'Parquet' },
          { value: 'both', label: 'Parquet and CSV' },
        ]}
      >
        {form.raw === 'none'
          ? 'They stay in the records, from which another lab computes everything again.'
          : form.raw === 'parquet'
            ? 'One row per inference and per reading, as Parquet.'
            : 'The CSV files are several times larger than the Parquet files.'}
      </Choice>
      <Switch
        label="Figures of each run"
        description="Its power trace and its latency distribution, beside the curves."
        checked={form.runFigures}
        onChange={(event) => change({ runFigures: event.currentTarget.checked })}
      />
      <div className="tw-row tw-export-pair">
        <Choice
          label="PNG beside each SVG"
          value={String(form.png)}
          onChange={(png) => change({ png: Number(png) })}
          data={[
            { value: '0', label: 'No' },
            { value: '1', label: '1×' },
            { value: '2', label: '2×' },
            { value: '3', label: '3×' },
          ]}
        />
        <Choice
          label="Colours of the figures"
          value={form.theme}
          onChange={(theme) => change({ theme: theme as ExportForm['theme'] })}
          data={[
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <Choice
          label="Written as"
          value={form.format}
          onChange={(format) => change({ format: format as ExportForm['format'] })}
          data={[
            { value: 'folder', label: 'Folder' },
            { value: 'zip', label: 'Zip' },
          ]}
        />
      </div>
      <div className="tw-export-path">
        <TextInput
          label="Into the folder"
          placeholder={`${info.folder}/exports`}
          error={problems.into}
          description={
            problems.into === undefined &&
            (form.into.trim() !== ''
              ? 'It gets a folder or zip of its own there; nothing is overwritten.'
              : `Empty: “exports” in the lab’s folder, ${info.folder}.`)
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          value={form.into}
          onChange={(event) => change({ into: event.currentTarget.value })}
        />
        {pickFolder && (
          <Button variant="default" className="tw-export-under" onClick={choose}>
            Choose …
          </Button>
        )}
      </div>
      <details className="tw-export-more" open={form.created.trim() !== '' || undefined}>
        <summary>Advanced</summary>
        <TextInput
          mt={6}
          w={300}
          label="Created at"
          placeholder="now"
          description={
            problems.created === undefined &&
            'The only clock value in it, in UTC: the same selection and time give the same bytes.'
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          value={form.created}
          error={problems.created}
          onChange={(event) => change({ created: event.currentTarget.value })}
        />
      </details>
    </section>
  );
}

function Choice({
  label,
  children,
  ...control
}: {
  label: string;
  value: string;
  onChange(value: string): void;
  data: { value: string; label: string }[];
  children?: ReactNode;
}) {
  return (
    <div className="tw-export-choice">
      <span>{label}</span>
      <SegmentedControl aria-label={label} {...control} />
      {children !== undefined && <span className="tw-muted tw-export-small">{children}</span>}
    </div>
  );
}

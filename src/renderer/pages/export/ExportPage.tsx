import { Button } from '@mantine/core';
import { useMemo, useRef } from 'react';
import '../../styles/export.css';
import { useCommand } from '../../commands/handlers';
import { useRows } from '../../lab/rows';
import { useReady } from '../../lab/session';
import { EmptyState } from '../../parts/EmptyState';
import { PageHead } from '../../parts/PageHead';
import { putSetting, useSettings } from '../../state/settings';
import { go } from '../../state/view';
import { useMeasuring } from '../lab/data';
import { exportBundle, useWork } from './bundleWork';
import { type ExportForm, optionsOf, readForm, runsOfForm } from './exportState';
import { FilesCard } from './FilesCard';
import { ImportCard } from './ImportCard';
import { PreviewCard } from './PreviewCard';
import { ReportCard } from './ReportCard';
import { SelectionCard } from './SelectionCard';
import { useBundlePreview } from './useBundlePreview';
import { WordsCard } from './WordsCard';

/** Results out as a dataset that others can check and cite, results of other labs in, and reports to read. */
export function ExportPage() {
  const rows = useRows((s) => s.rows);
  const loading = useRows((s) => s.loading !== null);
  const measuring = useMeasuring() !== null;
  const empty = !loading && rows.length === 0;
  // Whoever began with a bundle sees what came of it, not what it has made possible.
  const began = useRef(false);
  if (empty) began.current = true;
  return (
    <div className="tw-page tw-export">
      <PageHead
        title="Export"
        note="Datasets and reports out, datasets of other labs in. Nothing leaves this machine by itself."
      />
      {empty ? (
        <div className="tw-export-grid">
          <div className="tw-card">
            <EmptyState
              title="Nothing to export yet."
              text="Measure something first; then its runs, figures and claims go out from here as a dataset. The dataset of another lab can come in at once."
            >
              <Button onClick={() => go({ page: 'lab' })}>Go to Lab</Button>
            </EmptyState>
          </div>
          <ImportCard measuring={measuring} />
        </div>
      ) : (
        <Out measuring={measuring} loading={loading} importFirst={began.current} />
      )}
    </div>
  );
}

function Out({
  measuring,
  loading,
  importFirst,
}: {
  measuring: boolean;
  loading: boolean;
  importFirst: boolean;
}) {
  const { lab } = useReady();
  const rows = useRows((s) => s.rows);
  const stored = useSettings((s) => s.bundle);
  const running = useWork((s) => s.running);
  const form = useMemo(() => readForm(stored), [stored]);
  const change = (part: Partial<ExportForm>) =>
    putSetting('bundle', { ...readForm(useSettings.getState().bundle), ...part });
  const selected = useMemo(() => runsOfForm(rows, form).length, [rows, form]);
  const { options, target, problems } = useMemo(() => optionsOf(form, rows), [form, rows]);
  const ask = loading || selected === 0 ? null : options;
  const { preview, failure, stale, again } = useBundlePreview(ask, !measuring && running === null);
  const hindrance = measuring
    ? 'The lab is measuring, and exporting would disturb it. Export when the experiment has ended.'
    : running === 'import'
      ? 'A bundle is being brought in. Export when that has ended.'
      : selected === 0
        ? 'Select something first.'
        : Object.keys(problems).length > 0
          ? 'A field needs to be mended first.'
          : !stale && preview?.refusal
            ? preview.refusal.message
            : loading
              ? 'The runs are being loaded.'
              : null;
  const start = () => {
    if (hindrance === null && options !== null) void exportBundle(lab, { ...options, ...target });
  };
  useCommand('export.start', start, hindrance === null && running === null);
  return (
    <div className="tw-export-grid">
      <div className="tw-export-column">
        <SelectionCard form={form} change={change} rows={rows} />
        <WordsCard form={form} change={change} problems={problems} title={preview?.title ?? null} />
        <FilesCard form={form} change={change} problems={problems} />
      </div>
      <div className="tw-export-column">
        {importFirst && <ImportCard measuring={measuring} />}
        <PreviewCard
          preview={preview}
          failure={failure}
          stale={stale}
          onAgain={again}
          selected={loading ? 1 : selected}
          hindrance={hindrance}
          measuring={measuring}
          format={form.format}
          onExport={start}
          onSelectAll={() => change({ select: 'all' })}
        />
        {!importFirst && <ImportCard measuring={measuring} />}
        <ReportCard rows={rows} measuring={measuring} />
      </div>
    </div>
  );
}

import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type ImportReport, labWord } from '../../../shared/bundle';
import { useReady } from '../../lab/session';
import { FailureNote } from '../../parts/FailureNote';
import { PageLink } from '../../parts/PageLink';
import { forgetImport, importBundle, pickBundle, useWork } from './bundleWork';
import { ImportedList } from './ImportedList';
import { Ended, WorkProgress } from './WorkProgress';
import { reportSentences } from './words';

/** A bundle of another lab: chosen, dropped or named by its path; and those that came in before. */
export function ImportCard({ measuring }: { measuring: boolean }) {
  const { lab, door, info } = useReady();
  const { running, imported, importFailure } = useWork();
  const [path, setPath] = useState('');
  const { data, error } = useQuery({ queryKey: ['bundles', 'list'], queryFn: () => lab.listBundles({}) });
  const readOnly = info.readOnly !== null;
  const free = running === null && !measuring && !readOnly;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (free && path.trim() !== '') void importBundle(lab, async () => path.trim());
  };
  return (
    <section className="tw-card tw-export-card" aria-label="Bring in a bundle">
      <h2>Bring in a bundle</h2>
      <p className="tw-muted tw-flat">
        The dataset of another lab, as zip or folder. Its checksums are checked first. Its runs then stand
        beside yours, marked with their lab; bringing it in twice changes nothing.
      </p>
      {running === 'import' ? (
        <WorkProgress kind="import" />
      ) : (
        <>
          <div className="tw-row">
            <Button
              variant="default"
              disabled={!free}
              onClick={() => void importBundle(lab, pickBundle(door, 'bundle'))}
            >
              Choose a zip …
            </Button>
            {door.kind === 'desktop' && (
              <Button
                variant="default"
                disabled={!free}
                onClick={() => void importBundle(lab, pickBundle(door, 'bundleFolder'))}
              >
                Choose a folder …
              </Button>
            )}
            <span className="tw-muted">or drop a zip here</span>
          </div>
          <form className="tw-export-path" onSubmit={submit}>
            <TextInput
              aria-label="Path of a zip or folder"
              placeholder={
                door.kind === 'browser'
                  ? 'or its path on the machine that runs the lab'
                  : 'or the path of its zip or folder'
              }
              spellCheck={false}
              value={path}
              onChange={(event) => setPath(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" disabled={!free || path.trim() === ''}>
              Bring it in
            </Button>
          </form>
          {measuring && (
            <p className="tw-warn tw-flat" role="status">
              The lab is measuring, and this would disturb it. Bring the bundle in when the experiment has
              ended.
            </p>
          )}
          {importFailure && <Ended failure={importFailure} />}
          {imported && <Report report={imported} />}
        </>
      )}
      {error && <FailureNote failure={error} />}
      {data && <ImportedList bundles={data.bundles} />}
      {data && (
        <p className="tw-muted tw-flat">
          In other labs, your runs are those of <span className="tw-mono">{labWord(data.labId)}</span>.
        </p>
      )}
    </section>
  );
}

/** The report that was brought into view: each is once, when it comes. */
let seen: ImportReport | null = null;

function Report({ report }: { report: ImportReport }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (seen === report) return;
    seen = report;
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [report]);
  const { title, conflicts, warnings, added } = report;
  return (
    <div className="tw-export-result" ref={box}>
      <div role="status">
        <strong className="tw-export-title">{title}</strong>
        {reportSentences(report).map((sentence) => (
          <div key={sentence}>{sentence}</div>
        ))}
      </div>
      {added.claimRuns > 0 && <div>Its verdicts stand on the page of each claim, under “In other labs”.</div>}
      {conflicts.length > 0 && (
        <div>
          <strong className="tw-bad">
            Left out, because this lab holds something else under the same id
          </strong>
          <ul className="tw-export-lines">
            {conflicts.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </div>
      )}
      {warnings.length > 0 && (
        <ul className="tw-export-lines tw-warn" aria-label="Warnings of the import">
          {warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div className="tw-row">
        {added.runs > 0 && <PageLink to={{ page: 'runs' }}>See its runs</PageLink>}
        {added.claimRuns > 0 && <PageLink to={{ page: 'claims', claim: null }}>See the claims</PageLink>}
        <span className="tw-grow" />
        <Button size="compact-xs" variant="subtle" onClick={forgetImport}>
          Close
        </Button>
      </div>
    </div>
  );
}

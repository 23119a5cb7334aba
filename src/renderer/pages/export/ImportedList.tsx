import type { ImportedBundle } from '../../../shared/bundle';
import { counted } from '../../../shared/units';
import { Moment } from '../../parts/dates';
import { ScrollBox } from '../claims/ScrollBox';
import { authorsText, labsText } from './words';

/** Bundles that were brought in, newest first. */
export function ImportedList({ bundles }: { bundles: readonly ImportedBundle[] }) {
  if (bundles.length === 0) return <p className="tw-muted tw-flat">None was brought in yet.</p>;
  return (
    <div>
      <h3>Brought in</h3>
      <ScrollBox label="Bundles that were brought in" tall>
        <ul className="tw-export-bundles">
          {bundles.map((bundle) => (
            <li key={bundle.sha256}>
              <div className="tw-row">
                <strong className="tw-export-title">{bundle.title}</strong>
                <span className="tw-grow" />
                <span className="tw-muted tw-num">{counted(bundle.runs, 'run')}</span>
              </div>
              <div className="tw-muted">
                {bundle.labs.length > 0 && `measured by ${labsText(bundle.labs)} · `}authors:{' '}
                {authorsText(bundle.authors)} · {bundle.licence} · created{' '}
                <span className="tw-num">{bundle.created}</span> · brought in{' '}
                <Moment unixMs={bundle.importedUnixMs} /> ·{' '}
                <span className="tw-mono" title={`SHA-256 of its SHA256SUMS: ${bundle.sha256}`}>
                  {bundle.sha256.slice(0, 12)}
                </span>
              </div>
            </li>
          ))}
        </ul>
      </ScrollBox>
    </div>
  );
}

import { Button } from '@mantine/core';
import type { BundleFormat, BundlePreview, ExportedBundle } from '../../../shared/bundle';
import { formatBytes, formatCount } from '../../../shared/units';
import { useReady } from '../../lab/session';
import { CopyButton } from '../../parts/CopyButton';
import { EmptyState } from '../../parts/EmptyState';
import { FailureNote } from '../../parts/FailureNote';
import { refuse } from '../../shell/toasts';
import { ScrollBox } from '../claims/ScrollBox';
import { useWork } from './bundleWork';
import { Ended, WorkProgress } from './WorkProgress';
import { aboutBytes, countsText } from './words';

interface Props {
  preview: BundlePreview | null;
  failure: unknown;
  /** The preview is of an earlier choice; the next one is on its way. */
  stale: boolean;
  /** Asks for the preview once more. */
  onAgain(): void;
  /** Runs that the form selects. */
  selected: number;
  /** Why nothing can be exported now; null: it can. */
  hindrance: string | null;
  measuring: boolean;
  format: BundleFormat;
  onExport(): void;
  onSelectAll(): void;
}

/** What the dataset would hold, the button that writes it, and how that went. */
export function PreviewCard(props: Props) {
  const { running, exported, exportFailure } = useWork();
  const { preview, selected, measuring, hindrance, format } = props;
  const size = preview && selected > 0 ? aboutBytes(preview.bytes) : '';
  return (
    <section className="tw-card tw-export-card" aria-label="Dataset">
      <h2>The dataset</h2>
      {running === 'export' || running === 'other' ? (
        <WorkProgress kind={running} />
      ) : (
        <>
          <div className="tw-row">
            <Button disabled={hindrance !== null} onClick={props.onExport}>
              Export dataset
            </Button>
            <span className={measuring ? 'tw-warn' : 'tw-muted'} role="status">
              {hindrance ?? (size !== '' && format === 'zip' ? `${size}, less as a zip` : size)}
            </span>
          </div>
          {exportFailure && <Ended failure={exportFailure} />}
          {exported && <Result exported={exported} />}
        </>
      )}
      {selected === 0 ? (
        <EmptyState title="Nothing selected.">
          <Button variant="default" onClick={props.onSelectAll}>
            Select all finished runs
          </Button>
        </EmptyState>
      ) : (
        <Preview {...props} />
      )}
    </section>
  );
}

function Preview({ preview, failure, stale, onAgain }: Props) {
  const again = (
    <Button mt="xs" size="compact-xs" variant="default" disabled={stale} onClick={onAgain}>
      Ask again
    </Button>
  );
  if (failure !== null) return <FailureNote failure={failure}>{again}</FailureNote>;
  if (preview === null)
    return (
      <p className="tw-muted tw-flat" role="status">
        Counting what goes in …
      </p>
    );
  const { name, title, counts, files, bytes, identity, warnings, refusal } = preview;
  // The lab counts nothing where it may not begin at all.
  if (refusal && files.length === 0) return <FailureNote failure={refusal}>{again}</FailureNote>;
  return (
    <div className="tw-export-preview" aria-busy={stale}>
      {refusal && <FailureNote failure={refusal} />}
      <div>
        <strong className="tw-export-title">{title}</strong>
        <div className="tw-mono tw-export-name">{name}</div>
        <div className="tw-num">{countsText(counts)}</div>
      </div>
      {warnings.length > 0 && (
        <ul className="tw-export-lines tw-warn" aria-label="Warnings">
          {warnings.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <div>
        <h3>What in it points to you</h3>
        {identity.length === 0 ? (
          <p className="tw-flat">Nothing that is known of: no name, no path, no serial number.</p>
        ) : (
          <ul className="tw-export-lines">
            {identity.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </div>
      <div>
        <h3>
          Files{' '}
          <span className="tw-muted">
            ({formatCount(files.length)}, {aboutBytes(bytes)} as a folder)
          </span>
        </h3>
        <ScrollBox label="Files of the dataset" tall>
          <table className="tw-export-files">
            <thead>
              <tr>
                <th>File</th>
                <th data-numeric="">Rows</th>
                <th data-numeric="">Size</th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ path, rows, bytes: own }) => (
                <tr key={path}>
                  <td className="tw-mono">{path}</td>
                  <td data-numeric="">{rows === null ? '' : formatCount(rows)}</td>
                  <td data-numeric="">{aboutBytes(own)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      </div>
    </div>
  );
}

function Result({ exported: { path, bytes, files, sha256 } }: { exported: ExportedBundle }) {
  const { door, info } = useReady();
  const { showLabFolder } = door;
  const inLab = isBelow(path, info.folder);
  return (
    <div className="tw-export-result" role="status">
      <strong className="tw-good">
        Exported: {formatCount(files.length)} files, {formatBytes(bytes)}.
      </strong>
      <div className="tw-export-copy">
        <code className="tw-mono">{path}</code>
        <CopyButton text={path} label="Copy the path" />
      </div>
      <div className="tw-export-copy">
        <span>
          SHA-256 of SHA256SUMS <code className="tw-mono">{sha256}</code>
        </span>
        <CopyButton text={sha256} label="Copy the SHA-256" />
      </div>
      <span className="tw-muted">The same selection with the same time of creation has this hash again.</span>
      {showLabFolder && inLab && (
        <div>
          <Button variant="default" onClick={() => void showLabFolder().catch(refuse)}>
            Show in folder
          </Button>
        </div>
      )}
      {door.kind === 'browser' && (
        <span className="tw-muted">
          It lies on the machine that runs the lab{inLab ? ', in the lab’s folder' : ''}.
        </span>
      )}
    </div>
  );
}

/** Whether a path lies in a folder, with either kind of slash. Pure. */
export function isBelow(path: string, folder: string): boolean {
  const plain = (text: string) => text.replaceAll('\\', '/').replace(/\/+$/, '');
  return plain(path).startsWith(`${plain(folder)}/`);
}

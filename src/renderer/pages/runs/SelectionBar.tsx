import { Button, Group } from '@mantine/core';
import type { RunRow } from '../../../shared/runRow';
import { bin } from '../../lab/actions';
import { useReady } from '../../lab/session';
import type { TableColumn } from '../../parts/table/columns';
import { tsvOf } from '../../parts/table/columns';
import { go } from '../../state/view';
import { mostCompared } from '../compare/chosen';
import { exportRuns } from '../export/choose';
import { binRuns, copyText, lock } from './deeds';
import { select } from './selection';

interface Props {
  /** Selected, in the order of the table. */
  rows: readonly RunRow[];
  /** All that the table shows, for copying without a selection. */
  shown: readonly RunRow[];
  columns: readonly TableColumn<RunRow>[];
  /** The rows are those of the bin. */
  inBin: boolean;
}

/** What can be done with the selected runs. Its height never changes, so that the table does not jump. */
export function SelectionBar({ rows, shown, columns, inBin }: Props) {
  const ready = useReady();
  const readOnly = ready.info.readOnly !== null;
  const none = rows.length === 0;
  const ids = rows.map((row) => row.id);
  const clear = () => select(new Set());
  const copy = () => {
    const own = none ? shown : rows;
    void copyText(tsvOf(own, columns), `${own.length} ${own.length === 1 ? 'row' : 'rows'}`);
  };
  return (
    <Group gap={6} role="toolbar" aria-label="Selected runs">
      <span className="tw-num tw-muted" aria-live="polite">
        {none ? '0 selected' : `${rows.length} selected`}
      </span>
      {inBin ? (
        <Button
          size="compact-xs"
          variant="default"
          disabled={none || readOnly}
          onClick={() => {
            clear();
            void bin(ready, 'run', ids, false);
          }}
        >
          Restore
        </Button>
      ) : (
        <>
          <Button
            size="compact-xs"
            disabled={rows.length < 2 || rows.length > mostCompared}
            title={`Two to ${mostCompared} runs can be compared`}
            onClick={() => go({ page: 'compare', runs: ids })}
          >
            Compare
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            disabled={none || readOnly}
            onClick={() => void lock(ready, rows, true)}
          >
            Lock
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            disabled={!rows.some((row) => row.locked) || readOnly}
            onClick={() => void lock(ready, rows, false)}
          >
            Unlock
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            disabled={none || readOnly}
            onClick={() => {
              clear();
              void binRuns(ready, rows);
            }}
          >
            Move to bin
          </Button>
        </>
      )}
      {!inBin && (
        <Button
          size="compact-xs"
          variant="default"
          disabled={none}
          title="As a dataset, on the Export page"
          onClick={() => {
            exportRuns(ids);
            go({ page: 'export' });
          }}
        >
          Export …
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        disabled={shown.length === 0}
        onClick={copy}
        title="As tab-separated text"
      >
        {none ? 'Copy all rows' : 'Copy rows'}
      </Button>
      <Button size="compact-xs" variant="subtle" disabled={none} onClick={clear}>
        Clear
      </Button>
    </Group>
  );
}

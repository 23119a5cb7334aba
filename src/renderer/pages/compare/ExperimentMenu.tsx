import { Button, Menu } from '@mantine/core';
import { useMemo } from 'react';
import { useRows } from '../../lab/rows';
import { comparableExperiments, mostCompared } from './chosen';

/** So many of the newest are offered; older ones by picking their runs. */
const mostOffered = 12;

/** Compares all conditions of one experiment. */
export function ExperimentMenu({ onRuns }: { onRuns(runs: string[]): void }) {
  const rows = useRows((s) => s.rows);
  const offered = useMemo(() => comparableExperiments(rows).slice(0, mostOffered), [rows]);
  if (offered.length === 0) return null;
  return (
    <Menu position="bottom-end" width="min(420px, 90vw)">
      <Menu.Target>
        <Button variant="default">All conditions of …</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map(({ id, name, blocks, runs }) => (
          <Menu.Item key={id} disabled={runs.length > mostCompared} onClick={() => onRuns(runs)}>
            {name}
            <span className="tw-muted">
              {` – ${runs.length} conditions`}
              {blocks > 1 ? `, ${blocks} blocks` : ', one after the other'}
              {runs.length > mostCompared ? `: more than ${mostCompared}, pick runs instead` : ''}
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

import { ActionIcon, Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunRow } from '../../../shared/runRow';
import { OriginBadge, SampleBadge, StatusBadge } from '../../parts/badges';
import { Icon } from '../../parts/icons';
import { go, hashOfView } from '../../state/view';
import { asReference, moved } from './chosen';

interface Props {
  runs: readonly string[];
  byId: ReadonlyMap<string, RunRow>;
  labels: ReadonlyMap<string, string>;
  mark(id: string): ReactNode;
  onRuns(runs: string[]): void;
}

/** The runs that are compared, in their order; the first is the reference. */
export function ChosenRuns({ runs, byId, labels, mark, onRuns }: Props) {
  return (
    <ol className="tw-card tw-chosen" aria-label="Compared runs">
      {runs.map((id, i) => {
        const row = byId.get(id);
        const label = labels.get(id) ?? id;
        return (
          <li key={id}>
            {mark(id)}
            <a
              className="tw-chosen-name"
              href={hashOfView({ page: 'run', run: id })}
              onClick={(event) => {
                event.preventDefault();
                go({ page: 'run', run: id });
              }}
            >
              {label}
            </a>
            {row && row.status !== 'completed' && <StatusBadge status={row.status} />}
            {row?.sample && <SampleBadge />}
            <OriginBadge origin={row?.origin ?? null} />
            <span className="tw-muted tw-chosen-more">
              {row
                ? `${row.provider}, batch ${row.batch}, ${row.preset}${row.blocks > 1 ? `, measured in ${row.blocks} blocks` : ''}`
                : 'not in the list of runs'}
            </span>
            <span className="tw-grow" />
            {i === 0 ? (
              <span className="tw-muted">reference</span>
            ) : (
              <Button size="compact-xs" variant="subtle" onClick={() => onRuns(asReference(runs, id))}>
                Make reference
              </Button>
            )}
            <ActionIcon
              aria-label={`Move ${label} up`}
              disabled={i === 0}
              onClick={() => onRuns(moved(runs, id, -1))}
            >
              <span aria-hidden="true">↑</span>
            </ActionIcon>
            <ActionIcon
              aria-label={`Move ${label} down`}
              disabled={i === runs.length - 1}
              onClick={() => onRuns(moved(runs, id, 1))}
            >
              <span aria-hidden="true">↓</span>
            </ActionIcon>
            <ActionIcon
              aria-label={`Remove ${label}`}
              onClick={() => onRuns(runs.filter((other) => other !== id))}
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </li>
        );
      })}
    </ol>
  );
}

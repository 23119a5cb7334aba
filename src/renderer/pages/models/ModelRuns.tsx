import { Button } from '@mantine/core';
import { useMemo } from 'react';
import { useRows } from '../../lab/rows';
import { OriginBadge, SampleBadge, StatusBadge } from '../../parts/badges';
import { Quantity } from '../../parts/numbers';
import { go, hashOfView } from '../../state/view';

/** Newest runs that are listed here; the Runs page has them all. */
const newest = 6;

/** Its newest results. */
export function ModelRuns({ id }: { id: string }) {
  const rows = useRows((s) => s.rows);
  const own = useMemo(() => rows.filter((row) => row.modelId === id), [rows, id]);
  const shown = own.slice(-newest).reverse();
  return (
    <section aria-label="Runs of this model">
      <h3>Runs</h3>
      {own.length === 0 ? (
        <p className="tw-models-text tw-muted">Not measured yet.</p>
      ) : (
        <>
          <table className="tw-models-ports">
            <thead>
              <tr>
                <th>Run</th>
                <th data-numeric>Batch</th>
                <th data-numeric>p50</th>
                <th data-numeric>Energy</th>
                <th>Status</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => {
                const view = { page: 'run', run: row.id } as const;
                return (
                  <tr key={row.id}>
                    <td>
                      <a
                        href={hashOfView(view)}
                        onClick={(event) => {
                          event.preventDefault();
                          go(view);
                        }}
                      >
                        {row.provider}, {row.threads} {row.threads === 1 ? 'thread' : 'threads'}
                      </a>
                    </td>
                    <td data-numeric>{row.batch}</td>
                    <td data-numeric>
                      <Quantity of={row.p50S} unit="s" missing="No latency" />
                    </td>
                    <td data-numeric>
                      <Quantity
                        of={row.grossJ}
                        unit="J"
                        estimate={row.provenance === 'estimate'}
                        missing="Energy is not known"
                      />{' '}
                      <OriginBadge origin={row.origin} />
                    </td>
                    <td>{row.sample ? <SampleBadge /> : <StatusBadge status={row.status} />}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <Button variant="subtle" mt={4} onClick={() => go({ page: 'runs' })}>
            {own.length > shown.length ? `All ${own.length} runs are in Runs` : 'Open Runs'}
          </Button>
        </>
      )}
    </section>
  );
}

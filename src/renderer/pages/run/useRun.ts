import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Lab } from '../../../shared/contract';
import type { RunRow } from '../../../shared/runRow';
import { useReady } from '../../lab/session';
import { whenLoud } from '../../state/quiet';

/** Record, flat row and columns of one run, by id or unambiguous prefix; asked for again when the lab says it changed. */
export function useRun(run: string) {
  const { lab } = useReady();
  const queries = useQueryClient();
  const detail = useQuery({ queryKey: ['runs', 'detail', run], queryFn: () => lab.showRun({ run }) });
  const id = detail.data?.run.id;
  const row = useQuery({
    queryKey: ['runs', 'row', id],
    queryFn: () => loadRow(lab, id!),
    enabled: id !== undefined,
  });
  const status = detail.data?.run.status;
  const columns = useQuery({
    queryKey: ['runs', 'columns', id],
    queryFn: () => lab.runColumns({ run: id! }),
    // A run that waits has none yet.
    enabled: id !== undefined && status !== 'queued',
  });
  useEffect(
    () =>
      lab.onEvent((event) => {
        if (event.type !== 'runChanged' || event.runId !== id) return;
        whenLoud(`run ${id}`, () => {
          void queries.invalidateQueries({ queryKey: ['runs', 'detail', run] });
          void queries.invalidateQueries({ queryKey: ['runs', 'row', id] });
          void queries.invalidateQueries({ queryKey: ['runs', 'columns', id] });
        });
      }),
    [lab, queries, run, id],
  );
  return { detail, row, columns };
}

/** The row wherever it is: in the lab or in the bin; null if the lab has none. */
async function loadRow(lab: Pick<Lab, 'runRows'>, id: string): Promise<RunRow | null> {
  const { rows } = await lab.runRows({ ids: [id] });
  if (rows[0]) return rows[0];
  return (await lab.runRows({ ids: [id], binned: true })).rows[0] ?? null;
}

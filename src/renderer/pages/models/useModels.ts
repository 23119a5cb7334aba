import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Model } from '../../../shared/model';
import { useReady } from '../../lab/session';

export interface Models {
  /** In the lists. */
  models: readonly Model[];
  /** In the bin. */
  binned: readonly Model[];
  byId: ReadonlyMap<string, Model>;
  /** Ids of those whose file is not in the lab. */
  withoutFile: ReadonlySet<string>;
  loading: boolean;
  failure: Error | null;
}

/** Models in the lists and in the bin, kept in step with the service by the `models` key. */
export function useModels(): Models {
  const { lab } = useReady();
  const listed = useQuery({ queryKey: ['models', 'list'], queryFn: () => lab.listModels({}) });
  const all = useQuery({ queryKey: ['models', 'all'], queryFn: () => lab.listModels({ binned: true }) });
  return useMemo(() => {
    const models = own(listed.data?.models);
    const everything = own(all.data?.models);
    const ids = new Set(models.map((m) => m.id));
    return {
      models,
      // Only once both lists are here: until then every model would seem to be in the bin.
      binned: listed.data ? everything.filter((m) => !ids.has(m.id)) : [],
      withoutFile: new Set([...(all.data?.withoutFile ?? []), ...(listed.data?.withoutFile ?? [])]),
      byId: new Map([...everything, ...models].map((m) => [m.id, m])),
      loading: listed.isPending,
      failure: listed.error ?? all.error,
    };
  }, [listed.data, listed.isPending, listed.error, all.data, all.error]);
}

/** Without the identity model, which is the lab's own: it measures what a call costs. */
const own = (models: readonly Model[] = []) => models.filter(({ recipe }) => recipe !== 'identity');

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Experiment } from '../../../shared/contract';
import type { Model } from '../../../shared/model';
import { useReady } from '../../lab/session';
import { useLive } from '../../state/live';
import { useSettings } from '../../state/settings';

const noModels: Model[] = [];
const noExperiments: Experiment[] = [];

/** Models that can be measured: neither in the bin nor the identity model of the call overhead. */
export function useModels(): {
  models: readonly Model[];
  names: ReadonlyMap<string, string>;
  loaded: boolean;
} {
  const { lab } = useReady();
  const { data } = useQuery({ queryKey: ['models', 'list'], queryFn: () => lab.listModels({}) });
  const all = data?.models ?? noModels;
  return useMemo(
    () => ({
      models: all.filter((m) => m.recipe !== 'identity'),
      names: new Map(all.map((m) => [m.id, m.name])),
      loaded: data !== undefined,
    }),
    [all, data],
  );
}

/** Every experiment, newest first. */
export function useExperiments(): { experiments: readonly Experiment[]; loaded: boolean; failure: unknown } {
  const { lab } = useReady();
  const { data, error } = useQuery({ queryKey: ['experiments'], queryFn: () => lab.listExperiments({}) });
  const all = data?.experiments ?? noExperiments;
  return useMemo(
    () => ({
      experiments: [...all].sort((a, b) => b.createdUnixMs - a.createdUnixMs),
      loaded: data !== undefined,
      failure: error,
    }),
    [all, data, error],
  );
}

/** Id of the experiment that is measured now, as far as the page knows; null: none. */
export function useMeasuring(): string | null {
  const live = useLive((s) => s.progress?.experimentId ?? null);
  const { experiments } = useExperiments();
  return live ?? experiments.find((e) => e.status === 'running')?.id ?? null;
}

/** What was found on this machine. Looking starts processes, so nobody looks while something is measured. */
export function useMachine() {
  const { lab, info } = useReady();
  const tdpW = useSettings((s) => s.tdpW);
  const measuring = useMeasuring();
  const known = useExperiments().loaded;
  return useQuery({
    queryKey: ['machine', tdpW],
    queryFn: () => lab.describeMachine({ tdpW }),
    enabled: known && measuring === null && info.readOnly === null,
  });
}

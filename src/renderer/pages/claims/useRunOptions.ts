import { useMemo } from 'react';
import type { ClaimOptions } from '../../../shared/claim';
import type { Json } from '../../../shared/contract';
import { putSetting, useSettings } from '../../state/settings';
import { type RunMemory, readMemory } from './forms';

/** How claims were last run, remembered in the lab. */
export function useRunMemory(): {
  memory: RunMemory;
  change(patch: Partial<RunMemory['options']>): void;
  /** Null: back to the stated default. */
  changeInput(claim: string, key: string, value: number | null): void;
} {
  const stored = useSettings((s) => s.claimRuns);
  const memory = useMemo(() => readMemory(stored), [stored]);
  const put = (next: RunMemory) => putSetting('claimRuns', next as unknown as Json);
  return {
    memory,
    change: (patch) => put({ ...memory, options: { ...memory.options, ...patch } }),
    changeInput: (claim, key, value) => {
      const { [key]: _, ...rest } = memory.inputs[claim] ?? {};
      put({
        ...memory,
        inputs: { ...memory.inputs, [claim]: value === null ? rest : { ...rest, [key]: value } },
      });
    },
  };
}

/** The options of a claim as they are remembered. Pure. */
export const optionsOf = (memory: RunMemory, claim: string): ClaimOptions => ({
  ...memory.options,
  inputs: { ...memory.inputs[claim] },
});

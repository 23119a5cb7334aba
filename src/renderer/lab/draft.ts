import type { Json } from '../../shared/contract';
import { blocksToCompare, readDraft, storedDraft } from '../pages/lab/draft';
import { putSetting, useSettings } from '../state/settings';

/** The stored draft with these models put at its end, each once; whatever else it holds stays. Pure. */
export function withModels(stored: Json, ids: readonly string[]): Json {
  const draft = readDraft(stored);
  return storedDraft({ ...draft, models: [...new Set([...draft.models, ...ids])] });
}

/** Puts models into the plan that the Lab page opens with. */
export function addToDraft(...ids: string[]): void {
  putSetting('planDraft', withModels(useSettings.getState().planDraft, ids));
}

/**
 * The stored draft with these models in place of its own, as a comparison: blocks enough to show a difference between them,
 * in a form that has blocks. The rest stays. Pure.
 */
export function asComparison(stored: Json, ids: readonly string[]): Json {
  const draft = readDraft(stored);
  const preset = draft.preset === 'glance' ? 'quick' : draft.preset;
  const conditions =
    ids.length * draft.providers.length * draft.engines.length * draft.batches.length * draft.threads.length;
  const blocks = Math.max(draft.blocks, blocksToCompare(conditions, preset));
  return storedDraft({ ...draft, name: '', preset, models: [...ids], blocks });
}

/** Makes the plan that the Lab page opens with a comparison of these models. */
export function compareInDraft(...ids: string[]): void {
  putSetting('planDraft', asComparison(useSettings.getState().planDraft, ids));
}

import type { Json } from '../../shared/contract';
import { readDraft, storedDraft } from '../pages/lab/draft';
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

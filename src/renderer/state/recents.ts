import { putSetting, useSettings } from './settings';
import { hashOfView, type View } from './view';

const most = 12;

/** Newest first, each once. Pure. */
export const withRecent = (recents: readonly string[], hash: string): string[] =>
  [hash, ...recents.filter((other) => other !== hash)].slice(0, most);

/** Remembers what was opened, to come back to it. */
export function remember(view: View): void {
  const { recentViews } = useSettings.getState();
  const hash = hashOfView(view);
  if (recentViews[0] !== hash) putSetting('recentViews', withRecent(recentViews, hash));
}

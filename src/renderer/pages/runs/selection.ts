import { create } from 'zustand';

/** Runs selected on the Runs page, by id; kept while the user looks at another page. */
export const useSelection = create<{ ids: ReadonlySet<string> }>(() => ({ ids: new Set() }));
export const select = (ids: ReadonlySet<string>) => useSelection.setState({ ids });

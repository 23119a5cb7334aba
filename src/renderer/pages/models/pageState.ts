import { create } from 'zustand';
import type { TableLayout } from '../../parts/DataTable';

/** Which models are listed. */
export type Shown = 'models' | 'claims' | 'bin';

/** How the list was left, so that it is found again after another page. */
export const useModelsPage = create<{
  filter: string;
  layout: TableLayout;
  shown: Shown;
  selected: ReadonlySet<string>;
  /** MACs of one inference at batch 1 of models that were opened; null: cannot be counted. */
  macs: Readonly<Record<string, number | null>>;
}>(() => ({
  filter: '',
  layout: { sort: [{ id: 'imported', desc: true }], columns: null, widths: {} },
  shown: 'models',
  selected: new Set(),
  macs: {},
}));

const set = useModelsPage.setState;
export const setFilter = (filter: string): void => set({ filter });
export const setShown = (shown: Shown): void => set({ shown, selected: new Set() });
export const selectModels = (selected: ReadonlySet<string>): void => set({ selected });

export const setLayout = (layout: TableLayout): void => set({ layout });

export const rememberMacs = (id: string, macs: number | null): void =>
  set((state) => (state.macs[id] === macs ? state : { macs: { ...state.macs, [id]: macs } }));

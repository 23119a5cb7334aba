import { create } from 'zustand';
import type { Outputs } from '../../shared/contract';

/** What is being imported, and how the last import went. */
export const useImports = create<{
  /** Share of the files that a browser has sent, 0 to 1; null when nothing is sent. */
  uploading: number | null;
  importing: { done: number; total: number; path: string } | null;
  last: Outputs['importModels'] | null;
}>(() => ({ uploading: null, importing: null, last: null }));

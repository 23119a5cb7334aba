/** The figures of the claims, by what they answer. */
export const panelKinds = [
  'pareto-accuracy-energy',
  'quality-per-joule',
  'reconstruction-step',
  'storage-query',
  'capacity',
  'arithmetic-rate',
  'speedup-sparsity',
  'noise-robustness',
  'data-efficiency',
  'pool-economics',
  'brain-scale',
  'devices-needed',
  'revenue',
  'own-claim',
] as const;
export type FigureKindOfPanels = (typeof panelKinds)[number];

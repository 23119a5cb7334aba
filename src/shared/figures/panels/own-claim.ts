import { type FigureInput, figureOf, type PanelInput } from './build';
import type { PanelAxis, PanelFigure, PanelGuide } from './spec';

export interface OwnClaimInput extends FigureInput {
  /** Axes are the user's own: quantity and unit in their titles (`axis` of build.ts makes one). */
  panels: readonly (PanelInput & {
    x: PanelAxis;
    y: PanelAxis;
    /** Threshold of the criterion on y; null: none. */
    threshold?: { at: number; label: string } | null;
  })[];
}

/** A claim of the user's own: its points against its threshold. */
export function ownClaim(input: OwnClaimInput): PanelFigure {
  return figureOf(
    'own-claim',
    input,
    input.panels.map(({ threshold = null, guides = [], ...panel }) => ({
      ...panel,
      guides: [
        ...guides,
        ...(threshold === null ? [] : [{ kind: 'horizontal', ...threshold } satisfies PanelGuide]),
      ],
    })),
  );
}

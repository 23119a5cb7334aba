import type { FigureFiles } from '../../figures/files';
import type { BundleFigure, FitRow, ReferenceRow } from '../types';

/** A figure that is drawn when first looked at. */
export interface Sketch {
  kind: string;
  /** Parts of its name: names.ts. */
  shows: readonly string[];
  of: string;
  /** @param id what the figure is called: its name */
  draw(id: string): Drawn;
}

export interface Drawn extends FigureFiles {
  fits?: readonly FitRow[];
  references?: readonly ReferenceRow[];
}

/** So many figures keep their files, some 100 kB each. */
const mostKept = 16;

/**
 * Figures of a bundle that are drawn one at a time: of all of them only the words stay in memory, and the files of the
 * few that were looked at last. A lab can hold ten thousand runs, each with figures of its own.
 */
export function lazily(sketches: readonly { name: string; sketch: Sketch }[]): BundleFigure[] {
  const kept = new Map<Sketch, Drawn>();
  const words = new Map<Sketch, Omit<Drawn, 'svg' | 'spec' | 'points'>>();
  const drawn = (name: string, sketch: Sketch): Drawn => {
    const there = kept.get(sketch);
    const all = there ?? sketch.draw(name);
    kept.delete(sketch);
    kept.set(sketch, all);
    if (there) return all;
    const [oldest] = kept.keys();
    if (kept.size > mostKept) kept.delete(oldest!);
    const { svg: _, spec: __, points: ___, ...said } = all;
    words.set(sketch, said);
    return all;
  };
  return sketches.map(({ name, sketch }): BundleFigure => {
    const said = () => words.get(sketch) ?? drawn(name, sketch);
    return {
      name,
      kind: sketch.kind,
      get title() {
        return said().title;
      },
      get caption() {
        return said().caption;
      },
      get alt() {
        return said().alt;
      },
      get svg() {
        return drawn(name, sketch).svg;
      },
      get spec() {
        return drawn(name, sketch).spec;
      },
      get points() {
        return drawn(name, sketch).points;
      },
      get fits() {
        return said().fits ?? [];
      },
      get references() {
        return said().references ?? [];
      },
    };
  });
}

import { renderPanelSvg } from '../../../src/main/lab/figures/renderPanelSvg';
import { renderSvg } from '../../../src/main/lab/figures/renderSvg';
import { type FigureData, layoutFigure } from '../../../src/shared/figures/data';
import type { Box } from '../../../src/shared/figures/geometry';
import { layoutPanels } from '../../../src/shared/figures/panels/draw/layout';
import { textWidth } from '../../../src/shared/figures/textWidth';
import { examples } from './examples';
import { otherExamples } from './otherExamples';
import { panelExamples } from './panels/examples';

/** A committed figure as a file, and what it says. */
export interface Fixture {
  kind: string;
  svg: string;
  title: string;
  caption: string;
  description: string;
  /** Does it show anything that was measured? */
  measured: boolean;
  sample: boolean;
}

const ofData = (data: FigureData): Fixture => {
  const { title, caption, description } = layoutFigure(data).layout.texts;
  const said = caption.join(' ');
  const measured = !/^No (point|trace|run) to show/.test(said);
  const sample =
    data.kind === 'curve-efficiency'
      ? data.rows.some((r) => r.sample && r.notShownReason === null)
      : data.kind === 'power-trace'
        ? data.run.sample
        : data.runs.some((r) => ('run' in r ? r.run : r).sample);
  return { kind: data.kind, svg: renderSvg(data), title, caption: said, description, measured, sample };
};

/** Every committed figure by the name of its file. */
export const fixtures: Readonly<Record<string, Fixture>> = {
  ...Object.fromEntries(
    Object.entries(examples).map(([name, data]) => [name, ofData({ kind: 'curve-efficiency', ...data })]),
  ),
  ...Object.fromEntries(Object.entries(otherExamples).map(([name, data]) => [name, ofData(data)])),
  ...Object.fromEntries(
    Object.entries(panelExamples).map(([name, { figure, options }]) => {
      const { title, caption, description } = layoutPanels(figure, options?.size).texts;
      const svg = renderPanelSvg(figure, options);
      const of = { kind: figure.kind, svg, title, caption, description };
      return [`panels-${name}`, { ...of, measured: true, sample: false }];
    }),
  ),
};

/** A text of a drawing as a reader sees it: its words, size and box, in viewBox units. */
export interface DrawnText {
  text: string;
  size: number;
  box: Box;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', '#x27': "'" };
const attribute = (tag: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

/**
 * Texts of an SVG file, read from the file itself and not from what laid it out. Size, weight and anchor come from the
 * text or the nearest group around it.
 */
export function drawnTexts(svg: string): DrawnText[] {
  const found: DrawnText[] = [];
  const around: string[] = [];
  for (const [whole, closing, name, content] of svg.matchAll(/<(\/?)([a-z]+)\b[^>]*>([^<]*)/g)) {
    const tag = whole.slice(0, whole.indexOf('>') + 1);
    if (closing) around.pop();
    else if (name === 'text') {
      const of = (key: string) =>
        attribute(tag, key) ??
        around
          .findLast((g) => attribute(g, key) !== undefined)
          ?.match(new RegExp(`\\s${key}="([^"]*)"`))?.[1];
      const text = content!.replaceAll(/&([#a-z0-9]+);/g, (_, entity: string) => entities[entity] ?? '?');
      const size = Number(of('font-size'));
      const bold = of('font-weight') === 'bold' || Number(of('font-weight')) >= 600;
      const width = textWidth(text, size, bold);
      const anchor = of('text-anchor') ?? 'start';
      const x0 = Number(of('x')) - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
      const y = Number(of('y'));
      found.push({ text, size, box: { x0, x1: x0 + width, y0: y - 0.8 * size, y1: y + 0.24 * size } });
    }
    if (!closing && !tag.endsWith('/>')) around.push(tag);
  }
  return found;
}

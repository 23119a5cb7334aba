import {
  around,
  type Box,
  boxesMeet,
  inside,
  type Segment,
  segmentMeets,
} from '../../../../src/shared/figures/geometry';
import type { PanelLayout } from '../../../../src/shared/figures/panels/draw/layout';
import { markSize } from '../../../../src/shared/figures/sizes';

/** Every text of a figure of panels with its box. */
export function textsOf(layout: PanelLayout): { text: string; box: Box }[] {
  const panels = layout.panels.flatMap((p) => [
    ...p.title,
    ...p.yTitle,
    ...p.xTitle,
    ...[...p.xTicks, ...p.yTicks].flatMap((t) => (t.text === null ? [] : [t.text])),
    ...p.labels,
    ...p.triangles.map((t) => t.label),
    ...(p.empty ?? []),
  ]);
  const { title, legend, caption, badge } = layout;
  return [
    ...title,
    ...legend,
    ...caption,
    ...(badge ? [{ text: badge.text, box: badge.frame }] : []),
    ...panels,
  ];
}

function obstaclesOf(layout: PanelLayout): { marks: Box[]; lines: Segment[] } {
  const half = markSize / 2;
  return {
    marks: [
      ...layout.legend.map((l) => ({
        x0: l.markX - 11,
        x1: l.markX + 11,
        y0: l.markY - half,
        y1: l.markY + half,
      })),
      ...layout.panels.flatMap((p) => [
        ...p.series.flatMap((s) => (s.series.marks ? s.points.map((m) => around(m.x, m.y, half)) : [])),
        ...p.references.map((r) => around(r.x, r.y, 7)),
      ]),
    ],
    lines: layout.panels.flatMap((p) => [
      ...p.series.flatMap((s) => [
        ...s.line,
        ...s.points.flatMap((m) => [m.absolute, m.across].filter((b) => b !== null)),
      ]),
      ...p.guides.flatMap((g) => g.segments),
      ...p.triangles.flatMap((t) => t.segments),
      ...p.references.flatMap((r) => r.bars),
    ]),
  };
}

/** What is wrong with the places: texts that meet each other, a mark or a line, or that leave the figure or its data. */
export function problems(layout: PanelLayout): string[] {
  const texts = textsOf(layout);
  const { marks, lines } = obstaclesOf(layout);
  const view = { x0: 0, y0: 0, x1: layout.width, y1: layout.height };
  const boxes = [
    ...layout.panels.map((p) => ({ text: `plot of ${p.panel.key}`, box: p.plot })),
    ...marks.map((box) => ({ text: 'a mark', box })),
  ];
  return [
    ...texts.flatMap((a, i) => [
      ...texts
        .slice(i + 1)
        .flatMap((b) => (boxesMeet(a.box, b.box) ? [`'${a.text}' meets '${b.text}'`] : [])),
      ...(marks.some((m) => boxesMeet(m, a.box)) ? [`'${a.text}' meets a mark`] : []),
      ...(lines.some((s) => segmentMeets(s, a.box)) ? [`'${a.text}' meets a line`] : []),
    ]),
    ...[...texts, ...boxes].flatMap(({ text, box }) =>
      inside(box, view) ? [] : [`'${text}' leaves the figure`],
    ),
    ...lines.flatMap(({ x0, y0, x1, y1 }) =>
      inside({ x0: Math.min(x0, x1), x1: Math.max(x0, x1), y0: Math.min(y0, y1), y1: Math.max(y0, y1) }, view)
        ? []
        : ['a line leaves the figure'],
    ),
  ];
}

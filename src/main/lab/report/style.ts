import { type FigureTokens, tokens } from '../../../shared/figures/tokens';

/**
 * The one style sheet of a report. Light and dark on the screen, light on paper; head rows repeat on each page, figures
 * and rows are not cut where they fit on one.
 */
export function reportStyle(): string {
  return `${base}@media screen and (prefers-color-scheme: dark) {\n${dark}${darkFigures()}}\n${print}`;
}

const base = `:root {
  color-scheme: light dark;
  --text: #222222; --muted: #555555; --paper: #ffffff; --page: #f4f5f6; --line: #d5d8db; --head: #eef0f2;
  --accent: #005d93; --warn: #8a4b00; --good: #00734f; --bad: #a3201d;
}
* { box-sizing: border-box; }
html { background: var(--page); }
body {
  margin: 0; color: var(--text); font: 15px/1.5 Inter, system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif;
  overflow-wrap: anywhere;
}
.sheet { max-width: 76rem; margin: 0 auto; padding: 1.5rem 2rem 3rem; background: var(--paper); min-height: 100vh; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; padding-top: .5rem; border-top: 2px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p, ul, dl { margin: 0 0 .7rem; }
ul { padding-left: 1.2rem; }
li { margin-bottom: .3rem; }
a { color: var(--accent); }
.lead { font-size: 1.08rem; }
.muted, caption, figcaption, .small { color: var(--muted); }
.small { font-size: .82rem; }
.mono { font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', monospace; font-size: .92em; }
.badges { margin: .5rem 0 .8rem; padding: 0; list-style: none; }
.badge {
  display: inline-block; margin: 0 .5rem .3rem 0; padding: .1rem .5rem; border: 1.5px solid var(--warn); border-radius: 3px;
  color: var(--warn); font-weight: 700; font-size: .82rem; letter-spacing: .03em;
}
.skip { font-size: .9rem; }
.skip ul { display: flex; flex-wrap: wrap; gap: 0 1.1rem; list-style: none; padding: 0; }
.answer { border-left: 4px solid var(--accent); padding: .1rem 0 .1rem .9rem; margin: .8rem 0; }
.answer.none { border-left-color: var(--line); }
.answer p:last-child { margin-bottom: 0; }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
.scroll:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
table { border-collapse: collapse; width: 100%; font-size: .84rem; line-height: 1.35; }
caption { text-align: left; padding: 0 0 .4rem; font-size: .84rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.name { min-width: 9rem; overflow-wrap: anywhere; }
.sum { min-width: 8rem; overflow-wrap: anywhere; }
.columns thead th, .wide thead th { overflow-wrap: normal; }
thead th { background: var(--head); vertical-align: bottom; }
tbody th { font-weight: 600; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
.w { white-space: nowrap; }
.wide { min-width: 56rem; font-size: .8rem; }
.wide th, .wide td { padding: .3rem .35rem; }
.wide .name { min-width: 7.5rem; }
.verdict { min-width: 9rem; }
p, li { max-width: 52rem; }
.facts { min-width: 22rem; }
.facts tbody th { width: 13rem; font-weight: 400; color: var(--muted); }
.columns { min-width: 30rem; }
.why { color: var(--muted); }
.valid { color: var(--good); }
.limited { color: var(--warn); }
.invalid { color: var(--bad); }
.not_measured { color: var(--muted); }
.small-print table { font-size: .74rem; }
figure { margin: 0 0 1.6rem; }
figcaption { font-size: .88rem; margin-bottom: .3rem; }
figure svg { display: block; width: 100%; max-width: 180mm; min-width: 34rem; height: auto; border: 1px solid var(--line); }
footer { margin-top: 2.5rem; border-top: 2px solid var(--line); padding-top: .6rem; }
@media (max-width: 40rem) {
  .sheet { padding: 1rem 1rem 2rem; }
  h1 { font-size: 1.35rem; }
  .facts { min-width: 0; overflow-wrap: anywhere; }
  .facts td { overflow-wrap: anywhere; }
  .facts tbody th { width: 8rem; }
}
`;

const dark = `  :root {
    --text: #e6e6e6; --muted: #b8bdc4; --paper: #14171a; --page: #0e1012; --line: #3a4148; --head: #1f2429;
    --accent: #6db7ea; --warn: #f0a45c; --good: #3cc295; --bad: #ff8f8a;
  }
`;

const print = `@page { margin: 14mm 13mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #555555; } }
@media print {
  :root { color-scheme: light; }
  html, .sheet { background: #ffffff; }
  html { font-size: 9.5pt; }
  body { font-size: 9.5pt; line-height: 1.4; }
  .sheet { max-width: none; min-height: 0; padding: 0; margin: 0; }
  .skip { display: none; }
  h1 { font-size: 17pt; }
  h2 { font-size: 12.5pt; margin-top: 16pt; }
  h3 { font-size: 10.5pt; }
  h1, h2, h3, caption, figcaption { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
  .wide, .facts, .columns, .name, .sum, .verdict, figure svg { min-width: 0; }
  table { font-size: 8pt; }
  .wide { font-size: 6.6pt; }
  .wide th, .wide td { padding: 1.5pt 2pt; }
  .wide thead th { font-size: 6pt; }
  .wide .why .w { white-space: normal; }
  .small-print table { font-size: 6.5pt; }
  th, td { padding: 2pt 4pt; }
  thead { display: table-header-group; }
  thead th { background: #eef0f2; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, figure, .answer, .keep { break-inside: avoid; }
  .wide .name { min-width: 21mm; }
  .wide .verdict { min-width: 25mm; }
  figure svg { width: auto; max-width: 100%; max-height: 112mm; border: 0; }
  figure.panels svg { max-height: 215mm; }
}
`;

type Pair = readonly [light: string, dark: string];

/**
 * A figure is drawn once, in the colours of the light theme; in the dark each of them is exchanged. A rule beats the
 * attribute that the colour stands in.
 */
function darkFigures(): string {
  const pairs = new Map<string, string>();
  for (const [light, to] of [...plain(tokens.light, tokens.dark), ...series()])
    if (light !== to && !pairs.has(light)) pairs.set(light, to);
  return [...pairs]
    .flatMap(([light, to]) =>
      ['fill', 'stroke'].map((a) => `  figure svg [${a}="${light}"] { ${a}: ${to}; }\n`),
    )
    .join('');
}

const names = [
  'paper',
  'text',
  'secondary',
  'axis',
  'minorTick',
  'grid',
  'badge',
  'front',
  'guide',
  'reference',
] as const;

const plain = (light: FigureTokens, to: FigureTokens): Pair[] => names.map((name) => [light[name], to[name]]);

/** Text first: where mark and text share a colour, the one that is legible on dark paper wins. */
function series(): Pair[] {
  return tokens.light.series.flatMap(({ text, mark }, slot): Pair[] => {
    const to = tokens.dark.series[slot]!;
    return [
      [text, to.text],
      [mark, to.mark],
    ];
  });
}

/** What the README's programs draw: parameters against `y`, both logarithmic, one line for each value of `series`. */
export interface MainCurve {
  /** Column of data/runs. */
  y: string;
  yTitle: string;
  /** Column with the verdict on `y`: invalid results are not drawn. */
  verdict: string;
  /** Columns of data/runs that tell the lines apart, at least two. */
  series: readonly string[];
  /** Power of ten at or below the lowest value of `y`, such as `1e-6`. */
  yFrom: string;
}

/** A program in five lines; run in the folder of the bundle. */
export interface Snippet {
  language: 'pandas' | 'R' | 'DuckDB' | 'JavaScript';
  /** For the reader: what it needs and what comes out. */
  words: string;
  /** As Markdown names the language. */
  fence: string;
  code: string;
}

const x = 'params_count';
const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** Reads the CSV with an empty cell as the only missing value; NaN > 0 is false, so rows without a number fall out. */
const pandas = ({ y, yTitle, verdict, series }: MainCurve) => `\
import pandas as pd, matplotlib.pyplot as plt; series = [${quoted(series)}]
runs = pd.read_csv("data/runs.csv", keep_default_na=False, na_values=[""], float_precision="round_trip").sort_values("${x}")
shown = runs.query("role == 'measure' and ${verdict} in ['valid', 'limited'] and ${x} > 0 and ${y} > 0")
for name, s in shown.groupby(series, dropna=False): plt.loglog(s["${x}"], s["${y}"], "o-", label=" ".join(map(str, name)).replace("$", r"\\$"))
plt.xlabel("Parameters"); plt.ylabel("${yTitle}"); plt.legend(fontsize=6); plt.savefig("curve.png")
`;

/** subset() drops rows whose condition is NA. */
const r = ({ y, yTitle, verdict, series }: MainCurve) => `\
runs <- subset(read.csv("data/runs.csv", na.strings = ""), role == "measure" & ${verdict} %in% c("valid", "limited") & ${x} > 0 & ${y} > 0)
runs <- runs[order(runs$${x}), ]; name <- do.call(paste, runs[c(${quoted(series)})])
plot(${y} ~ ${x}, runs, log = "xy", pch = 19, col = match(name, unique(name)), xlab = "Parameters", ylab = "${yTitle}")
for (i in seq_along(unique(name))) lines(${y} ~ ${x}, runs[name == unique(name)[i], ], col = i)
legend("topleft", unique(name), pch = 19, cex = 0.6, col = seq_along(unique(name)))
`;

/** The bars are log10: from a tenth of the smallest value to the largest. */
const duckdb = ({ y, verdict, series }: MainCurve) => `\
SELECT ${series.join(', ')}, model_name, ${x}, ${y},
  bar(log10(${y}), min(log10(${y})) OVER () - 1, max(log10(${y})) OVER (), 40) AS log10_${y}
FROM 'data/runs.parquet'
WHERE role = 'measure' AND ${verdict} IN ('valid', 'limited') AND ${x} > 0 AND ${y} > 0
ORDER BY ${series.join(', ')}, ${x};
`;

/**
 * The header holds no quotes, the cells may hold all; '' > 0 is false, and so is the header's name > 0. Names are printed as
 * JSON: a terminal would obey what is in them.
 */
const javaScript = ({ y, verdict, series, yFrom }: MainCurve) => `\
import { readFileSync } from 'node:fs'; const csv = readFileSync('data/runs.csv', 'utf8'), head = csv.slice(0, csv.indexOf('\\r\\n')).split(',');
const cells = csv.match(/("[^"]*"|[^",\\r\\n])*(,|\\r\\n)/g).map((cell) => cell.replace(/^"|"?(,|\\r\\n)$/g, '').replaceAll('""', '"'));
const rows = cells.flatMap((_, i) => (i % head.length ? [] : Object.fromEntries(head.map((name, k) => [name, cells[i + k]])))).filter((r) => r.role === 'measure');
const runs = rows.filter((r) => /^(valid|limited)$/.test(r.${verdict})).map((r) => [${[x, y, ...series, 'model_name'].map((c) => `r.${c}`).join(', ')}]);
for (const [x, y, ...names] of runs.filter(([x, y]) => x > 0 && y > 0).sort(([a], [b]) => a - b)) console.log(x, '•'.padStart(1 + 10 * Math.log10(y / ${yFrom})), y, JSON.stringify(names));
`;

export const snippets = (curve: MainCurve): readonly Snippet[] => [
  {
    language: 'pandas',
    words: 'Python with pandas and matplotlib; writes `curve.png`.',
    fence: 'python',
    code: pandas(curve),
  },
  { language: 'R', words: 'R alone; `Rscript` writes `Rplots.pdf`.', fence: 'r', code: r(curve) },
  {
    language: 'DuckDB',
    words: 'DuckDB; prints the curve as bars of log10.',
    fence: 'sql',
    code: duckdb(curve),
  },
  {
    language: 'JavaScript',
    words: `Node 18 or newer without packages, saved as \`curve.mjs\`; prints a dot for each run in order of size, ten columns further right for each power of ten above ${curve.yFrom} (${curve.yTitle}).`,
    fence: 'js',
    code: javaScript(curve),
  },
];

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicReader } from '../../../src/main/lab/export/publicReader';
import { redactor } from '../../../src/main/lab/export/redact';
import { appVersion } from '../../../src/main/lab/machine';
import { experimentReport } from '../../../src/main/lab/report/report';
import { type ReasonCode, reasonCodes, resultSentence } from '../../../src/shared/reasons';
import { headlineEnergy, type RunRecord } from '../../../src/shared/run';
import { prefixOf, scaled, significant } from '../../../src/shared/units';
import { type BundleLab, hostileNames, identity, openBundleLab, planted } from '../../support/bundleLab';
import { sectionOf, tablesOf, textOf } from './markup';

let lab: BundleLab;
const pages = new Map<string, { name: string; html: string }>();
const kinds = ['ladder', 'comparison', 'hostile', 'claim', 'sample'] as const;
type Kind = (typeof kinds)[number];

beforeAll(async () => {
  lab = openBundleLab();
  for (const kind of kinds)
    pages.set(kind, await experimentReport(lab.store.reader, lab.experiments[kind], identity));
});
afterAll(() => lab.dispose());

const html = (kind: Kind) => pages.get(kind)!.html;
const runsOf = (kind: Kind): RunRecord[] =>
  lab.store.reader.listRuns({ experimentId: lab.experiments[kind] });
/** What the bin does not hold. */
const unbinned = (kind: Kind) => {
  const marks = lab.store.reader.marks('run');
  return runsOf(kind).filter((run) => (marks.get(run.id)?.binnedUnixMs ?? null) === null);
};
const rowsOf = (kind: Kind) =>
  tablesOf(sectionOf(html(kind), 'results'))
    .filter((t) => t.head.includes('Verdict') && t.head.includes('Model'))
    .flatMap((t) => t.rows);

describe('a report is one file that asks nothing', () => {
  it.each(kinds)('%s', (kind) => {
    const page = html(kind);
    expect(page.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
    expect(page).toContain(
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`,
    );
    expect(page).toMatch(/<title>[^<]+<\/title>/);
    // What stands in tags and not in texts: hostile names hold the words too, as text.
    const tags = [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    expect(tags.filter((t) => /^<(script|iframe|object|embed|base|form|img)\b/i.test(t))).toEqual([]);
    expect(tags.filter((t) => /\s(style|on\w+)=/i.test(t))).toEqual([]);
    const links = tags.flatMap((t) =>
      [...t.matchAll(/\s(?:href|src|xlink:href|action)="([^"]*)"/g)].map((m) => m[1]!),
    );
    expect(links.filter((l) => !l.startsWith('#') && l !== 'data:,')).toEqual([]);
    expect(/url\(|@import/.test(/<style>(.*?)<\/style>/s.exec(page)![1]!)).toBe(false);
  });

  it.each(kinds)('%s: ids are there once, and every link and label has its end', (kind) => {
    const ids = [...html(kind).matchAll(/<[^>]*\sid="([^"]*)"/g)].map((m) => m[1]!);
    expect(ids.length).toBeGreaterThan(8);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    const asked = [...html(kind).matchAll(/\s(?:href="#|aria-labelledby=")([^"]*)"/g)].flatMap((m) =>
      m[1]!.split(' '),
    );
    expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it.each(kinds)('%s: sections, headings and tables are in order', (kind) => {
    const page = html(kind);
    const heads = [...page.matchAll(/<h([1-6])/g)].map((m) => Number(m[1]));
    expect(heads[0]).toBe(1);
    expect(heads.filter((h) => h === 1)).toHaveLength(1);
    const jumps = heads.filter((h, i) => h - (heads[i - 1] ?? 0) > 1);
    expect(jumps).toEqual([]);
    expect([...page.matchAll(/<h2 id="(\w+)"/g)].map((m) => m[1])).toEqual([
      'question',
      'machine',
      'protocol',
      'results',
      'figures',
      'verdicts',
      'limits',
      'cite',
    ]);
    const tables = tablesOf(page);
    expect(tables.length).toBeGreaterThan(5);
    for (const table of tables) expect(table.caption).not.toBe('');
    for (const row of tables.flatMap((t) => t.rows)) expect(row.markup).toContain('scope="row"');
  });

  it('is the same twice, and after other reports', async () => {
    for (const kind of kinds) {
      const again = await experimentReport(lab.store.reader, lab.experiments[kind], identity);
      expect(again).toEqual(pages.get(kind));
    }
  });

  it('has a plain file name, whatever the experiment is called', () => {
    for (const { name } of pages.values())
      expect(name).toMatch(/^report-[a-z0-9-]{1,60}-\d{4}-\d\d-\d\d\.html$/);
  });

  it('finds the experiment by name and by its first digits, and refuses what is not there', async () => {
    const id = lab.experiments.comparison;
    const byName = await experimentReport(lab.store.reader, 'dense or sparse?', identity);
    const byDigits = await experimentReport(lab.store.reader, id.slice(0, 13), identity);
    expect(byName).toEqual(pages.get('comparison'));
    expect(byDigits).toEqual(pages.get('comparison'));
    await expect(experimentReport(lab.store.reader, 'none of these', identity)).rejects.toMatchObject({
      failure: { kind: 'not_found' },
    });
  });
});

describe('what was measured', () => {
  /** '40.0 ms', '(39.7–40.3)' of a value in SI units, by hand. */
  const shown = (value: number, low: number, high: number, unit: string, digits = 3) => {
    const { scale, prefix } = prefixOf(value, digits);
    const text = (v: number) => significant(scaled(v, scale), digits);
    return { value: `${text(value)} ${prefix}${unit}`, interval: `(${text(low)}–${text(high)})` };
  };

  it.each(kinds)('%s: a row a run, in the order of the plan, with the numbers of its record', (kind) => {
    const runs = unbinned(kind);
    const rows = rowsOf(kind);
    expect(rows).toHaveLength(runs.length);
    const numbers = rows.map((row) => Number(row.cells[0]));
    for (const role of ['measure', 'control', 'overhead'] as const) {
      const own = runs.filter((r) => r.role === role).map((r) => r.ordinal + 1);
      expect(numbers.filter((n) => own.includes(n))).toEqual(own);
    }
    for (const run of runs) {
      const text = rows[numbers.indexOf(run.ordinal + 1)]!.cells.join(' | ');
      expect(text).toContain(
        `| ${run.condition.provider} | ${run.condition.batch} | ${run.condition.threads} |`,
      );
      for (const estimate of [run.latency?.p50S, run.latency?.p95S]) {
        if (run.outcome?.kind !== 'completed' || run.latency?.verdict === 'invalid') continue;
        if (estimate?.value == null) {
          expect(text).toContain('not measured');
          continue;
        }
        const { value, interval } = shown(estimate.value, estimate.low, estimate.high, 's');
        expect(text).toContain(`${value} ${interval}`);
      }
      const energy = headlineEnergy(run);
      for (const part of [energy?.gross, energy?.net]) {
        if (run.outcome?.kind !== 'completed' || part?.perInferenceJ == null || part.verdict === 'invalid')
          continue;
        const estimated = energy!.provenance === 'estimate';
        const { low, high } = part.absolute!;
        const { value, interval } = shown(part.perInferenceJ, low, high, 'J', estimated ? 2 : 3);
        expect(text).toContain(`${estimated ? '≈ ' : ''}${value} ${interval}`);
      }
    }
  });

  it('says of every run without energy why, and shows no value of an invalid result', () => {
    const rows = rowsOf('hostile');
    const numbers = rows.map((row) => Number(row.cells[0]));
    let without = 0;
    for (const run of runsOf('hostile')) {
      const row = rows[numbers.indexOf(run.ordinal + 1)];
      const gross = headlineEnergy(run)?.gross;
      if (!row || run.outcome?.kind !== 'completed' || !gross) continue;
      if (gross.perInferenceJ !== null && gross.verdict !== 'invalid') continue;
      without++;
      const text = row.cells.join(' | ');
      expect(text).not.toMatch(/\d J\b|\d mJ\b|\d W\b/);
      expect(gross.codes.some((code) => new RegExp(`(invalid|not measured): ${code}`).test(text))).toBe(true);
    }
    expect(without).toBeGreaterThanOrEqual(2);
  });

  it('keeps failed, cancelled and waiting runs with their sentence', () => {
    const text = rowsOf('hostile').map((row) => row.cells.join(' | '));
    expect(text.some((t) => t.includes('Failed during its windows: it crashed, signal SIGSEGV.'))).toBe(true);
    expect(text.some((t) => t.includes('Cancelled during its windows.'))).toBe(true);
    expect(text.some((t) => t.includes('it waits in the queue'))).toBe(true);
    for (const { cells } of rowsOf('hostile')) expect(cells.every((cell) => cell.trim() !== '')).toBe(true);
  });

  it.each(kinds)('%s: explains every code that it shows, and none that it does not', (kind) => {
    const page = html(kind);
    const codes = tablesOf(sectionOf(page, 'verdicts')).find((t) => t.head[0] === 'Code')?.rows ?? [];
    const explained = codes.map((row) => row.cells[0]);
    const parts = ['question', 'machine', 'protocol', 'results', 'limits'].map((id) =>
      textOf(sectionOf(page, id)),
    );
    const used = reasonCodes.filter((code) =>
      new RegExp(`(?<![A-Z_])${code}(?![A-Z_])`).test(parts.join(' ')),
    );
    expect(explained.toSorted()).toEqual([...used].sort());
    for (const row of codes) expect(row.cells[2]).toBe(resultSentence(row.cells[0] as ReasonCode));
  });

  it('names models, plan, commit and every record by its hash', () => {
    const reader = publicReader(lab.store.reader, redactor(identity));
    const cite = textOf(sectionOf(html('ladder'), 'cite'));
    expect(cite).toContain(reader.getExperiment(lab.experiments.ladder).planSha256);
    for (const run of runsOf('ladder')) {
      expect(cite).toContain(run.id);
      expect(cite).toContain(reader.recordHashOf(run.id));
      expect(cite).toContain(reader.getModel(run.condition.modelId).fileSha256);
    }
  });
});

describe('hostile text', () => {
  it('is text: markup, quotes, lines, direction', () => {
    const results = sectionOf(html('hostile'), 'results');
    expect(results).toContain('&lt;img src=x onerror=alert(1)&gt;');
    const names = rowsOf('hostile').map((row) => row.cells[1]!);
    const plain = (name: string) =>
      name
        .replace(/[\t\r\n]+/g, ' ')
        .replace('\u202e', '\ufffd')
        .trim();
    const kept = unbinned('hostile').map((run) => lab.store.reader.getModel(run.condition.modelId).name);
    expect(kept.filter((name) => hostileNames.includes(name)).length).toBeGreaterThan(10);
    expect(names.map((n) => n.trim())).toEqual(kept.map(plain));
    // Line feeds of our own are all that is left of what moves a cursor or turns a line.
    for (const { html: page } of pages.values())
      expect(page.replaceAll('\n', '')).not.toMatch(
        /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/,
      );
    expect(html('hostile')).toContain('<h1>=HYPERLINK(&quot;x&quot;), ');
  });

  it('holds no sign of a person or a place', () => {
    for (const [kind, { html: page, name }] of pages)
      expect([kind, planted.filter((sign) => page.includes(sign) || name.includes(sign))]).toEqual([
        kind,
        [],
      ]);
  });

  it('would hold them without the redaction', async () => {
    const open = { userNames: [], hostNames: [], folders: [] };
    const { html: page } = await experimentReport(lab.store.reader, lab.experiments.ladder, open);
    expect(page).toContain('Odile');
  });
});

it('reads as it did', async () => {
  // Figures have snapshots of their own, and every release its number.
  const page = html('sample')
    .replace(sectionOf(html('sample'), 'figures'), '')
    .replaceAll(appVersion(), 'VERSION');
  const lines = textOf(
    page.slice(page.indexOf('<body>')).replace(/<\/(p|li|h\d|caption|t[hd]|tr|a)>/g, ' $&\n'),
  ).split('\n');
  const text = lines.map((line) => line.trim()).filter((line) => line !== '');
  await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('sample.report.txt');
});

describe('what it says of itself', () => {
  const badges = (kind: Kind) => [...html(kind).matchAll(/<li class="badge">([^<]*)/g)].map((m) => m[1]);
  const limits = (kind: Kind) => textOf(sectionOf(html(kind), 'limits'));

  it('badges what was not measured here by a meter', () => {
    expect(badges('ladder')).toEqual([]);
    expect(badges('hostile')).toEqual(['SIMULATED', 'ESTIMATED']);
    expect(badges('sample')).toEqual(['SAMPLE', 'SIMULATED']);
  });

  it('states limits that the data show, and no others', () => {
    const kept = unbinned('hostile');
    const count = (status: RunRecord['status']) => kept.filter((r) => r.status === status).length;
    expect(count('failed') * count('cancelled')).toBeGreaterThan(0);
    expect(limits('hostile')).toMatch(new RegExp(`${count('failed')} runs? of ${kept.length} failed`));
    expect(limits('hostile')).toMatch(
      new RegExp(`${count('cancelled')} runs? of ${kept.length} w(as|ere) cancelled`),
    );
    const inBin = runsOf('hostile').length - kept.length;
    expect(limits('hostile')).toMatch(new RegExp(`${inBin} runs? of the experiment lies? in the bin`));
    expect(limits('hostile')).toContain('ESTIMATED');
    expect(limits('ladder')).not.toMatch(/failed|cancelled|bin of the lab|ESTIMATED|SAMPLE|glance/);
    expect(limits('ladder')).toContain('The meter sees');
    expect(limits('sample')).toContain('SAMPLE');
    expect(limits('comparison')).toContain('from block to block');
  });

  it('asks what the plan asks', () => {
    const question = (kind: Kind) => textOf(sectionOf(html(kind), 'question'));
    expect(question('ladder')).toContain(
      'How does the time and energy of one inference grow with the number of parameters, over 8 multilayer perceptrons',
    );
    expect(question('comparison')).toMatch(
      /Which takes less time and energy an inference: “dense-3k[^”]*” or “sparse-3k/,
    );
    expect(question('comparison')).toContain('Median latency: ');
    expect(question('sample')).toContain('How much time and energy does one inference of mlp-1.0k take?');
    expect(question('sample')).toContain('median latency');
  });

  it('tells the claim that it was measured for: statement, prediction with its date, verdict', () => {
    const question = textOf(sectionOf(html('claim'), 'question'));
    const version = lab.store.reader.claimVersions('kernel').at(-1)!;
    const run = lab.store.reader.claimRuns('kernel').at(-1)!;
    expect(question).toContain(version.statement);
    expect(question).toContain(version.prediction.text);
    expect(question).toContain(new Date(version.createdUnixMs).toISOString().slice(0, 16).replace('T', ' '));
    expect(question).toContain('before the run');
    expect(question).toContain(textOf(run.outcome!.sentence));
    expect(html('claim')).toMatch(/Of the claim C2 kernel/);
  });

  it('draws figures with titles and descriptions', () => {
    for (const kind of kinds) {
      const figures = sectionOf(html(kind), 'figures');
      const drawn = figures.match(/<svg /g) ?? [];
      expect(drawn.length).toBeGreaterThan(0);
      expect(figures.match(/<desc /g)).toHaveLength(drawn.length);
      expect(figures.match(/<figcaption>/g)!.length).toBeGreaterThanOrEqual(drawn.length);
    }
    expect(html('comparison')).toContain('id="compare-runs-title"');
    expect(html('ladder')).toContain('id="curve-efficiency-title"');
    expect(html('ladder')).toContain('id="power-trace-1-title"');
    expect(html('ladder')).toContain('id="latency-distribution-2-title"');
  });
});

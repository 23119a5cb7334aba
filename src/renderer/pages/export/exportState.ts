import { z } from 'zod';
import {
  type Author,
  authorSchema,
  type BundleOptionsInput,
  bundleFormats,
  bundleOptionsSchema,
  licences,
  rawTables,
} from '../../../shared/bundle';
import type { Input, Json } from '../../../shared/contract';
import type { RunRow } from '../../../shared/runRow';
import { experimentsOf } from '../../parts/experiments';

/** An author as typed; empty texts are not given. */
export const typedAuthor = z.object({
  familyNames: z.string().default(''),
  givenNames: z.string().default(''),
  affiliation: z.string().default(''),
  orcid: z.string().default(''),
});
export type TypedAuthor = z.output<typeof typedAuthor>;
export const noAuthor: TypedAuthor = typedAuthor.parse({});

export const selections = ['all', 'experiments', 'runs'] as const;

/** What the Export page was last left with: texts as typed; remembered in the lab. */
const formSchema = z.object({
  select: z.enum(selections).default('all'),
  /** Ids; count only where `select` says so. */
  experiments: z.array(z.string()).default([]),
  runs: z.array(z.string()).default([]),
  claims: z.boolean().default(true),
  raw: z.enum(rawTables).default('parquet'),
  runFigures: z.boolean().default(false),
  png: z.number().int().min(0).max(3).default(0),
  theme: z.enum(['light', 'dark']).default('light'),
  title: z.string().default(''),
  description: z.string().default(''),
  authors: z.array(typedAuthor).max(50).default([]),
  licence: z.enum(licences).default('CC-BY-4.0'),
  doi: z.string().default(''),
  created: z.string().default(''),
  format: z.enum(bundleFormats).default('folder'),
  /** Folder to write into; empty: `exports` in the lab's folder. */
  into: z.string().default(''),
});
export type ExportForm = z.output<typeof formSchema>;
export const plainForm: ExportForm = formSchema.parse({});

/** What was stored; anything that cannot be read is the plain form. Pure. */
export function readForm(stored: Json): ExportForm {
  const parsed = formSchema.safeParse(stored ?? {});
  return parsed.success ? parsed.data : plainForm;
}

const hasEnded = ({ status }: RunRow) => status !== 'queued' && status !== 'running';

/**
 * Runs that the form's selection means: those that have ended and are not in the bin; of the sample dataset only what is
 * chosen by name, or if there is nothing else. As the service selects (lab/export/selection.ts). Pure.
 */
export function runsOfForm(
  rows: readonly RunRow[],
  { select, experiments, runs }: Pick<ExportForm, 'select' | 'experiments' | 'runs'>,
): RunRow[] {
  const there = rows.filter((row) => hasEnded(row) && row.binnedUnixMs === null);
  if (select === 'all') {
    const own = there.filter((row) => !row.sample);
    return own.length > 0 ? own : there;
  }
  const wanted = new Set(select === 'runs' ? runs : experiments);
  return there.filter((row) => wanted.has(select === 'runs' ? row.id : row.experimentId));
}

/** Experiments with something to give away, newest first, and how many runs each has. Pure. */
export function experimentChoices(
  rows: readonly RunRow[],
): { id: string; label: string; runs: number; sample: boolean; lab: string | null }[] {
  const counts = new Map<string, RunRow[]>();
  for (const row of rows) {
    if (!hasEnded(row) || row.binnedUnixMs !== null) continue;
    const own = counts.get(row.experimentId);
    if (own) own.push(row);
    else counts.set(row.experimentId, [row]);
  }
  return experimentsOf([...counts.values()].flat()).map(({ id, name }) => {
    const own = counts.get(id) ?? [];
    return {
      id,
      label: name || id,
      runs: own.length,
      sample: own.some((row) => row.sample),
      lab: own[0]?.lab ?? null,
    };
  });
}

/** `0000-0002-1825-0097`, with or without its address: the address. Other texts stay as they are. Pure. */
export function orcidOf(text: string): string | null {
  const plain = text.trim();
  if (plain === '') return null;
  const [, id] =
    /^(?:https?:\/\/)?(?:www\.)?(?:orcid\.org\/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])\/?$/.exec(plain) ?? [];
  return id === undefined ? plain : `https://orcid.org/${id.toUpperCase()}`;
}

/** A DOI without the address that it is often copied with. Pure. */
export function doiOf(text: string): string | null {
  return text.trim().replace(/^(?:https?:\/\/(?:dx\.)?doi\.org\/|doi:\s*)/i, '') || null;
}

/** Where a text is wrong, and what to write instead: by field (`authors.0.orcid`). */
export type Problems = Readonly<Record<string, string>>;

type Given = Input<'exportBundle'>;

/** What the form asks for, and what is wrong in it; with problems the options are null. Pure. */
export function optionsOf(
  form: ExportForm,
  rows: readonly RunRow[],
): { options: BundleOptionsInput | null; target: Pick<Given, 'into' | 'format'>; problems: Problems } {
  const chosen = runsOfForm(rows, form);
  const problems: Record<string, string> = {};
  const authors: z.input<typeof authorSchema>[] = [];
  for (const [i, typed] of form.authors.entries()) {
    if (Object.values(typed).every((text) => text.trim() === '')) continue;
    const given = { ...typed, orcid: orcidOf(typed.orcid) };
    const parsed = authorSchema.safeParse(given);
    for (const { path } of parsed.error?.issues ?? []) {
      const key = String(path[0]) as keyof Author;
      problems[`authors.${i}.${key}`] = authorProblems[key];
    }
    authors.push(given);
  }
  const options: BundleOptionsInput = {
    // All by name where the claims stay out: an empty list of claims alone would choose nothing.
    experiments:
      form.select === 'all' && form.claims ? null : [...new Set(chosen.map((r) => r.experimentId))],
    runs: form.select === 'runs' ? chosen.map((row) => row.id) : null,
    claims: form.claims ? null : [],
    raw: form.raw,
    runFigures: form.runFigures,
    png: form.png,
    theme: form.theme,
    title: form.title.trim() || null,
    description: form.description,
    authors: [],
    licence: form.licence,
    doi: doiOf(form.doi),
    created: form.created.trim() || null,
  };
  for (const { path } of bundleOptionsSchema.safeParse(options).error?.issues ?? []) {
    const key = String(path[0]);
    problems[key] = fieldProblems[key] ?? 'This cannot be read.';
  }
  const target = { into: form.into.trim() || null, format: form.format };
  if (target.into !== null && !isWhole(target.into)) problems.into = fieldProblems.into!;
  if (Object.keys(problems).length > 0) return { options: null, target, problems };
  return { options: { ...options, authors }, target, problems };
}

/** A path that means the same folder wherever the service was started. Pure. */
const isWhole = (path: string) => /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path);

const authorProblems: Readonly<Record<keyof Author, string>> = {
  familyNames: 'The family names are missing, or longer than 200 characters.',
  givenNames: 'At most 200 characters.',
  affiliation: 'At most 200 characters.',
  orcid: 'Write it as 0000-0002-1825-0097.',
};

const fieldProblems: Readonly<Record<string, string>> = {
  title: 'From 3 to 200 characters.',
  description: 'At most 5,000 characters.',
  doi: 'Write it as 10.5281/zenodo.1234567.',
  created: 'Write a UTC time such as 2026-01-15T10:00:00Z.',
  into: 'Write the whole path of the folder, from / or the letter of a drive on.',
};

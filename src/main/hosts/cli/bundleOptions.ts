import { type Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import {
  type Author,
  authorSchema,
  type BundleOptionsInput,
  bundleOptionsSchema,
  licences,
  rawTables,
} from '../../../shared/bundle';

/** What the options of `export` give, as commander names them. */
export interface BundleCliOptions {
  experiment?: string[];
  run?: string[];
  claim?: string[];
  raw: (typeof rawTables)[number];
  runFigures: boolean;
  png: number;
  theme: 'light' | 'dark';
  title?: string;
  description: string;
  author?: Author[];
  licence: (typeof licences)[number];
  doi?: string;
  created?: string;
}

const { shape } = bundleOptionsSchema;

/** Adds the options that say what goes into a bundle and what it says of itself. */
export function withBundleOptions(command: Command): Command {
  return command
    .option('--experiment <id>', 'only this experiment: id, first digits, or name (repeatable)', gathered)
    .option('--run <id>', 'only this run of them: id or its first digits (repeatable)', gathered)
    .option('--claim <name>', 'this claim with what it measured: C1 to C9 or id (repeatable)', gathered)
    .addOption(
      new Option('--raw <tables>', 'samples and meter readings as tables; as records they are there anyway')
        .choices(rawTables)
        .default('parquet'),
    )
    .option('--run-figures', 'power trace and latencies of every run', false)
    .option(
      '--png <n>',
      'PNG beside each SVG, times 96 dots per inch: 1 to 3',
      (text) => checked(shape.png, Number(text)),
      0,
    )
    .addOption(new Option('--theme <theme>', 'of the figures').choices(['light', 'dark']).default('light'))
    .option('--title <text>', 'what the dataset is called', (text) => checked(shape.title, text)!)
    .option(
      '--description <text>',
      'what it is, in your words',
      (text) => checked(shape.description, text),
      '',
    )
    .option(
      '--author <person>',
      '"Family, Given; Affiliation; https://orcid.org/…", the last two may be missing (repeatable)',
      (text, before: Author[] = []) => [...before, authorOf(text)],
    )
    .addOption(new Option('--licence <id>', 'of the dataset').choices(licences).default('CC-BY-4.0'))
    .option('--doi <doi>', 'once it has one', (text) => checked(shape.doi, text)!)
    .option(
      '--created <time>',
      'instead of now, UTC: the same time and data give the same bytes',
      (text) => checked(shape.created, text)!,
    );
}

/** What the contract takes of what was typed. */
export function bundleOptionsOf(options: BundleCliOptions): BundleOptionsInput {
  const { experiment, run, claim, author, title, doi, created, raw, runFigures, png, theme, ...rest } =
    options;
  const { description, licence } = rest;
  return {
    experiments: experiment ?? null,
    runs: run ?? null,
    claims: claim ?? null,
    ...{ raw, runFigures, png, theme, description, licence },
    title: title ?? null,
    authors: author ?? [],
    doi: doi ?? null,
    created: created ?? null,
  };
}

/** `Family, Given; Affiliation; https://orcid.org/0000-0002-1825-0097`. */
export function authorOf(text: string): Author {
  const [name = '', ...more] = text.split(';').map((part) => part.trim());
  const orcid = more.find((part) => /^https?:/.test(part)) ?? null;
  const [familyNames = '', ...given] = name.split(',').map((part) => part.trim());
  if (familyNames === '') throw new InvalidArgumentError('Begin with the family name.');
  return checked(authorSchema, {
    familyNames,
    givenNames: given.join(', '),
    affiliation: more.filter((part) => part !== orcid).join('; '),
    orcid,
  });
}

const gathered = (text: string, before: string[] = []) => [...before, text];

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues.map((issue) => issue.message).join('; ')}.`);
}

import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Author, authorSchema, licences, utcSecondSchema } from '../../../shared/bundle';
import { LabError } from '../../../shared/errors';
import { openPlain, printable, readWhole } from '../../models/files';
import { bundleSchema } from '../export/manifest/environment';
import { licenceFacts } from '../export/manifest/licences';
import { quoted, refused } from './refusal';

/** What a bundle says of itself. */
export interface Described {
  title: string;
  created: string;
  licence: string;
  authors: Author[];
}

/** A file that describes the bundle at most: one with 100,000 columns would be smaller. */
const describedMaxBytes = 16 << 20;

const environmentShape = z.object({ schema: z.string(), app: z.object({ version: z.string() }) });

const packageShape = z.object({
  title: z.string().min(1).max(1000),
  created: utcSecondSchema,
  licenses: z.array(z.object({ name: z.string().max(200) })).min(1),
  contributors: z
    .array(
      z.object({
        title: z.string(),
        givenName: z.string().optional(),
        familyName: z.string().optional(),
        path: z.string().optional(),
        organization: z.string().optional(),
      }),
    )
    .max(1000)
    .default([]),
});

/**
 * Reads what a bundle says of itself, and refuses one of a format that this version does not know.
 * @throws LabError unsupported, or bad_input naming the file
 */
export function describe(root: string): Described {
  const environment = read(root, 'provenance/environment.json', environmentShape);
  if (environment.schema !== bundleSchema) throw unknownFormat(environment);
  const { title, created, licenses, contributors } = read(root, 'datapackage.json', packageShape);
  return {
    title: title.toWellFormed(),
    created,
    licence: licenceOf(licenses[0]!.name),
    authors: contributors.flatMap(({ title: name, givenName, familyName, path, organization }) => {
      const author = authorSchema.safeParse({
        familyNames: familyName ?? name,
        givenNames: givenName ?? '',
        affiliation: organization ?? '',
        orcid: path ?? null,
      });
      return author.success ? [author.data] : [];
    }),
  };
}

/** `thirtywatts.bundle/2` where this version knows `/1`. */
function unknownFormat({ schema, app }: z.infer<typeof environmentShape>): LabError {
  const [, mine] = bundleSchema.split('/');
  const version = /^thirtywatts\.bundle\/(\d{1,6})$/.exec(schema)?.[1];
  if (version !== undefined && Number(version) > Number(mine)) {
    return new LabError(
      'unsupported',
      `This bundle was written by a newer Thirty Watts (${printable(app.version)}, bundle format ${version}; this version knows ${mine}).`,
      'Update Thirty Watts, then import it again. Nothing was changed.',
    );
  }
  return refused(`provenance/environment.json names the format ${quoted(schema)}, which is no bundle's.`);
}

/** By its name in the list of the Open Definition; SPDX where it is one of ours. */
const licenceOf = (name: string) =>
  licences.find((spdx) => licenceFacts[spdx].openDefinition === name) ?? name.toWellFormed();

function read<T>(root: string, path: string, shape: z.ZodType<T>): T {
  const file = openPlain(join(root, ...path.split('/')), { oneName: false });
  if ('problem' in file) throw refused(`${path} ${file.problem}.`);
  try {
    if (file.bytes > describedMaxBytes) throw refused(`${path} is too large.`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readWhole(file));
    return shape.parse(JSON.parse(text));
  } catch (thrown) {
    if (thrown instanceof LabError) throw thrown;
    throw refused(`${path} does not say what a bundle's says.`);
  } finally {
    closeSync(file.descriptor);
  }
}

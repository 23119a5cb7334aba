import type { AnyTable, BundleColumn, ManifestInput } from '../types';
import { fileOf, keysTo, keywords, machineName, packageName, summary, tablesWith } from './facts';
import { licenceFacts } from './licences';
import { createdUtc, doiUrl, fullName, version } from './people';
import { jsonText, oneLine } from './text';

const profile = (name: string) => `https://datapackage.org/profiles/2.0/${name}.json`;

/**
 * datapackage.json: Data Package 2.0, CSV resources only, since readers that know no Parquet reject the whole package.
 * No `fieldsMatch`: the published 2.0 profile and the text of the specification contradict each other on it.
 */
export function dataPackage(input: ManifestInput): string {
  const { source } = input;
  const { authors, doi, licence } = source.options;
  const { name, url, openDefinition } = licenceFacts[licence];
  const tables = tablesWith(input, 'csv');
  return jsonText({
    $schema: profile('datapackage'),
    name: packageName(input.name),
    ...(doi === null ? {} : { id: doiUrl(doi) }),
    title: oneLine(source.title),
    description: summary(source),
    version: version(source),
    created: createdUtc(source),
    keywords,
    licenses: [{ name: openDefinition, path: url, title: name }],
    ...(authors.length === 0
      ? {}
      : {
          contributors: authors.map((author) => ({
            title: fullName(author),
            ...(author.givenNames === '' ? {} : { givenName: author.givenNames }),
            familyName: author.familyNames,
            ...(author.orcid === null ? {} : { path: author.orcid }),
            roles: ['creator'],
            ...(author.affiliation === '' ? {} : { organization: author.affiliation }),
          })),
        }),
    ...(source.selection.machines.length === 0
      ? {}
      : {
          sources: source.selection.machines.map((machine) => ({
            title: `Measured on ${machineName(machine)}`,
            path: `machines/${machine.id}.json`,
            version: `Thirty Watts ${oneLine(machine.app.version)}`,
          })),
        }),
    resources: tables.map((table) => {
      const { path, bytes, sha256 } = fileOf(input, table, 'csv')!;
      return {
        $schema: profile('dataresource'),
        name: table.name,
        path,
        type: 'table',
        title: table.title,
        description: table.description,
        format: 'csv',
        mediatype: 'text/csv',
        encoding: 'utf-8',
        bytes,
        hash: `sha256:${sha256}`,
        dialect: {
          $schema: profile('tabledialect'),
          header: true,
          delimiter: ',',
          lineTerminator: '\r\n',
          quoteChar: '"',
          doubleQuote: true,
          skipInitialSpace: false,
        },
        schema: tableSchema(table, tables),
      };
    }),
  });
}

function tableSchema(table: AnyTable, there: readonly AnyTable[]) {
  const { columns, primaryKey } = table;
  const keys = keysTo(table, there);
  return {
    $schema: profile('tableschema'),
    fields: columns.map((column) => field(column, primaryKey.length === 1 && primaryKey[0] === column.name)),
    missingValues: [''],
    primaryKey,
    ...(keys.length === 0
      ? {}
      : {
          foreignKeys: keys.map(({ fields, table: resource, to }) => ({
            fields,
            // A key into the same table names no resource (Table Schema 2.0, foreignKeys).
            reference: { ...(resource === table.name ? {} : { resource }), fields: to },
          })),
        }),
  };
}

function field(column: BundleColumn<never>, unique: boolean) {
  const { name, type, unit, unitColumn, nullable, description, values } = column;
  const constraints = {
    ...(nullable ? {} : { required: true }),
    ...(unique ? { unique: true } : {}),
    ...(values === undefined ? {} : { enum: values }),
    ...(type === 'integer' && /_(count|By)$/.test(name) ? { minimum: 0 } : {}),
  };
  return {
    name,
    type,
    format: 'default',
    description,
    ...(unit === null ? {} : { unit, unitSystem: 'UCUM' }),
    ...(unitColumn === undefined ? {} : { unitColumn, unitSystem: 'UCUM' }),
    ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
  };
}

import type { Author } from '../../../../shared/bundle';
import type { Machine } from '../../../../shared/machine';
import { utcSecond } from '../../../../shared/utc';
import type { BundleFigure, ManifestInput, WrittenFile } from '../types';
import { thisApp } from './app';
import { keywords, machineName, summary } from './facts';
import { licenceFacts } from './licences';
import { citationLine, createdUtc, doiUrl, fullName, version } from './people';
import { jsonText, oneLine } from './text';

type Entity = { '@id': string; '@type': string } & Record<string, unknown>;
interface Reference {
  '@id': string;
}

const specification = 'https://w3id.org/ro/crate/1.2';
const ref = (id: string): Reference => ({ '@id': id });
/** RO-Crate 1.2 is compacted JSON-LD: a list of one is that one. */
const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0]! : list);
const some = (key: string, list: readonly unknown[]) => (list.length === 0 ? {} : { [key]: one(list) });

/**
 * ro-crate-metadata.json, RO-Crate 1.2 (attached): the descriptor, the dataset with every file written before it, the
 * licence, the authors, the machines and the programs that measured and wrote.
 */
export function roCrate(input: ManifestInput): string {
  const { source, files } = input;
  const { authors, doi, licence } = source.options;
  const { machines, runs } = source.selection;
  const licenceUrl = licenceFacts[licence].url;
  const people = authors.map(person);
  const agents = people.map(([first]) => ref(first!['@id']));
  const writer = app((input.app ?? thisApp()).version);
  const measurers = [...new Set(machines.map((m) => m.app.version))].sort().map(app);
  const starts = runs.flatMap((run) => run.startedUnixMs ?? []);
  const ends = runs.flatMap((run) => run.endedUnixMs ?? []);
  const of = (test: (path: string) => boolean) =>
    files.filter(({ path }) => test(path)).map(({ path }) => ref(path));
  const root: Entity = {
    '@id': './',
    '@type': 'Dataset',
    name: oneLine(source.title),
    description: summary(source),
    datePublished: createdUtc(source),
    license: ref(licenceUrl),
    version: version(source),
    keywords: keywords.join(', '),
    creditText: citationLine(source),
    ...(doi === null ? {} : { identifier: ref(doiUrl(doi)), 'cite-as': doiUrl(doi) }),
    ...some('author', agents),
    ...some(
      'hasPart',
      of(() => true),
    ),
    mentions: one([...(machines.length > 0 ? [ref('#measurement')] : []), ref('#export')]),
  };
  const actions: Entity[] = [
    ...(machines.length > 0
      ? [
          {
            '@id': '#measurement',
            '@type': 'CreateAction',
            name: 'Measurement',
            ...some('agent', agents),
            instrument: one([
              ...measurers.map((a) => ref(a['@id'])),
              ...machines.map((m) => ref(machineId(m))),
            ]),
            ...(starts.length === 0 ? {} : { startTime: utcSecond(Math.min(...starts)) }),
            ...(ends.length === 0 ? {} : { endTime: utcSecond(Math.max(...ends)) }),
            ...some(
              'result',
              of((path) => path.startsWith('provenance/records/')),
            ),
          },
        ]
      : []),
    {
      '@id': '#export',
      '@type': 'CreateAction',
      name: 'Export',
      ...some('agent', agents),
      instrument: ref(writer['@id']),
      endTime: createdUtc(source),
      ...some(
        'object',
        of((path) => path.startsWith('provenance/records/')),
      ),
      ...some(
        'result',
        of((path) => !path.startsWith('provenance/records/')),
      ),
    },
  ];
  const graph: Entity[] = [
    {
      '@id': 'ro-crate-metadata.json',
      '@type': 'CreativeWork',
      conformsTo: ref(specification),
      about: ref('./'),
    },
    root,
    ...files.map((file) => fileEntity(input, file)),
    {
      '@id': licenceUrl,
      '@type': 'CreativeWork',
      name: licenceFacts[licence].name,
      description: `The full text is in LICENSE (SPDX: ${licence}).`,
      identifier: `https://spdx.org/licenses/${licence}`,
    },
    ...people.flat(),
    ...(doi === null
      ? []
      : [
          {
            '@id': doiUrl(doi),
            '@type': 'PropertyValue',
            propertyID: 'https://registry.identifiers.org/registry/doi',
            value: `doi:${doi}`,
            url: doiUrl(doi),
          },
        ]),
    ...machines.map((machine) => machineEntity(machine, files)),
    ...new Map([...measurers, writer].map((each) => [each['@id'], each])).values(),
    ...actions,
  ];
  // Two persons of the same name, or with one ORCID, are one entity: no two may share an @id.
  const unique = [...new Map(graph.map((entity) => [entity['@id'], entity])).values()];
  return jsonText({ '@context': `${specification}/context`, '@graph': unique });
}

function fileEntity(input: ManifestInput, { path, bytes, sha256, mediaType }: WrittenFile): Entity {
  const { name, description } = words(input, path);
  return {
    '@id': path,
    '@type': 'File',
    name,
    ...(description === null ? {} : { description }),
    contentSize: String(bytes),
    encodingFormat: mediaType,
    sha256,
    ...(path.startsWith('machines/') ? { about: ref(`#machine-${stem(path)}`) } : {}),
  };
}

const stem = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');

/** What a file is called and what it is. */
function words(
  { tables, source }: ManifestInput,
  path: string,
): { name: string; description: string | null } {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const ending = last.slice(last.indexOf('.') + 1);
  if (path.startsWith('data/')) {
    const table = tables.find(({ name }) => name === stem(path));
    if (table !== undefined)
      return {
        name: `${table.title} (${ending === 'csv' ? 'CSV' : 'Parquet'})`,
        description: table.description,
      };
  }
  if (path.startsWith('figures/')) {
    const figure = source.figures().find(({ name }) => name === stem(path));
    if (figure !== undefined) return figureWords(figure, ending);
  }
  if (path.startsWith('machines/')) {
    const machine = source.selection.machines.find(({ id }) => id === stem(path));
    if (machine !== undefined)
      return { name: machineName(machine), description: 'A machine that measured, as it described itself.' };
  }
  return { name: last, description: fixed[path] ?? records(path) };
}

function figureWords({ title, caption, alt }: BundleFigure, ending: string) {
  const name = oneLine(title);
  if (ending === 'spec.json')
    return { name: `${name} (specification)`, description: 'What the figure was drawn from.' };
  if (ending === 'points.csv') return { name: `${name} (points)`, description: 'Every point of the figure.' };
  return { name, description: oneLine(caption === '' ? alt : caption) };
}

const records = (path: string) =>
  path.startsWith('provenance/records/')
    ? 'Records as the lab keeps them, one a line, each with its hash.'
    : null;

const fixed: Readonly<Record<string, string>> = {
  'README.md': 'What the dataset holds, and how to read it.',
  LICENSE: 'Full text of the licence.',
  'CITATION.cff': 'How to cite (Citation File Format 1.2.0).',
  'datapackage.json': 'The CSV tables as a Data Package 2.0.',
  'croissant.json': 'The tables as Croissant 1.1.',
  'provenance/environment.json': 'The program that wrote this dataset, and the formats that it follows.',
  'provenance/run_log.jsonl': 'Events of the runs, one a line.',
};

function person(author: Author, index: number): Entity[] {
  const organization = `#organization-${index + 1}`;
  return [
    {
      '@id': author.orcid ?? `#author-${index + 1}`,
      '@type': 'Person',
      name: fullName(author),
      ...(author.givenNames === '' ? {} : { givenName: author.givenNames }),
      familyName: author.familyNames,
      ...(author.affiliation === '' ? {} : { affiliation: ref(organization) }),
    },
    ...(author.affiliation === ''
      ? []
      : [{ '@id': organization, '@type': 'Organization', name: author.affiliation }]),
  ];
}

const machineId = ({ id }: Machine) => `#machine-${id}`;

function machineEntity(machine: Machine, files: readonly WrittenFile[]): Entity {
  const path = `machines/${machine.id}.json`;
  return {
    '@id': machineId(machine),
    '@type': 'IndividualProduct',
    name: machineName(machine),
    identifier: machine.id,
    description: `ONNX Runtime ${oneLine(machine.onnxruntime)}, Node ${oneLine(machine.node)}; no serial number is kept.`,
    ...(files.some((file) => file.path === path) ? { subjectOf: ref(path) } : {}),
  };
}

const app = (versionText: string): Entity => ({
  '@id': `#thirty-watts-${encodeURIComponent(versionText.toWellFormed())}`,
  '@type': 'SoftwareApplication',
  name: 'Thirty Watts',
  version: oneLine(versionText),
});

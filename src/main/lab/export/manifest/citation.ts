import type { Author } from '../../../../shared/bundle';
import type { ManifestInput } from '../types';
import { keywords, summary } from './facts';
import { createdDate, doiUrl, nobody, version } from './people';
import { yamlText } from './text';

/** DOIs that CFF 1.2.0 takes (definitions.doi); another one is given as a URL. */
const cffDoi = /^10\.\d{4,9}(\.\d+)?\/[A-Za-z0-9:/_;\-.()[\]\\]+$/;

/** CITATION.cff, Citation File Format 1.2.0. Every text is a quoted scalar: it may hold anything. */
export function citation({ source }: ManifestInput): string {
  const { authors, doi, licence } = source.options;
  const lines = [
    'cff-version: 1.2.0',
    `message: ${yamlText('If you use this dataset, please cite it using the metadata from this file.')}`,
    'type: dataset',
    `title: ${yamlText(source.title)}`,
    'authors:',
    // The guide to CFF 1.2.0 gives unknown persons as an entity.
    ...(authors.length === 0 ? [`  - name: ${yamlText(nobody)}`] : authors.flatMap(person)),
    `abstract: ${yamlText(summary(source))}`,
    'keywords:',
    ...keywords.map((word) => `  - ${yamlText(word)}`),
    `license: ${licence}`,
    ...(doi === null ? [] : cffDoi.test(doi) ? [`doi: ${yamlText(doi)}`] : [`url: ${yamlText(doiUrl(doi))}`]),
    `version: ${yamlText(version(source))}`,
    `date-released: ${yamlText(createdDate(source))}`,
  ];
  return `${lines.join('\n')}\n`;
}

function person({ familyNames, givenNames, affiliation, orcid }: Author): string[] {
  const given = [
    ['family-names', familyNames],
    ['given-names', givenNames],
    ['affiliation', affiliation],
    ['orcid', orcid ?? ''],
  ].filter(([, text]) => text !== '');
  return given.map(([key, text], i) => `  ${i === 0 ? '-' : ' '} ${key}: ${yamlText(text!)}`);
}

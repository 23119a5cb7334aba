import type { Author } from '../../../../shared/bundle';
import { authorName } from '../../../../shared/bundle';
import { utcSecond } from '../../../../shared/utc';
import type { BundleSource } from '../types';
import { bibText, oneLine } from './text';

/** Who is named where nobody typed a name. */
export const nobody = 'Anonymous';

export const fullName = (author: Author): string => oneLine(authorName(author));

const citedName = ({ givenNames, familyNames }: Author): string =>
  oneLine(givenNames === '' ? familyNames : `${familyNames}, ${givenNames}`);

/** `https://doi.org/10.5281/zenodo.1234567`; what a URL cannot hold is escaped. */
export const doiUrl = (doi: string): string =>
  `https://doi.org/${encodeURI(doi.toWellFormed()).replaceAll('#', '%23').replaceAll('?', '%3F')}`;

/** `2026-01-15T10:00:00Z` */
export const createdUtc = ({ createdUnixMs }: BundleSource): string => utcSecond(createdUnixMs);

/** `2026-01-15` */
export const createdDate = (source: BundleSource): string => createdUtc(source).slice(0, 10);

/** The dataset's version is its date, as MAJOR.MINOR.PATCH: `2026.1.15`. Never that of the app. */
export const version = (source: BundleSource): string => createdDate(source).split('-').map(Number).join('.');

/** One line to cite by. */
export function citationLine(source: BundleSource): string {
  const { authors, doi } = source.options;
  const names = authors.length === 0 ? nobody : authors.map(citedName).join('; ');
  const place = doi === null ? '' : ` ${doiUrl(doi)}`;
  return `${names} (${createdDate(source).slice(0, 4)}). ${oneLine(source.title)} [Data set]. Version ${version(source)}.${place}`;
}

/** The same as a BibTeX entry. */
export function bibtex(source: BundleSource): string {
  const { authors, doi } = source.options;
  const names = authors.length === 0 ? [`{${nobody}}`] : authors.map((a) => bibText(citedName(a)));
  const entries = [
    `author = {${names.join(' and ')}}`,
    `title = {{${bibText(source.title)}}}`,
    `year = {${createdDate(source).slice(0, 4)}}`,
    `version = {${version(source)}}`,
    ...(doi === null ? [] : [`doi = {${bibText(doi)}}`, `url = {${doiUrl(doi)}}`]),
    'note = {Data set}',
  ];
  return `@misc{thirtywatts${createdDate(source).replaceAll('-', '')}, ${entries.join(', ')}}`;
}

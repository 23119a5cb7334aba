import { readFileSync } from 'node:fs';
import type { DataLicence } from '../../../../shared/bundle';
import { resource } from '../../paths';
import type { ManifestInput } from '../types';
import { oneLine } from './text';

interface LicenceFacts {
  name: string;
  /** The licence's own page. */
  url: string;
  /** Id in the list of the Open Definition, which Data Package asks for. */
  openDefinition: string;
}

export const licenceFacts: Readonly<Record<DataLicence, LicenceFacts>> = {
  'CC-BY-4.0': {
    name: 'Creative Commons Attribution 4.0 International',
    url: 'https://creativecommons.org/licenses/by/4.0/',
    openDefinition: 'CC-BY-4.0',
  },
  'CC0-1.0': {
    name: 'Creative Commons Zero v1.0 Universal',
    url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    openDefinition: 'CC0-1.0',
  },
  'CC-BY-SA-4.0': {
    name: 'Creative Commons Attribution-ShareAlike 4.0 International',
    url: 'https://creativecommons.org/licenses/by-sa/4.0/',
    openDefinition: 'CC-BY-SA-4.0',
  },
  'ODC-By-1.0': {
    name: 'Open Data Commons Attribution License v1.0',
    url: 'https://opendatacommons.org/licenses/by/1-0/',
    openDefinition: 'ODC-BY-1.0',
  },
  'ODbL-1.0': {
    name: 'Open Data Commons Open Database License v1.0',
    url: 'https://opendatacommons.org/licenses/odbl/1-0/',
    openDefinition: 'ODbL-1.0',
  },
};

/** The licence's full text from resources/licences. */
export const legalText = (licence: DataLicence): string =>
  readFileSync(resource('licences', `${licence}.txt`), 'utf8');

/** LICENSE: what it licenses, then the licence word for word. */
export function licenceText({ source }: ManifestInput, legal = legalText(source.options.licence)): string {
  const { licence } = source.options;
  return `${oneLine(source.title)}\n${licence}: ${licenceFacts[licence].url}\n\n${legal}`;
}

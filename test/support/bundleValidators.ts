import { createRequire } from 'node:module';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { roCrateTerms } from '../lab/export/manifest/schemas/roCrate';

const require = createRequire(import.meta.url);

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: true, allowUnionTypes: true });
addFormats(ajv);
const compiled = new WeakMap<object, ValidateFunction>();

/** A document against a JSON Schema. @returns what is wrong, each with its place; empty: valid */
export function schemaFaults(schema: object, document: unknown): string[] {
  const validate = compiled.get(schema) ?? ajv.compile(schema);
  compiled.set(schema, validate);
  validate(document);
  return (validate.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message}`);
}

/** npm's `datapackage` has no types. */
interface NpmPackage {
  errors: Error[];
  resources: {
    name: string;
    tabular: boolean;
    read(how: { keyed?: boolean; relations?: boolean; forceCast?: boolean }): Promise<unknown[]>;
  }[];
}
const { Package } = require('datapackage') as {
  Package: { load(descriptor: string): Promise<NpmPackage> };
};

interface ReadError extends Error {
  errors?: Error[];
  rowNumber?: number;
}

export interface ReadPackage {
  /** By resource; a row that could not be read is not there. */
  rows: Map<string, unknown[]>;
  faults: string[];
  /** Whole numbers beyond 2^53, which no JavaScript reader can hold: refused by it, and right. */
  beyondDouble: string[];
}

/**
 * Reads a Data Package with npm's reader of version 1 (datapackage 1.1.10, tableschema 1.12.6): every cell is cast to its
 * type and held against constraints, every foreign key followed. Hashes are not checked by it.
 */
export async function readDataPackage(folder: string): Promise<ReadPackage> {
  const loaded = await Package.load(join(folder, 'datapackage.json'));
  const read: ReadPackage = {
    rows: new Map(),
    faults: loaded.errors.map((e) => e.message),
    beyondDouble: [],
  };
  const tell = (name: string, thrown: unknown) => {
    const { message, errors = [], rowNumber } = thrown as ReadError;
    const all = errors.length > 0 ? errors.map((e) => e.message) : [message];
    for (const each of all) {
      const value = /^The value "(\d+)" in column "\w+" is not type "integer"/.exec(each)?.[1];
      const list =
        value !== undefined && !Number.isSafeInteger(Number(value)) ? read.beyondDouble : read.faults;
      list.push(`${name}, row ${rowNumber ?? '?'}: ${each}`);
    }
  };
  for (const resource of loaded.resources) {
    if (!resource.tabular) read.faults.push(`${resource.name} is not tabular`);
    try {
      const rows = await resource.read({ keyed: true, forceCast: true });
      for (const row of rows) if (row instanceof Error) tell(resource.name, row);
      read.rows.set(
        resource.name,
        rows.filter((row) => !(row instanceof Error)),
      );
      for (const row of await resource.read({ relations: true, forceCast: true }))
        if (row instanceof Error && row.message.startsWith('Foreign key')) tell(resource.name, row);
    } catch (thrown) {
      tell(resource.name, thrown);
    }
  }
  return read;
}

const jsonld = require('jsonld') as {
  expand(
    document: unknown,
    options: {
      base: string;
      safe: boolean;
      documentLoader(url: string): Promise<{ contextUrl: null; documentUrl: string; document: unknown }>;
    },
  ): Promise<Record<string, unknown>[]>;
};

/** Our own context of the terms that a bundle's crate uses, in place of the published one, which lies on the web. */
export const roCrateContext = {
  '@context': {
    ...Object.fromEntries(roCrateTerms.schema.map((term) => [term, `http://schema.org/${term}`])),
    ...roCrateTerms.other,
  },
};

export const expandBase = 'https://example.org/bundle/';

/**
 * Expands JSON-LD without a network: a context that is not handed in is refused, and a term that no context knows, too.
 * @throws Error for either
 */
export const expandOffline = (document: unknown, contexts: Readonly<Record<string, unknown>> = {}) =>
  jsonld.expand(document, {
    base: expandBase,
    safe: true,
    documentLoader: async (url) => {
      if (!(url in contexts)) throw new Error(`no network: ${url}`);
      return { contextUrl: null, documentUrl: url, document: contexts[url] };
    },
  });

/** What CITATION.cff holds; the part of YAML 1.2 that it is written in: maps, lists, and scalars that are plain or in double quotes. */
export function readCff(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  let list: unknown[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, indent, dash, key, rest] = /^( *)(- )?(?:([a-z-]+):(?: |$))?(.*)$/s.exec(line)!;
    const value = rest === '' ? null : scalar(rest!);
    if (indent === '' && key !== undefined && !dash) {
      if (value === null) {
        list = [];
        root[key] = list;
      } else root[key] = value;
    } else if (dash && key === undefined) list.push(value);
    else if (dash) list.push({ [key!]: value });
    else if (indent === '    ' && key !== undefined) (list.at(-1) as Record<string, unknown>)[key] = value;
    else throw new Error(`not read: ${line}`);
  }
  return root;
}

/** YAML 1.2.2, 5.7: the escapes of a double-quoted scalar. */
function scalar(text: string): string {
  if (!text.startsWith('"')) {
    if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(text)) throw new Error(`no plain scalar: ${text}`);
    return text;
  }
  if (!/^"(?:[^"\\]|\\.)*"$/su.test(text)) throw new Error(`no double-quoted scalar: ${text}`);
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9A-F]{2})|u([0-9A-F]{4})|U([0-9A-F]{8})|(["\\]))/g, (_, x, u, long, own) =>
      own === undefined ? String.fromCodePoint(Number.parseInt(x ?? u ?? long, 16)) : own,
    );
}

import { closeSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Licence } from '../../shared/model';
import { openPlain, printable, readWhole } from './files';

/** Longest licence that is kept, characters; the longest in use (GPL 3) has 35,000. */
const longest = 100_000;
const keys = ['license_text', 'licence_text', 'license', 'licence', 'license_name', 'license_link'];
const fileName = /^(licen[cs]e|copying)([-.]\w{1,20})?$/i;

/**
 * The licence of a model: what its own metadata says (`license`, as Hugging Face and the ONNX hub write it), else a
 * LICENSE or COPYING file in the folder that it was imported from, which may belong to something else there: `from` says
 * which. Null where neither is there. Links are not followed.
 */
export function licenceOf(metadata: ReadonlyMap<string, string>, modelPath: string): Licence | null {
  const own = new Map([...metadata].map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of keys) {
    const text = own.get(key)?.trim();
    if (text) return { from: 'metadata', name: key, text: text.slice(0, longest) };
  }
  return fileLicence(dirname(modelPath));
}

function fileLicence(folder: string): Licence | null {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => fileName.test(name));
  } catch {
    return null;
  }
  for (const name of names.sort()) {
    const file = openPlain(join(folder, name), { oneName: false });
    if ('problem' in file) continue;
    try {
      if (file.bytes === 0 || file.bytes > longest) continue;
      const text = new TextDecoder('utf-8', { fatal: true }).decode(readWhole(file)).trim();
      if (text !== '') return { from: 'file', name: printable(name), text };
    } catch {
      // Not text, or it changed while it was read: no licence can be told from it.
    } finally {
      closeSync(file.descriptor);
    }
  }
  return null;
}

/** Where the model says that it comes from; null where it does not. A path of somebody's machine is no source. */
export function sourceOf(metadata: ReadonlyMap<string, string>): string | null {
  const own = new Map([...metadata].map(([key, value]) => [key.toLowerCase(), value.trim()]));
  for (const key of ['source', 'url', 'homepage', 'repository', 'model_url']) {
    const text = own.get(key);
    if (text && /^(https?:\/\/|[\w.-]+\/[\w.-]+$)/.test(text)) return printable(text);
  }
  return null;
}

import { LabError } from '../../../shared/errors';
import type { DroppedFile } from '../../channels/door';

/** Paths, where the door knows them (desktop); else the files themselves. */
export type Dropped = { paths: readonly string[] } | { files: readonly DroppedFile[] };

/**
 * The bundle among what was dropped: a single zip anywhere; on the Export page also whatever else is dropped alone and is
 * no model, such as a folder. Pure.
 * @throws LabError unsupported: a browser gives a folder file by file
 */
export function bundleOf(dropped: Dropped, onExportPage: boolean): string | DroppedFile | null {
  if ('paths' in dropped) {
    const [path] = dropped.paths;
    if (path === undefined || dropped.paths.length > 1) return null;
    return isZip(path) || (onExportPage && !/\.onnx$/i.test(path)) ? path : null;
  }
  const { files } = dropped;
  const [file] = files;
  if (onExportPage && files.some(({ name }) => /(^|\/)SHA256SUMS$/.test(name)))
    throw new LabError(
      'unsupported',
      'A browser cannot hand over the folder of a bundle.',
      'Drop its zip, or type the path of the folder.',
    );
  return file !== undefined && files.length === 1 && isZip(file.name) ? file : null;
}

const isZip = (name: string) => /\.zip$/i.test(name);

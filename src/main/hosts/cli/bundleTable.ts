import type { BundleFile } from '../../../shared/bundle';
import { formatBytes, formatCount } from '../../../shared/units';
import type { Output } from './output';

/** Folders of many files, which are told in one line each. */
const gathered = ['figures/', 'machines/', 'provenance/records/'];

/** Files of a bundle with rows and sizes. @param estimated sizes are marked so */
export function showBundleFiles(output: Output, files: readonly BundleFile[], estimated: boolean): void {
  const size = (bytes: number) => `${estimated ? '≈ ' : ''}${formatBytes(bytes)}`;
  const folderOf = (path: string) => gathered.find((folder) => path.startsWith(folder)) ?? path;
  const rows = [...Map.groupBy(files, (f) => folderOf(f.path))].map(([path, group]) => {
    const bytes = group.reduce((sum, f) => sum + f.bytes, 0);
    if (path.endsWith('/')) return [path, `${formatCount(group.length)} files`, size(bytes)];
    const [{ rows }] = group as [BundleFile];
    return [path, rows === null ? '' : `${formatCount(rows)} rows`, size(bytes)];
  });
  output.table(['File', 'Holds', 'Size'], rows, [1, 2]);
}

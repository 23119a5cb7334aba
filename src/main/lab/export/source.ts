import type { BundleOptions } from '../../../shared/bundle';
import { slug } from '../../../shared/text';
import { utcStamp } from '../../../shared/utc';
import { bundleFigures } from './figures';
import type { PublicReader } from './publicReader';
import { type Selection, selectBundle } from './selection';
import type { BundleFigure, BundleSource } from './types';

/**
 * All that a bundle is made of. The clock is looked at only where `options.created` is null.
 * @throws LabError as selectBundle
 */
export function bundleSource(
  reader: PublicReader,
  options: BundleOptions,
  nowUnixMs: () => number,
): BundleSource {
  const selection = selectBundle(reader, options);
  const created = options.created === null ? nowUnixMs() : Date.parse(options.created);
  let figures: readonly BundleFigure[] | null = null;
  const source: BundleSource = {
    options,
    createdUnixMs: Math.floor(created / 1000) * 1000,
    title: options.title ?? titleOf(selection),
    reader,
    selection,
    figures() {
      figures ??= bundleFigures(source);
      return figures;
    },
  };
  return source;
}

/** Made of the experiments' names, each once. */
function titleOf({ experiments }: Selection): string {
  const [first, second, ...more] = new Set(experiments.flatMap((e) => e.plan.name || []));
  const rest =
    second === undefined ? '' : more.length === 0 ? ` and ${second}` : ` and ${more.length + 1} more`;
  return `Thirty Watts: ${first ?? 'measurements'}${rest}`.slice(0, 200).toWellFormed();
}

/**
 * `mlp-ladder-20260115T100000Z`: lower case, digits and hyphens, at most 60 of them, then the second of `created`. A title
 * in a script without Latin letters gives `bundle-…`.
 */
export function bundleName({ title, createdUnixMs }: Pick<BundleSource, 'title' | 'createdUnixMs'>): string {
  return `${slug(title, 60) || 'bundle'}-${utcStamp(createdUnixMs)}`;
}

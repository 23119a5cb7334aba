import { resolve } from 'node:path';
import { Command } from 'commander';
import type { BundlePreview } from '../../../../shared/bundle';
import { LabError } from '../../../../shared/errors';
import { formatBytes, formatCount } from '../../../../shared/units';
import { type BundleCliOptions, bundleOptionsOf, withBundleOptions } from '../bundleOptions';
import { showBundleFiles } from '../bundleTable';
import { doBundleWork } from '../bundleWork';
import { connect } from '../connect';
import { globals } from '../options';
import { type Output, oneLine } from '../output';

interface Options extends BundleCliOptions {
  zip: boolean;
  preview: boolean;
}

/** `export [folder]`: a dataset to give away, a folder of its own or a zip. */
export function exportCommand(): Command {
  const command = new Command('export')
    .description('a dataset to give away: tables (CSV, Parquet), figures, records, licence, checksums')
    .argument('[folder]', 'where its folder or zip goes (default: exports in the lab’s folder)');
  return withBundleOptions(command)
    .option('--zip', 'one zip instead of a folder', false)
    .option('--preview', 'says what would be in it, and writes nothing', false)
    .action(async (into: string | undefined, options: Options, self: Command) => {
      const { lab: folder, output } = globals(self);
      const { lab, close } = connect(folder, { write: false });
      const wanted = bundleOptionsOf(options);
      try {
        if (options.preview) {
          const preview = await lab.previewBundle(wanted);
          if (preview.refusal) throw refused(preview.refusal);
          showPreview(output, preview);
          output.data(preview);
          return;
        }
        const bundle = await doBundleWork(lab, output, 'nothing of the bundle is kept.', () =>
          lab.exportBundle({
            ...wanted,
            into: into === undefined ? null : resolve(into),
            format: options.zip ? 'zip' : 'folder',
          }),
        );
        showBundleFiles(output, bundle.files, false);
        output.say(`${bundle.path}, ${formatBytes(bundle.bytes)}`);
        output.say(`SHA-256 of SHA256SUMS: ${bundle.sha256}`);
        output.data(bundle);
      } finally {
        await close();
      }
    });
}

const refused = ({ kind, message, remedy }: NonNullable<BundlePreview['refusal']>) =>
  new LabError(kind, message, remedy);

function showPreview(output: Output, preview: BundlePreview): void {
  const { name, title, counts, files, bytes, identity, warnings } = preview;
  output.say(`${oneLine(title)}\n${name}\n`);
  output.say(
    Object.entries(counts)
      .map(([what, n]) => `${formatCount(n)} ${what}`)
      .join(', '),
  );
  showBundleFiles(output, files, true);
  output.say(`All together ≈ ${formatBytes(bytes)}.`);
  for (const text of [...warnings, ...identity]) output.say(`- ${oneLine(text)}`);
}

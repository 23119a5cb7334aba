// npm run bench: figures of this machine. Ratios are taken within one run; the rest names the machine.
import { cpus } from 'node:os';
import { benchClaims } from './claims';
import { benchComparison } from './comparison';
import { benchCoverage } from './coverage';
import { benchEngine } from './engine';
import { benchExport } from './export';
import { benchPage } from './page';
import { benchProtocol } from './protocol';
import { benchService } from './service';
import { benchStatistics } from './statistics';
import { benchStore } from './store';
import { benchTraining } from './training';

export interface Figure {
  what: string;
  value: string;
  /** What the lab promises, and whether it held here; null: no promise. */
  promise: string | null;
  held: boolean | null;
}

async function main(): Promise<void> {
  process.stdout.write(
    `${cpus()[0]?.model.trim()}, ${cpus().length} logical cores, ${process.platform}-${process.arch}, Node ${process.versions.node}\n\n`,
  );
  let broken = 0;
  const all = {
    engine: benchEngine,
    statistics: benchStatistics,
    training: benchTraining,
    coverage: benchCoverage,
    comparison: benchComparison,
    store: benchStore,
    export: benchExport,
    service: benchService,
    protocol: benchProtocol,
    claims: benchClaims,
    page: benchPage,
  };
  // `npm run bench -- page` measures that part alone.
  const named = process.argv.slice(2);
  for (const [name, bench] of Object.entries(all)) {
    if (named.length > 0 && !named.includes(name)) continue;
    for (const { what, value, promise, held } of await bench()) {
      if (held === false) broken += 1;
      const mark = held === null ? ' ' : held ? '✓' : '✗';
      process.stdout.write(
        `${mark} ${what.padEnd(72)} ${value.padStart(16)}${promise ? `   (${promise})` : ''}\n`,
      );
    }
  }
  process.stdout.write(
    `\n${broken === 0 ? 'Every promise held.' : `${broken} promises did not hold on this machine, in this run.`}\n`,
  );
  // A noisy machine breaks promises of speed without anything being wrong: told, not failed.
}

void main();

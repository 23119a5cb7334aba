#!/usr/bin/env node
// Records the sample dataset (resources/sample) again: measures a ladder of models with the built command line and the
// simulated test meter, in a lab of its own, and packs what was stored. About 20 minutes, on an otherwise idle machine.
//   npm run build && node scripts/start.mjs tool ../scripts/record-sample.mjs
// With the folder of a lab as argument it packs the only experiment of that lab instead of measuring.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '..');
const plan = {
  schema: 'thirtywatts.plan/1',
  name: 'Sample: MLP and decoder ladders on a CPU',
  models: [
    ...['1e3', '3e3', '1e4', '3e4', '1e5', '3e5', '1e6', '3e6'].map((size) => `mlp:${size}`),
    ...['1e4', '1e5', '1e6', '3e6'].map((size) => `decoder:${size}`),
  ],
  preset: 'quick',
  control: false,
  // The shortest window in which the meter gives an energy.
  windowS: 5,
  callOverhead: false,
};

function measure(folder) {
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const run = spawnSync(
    process.execPath,
    [join(root, 'out/main/cli.cjs'), 'run', file, '--new', '--lab', folder],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        THIRTY_WATTS_TEST_METER: join(root, 'test/fixtures/simulated-cpu-meter.json'),
        // The raw samples of fast models would be a hundred times as large: every so many-th inference is stored.
        THIRTY_WATTS_TEST_SAMPLES: '1024',
      },
    },
  );
  if (run.status !== 0) throw new Error(`the recording ended with ${run.status}`);
}

/** The lab's own code, bundled beside its native packages. */
async function packer() {
  const folder = mkdtempSync(join(root, 'node_modules', '.thirty-watts-sample-'));
  const external = ['better-sqlite3', 'koffi', 'onnxruntime-node'];
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: 'src/main/lab/packSample.ts',
      outDir: folder,
      rolldownOptions: {
        external,
        output: { format: 'cjs', entryFileNames: 'pack.cjs', codeSplitting: false },
      },
    },
    ssr: { noExternal: true, external },
  });
  const { packOnly } = (await import(pathToFileURL(join(folder, 'pack.cjs')).href)).default;
  return { packOnly, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const given = process.argv[2];
const lab = given ?? mkdtempSync(join(tmpdir(), 'thirty-watts-sample-'));
const { packOnly, remove } = await packer();
try {
  if (given === undefined) measure(lab);
  const bytes = packOnly(resolve(lab));
  writeFileSync(join(root, 'resources/sample/sample.br'), bytes);
  process.stdout.write(`resources/sample/sample.br: ${bytes.length} bytes\n`);
} finally {
  remove();
  if (given === undefined) rmSync(lab, { recursive: true, force: true });
}

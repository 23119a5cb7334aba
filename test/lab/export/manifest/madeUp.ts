import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { environment, licenceText, readme, roCrate } from '../../../../src/main/lab/export/manifest';
import { citation } from '../../../../src/main/lab/export/manifest/citation';
import { croissant } from '../../../../src/main/lab/export/manifest/croissant';
import { dataPackage } from '../../../../src/main/lab/export/manifest/dataPackage';
import type {
  AnyTable,
  BundleFigure,
  BundleSource,
  BundleTable,
  ManifestInput,
  WrittenFile,
} from '../../../../src/main/lab/export/types';
import type { BundleOptionsInput } from '../../../../src/shared/bundle';
import { csvHeader, csvLines } from '../../../../src/shared/csv';
import { headlineEnergy, type RunRecord } from '../../../../src/shared/run';
import { fakeMachine, fakeModel, fakeRun, packageSensor } from '../../../support/fakeRecords';
import { sourceWithoutLab } from '../../../support/madeUpBundle';

export const app = { version: '0.1.0', commit: null, parquetWriter: 'hyparquet-writer 0.17.0' };
export const lab = '0123456789abcdef';

/** Names that break careless writers: formula, quotes, comma, line breaks, markup, right-to-left with an override. */
export const hostileName = '=1+1, "x"\r\n<script>alert(1)</script> | `שלום\u202eevil` $a$ [x](javascript:1)';

export const models = [
  fakeModel('mlp-1k', 1_000),
  fakeModel(hostileName, 10_000, 'imported'),
  fakeModel('mlp-100k', 100_000),
];

const failed: Partial<RunRecord> = {
  status: 'failed',
  latency: null,
  outcome: {
    kind: 'failed',
    phase: 'load',
    cause: 'error',
    exitCode: 1,
    signal: null,
    message: 'It broke.',
    remedy: null,
    stderrTail: '',
  },
};

/** Runs on cpu and cuda with energy, one of a call's cost, one that failed. */
export const runs: RunRecord[] = [
  ...models.flatMap((model, i) =>
    (['cpu', 'cuda'] as const).map((provider, j) =>
      fakeRun({
        experiment: 'e',
        ordinal: 2 * i + j,
        model,
        condition: { provider },
        p50S: 10 ** (i - 5) * (j + 1),
        grossJ: 10 ** (i - 4) * (j + 1),
      }),
    ),
  ),
  fakeRun({ experiment: 'e', ordinal: 6, model: models[0]!, grossJ: 1e-9, over: { role: 'overhead' } }),
  fakeRun({ experiment: 'e', ordinal: 7, model: models[2]!, over: failed }),
];

interface Row {
  run: RunRecord;
}
const modelOf = ({ run }: Row) => models.find(({ id }) => id === run.condition.modelId)!;
const text = { type: 'string', unit: null, nullable: false } as const;

const runTable: BundleTable<Row> = {
  name: 'runs',
  title: 'Runs',
  description: 'One row per run.',
  primaryKey: ['run_id'],
  foreignKeys: [
    { fields: ['model_id'], table: 'models', to: ['model_id'] },
    { fields: ['machine_id'], table: 'elsewhere', to: ['machine_id'] },
  ],
  columns: [
    { ...text, name: 'run_id', description: 'Id.', of: ({ run }) => run.id },
    { ...text, name: 'model_id', description: 'Model.', of: ({ run }) => run.condition.modelId },
    { ...text, name: 'model_name', description: 'Name.', of: (row) => modelOf(row).name },
    { ...text, name: 'model_family', description: 'Family.', of: (row) => modelOf(row).family },
    { ...text, name: 'machine_id', description: 'Machine.', of: ({ run }) => run.machineId },
    {
      ...text,
      name: 'role',
      description: 'Role.',
      values: ['measure', 'overhead', 'control'],
      of: ({ run }) => run.role,
    },
    {
      name: 'is_sample',
      type: 'boolean',
      unit: null,
      nullable: false,
      description: 'Sample.',
      of: () => false,
    },
    {
      name: 'queued_at',
      type: 'datetime',
      unit: null,
      nullable: false,
      description: 'Queued.',
      of: ({ run }) => `${new Date(run.queuedUnixMs).toISOString().slice(0, 19)}Z`,
    },
    {
      ...text,
      name: 'provider_requested',
      description: 'Provider.',
      of: ({ run }) => run.condition.provider,
    },
    { ...text, name: 'precision', description: 'Precision.', of: (row) => modelOf(row).precision },
    {
      name: 'params_count',
      type: 'integer',
      unit: '1',
      nullable: true,
      description: 'Parameters.',
      of: (row) => modelOf(row).counts.parameters,
    },
    {
      ...text,
      name: 'latency_verdict',
      description: 'Verdict.',
      of: ({ run }) => run.latency?.verdict ?? 'invalid',
    },
    {
      name: 'latency_median_s',
      type: 'number',
      unit: 's',
      nullable: true,
      description: 'Median latency.',
      of: ({ run }) => run.latency?.p50S.value ?? null,
    },
    {
      ...text,
      name: 'energy_verdict',
      description: 'Verdict.',
      of: ({ run }) => headlineEnergy(run)?.gross.verdict ?? 'not_measured',
    },
    {
      name: 'energy_per_inference_J',
      type: 'number',
      unit: 'J',
      nullable: true,
      description: 'Energy of one inference.',
      of: ({ run }) => headlineEnergy(run)?.gross.perInferenceJ ?? null,
    },
  ],
  raw: false,
  count: () => runs.length,
  rows: ({ selection }) => [selection.runs.map((run) => ({ run }))],
};

const modelTable: BundleTable<(typeof models)[number]> = {
  name: 'models',
  title: 'Models',
  description: 'One row per model.',
  primaryKey: ['model_id'],
  foreignKeys: [],
  columns: [
    { ...text, name: 'model_id', description: 'Id.', of: (m) => m.id },
    { ...text, name: 'model_name', description: 'Name.', of: (m) => m.name },
    {
      name: 'model_size_By',
      type: 'integer',
      unit: 'By',
      nullable: false,
      description: 'Size.',
      of: (m) => BigInt(m.fileBytes),
    },
  ],
  raw: false,
  count: () => models.length,
  rows: () => [models],
};

export const tables = [runTable, modelTable] as unknown as AnyTable[];

const figure: BundleFigure = {
  name: 'curve',
  kind: 'curve-efficiency',
  title: `Curve of ${hostileName}`,
  caption: 'Geometric mean, 95 % interval.',
  alt: 'A curve.',
  svg: '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  spec: '{}\n',
  points: 'x,y\r\n',
  fits: [],
  references: [],
};

export const machine = fakeMachine();

export function madeUpSource(
  options: BundleOptionsInput = {},
  chosen: readonly RunRecord[] = runs,
): BundleSource {
  const { title, created } = options;
  return sourceWithoutLab(
    { ...options, title: title ?? 'Ladder', created: created ?? '2026-01-05T10:00:00Z' },
    { runs: [...chosen], models, machines: [machine], labOf: () => lab },
    [figure],
  );
}

/** The product's own CSV writer is tested on whole bundles: this one needs nothing of it but the dialect. */
const csvOf = (table: BundleTable<never>, source: BundleSource) =>
  [
    csvHeader(table.columns),
    ...Array.from(table.rows(source), (batch) => csvLines(table.columns, batch)),
  ].join('');

/** Tables, figures and manifests as files; Parquet is a few bytes that only say they are. */
export function madeUpBundle(
  options: BundleOptionsInput = {},
  chosen: readonly RunRecord[] = runs,
): { input: ManifestInput; texts: Map<string, string> } {
  const source = madeUpSource(options, chosen);
  const texts = new Map<string, string>();
  const files: WrittenFile[] = [];
  const input: ManifestInput = { source, name: 'ladder-20260105T100000Z', tables, files, app };
  const put = (path: string, content: string, mediaType: string, rows: number | null = null) => {
    texts.set(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    files.push({ path, bytes: Buffer.byteLength(content), sha256, rows, mediaType });
  };
  for (const table of [runTable, modelTable] as BundleTable<never>[])
    put(`data/${table.name}.csv`, csvOf(table, source), 'text/csv', table.count(source));
  put('data/runs.parquet', 'PAR1', 'application/vnd.apache.parquet', runs.length);
  put(`machines/${machine.id}.json`, '{}\n', 'application/json');
  for (const [ending, content, type] of [
    ['svg', figure.svg, 'image/svg+xml'],
    ['spec.json', figure.spec, 'application/json'],
    ['points.csv', figure.points, 'text/csv'],
  ] as const)
    put(`figures/${figure.name}.${ending}`, content, type);
  put('provenance/environment.json', environment(input), 'application/json');
  put('provenance/records/runs.jsonl', '{}\n', 'application/jsonl');
  put('README.md', readme(input), 'text/markdown');
  put('LICENSE', licenceText(input), 'text/plain');
  put('CITATION.cff', citation(input), 'application/yaml');
  put('datapackage.json', dataPackage(input), 'application/json');
  put('croissant.json', croissant(input), 'application/ld+json');
  put('ro-crate-metadata.json', roCrate(input), 'application/ld+json');
  return { input, texts };
}

/** The texts as files below a folder. */
export function writeTexts(folder: string, texts: ReadonlyMap<string, string>): string {
  for (const [path, content] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export { packageSensor };

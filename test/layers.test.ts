import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '..');

/** Who may import what: the path says where code runs (README of the layout: docs/architecture.md). First match decides. */
const onlyIn: Record<string, RegExp> = {
  'better-sqlite3': /^src\/main\/store\//,
  'onnxruntime-node': /^src\/main\/runner\//,
  koffi: /^src\/main\/(runner|meters|sampler)\//,
  electron: /^src\/main\/(electron\/|preload\.ts$)/,
  ws: /^src\/main\/hosts\/web\//,
  open: /^src\/main\/hosts\/cli\//,
  commander: /^src\/main\/hosts\/cli\//,
  'cli-progress': /^src\/main\/hosts\/cli\//,
  '@resvg/resvg-js': /^src\/main\/lab\/figures\//,
  'hyparquet-writer': /^src\/main\/lab\/export\//,
  yazl: /^src\/main\/lab\/export\//,
  yauzl: /^src\/main\/lab\/import\//,
};
const sharedMayImport = new Set(['zod']);
const figuresMayImport = new Set(['zod', 'react', '@visx/scale']);

interface Import {
  file: string;
  from: string;
  /** Types are erased, so they drag nothing in. */
  type?: boolean;
}

/** What the lab service may load of the experiments: the claims and their own data sets. Tasks run in a process of their own. */
const scienceForLab = /^src\/main\/science\/(claims(\/own)?|data\/\w+)$/;

/** Rules of src/main/science, which is handed ONNX Runtime, data and folder, and knows not even the types of who hands them. */
function brokenScience(file: string, target: string, type: boolean): string | null {
  if (file.startsWith('src/main/science/'))
    return /^src\/(shared|main\/(science|models))\//.test(target)
      ? null
      : 'the experiments know shared and models only';
  if (type || !target.startsWith('src/main/science')) return null;
  if (file === 'src/main/runner/science.ts') return null;
  if (file.startsWith('src/main/lab/'))
    return scienceForLab.test(target) ? null : 'the lab loads claims and data of the experiments, no task';
  return 'only the lab and the science process load the experiments';
}

/** Every rule that an import breaks, in words. Pure. */
function broken({ file, from, type = false }: Import): string | null {
  if (from.startsWith('.')) {
    const target = relative(root, resolve(root, file, '..', from));
    const science = brokenScience(file, target, type);
    if (science || type) return science;
    if (file.startsWith('src/shared/') && !target.startsWith('src/shared/'))
      return 'shared imports only itself';
    if (file.startsWith('src/renderer/') && !/^src\/(shared|renderer)\//.test(target))
      return 'the page imports only shared';
    if (
      !file.startsWith('src/main/runner/') &&
      /^src\/main\/runner\/(engines\/(capi|package)|ort\/)/.test(target)
    )
      return 'ONNX Runtime is touched only in the runner';
    if (file.startsWith('src/main/runner/') && /^src\/main\/(store|lab|meters|sampler|hosts)\//.test(target))
      return 'the runner knows no lab and no meter';
    if (/^src\/main\/(lab|store|models|meters)\//.test(file) && /^src\/main\/(hosts|electron)\//.test(target))
      return 'the lab knows no door';
    if (file.startsWith('src/main/sampler/') && /^src\/main\/(store|lab|models|runner|hosts)\//.test(target))
      return 'the sampler knows no models';
    if (
      file.startsWith('src/main/electron/') &&
      !/^src\/(shared|main\/electron)\//.test(target) &&
      !/^src\/main\/(hosts\/(channels\/|service\/protocol$|pageFiles$|webHeaders$)|lab\/(environment|paths)$)/.test(
        target,
      )
    )
      return 'the shell knows no store, no lab and no runner';
    if (/^src\/main\/(index|preload)\.ts$/.test(file) && !/^src\/(shared|main\/electron)\//.test(target))
      return 'the shell knows no store, no lab and no runner';
    return null;
  }
  if (file.startsWith('src/main/science/') && from !== 'zod' && !from.startsWith('node:'))
    return 'the experiments import zod and Node only';
  if (type) return null;
  if (onlyIn[from] && !onlyIn[from].test(file)) return `${from} is imported only in ${onlyIn[from].source}`;
  if (file.startsWith('src/shared/figures/'))
    return figuresMayImport.has(from) ? null : 'figures import react and visx only';
  if (file === 'src/shared/wire.ts' && from === '@msgpack/msgpack') return null;
  if (file.startsWith('src/shared/'))
    return sharedMayImport.has(from) ? null : 'shared imports zod and itself only';
  return null;
}

/** Static, type-only and dynamic imports. */
function importsOf(file: string, text: string): Import[] {
  const statics = [...text.matchAll(/^\s*(?:import|export)\s(?!type\s)[^'"]*?from\s+'([^']+)'/gm)];
  const types = [...text.matchAll(/^\s*(?:import|export)\stype\s[^'"]*?from\s+'([^']+)'/gm)];
  const bare = [...text.matchAll(/^\s*import\s+'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [
    ...[...statics, ...bare, ...dynamic].map((m) => ({ file, from: m[1] })),
    ...types.map((m) => ({ file, from: m[1], type: true })),
  ];
}

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
  .map((e) => relative(root, join(e.parentPath, e.name)));

describe('layers', () => {
  it('finds the sources', () => expect(sources.length).toBeGreaterThan(50));

  it('calls nothing in the page that Chromium 114 lacks, the oldest that the window must start on', () => {
    const young =
      /\b(Map|Object)\.groupBy\b|\bPromise\.(withResolvers|try)\b|\bArray\.fromAsync\b|\bRegExp\.escape\b|\bIterator\.from\b|\.(values|keys|entries)\(\)\s*\.(map|filter|some|every|find|flatMap|reduce|toArray|take|drop)\(|\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/;
    const inPage = sources.filter((file) => /^src\/(shared|renderer)\//.test(file));
    expect(inPage.filter((file) => young.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
    // Control.
    expect(young.test('Map.groupBy(rows, keyOf)')).toBe(true);
  });

  it('holds for every import', () => {
    const wrong = sources
      .flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8')))
      .flatMap((i) => (broken(i) ? [`${i.file} -> ${i.from}: ${broken(i)}`] : []));
    expect(wrong).toEqual([]);
  });

  it.each([
    ['src/shared/plan.ts', 'node:fs'],
    ['src/shared/figures/x.tsx', 'react-dom/server'],
    ['src/main/lab/x.ts', 'better-sqlite3'],
    ['src/main/lab/x.ts', '../runner/engines/capi'],
    ['src/main/runner/x.ts', '../store/open'],
    ['src/main/store/x.ts', 'koffi'],
    ['src/main/lab/import/x.ts', 'hyparquet-writer'],
    ['src/main/hosts/cli/x.ts', 'yazl'],
    ['src/main/lab/export/x.ts', 'yauzl'],
    ['src/main/lab/export/x.ts', '../../hosts/cli/output'],
    ['src/main/store/x.ts', '../electron/start'],
    ['src/renderer/x.tsx', '../main/lab/service'],
    ['src/main/electron/x.ts', '../lab/service'],
    ['src/main/electron/x.ts', '../store/open'],
    ['src/main/electron/x.ts', '../hosts/service/index'],
    ['src/main/index.ts', './lab/service'],
    ['src/main/hosts/service/x.ts', 'electron'],
    ['src/main/science/claims/x.ts', '../../lab/models'],
    ['src/main/science/claims/x.ts', '../../store/claims'],
    ['src/main/science/train/x.ts', '../../runner/ort/free'],
    ['src/main/science/x.ts', '../sampler/sampler'],
    ['src/main/science/x.ts', '../meters/index'],
    ['src/main/science/x.ts', '../hosts/cli/index'],
    ['src/main/science/x.ts', 'react'],
    ['src/main/lab/claims/x.ts', '../../science/tasks'],
    ['src/main/lab/claims/x.ts', '../../science/claims/size'],
    ['src/main/lab/claims/x.ts', '../../science/protocol'],
    ['src/main/runner/x.ts', '../science/tasks'],
    ['src/main/hosts/cli/x.ts', '../../science/claims'],
    ['src/main/models/x.ts', '../science/save'],
  ])('would refuse %s importing %s', (file, from) => {
    expect(broken({ file, from })).not.toBeNull();
  });

  it('lets types through, but for those of others in the experiments', () => {
    const type = true;
    const task = { from: '../../science/tasks', file: 'src/main/lab/claims/x.ts' };
    expect(broken({ ...task, type })).toBeNull();
    expect(broken(task)).not.toBeNull();
    const free = { from: '../../runner/ort/free', file: 'src/main/science/train/x.ts' };
    expect(broken({ ...free, type })).not.toBeNull();
    expect(broken({ file: 'src/main/runner/science.ts', from: '../science/tasks' })).toBeNull();
    expect(broken({ file: 'src/main/lab/claims/x.ts', from: '../../science/claims' })).toBeNull();
    expect(broken({ file: 'src/main/lab/x.ts', from: '../science/data/npy' })).toBeNull();
    expect(broken({ file: 'src/main/science/data/x.ts', from: 'node:fs' })).toBeNull();
  });

  it('sees imports over several lines and dynamic ones, and knows types', () => {
    const text =
      "import {\n  a,\n} from './a';\nconst b = await import('b');\nimport type { C } from 'better-sqlite3';\n";
    expect(importsOf('x', text)).toEqual([
      { file: 'x', from: './a' },
      { file: 'x', from: 'b' },
      { file: 'x', from: 'better-sqlite3', type: true },
    ]);
  });
});

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
};
const sharedMayImport = new Set(['zod']);
const figuresMayImport = new Set(['zod', 'react', '@visx/scale']);

interface Import {
  file: string;
  from: string;
}

/** Every rule that an import breaks, in words. Pure. */
function broken({ file, from }: Import): string | null {
  if (from.startsWith('.')) {
    const target = relative(root, resolve(root, file, '..', from));
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
  if (onlyIn[from] && !onlyIn[from].test(file)) return `${from} is imported only in ${onlyIn[from].source}`;
  if (file.startsWith('src/shared/figures/'))
    return figuresMayImport.has(from) ? null : 'figures import react and visx only';
  if (file === 'src/shared/wire.ts' && from === '@msgpack/msgpack') return null;
  if (file.startsWith('src/shared/'))
    return sharedMayImport.has(from) ? null : 'shared imports zod and itself only';
  return null;
}

/** Static, type-only and dynamic imports; types are erased, so they drag nothing in. */
function importsOf(file: string, text: string): Import[] {
  const statics = [...text.matchAll(/^\s*(?:import|export)\s(?!type\s)[^'"]*?from\s+'([^']+)'/gm)];
  const bare = [...text.matchAll(/^\s*import\s+'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [...statics, ...bare, ...dynamic].map((m) => ({ file, from: m[1] }));
}

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.tsx?$/.test(e.name))
  .map((e) => relative(root, join(e.parentPath, e.name)));

describe('layers', () => {
  it('finds the sources', () => expect(sources.length).toBeGreaterThan(50));

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
    ['src/renderer/x.tsx', '../main/lab/service'],
    ['src/main/electron/x.ts', '../lab/service'],
    ['src/main/electron/x.ts', '../store/open'],
    ['src/main/electron/x.ts', '../hosts/service/index'],
    ['src/main/index.ts', './lab/service'],
    ['src/main/hosts/service/x.ts', 'electron'],
  ])('would refuse %s importing %s', (file, from) => {
    expect(broken({ file, from })).not.toBeNull();
  });

  it('sees imports over several lines and dynamic ones, and leaves types alone', () => {
    const text =
      "import {\n  a,\n} from './a';\nconst b = await import('b');\nimport type { C } from 'better-sqlite3';\n";
    expect(importsOf('x', text).map((i) => i.from)).toEqual(['./a', 'b']);
  });
});

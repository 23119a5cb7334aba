import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appRoot } from '../../src/main/lab/paths';
import { buildIdentity, buildModel, writeBuilt } from '../../src/main/models/builders';
import type { BuiltModel } from '../../src/main/models/builders/parts';
import { elementCount } from '../../src/main/models/writer';
import { newColumns, resetColumns } from '../../src/main/runner/columns';
import { openCapiEngine } from '../../src/main/runner/engines/capi';
import type { TimedSession } from '../../src/main/runner/engines/engine';
import { openPackageEngine } from '../../src/main/runner/engines/package';
import { record } from '../../src/main/runner/loop';
import { ortLibraryPath } from '../../src/main/runner/ort/library';
import type { Figure } from './index';

const ROUNDS = 7;
const median = (list: number[]): number => list.toSorted((a, b) => a - b)[list.length >> 1];

/** p50 (ns) of the runner's own loop: what the lab reports. */
async function recorded(session: TimedSession, seconds: number): Promise<number> {
  const columns = newColumns();
  resetColumns(columns, 0);
  await record(session, columns, process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9)));
  return median(
    Array.from({ length: columns.length }, (_, i) => Number(columns.ends[i] - columns.starts[i])),
  );
}

/** p50 (ns) of nothing but the call, in the same process: no columns, no rules. */
function bare(session: TimedSession, seconds: number): number {
  const times: number[] = [];
  const until = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  for (;;) {
    const a = process.hrtime.bigint();
    const answer = session.invoke();
    const b = process.hrtime.bigint();
    session.settle(answer);
    times.push(Number(b - a));
    if (b > until) return median(times);
  }
}

/** p50 (ns) of a C program on the same library; null without a compiler. */
function cProgram(
  folder: string,
): ((model: string, repeats: number, elements: number, vector: boolean) => number) | null {
  const program = join(folder, 'loop');
  const source = join(appRoot(), 'test', 'bench', 'loop.c');
  const built = spawnSync('cc', ['-O2', '-o', program, source, '-ldl'], { stdio: 'ignore' });
  if (built.status !== 0) return null;
  return (model, repeats, elements, vector) =>
    Number(
      execFileSync(
        program,
        [ortLibraryPath(), model, String(repeats), String(elements), ...(vector ? ['vector'] : [])],
        { encoding: 'utf8' },
      ),
    );
}

export async function benchEngine(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-bench-'));
  try {
    const c = cProgram(folder);
    const figures: Figure[] = [];
    const models: [string, BuiltModel, boolean][] = [
      ['identity', buildIdentity(), true],
      ['mlp of 3·10^6', buildModel({ family: 'mlp', targetParameters: 3e6, seed: 1 }), false],
      ['mlp of 10^7', buildModel({ family: 'mlp', targetParameters: 1e7, seed: 1 }), false],
    ];
    for (const [name, built, vector] of models) {
      const { path } = writeBuilt(built, join(folder, `${name.replace(/\W/g, '_')}.onnx`));
      const shape = built.graph.inputs[0].dims.map((d) => (typeof d === 'number' ? d : 1));
      const input = {
        name: built.graph.inputs[0].name,
        elemType: 'float32' as const,
        shape,
        data: new Uint8Array(new Float32Array(elementCount(shape)).fill(0.5).buffer),
      };
      const load = { modelPath: path, provider: 'cpu', threads: 1, graphOptimization: 'all' } as const;
      const capi = (await openCapiEngine().load(load)).bind([input]);
      const viaPackage = (await openPackageEngine().load(load)).bind([input]);
      const rounds: { lab: number; bare: number; package: number; c: number | null }[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const lab = await recorded(capi, 0.4);
        const repeats = Math.max(50, Math.min(200_000, Math.round(0.4e9 / lab)));
        rounds.push({
          lab,
          bare: bare(capi, 0.4),
          package: await recorded(viaPackage, 0.4),
          c: c ? c(path, repeats, elementCount(shape), vector) : null,
        });
      }
      const of = (value: (r: (typeof rounds)[number]) => number) => median(rounds.map(value));
      const us = (ns: number) => `${(ns / 1000).toFixed(2)} us`;
      figures.push({
        what: `${name}: p50 as the lab reports it`,
        value: us(of((r) => r.lab)),
        promise: null,
        held: null,
      });
      const overBare = of((r) => r.lab / r.bare);
      const slow = of((r) => r.lab) >= 100_000;
      figures.push({
        what: `${name}: p50, lab / bare FFI loop in this process`,
        value: overBare.toFixed(3),
        promise: slow ? 'within 2 %' : null,
        held: slow ? Math.abs(overBare - 1) <= 0.02 : null,
      });
      if (c) {
        const overC = of((r) => r.lab / (r.c as number));
        const more = of((r) => r.lab - (r.c as number));
        figures.push({
          what: `${name}: p50, lab / C program on the same library`,
          value: overC.toFixed(3),
          promise: slow ? 'within 2 %' : null,
          held: slow ? Math.abs(overC - 1) <= 0.02 : null,
        });
        if (vector)
          figures.push({
            what: `${name}: p50 above the C program`,
            value: us(more),
            promise: 'at most 2 us',
            held: more <= 2000,
          });
      }
      figures.push({
        what: `${name}: p50, session.run of the package / C API`,
        value: of((r) => r.package / r.lab).toFixed(2),
        promise: null,
        held: null,
      });
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

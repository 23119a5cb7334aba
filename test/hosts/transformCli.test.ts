import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/lab';

const cli = resolve(__dirname, '../../out/main/cli.cjs');

/** Runs the built command line as a user would; a pipe, no terminal. */
function thirtyWatts(lab: string, ...args: string[]) {
  const done = spawnSync(process.execPath, [cli, '--lab', lab, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

describe('models transform', () => {
  it('makes variants, says how far they are from the original, and refuses in sentences', {
    timeout: 60_000,
  }, () => {
    const lab = join(temporaryFolder(), 'lab');
    expect(thirtyWatts(lab, 'models', 'build', 'mlp:3e4').code).toBe(0);
    const { code, out, err } = thirtyWatts(lab, 'models', 'transform', 'mlp-30k', '--to', 'int8');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Writes the weights of every matrix product as 8-bit integers/);
    expect(out).toMatch(/mlp-30k int8, id [0-9a-f]{12}, 3\d\.\d kB\./);
    expect(out).toMatch(/3 of 3 layers with stored weights changed/);
    expect(out).toMatch(
      / {2}y: relative error [\d.]+ %, largest difference [\d.]+, same class first in [\d.]+ % of rows/,
    );
    expect(out).toMatch(/up to 5\.00 % is accepted/);
    const json = JSON.parse(
      thirtyWatts(lab, '--json', 'models', 'transform', 'mlp-30k', '--to', 'low-rank', '--rank', '8').out,
    );
    expect(json).toMatchObject({
      model: {
        name: 'mlp-30k low-rank 8',
        recipe: expect.stringMatching(/^transform:low-rank:parent=[0-9a-f]{12}:rank=8:/),
      },
      report: { form: { kind: 'low-rank', rank: 8 }, layers: { withWeights: 3, changed: 3 } },
    });

    for (const [args, status, words] of [
      [['--to', 'int8', '--block', '32'], 2, /says nothing about a variant of the kind int8/],
      [['--to', 'low-rank', '--rank', '5000'], 1, /a rank of 5000 would need as many weights/],
      [['--to', 'block-sparse', '--blocks', '32'], 2, /32x128/],
    ] as const) {
      const refused = thirtyWatts(lab, 'models', 'transform', 'mlp-30k', ...args);
      expect([args, refused.code]).toEqual([args, status]);
      expect(refused.err).toMatch(words);
      expect(refused.err).not.toMatch(/\n\s+at |node:internal/); // no stack
    }
  });
});

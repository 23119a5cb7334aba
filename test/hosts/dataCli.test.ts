import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floats, node } from '../../src/main/models/builders/parts';
import { temporaryFolder } from '../support/lab';
import { writeModel } from '../support/models';

const cli = resolve(__dirname, '../../out/main/cli.cjs');

function thirtyWatts(lab: string, ...args: string[]) {
  const done = spawnSync(process.execPath, [cli, '--lab', lab, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

/** Ten points of which the class is meant to be the larger value; by hand: 7 are right, 2 and 1 of each class are not. */
const points = '5,1,0\n4,2,0\n1,6,1\n2,3,1\n9,8,0\n7,9,1\n8,1,1\n1,8,0\n2,5,0\n3,4,1\n';

describe('data and accuracy on the command line', () => {
  it('goes from a CSV file and an ONNX classifier to an accuracy, and to what a right answer costs', {
    timeout: 60_000,
  }, () => {
    const folder = temporaryFolder();
    const lab = join(folder, 'lab');
    const csv = join(folder, 'points.csv');
    writeFileSync(csv, `a,b,label\n${points}`);
    const model = writeModel(folder, 'larger', {
      name: 'larger',
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      initializers: [floats('w', [2, 2], [1, 0, 0, 1])],
      inputs: [{ name: 'x', elemType: 'float32', dims: ['batch', 2] }],
      outputs: [{ name: 'y', elemType: 'float32', dims: ['batch', 2] }],
    });
    expect(thirtyWatts(lab, 'models', 'import', model).code).toBe(0);
    const added = thirtyWatts(
      lab,
      'data',
      'add',
      'points',
      '--examples',
      csv,
      '--test-share',
      '1',
      '--licence',
      'CC0',
    );
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toMatch(/Licence +CC0/);
    const list = thirtyWatts(lab, 'data', 'list');
    expect(list.out).toContain('points\tyour own\t2\t2\t0\t10');
    expect(list.out).toMatch(/mnist1d\tmade here\t40\t10\tany\tany/);
    expect(thirtyWatts(lab, 'data', 'show', 'points').out).toMatch(/From +points\.csv, SHA-256 [0-9a-f]{64}/);

    const tested = thirtyWatts(lab, 'accuracy', 'larger', '--data', 'points');
    expect(tested).toMatchObject({ code: 0, err: '' });
    expect(tested.out).toContain('larger\tpoints\t70.0 % [39.7, 89.2]\t7 / 10\tnot measured');
    expect(tested.out).toContain('was not measured yet');

    const plan = join(folder, 'plan.json');
    writeFileSync(
      plan,
      JSON.stringify({
        schema: 'thirtywatts.plan/1',
        name: 'cost',
        models: ['larger'],
        preset: 'glance',
        windowS: 0.2,
        meters: 'none',
        batches: [4],
        callOverhead: false,
        control: false,
      }),
    );
    expect(thirtyWatts(lab, 'run', plan)).toMatchObject({ code: 0 });
    const [row] = thirtyWatts(lab, 'accuracy', 'list', 'larger').out.split('\n').slice(1);
    // Without a meter the cost is in time, and says so.
    expect(row).toMatch(/cpu, batch 4\t–\t\S+ .?s \[.*\]\t–\tno energy, GLANCE$/);
    const { accuracies } = JSON.parse(thirtyWatts(lab, '--json', 'accuracy', 'list').out);
    const [{ record, costs }] = accuracies;
    expect(record.perClass).toEqual([
      { n: 5, correct: 3 },
      { n: 5, correct: 4 },
    ]);
    expect(costs[0].seconds.jPerCorrect.value / costs[0].itemS.value).toBeCloseTo(1 / 0.7, 9);
    expect(costs[0].joules.missing).toContain('Energy was not measured');

    expect(thirtyWatts(lab, 'data', 'remove', 'points').out).toContain('What was measured with it stays.');
    expect(thirtyWatts(lab, 'accuracy', 'larger', '--data', 'points').err).toContain(
      'There is no data set called “points”.',
    );
  });

  it('refuses in a sentence with a remedy', () => {
    const folder = temporaryFolder();
    const lab = join(folder, 'lab');
    const csv = join(folder, 'bad.csv');
    writeFileSync(csv, '1,2,0\n1,x,1\n');
    const { code, err } = thirtyWatts(lab, 'data', 'add', 'bad', '--examples', csv);
    expect(code).not.toBe(0);
    expect(err).toContain('holds “x”, which is no number.');
    expect(thirtyWatts(lab, 'data', 'add', '../bad', '--examples', csv).err).toContain(
      'cannot name a data set',
    );
    expect(thirtyWatts(lab, 'data', 'add', 'bad', '--examples', csv, '--shape', '1,y').err).toContain(
      'for example 1,28,28',
    );
    expect(thirtyWatts(lab, 'data', 'show', 'none').err).toContain('There is no data set called “none”.');
    expect(thirtyWatts(lab, 'accuracy', 'x', '--mean', '1,').err).toContain('Write numbers with commas');
  });
});

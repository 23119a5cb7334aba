import type { Cell, Published, ResultTable } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { formatCount, formatPercent } from '../../../shared/units';
import { bestHeld, bitsPerExample } from '../machines/limit';
import type { MachinePoint } from '../machines/make';
import { batches } from '../protocol';
import { conditionKey } from './machinePlan';
import { hasEnergy, perQuery, pickGross, pickP50 } from './ratio';
import type { SuperpositionFound } from './superpositionJudge';

export const machineName: Readonly<Record<MachinePoint['kind'], string>> = {
  explicit: 'explicit: keeps every example of every step',
  superposed: 'superposed: keeps the changes of every step',
  network: 'network: keeps the weights',
  ridge: 'kernel ridge regression',
  nystrom: 'Nyström centres',
  fourier: 'random Fourier features',
  trained: 'network, trained by mini-batches',
  product: 'matrix product alone',
};

/** Machines with what they cost, equal decisions, and capacity. Pure. */
export function superpositionTables(found: SuperpositionFound): ResultTable[] {
  return [machineTable(found), agreementTable(found), capacityTable(found)];
}

function machineTable(found: SuperpositionFound): ResultTable {
  const { machines, measured } = found;
  const energy = hasEnergy(measured);
  const at = (point: MachinePoint, batch: number) => measured.get(conditionKey(point.key, batch));
  const cost = (point: MachinePoint, pick: typeof pickP50): Cell[] =>
    batches.map((batch) => {
      const own = at(point, batch);
      return own ? perQuery(own, pick) : null;
    });
  const counted = (point: MachinePoint): number | null => {
    const row = at(point, 1)?.row ?? null;
    return row && row.macs !== null ? row.macs / row.batch : null;
  };
  return {
    key: 'machines',
    title: 'What each machine keeps and what a query costs',
    columns: [
      { key: 'machine', title: 'Machine', unit: '' },
      { key: 'n', title: 'Examples', unit: '' },
      { key: 'bytes', title: 'Stored', unit: 'B' },
      { key: 'macs', title: 'Multiply-adds a query, by formula', unit: '' },
      { key: 'macs-counted', title: 'The same as the lab counts the file', unit: '' },
      ...batches.map((b) => ({ key: `time-${b}`, title: `Time per query, batch ${b}`, unit: 's' })),
      ...(energy
        ? batches.map((b) => ({ key: `energy-${b}`, title: `Energy per query, batch ${b}`, unit: 'J' }))
        : []),
      { key: 'accuracy', title: 'Accuracy', unit: '' },
      { key: 'training', title: 'Training', unit: 's' },
    ],
    rows: machines.points.map((point): Cell[] => [
      machineName[point.kind],
      point.n,
      point.bytes,
      point.macs,
      counted(point),
      ...cost(point, pickP50),
      ...(energy ? cost(point, pickGross) : []),
      point.accuracy,
      point.trainS,
    ]),
    note: 'The first three are one training, stopped after 64 steps; on square pictures they see them at half the side. Kernel machines and the last network are trained for accuracy on the whole examples, with one width of the kernel and untuned. A dash: not measured.',
  };
}

function agreementTable({ machines }: SuperpositionFound): ResultTable {
  return {
    key: 'agreement',
    title: 'Equal decisions, query by query',
    columns: [
      { key: 'n', title: 'Examples', unit: '' },
      { key: 'queries', title: 'Queries', unit: '' },
      { key: 'explicit', title: 'Explicit decides as the network', unit: '' },
      { key: 'superposed', title: 'Superposed decides as the network', unit: '' },
      { key: 'logit', title: 'Largest difference of a logit', unit: '' },
    ],
    rows: machines.agreement.map((r) => [r.n, r.queries, r.explicit, r.superposed, r.worstLogit]),
    note: 'Explicit and superposed take the gradient of the query at the middle of each step, so their logits differ from the network’s by an error of second order in the step.',
  };
}

function capacityTable({ capacity }: SuperpositionFound): ResultTable {
  return {
    key: 'capacity',
    title: 'Random labels held',
    columns: [
      { key: 'parameters', title: 'Parameters P', unit: '' },
      { key: 'n', title: 'Labels n', unit: '' },
      { key: 'ratio', title: 'P/n', unit: '' },
      { key: 'best', title: 'Held, best seed', unit: '' },
      { key: 'seeds', title: 'Held, every seed', unit: '' },
      { key: 'bits', title: 'Bits per parameter, best seed', unit: '' },
    ],
    rows: capacity.rows.map((row) => [
      row.parameters,
      row.n,
      row.parameters / row.n,
      bestHeld(row),
      row.held.map((h) => formatPercent(h)).join(', '),
      (row.n * bitsPerExample(row.classes, bestHeld(row))) / row.parameters,
    ]),
    note: 'Capacity is what the best recipe holds: another recipe may hold more. Labels are random, inputs are those of the data set.',
  };
}

/** Published figures of the guide, section 4, beside ours. Pure. */
export function superpositionPublished({ capacity, machines }: SuperpositionFound): Published[] {
  const bits = capacity.rows.map((r) => (r.n * bitsPerExample(r.classes, bestHeld(r))) / r.parameters);
  const most = bits.length === 0 ? null : Math.max(...bits);
  const ours =
    most === null
      ? null
      : `${plainNumber(most)} bits per parameter at most (${capacity.dataset}, random labels)`;
  const pairs = machines.points
    .filter((p) => p.kind === 'ridge')
    .flatMap((ridge) => {
      const net = machines.points.find((p) => p.kind === 'trained' && p.n === ridge.n);
      return net && ridge.accuracy !== null && net.accuracy !== null
        ? [
            `${formatPercent(ridge.accuracy)} against ${formatPercent(net.accuracy)} at n = ${formatCount(ridge.n)}`,
          ]
        : [];
    });
  return [
    {
      what: 'Knowledge that language models hold',
      theirs: '2 bits per parameter, also at int8',
      ours,
      source: 'Allen-Zhu and Li 2024, arXiv 2404.05405 (abstract)',
      note: 'Facts in language models there, random labels in small networks here: the orders may be compared, not the digits.',
    },
    {
      what: 'Capacity of GPT-style models',
      theirs: 'about 3.6 bits per parameter',
      ours,
      source: 'Morris et al. 2025, arXiv 2505.24832',
      note: 'Their figure as another account gives it.',
    },
    {
      what: 'Kernel machines against networks on few examples',
      theirs:
        'Machines with the tangent kernel beat random forests on 90 small UCI tasks, and ResNet-34 by 1 to 3 points on 10 to 640 CIFAR images',
      ours: pairs.length === 0 ? null : `Kernel ridge regression against a network: ${pairs.join('; ')}`,
      source: 'Arora et al. 2019, arXiv 1910.01663 (abstract)',
      note: `Another kernel and other data here (${machines.dataset}); both sides untuned.`,
    },
  ];
}

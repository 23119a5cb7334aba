import type { ClaimOutcome } from '../../../shared/claim';
import { verdictOfParts } from '../../../shared/verdicts';
import type { ClaimExperiment } from '../protocol';
import { kernelFigures } from './kernelFigures';
import { judgeKernel, type OrdinaryConfiguration, type RebuildConfiguration } from './kernelJudge';
import { kernelInputs, kernelPlan } from './kernelPlan';
import { kernelPublished, kernelTables } from './kernelTables';
import { kernelText } from './kernelText';

/** C2: is a model learned by gradient descent a kernel machine? */
export const kernelClaim: ClaimExperiment = {
  text: kernelText,
  inputs: kernelInputs,
  steps: (options) => {
    const { rebuild, ordinary } = kernelPlan(options);
    return [...rebuild, ...ordinary].map(({ step }) => step);
  },
  async run(bench): Promise<ClaimOutcome> {
    const plan = kernelPlan(bench.options);
    const rebuilt: RebuildConfiguration[] = [];
    for (const { step, label, input: task } of plan.rebuild) {
      const { output } = await bench.task(step.key, 'kernel-rebuild', task);
      rebuilt.push({ label, input: task, ...output });
    }
    const machines: OrdinaryConfiguration[] = [];
    for (const { step, label, input: task } of plan.ordinary) {
      const { output } = await bench.task(step.key, 'kernel-ordinary', task);
      machines.push({ label, input: task, ...output });
    }
    const judged = judgeKernel(bench.criterion.bind(bench), rebuilt, machines);
    return {
      verdict: verdictOfParts(judged.parts),
      sentence: judged.sentence,
      boundary: judged.boundary,
      parts: judged.parts,
      tables: kernelTables(rebuilt, machines),
      figures: kernelFigures(rebuilt),
      published: kernelPublished(rebuilt),
      notes: notesOf(rebuilt, machines),
    };
  },
};

function notesOf(
  rebuilt: readonly RebuildConfiguration[],
  machines: readonly OrdinaryConfiguration[],
): string[] {
  const { data, input: task } = rebuilt[0]!;
  const other = machines[0]!.data;
  const diverged = rebuilt.flatMap((c) => c.runs).filter((r) => r.divergedAt !== null).length;
  return [
    `Data: ${data.name}, ${data.features} features, ${data.examples} training examples and ${data.queries} queries (ordinary machines: ${other.examples} and ${other.queries}); ${task.hidden} hidden units, ${data.classes} classes, ${task.seeds.length} seeds from ${task.seeds[0]}.`,
    'Networks, kernels and errors are computed in float64 on the processor; the chosen provider, threads and meters play no part in this claim.',
    'Relative error is the mean difference of logits over their mean movement since the start.',
    ...(diverged > 0
      ? [
          `Diverged: ${diverged} trainings ended in numbers that are not finite; there is no function to rebuild in them.`,
        ]
      : []),
  ];
}

import { saveModel } from '../save';
import type { Task } from '../tasks';
import type { MadeModel, Ort } from '../tools';
import { type BuiltLayout, buildLayout } from './build';
import { assertSameFunction, differenceFromTwin } from './compare';
import { type LayerSize, type LayoutChoice, layoutKey, layoutName } from './layouts';
import { type Choosing, choosingGraph } from './pieces';

export interface SparseLayersInput {
  seed: number;
  layers: { size: LayerSize; layouts: LayoutChoice[] }[];
  /** Vectors whose winners are chosen by nothing but the activation, a tenth of them winning. */
  choosing: { units: number; how: Choosing[] }[];
}

/** One layout as it was made; its model lies in the lab under `key`. */
export interface MadeLayout extends LayoutChoice {
  key: string;
  name: string;
  size: LayerSize;
  /** ‖y − twin‖/‖twin‖ of the comparison with the dense layer. */
  difference: number;
  /** Multiply-adds of one example: of the dense layer, and on paper of this one. */
  denseMacs: number;
  macs: number;
  /** Bytes of the largest tensor between two nodes for one example. */
  betweenBytes: number;
  /** int8 had to leave a bit free, because this processor saturates. */
  reducedRange: boolean;
}

export interface SparseLayersOutput {
  layouts: MadeLayout[];
  choosing: { key: string; units: number; how: Choosing }[];
}

export const sizeKey = ({ inputs, outputs }: LayerSize) => `${inputs}x${outputs}`;
const winnersShare = 0.1;

/**
 * Writes a layer in every layout asked for, and compares each with its dense twin before it is handed out to be
 * measured: a layout that computes something else fails the task. Source: guide of the experiments, 6.2 and 6.3.
 */
export const sparseLayers: Task<SparseLayersInput, SparseLayersOutput> = {
  async run({ seed, layers, choosing }, { ort, folder, progress }) {
    const models: MadeModel[] = [];
    const layouts: MadeLayout[] = [];
    const total = layers.reduce((n, l) => n + l.layouts.length, choosing.length);
    for (const { size, layouts: choices } of layers) {
      for (const choice of choices) {
        const name = layoutName(choice);
        progress((layouts.length + 0.5) / total, `${sizeKey(size)}: ${name}`);
        const { built, difference, reducedRange } = await compared(ort, size, choice, seed);
        const key = `layer-${sizeKey(size)}-${layoutKey(choice)}`;
        models.push(
          saveModel(folder, built.graph, {
            key,
            name: `layer ${size.inputs}→${size.outputs}, ${name}`,
            family: 'mlp',
            recipe: `sparse-layer/1 ${sizeKey(size)} ${layoutKey(choice)} seed=${seed}${reducedRange ? ' reduced' : ''}`,
            domains: built.domains,
          }),
        );
        layouts.push({
          ...choice,
          key,
          name,
          size,
          difference,
          denseMacs: size.inputs * size.outputs,
          macs: built.macs,
          betweenBytes: built.betweenBytes,
          reducedRange,
        });
      }
    }
    const chosen = choosing.flatMap(({ units, how }) =>
      how.map((one) => ({ key: `choose-${units}-${one}`, units, how: one })),
    );
    for (const { key, units, how } of chosen) {
      models.push(
        saveModel(folder, choosingGraph(how, units, winnersShare), {
          key,
          name: `${how} on ${units} units`,
          family: 'mlp',
          recipe: `choose-winners/1 ${how} units=${units} kept=${winnersShare}`,
        }),
      );
    }
    return { output: { layouts, choosing: chosen }, models };
  },
};

/** A layout that has passed its comparison. @throws LabError runner_failed */
async function compared(
  ort: Ort,
  size: LayerSize,
  choice: LayoutChoice,
  seed: number,
): Promise<{ built: BuiltLayout; difference: number; reducedRange: boolean }> {
  let built = buildLayout(size, choice, seed);
  let difference = await differenceFromTwin(ort, built, size.inputs, seed);
  let reducedRange = false;
  if (choice.group === 'int8' && difference > built.tolerance) {
    // x86 before VNNI adds up pairs of 8-bit products in 16 bits: with a bit left free they fit.
    built = buildLayout(size, choice, seed, { int8Levels: 63 });
    difference = await differenceFromTwin(ort, built, size.inputs, seed);
    reducedRange = true;
  }
  assertSameFunction(layoutName(choice), difference, built.tolerance);
  return { built, difference, reducedRange };
}

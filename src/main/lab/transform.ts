import type { Handlers } from '../../shared/contract';
import { settleForm } from '../../shared/transform';
import { cancellable } from './cancellable';
import type { Science } from './claims/science';
import type { LabContext } from './context';
import { modelFile } from './job';

export type TransformHandlers = Pick<Handlers, 'transformModel' | 'cancelTransform'>;

/**
 * Variants of models in the lab: made and checked in a process of its own, then taken in; progress by events. One at a
 * time, like every task.
 * @throws LabError bad_input for options that contradict the kind or while the lab is at work, not_found for the model,
 * cancelled, and unsupported with every reason where the model cannot be written that way or the variant is too far off
 */
export function createTransforms(
  { folder, store: { reader }, emit }: LabContext,
  science: Pick<Science, 'run'>,
): TransformHandlers & { stop(): void } {
  const { run, cancel, stop } = cancellable();
  return {
    async transformModel({ model: text, ...options }) {
      const parent = reader.findModel(text);
      settleForm(options);
      const { id, name, source = null, licence = null } = parent;
      const { output, models } = await run((signal) =>
        science.run(
          'transform',
          { path: modelFile(folder, parent), parent: { id, name, source, licence }, options },
          {
            signal,
            onProgress: (share, label) =>
              emit({ type: 'transformProgress', modelId: id, share, label: label ?? '' }),
          },
        ),
      );
      return { model: reader.getModel(models.variant!), report: output };
    },
    cancelTransform: async () => cancel(),
    stop,
  };
}

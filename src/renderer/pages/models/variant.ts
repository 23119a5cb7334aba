import { create } from 'zustand';
import type { Lab, Outputs } from '../../../shared/contract';
import { type Failure, failureOf } from '../../../shared/errors';
import {
  settleForm,
  type TransformForm,
  type TransformKind,
  type TransformOptions,
  transformOptionsSchema,
} from '../../../shared/transform';

/** The fields as a person filled them in; numbers that are cleared are ''. */
export interface VariantFields {
  kind: TransformKind;
  block: string;
  sharePercent: number | string;
  rank: number | string;
  blockInputs: number | string;
  blockOutputs: number | string;
  force: boolean;
}

export const defaultFields: VariantFields = {
  kind: 'int8',
  block: '32',
  sharePercent: 90,
  rank: '',
  blockInputs: 32,
  blockOutputs: 128,
  force: false,
};

export type Asked = { options: TransformOptions; form: TransformForm } | { problem: string };

/** What the fields ask for, or what is wrong with them in a sentence. Fields of other kinds do not matter. Pure. */
export function askedOf(fields: VariantFields): Asked {
  const { kind, force } = fields;
  const share = kind === 'pruned' || kind === 'block-sparse' ? Number(fields.sharePercent) / 100 : null;
  if (share !== null && !(share > 0 && share < 1)) return { problem: 'Give a share between 0 and 100 %.' };
  const own = {
    block: kind === 'int4' ? Number(fields.block) : null,
    share,
    rank: kind === 'low-rank' && fields.rank !== '' ? Number(fields.rank) : null,
    blocks:
      kind === 'block-sparse'
        ? { inputs: Number(fields.blockInputs), outputs: Number(fields.blockOutputs) }
        : null,
  };
  const parsed = transformOptionsSchema.safeParse({ kind, force, ...own });
  if (!parsed.success)
    return {
      problem:
        kind === 'low-rank'
          ? 'The rank is a whole number from 1.'
          : 'A block has 1 to 4,096 inputs and outputs.',
    };
  try {
    return { options: parsed.data, form: settleForm(parsed.data) };
  } catch (thrown) {
    return { problem: failureOf(thrown).message };
  }
}

/** The variant that is being made, or how the last one went. Outlives the page. */
export interface Making {
  /** Model that it is made of; null: none was made yet. */
  parent: string | null;
  running: boolean;
  share: number;
  label: string;
  made: Outputs['transformModel'] | null;
  failure: Failure | null;
}

const nothing: Making = { parent: null, running: false, share: 0, label: '', made: null, failure: null };
export const useMaking = create<Making>(() => nothing);
export const forgetMaking = (): void => useMaking.setState(nothing, true);

/** Asks the lab for a variant and follows it; one at a time. */
export async function makeVariant(
  lab: Pick<Lab, 'transformModel' | 'onEvent'>,
  model: string,
  options: TransformOptions,
): Promise<void> {
  if (useMaking.getState().running) return;
  useMaking.setState({ ...nothing, parent: model, running: true, label: 'Starting' });
  const stop = lab.onEvent((event) => {
    if (event.type === 'transformProgress' && event.modelId === model)
      useMaking.setState({ share: event.share, label: event.label });
  });
  try {
    useMaking.setState({ made: await lab.transformModel({ model, ...options }) });
  } catch (thrown) {
    useMaking.setState({ failure: failureOf(thrown) });
  } finally {
    stop();
    useMaking.setState({ running: false });
  }
}

import { type Call, type Rule, type RuleTable, stuck } from './call';
import { known } from './value';

/** Sizes of an LSTM, GRU or RNN (ONNX opset 14 operators of those names). */
export interface RecurrentSizes {
  steps: number;
  batch: number;
  input: number;
  hidden: number;
  directions: number;
}

/** `r`: position of the recurrence weight [directions, gates·hidden, hidden]. */
export function recurrentSizes(c: Call, r: number): RecurrentSizes {
  const [x, weight] = [c.shape(0), c.shape(r)];
  if (x.length !== 3 || weight.length !== 3) stuck();
  const [first, second, input] = x as [number, number, number];
  const hidden = c.int('hidden_size', Math.min(weight[1]!, weight[2]!));
  const batchFirst = c.int('layout', 0) === 1;
  const directions = c.text('direction', 'forward') === 'bidirectional' ? 2 : 1;
  const [steps, batch] = batchFirst ? [second, first] : [first, second];
  return { steps, batch, input, hidden, directions };
}

function recurrent(states: number): Rule {
  return (c) => {
    const { steps, batch, hidden, directions } = recurrentSizes(c, 2);
    const batchFirst = c.int('layout', 0) === 1;
    const all = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    return [known(all, c.type(0)), ...Array.from({ length: states }, () => known(last, c.type(0)))];
  };
}

export const recurrentRules: RuleTable = {
  LSTM: recurrent(2),
  GRU: recurrent(1),
  RNN: recurrent(1),
  'com.microsoft:DynamicQuantizeLSTM': recurrent(2),
};

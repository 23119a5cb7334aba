import type { AccuracyRecord } from './accuracy';
import type { AccuracyCost } from './accuracyCosts';
import { formatEstimate, formatInterval, formatSi, significant } from './units';

/** `61.2 % [58.1, 64.2]`. */
export function accuracyText({ accuracy: { value, low, high } }: Pick<AccuracyRecord, 'accuracy'>): string {
  const percent = (v: number) => significant(100 * v, 3);
  return `${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

/** How the class was read from the model's output, in a sentence. */
export function scoresSentence({ scores, output, layout, normalise }: AccuracyRecord): string {
  const read = {
    logits: `The class is the largest score of the output ${output}.`,
    probabilities: `The class is the largest probability of the output ${output}.`,
    labels: `The class is the whole number in the output ${output}.`,
  }[scores];
  const moved = {
    as_given: '',
    reshaped: ' The values of an example went in under the shape of the input.',
    channels_last: ' The channels of a picture went last.',
    channels_first: ' The channels of a picture went first.',
  }[layout];
  const { scale = 1, mean = [0], std = [1] } = normalise ?? {};
  const changed =
    normalise === null
      ? ''
      : ` Each value went in as (value × ${scale} − ${mean.join(', ')}) / ${std.join(', ')}.`;
  return `${read}${moved}${changed}`;
}

/** Mean negative log likelihood, or why there is none. */
export function likelihoodSentence({ nll, nllMissing, scores }: AccuracyRecord): string {
  if (nll === null)
    return `Mean negative log likelihood is not known: ${lowerFirst(nllMissing ?? 'no reason was stored.')}`;
  const how = scores === 'logits' ? 'scores read as logits, through a softmax' : 'from the probabilities';
  return `Mean negative log likelihood ${significant(nll, 3)} nat (${how}).`;
}

/** `cpu, batch 16, 2 threads`. */
export function conditionText({ provider, engine, batch, threads }: AccuracyCost): string {
  return [
    provider,
    `batch ${batch}`,
    ...(threads === 1 ? [] : [`${threads} threads`]),
    ...(engine === 'capi' ? [] : ['session.run']),
  ].join(', ');
}

/** Where the joules come from: `no energy`, `firmware-model`, `SIMULATED measured`, `ESTIMATE`; a glance says so. */
export function costSource({ itemJ, provenance, origin, preset }: AccuracyCost): string {
  const glance = preset === 'glance' ? ', GLANCE' : '';
  if (itemJ.value === null) return `no energy${glance}`;
  const how = provenance === 'estimate' ? 'ESTIMATE' : provenance;
  return `${origin === 'simulated' || origin === 'replayed' ? `${origin.toUpperCase()} ` : ''}${how}${glance}`;
}

/** `484 µJ [437, 536] per right answer`; in time where no energy is known; null where neither is. */
export function costText({ joules, seconds, provenance }: AccuracyCost): string | null {
  const part = joules.jPerCorrect ?? seconds.jPerCorrect;
  if (part === null) return null;
  const unit = joules.jPerCorrect === null ? 's' : 'J';
  const { value, low, high } = part;
  const text =
    unit === 'J' && provenance === 'estimate'
      ? `${formatEstimate(value, unit)} [${formatSi(low, unit, 2)}, ${formatSi(high, unit, 2)}]`
      : formatInterval(value, low, high, unit);
  return `${text} per right answer`;
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

import { Command } from 'commander';
import { plainNumber } from '../../../../shared/claimWords';
import { LabError } from '../../../../shared/errors';
import { inEverydayUnits, joulesPerWh } from '../../../../shared/everyday';
import { formatSi } from '../../../../shared/units';
import { globals } from '../options';

const prefixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  µ: 1e-6,
  μ: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/**
 * Joules of `3.2mJ`, `1287 MWh`, `0.5` (joules). Pure.
 * @throws LabError bad_input for anything else, and for what is not above 0
 */
export function joulesOf(text: string): number {
  const parts = /^([\d.,]+(?:e[-+]?\d+)?)\s*(?:([numkMGTµμ]?)(J|Wh))?$/.exec(text.trim());
  const value = parts ? Number(parts[1]!.replaceAll(',', '')) : Number.NaN;
  if (!parts || !(value > 0)) {
    throw new LabError(
      'bad_input',
      `“${text}” is no energy above 0.`,
      'Write a number and J or Wh with a prefix: 3.2mJ, 1287MWh.',
    );
  }
  return value * prefixes[parts[2] ?? '']! * (parts[3] === 'Wh' ? joulesPerWh : 1);
}

export function unitsCommand(): Command {
  return new Command('units')
    .description(
      'an energy in everyday units, each with its source: brain, light bulb, streaming, homes, GPT-3',
    )
    .argument('<energy...>', 'for example 3.2mJ or 1287 MWh')
    .action((words: string[], _: unknown, command: Command) => {
      const { output } = globals(command);
      const joules = joulesOf(words.join(' '));
      const all = inEverydayUnits({ value: joules, low: joules, high: joules });
      output.say(`${formatSi(joules, 'J')} is as much as`);
      output.table(
        ['As much as', 'Range of other estimates', 'Source'],
        all.map(({ unit, count, text }) => [
          text,
          count.low === count.high
            ? ''
            : `${plainNumber(count.low)} to ${plainNumber(count.high)} ${unit.unit}`.trim(),
          `${unit.source} (${unit.dated})`,
        ]),
        [],
      );
      output.data({ joules, everyday: all });
    });
}

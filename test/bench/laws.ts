import { brokenLaw } from '../../src/shared/stats/brokenLaw';
import { drawFrom } from '../shared/stats/draw';
import {
  crossoverCoverage,
  exponentCoverage,
  offsetCoverage,
  simulatedLadder,
  twoSensorCoverage,
} from '../shared/stats/laws';
import type { Figure } from './index';

const ladders = 2000;
const draws = 4000;
const shape = { decades: 2, scatter: 0.15, u: 0.02 };
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Fits of synthetic power laws in full: coverage and bias of the exponent, coverage of crossovers, breaks that are none. */
export function benchLaws(): Figure[] {
  return [...exponents(), ...crossovers(), ...sensors(), ...falseBreaks()];
}

function exponents(): Figure[] {
  return [0.5, 0.8, 1.0, 1.2].flatMap((exponent) =>
    [8, 12, 20].flatMap((n): Figure[] => {
      const seed = Math.round(1000 * exponent) + n;
      const found = exponentCoverage({ ...shape, n, exponent }, { ladders, draws, seed });
      return [
        {
          what: `Exponent ${exponent}, ${n} models: 95 % interval covers (plain ends ${percent(found.plain)})`,
          value: percent(found.covered),
          promise: '93 to 97 %',
          held: found.covered >= 0.93 && found.covered <= 0.97,
        },
        {
          what: `Exponent ${exponent}, ${n} models: bias (mean half-width ${found.halfWidth.toFixed(3)})`,
          value: found.bias.toFixed(4),
          promise: 'below 0.01',
          held: Math.abs(found.bias) < 0.01,
        },
      ];
    }),
  );
}

function crossovers(): Figure[] {
  const cases = [
    [8, 0.15, false],
    [8, 0.4, false],
    [12, 0.3, false],
    [20, 0.3, false],
    [12, 0.3, true],
  ] as const;
  return cases.map(([n, apart, sameModels]): Figure => {
    const of = { ...shape, n, exponents: [0.8 + apart, 0.8] as [number, number] };
    const seed = 10 * n + Math.round(100 * apart);
    const { resolved, covered } = crossoverCoverage(of, { ladders, draws, seed, sameModels });
    const which = `${n} models each${sameModels ? ', the same' : ''}, exponents ${apart} apart`;
    return {
      what: `Crossover, ${which}: covers (resolved ${percent(resolved)})`,
      value: percent(covered),
      promise: '93 to 99 %',
      held: covered >= 0.93 && covered <= 0.99,
    };
  });
}

/** What a sensor does to whole series, told to the fit and not. */
function sensors(): Figure[] {
  const run = { ladders, draws: 1000, seed: 77 };
  const line = { ...shape, n: 12, exponent: 0.8, scatter: 0.05 };
  const pair = { ...shape, n: 12, exponents: [1.2, 0.7] as [number, number], scatter: 0.05 };
  const offset = (told: boolean) => offsetCoverage(line, { ...run, offset: 0.2, told });
  const gain = (told: boolean) => twoSensorCoverage(pair, { ...run, gain: 0.1, told }).covered;
  const [told, both] = [offset(true), gain(true)];
  return [
    {
      what: `Exponent on a sensor with an offset of 20 % of the smallest value: covers (untold ${percent(offset(false))})`,
      value: percent(told),
      promise: '93 to 97 %',
      held: told >= 0.93 && told <= 0.97,
    },
    {
      what: `Crossover on two sensors of 10 % gain each: covers (untold ${percent(gain(false))})`,
      value: percent(both),
      promise: '93 to 99 %',
      held: both >= 0.93 && both <= 0.99,
    },
  ];
}

function falseBreaks(): Figure[] {
  return [12, 20].map((n): Figure => {
    const draw = drawFrom(n);
    let found = 0;
    for (let r = 0; r < ladders; r++) {
      if (brokenLaw(simulatedLadder(draw, { ...shape, n, exponent: 0.8 }), r, 100) !== null) found += 1;
    }
    return {
      what: `Straight law of ${n} models: taken for a broken one`,
      value: percent(found / ladders),
      promise: 'below 1 %',
      held: found / ladders < 0.01,
    };
  });
}

import { standardPlan, swingingPlan } from '../support/comparePlans';
import { claimed, verdictShares } from '../support/compareShares';
import type { Figure } from './index';

const plans = 2000;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** What simulated comparisons claim: of one model entered twice, of planted differences, and out of turn under drift. */
export function benchComparison(): Figure[] {
  return [...aa(), ...power(), ...apart()];
}

function aa(): Figure[] {
  return [1, 2, 3, 4].map((seed): Figure => {
    const found = verdictShares(seed, plans, swingingPlan, [
      'p50S',
      'grossJ',
      'netJ',
      'p95S',
      'throughputHz',
    ]);
    const worst = Math.max(...[...found.values()].map(claimed));
    return {
      what: `A/A, 6 blocks, seed ${seed}: a difference claimed (worst of 5 quantities)`,
      value: percent(worst),
      promise: 'at most 5 %',
      held: worst <= 0.05,
    };
  });
}

function power(): Figure[] {
  return [6, 10].flatMap((blocks) =>
    [0.01, 0.03, 0.1].map((effect): Figure => {
      const shape = { ...standardPlan, blocks, effect: -effect };
      const found = verdictShares(1, plans, shape, ['grossJ']).get('grossJ')!;
      const promised = effect === 0.03 && blocks === 6;
      return {
        what: `Planted ${percent(effect)}, ${blocks} blocks, run to run 1 %: found (control failed ${percent(found.refused)})`,
        value: percent(found.lower),
        promise: promised ? 'at least 80 %' : null,
        held: promised ? found.lower >= 0.8 : null,
      };
    }),
  );
}

function apart(): Figure[] {
  const shape = { ...standardPlan, drift: 0.003, order: 'A then B' as const };
  const found = verdictShares(1, plans, shape, ['p50S'], 'apart').get('p50S');
  return [
    {
      what: 'A/A measured A then B under drift, unpaired: a difference claimed',
      value: percent(claimed(found)),
      promise: 'shows why turns are taken: above 15 %',
      held: claimed(found) > 0.15,
    },
  ];
}

import type { Estimate } from '../../../shared/claim';
import { plainNumber } from '../../../shared/claimWords';
import { poolEconomics } from '../../../shared/figures/panels/pool-economics';
import type { PanelFigure } from '../../../shared/figures/panels/spec';
import { percentileInterval } from '../../../shared/stats/percentileInterval';
import { type CentralMachine, centralDollars, centralJoules } from '../economics/idle';
import { times } from './estimates';
import { attributionWords, type compared, draws, type Line } from './idleModel';

/** Enough of them for the band of a curve. */
const curveDraws = 400;

/** Cost of a query against the utilisation of the central machine, energy and money. Pure. */
export function idleFigure(
  { lines, middle, drawn }: ReturnType<typeof compared>,
  { placeholders, badge }: { placeholders: readonly string[]; badge: string | null },
): PanelFigure {
  const utilisations = Array.from({ length: 40 }, (_, i) => 0.025 * (i + 1));
  const curve = (cost: (central: CentralMachine, u: number) => number, by: number) =>
    utilisations.map((u): [number, number, number, number] => {
      const some = drawn.slice(0, curveDraws).map((m) => by * cost(m.central, u));
      const { value, low, high } = percentileInterval(by * cost(middle.central, u), some);
      return [u, value, low, high];
    });
  const lineFor = (cost: Estimate, u: Estimate, line: Line) => ({
    key: line.attribution,
    name: attributionWords[line.attribution],
    cost,
    // Its interval is in the table: shaded, three of them would cover the drawing.
    breakEven: u.value >= 1 ? null : { value: u.value, low: null, high: null },
  });
  return poolEconomics({
    title: placeholders.length > 0 ? 'What an idle pool would cost' : 'What an idle pool costs',
    caption: `Middle values and 95 % of ${plainNumber(draws)} draws over the measured repeats and the inputs. All three attributions are shown, since the choice among them decides the sign.`,
    badge: placeholders.length > 0 ? 'PLACEHOLDER INPUTS' : badge,
    panels: [
      {
        key: 'energy',
        title: 'Energy',
        cost: 'energy',
        central: curve(centralJoules, 1),
        pool: lines.map((l) => lineFor(l.joules, l.u, l)),
      },
      {
        key: 'money',
        title: 'Money',
        cost: 'money',
        central: curve(centralDollars, 1e6),
        pool: lines.map((l) => lineFor(times(1e6, l.dollars), l.uDollars, l)),
      },
    ],
  });
}

import type { ClaimOutcome } from '../../../shared/claim';
import { PanelCard } from '../../parts/figure/PanelCard';

/** Every figure of the outcome, named by its claim in files. */
export function Figures({ outcome, claim }: { outcome: ClaimOutcome; claim: string }) {
  if (outcome.figures.length === 0) return null;
  return (
    <section aria-label="Figures">
      <h2 className="tw-claim-figures-head">{outcome.figures.length === 1 ? 'Figure' : 'Figures'}</h2>
      <div className="tw-claim-figures">
        {outcome.figures.map((figure) => (
          <PanelCard key={figure.id} figure={figure} fileStem={`${claim}-${figure.id}`} />
        ))}
      </div>
    </section>
  );
}

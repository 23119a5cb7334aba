import type { CSSProperties } from 'react';
import type { TooltipLine } from '../../../shared/figures/interaction';

/** What a point stands for, in the figure's own words: values with unit and interval, n, method, meter, machine. */
export function PointDetails({
  lines,
  pinned,
  onOpen,
  style,
}: {
  lines: readonly TooltipLine[];
  pinned: boolean;
  onOpen(): void;
  style: CSSProperties;
}) {
  return (
    <div className="tw-figure-details" style={style} data-pinned={pinned || undefined} role="status">
      <dl>
        {lines.map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="tw-num">{text}</dd>
          </div>
        ))}
      </dl>
      {pinned && (
        <button type="button" className="tw-link" onClick={onOpen}>
          Open the run
        </button>
      )}
    </div>
  );
}

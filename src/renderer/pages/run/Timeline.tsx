import type { RunColumns } from '../../../shared/live';
import { formatSi } from '../../../shared/units';
import { phaseWords } from './words';

/** Steps and windows of the run to scale, with the same in words under it. */
export function Timeline({ columns }: { columns: RunColumns }) {
  const { phases, windows } = columns;
  const endS = Math.max(0, ...phases.map((p) => p.toS), ...windows.map((w) => w.closeS));
  if (endS === 0) return <p className="tw-muted tw-flush">No step was recorded.</p>;
  const place = (fromS: number, toS: number) => ({
    left: `${(100 * fromS) / endS}%`,
    width: `${(100 * Math.max(0, toS - fromS)) / endS}%`,
  });
  return (
    <>
      <div className="tw-timeline" aria-hidden="true">
        {phases.map(({ phase, fromS, toS }) => (
          <div
            key={`${phase} ${fromS}`}
            className={`tw-phase tw-phase-${phase}`}
            style={place(fromS, toS)}
            title={`${phaseWords[phase]}: ${formatSi(toS - fromS, 's')}`}
          >
            {(toS - fromS) / endS > 0.06 && phaseWords[phase]}
          </div>
        ))}
        {windows.map(({ index, openS, closeS, verdict }) => (
          <div
            key={index}
            className={`tw-window tw-window-${verdict}`}
            style={place(openS, closeS)}
            title={`window ${index + 1}, ${verdict}: ${formatSi(closeS - openS, 's')}`}
          />
        ))}
      </div>
      <ol className="tw-timeline-words">
        {phases.map(({ phase, fromS, toS }) => (
          <li key={`${phase} ${fromS}`}>
            <span className={`tw-swatch tw-phase-${phase}`} aria-hidden="true" />
            {phaseWords[phase]} <span className="tw-num tw-muted">{formatSi(toS - fromS, 's')}</span>
          </li>
        ))}
        <li className="tw-muted">
          {windows.length} {windows.length === 1 ? 'window' : 'windows'} in {formatSi(endS, 's')}
        </li>
      </ol>
    </>
  );
}

import type { ProviderReport } from '../../../shared/contract';

/** Each execution provider: found and on what, or refused and why. */
export function Providers({ providers }: { providers: readonly ProviderReport[] }) {
  return (
    <ul className="tw-machine-found">
      {providers.map(({ provider, status, reason, device }) => (
        <li key={provider}>
          <strong>{provider}</strong>{' '}
          {status === 'ok' ? (
            <span className="tw-good">found</span>
          ) : (
            <span className="tw-muted">not available</span>
          )}
          {device !== null && (
            <div className="tw-warn">
              Runs on {device}, in software on the processor: its figures say nothing about a GPU.
            </div>
          )}
          {reason !== null && <div className="tw-muted">{reason}</div>}
        </li>
      ))}
    </ul>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import type { Outputs } from '../../../shared/contract';
import { useReady } from '../../lab/session';
import { Facts } from '../../parts/Facts';
import { useSettings } from '../../state/settings';

/** Versions, licence, and what happens to the data. */
export function About() {
  const { info } = useReady();
  const tdpW = useSettings((s) => s.tdpW);
  // Only if somebody has looked already: looking at the machine starts processes.
  const known = useQueryClient().getQueryData<Outputs['describeMachine']>(['machine', tdpW])?.machine;
  const later = 'Machine & meters shows it';
  return (
    <>
      <Facts
        facts={[
          ['Thirty Watts', info.version],
          ['ONNX Runtime', known?.onnxruntime ?? later],
          ['Node', known?.node ?? later],
          ['Licence', 'MIT'],
        ]}
      />
      <p className="tw-muted">
        Works offline. Nothing leaves this machine: no account, no telemetry, no update check.
      </p>
    </>
  );
}

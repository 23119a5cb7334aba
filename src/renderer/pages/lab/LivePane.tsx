import { LiveTrace } from '../../parts/LiveTrace';
import { useExperiments, useMachine, useMeasuring } from './data';
import { metersFound } from './readiness';

/** The live trace, with the reason where there is no power to draw. */
export function LivePane() {
  const { experiments } = useExperiments();
  const measuring = useMeasuring();
  const { data } = useMachine();
  const plan = experiments.find((e) => e.id === measuring)?.plan;
  const why =
    plan?.meters === 'none'
      ? 'This plan uses no meters, so only the latency is drawn.'
      : data && metersFound(data.meters).length === 0
        ? 'No power sensor was found, so only the latency is drawn.'
        : 'Power is drawn here as soon as a sensor has been read.';
  return <LiveTrace whyNoPower={why} />;
}

import type { LabEvent } from '../../shared/contract';
import { type Channel, labClient } from '../../shared/rpc';
import type { Service } from './service';

/** How long the lab may take to say whether it measures before its events decide, ms. */
const answerMs = 1_000;

/** Whether the lab measures now: a client of the service, like the page. */
export function watchMeasuring(service: Pick<Service, 'use'>): { isMeasuring(): Promise<boolean> } {
  let experiments = new Set<string>();
  let ask: (() => Promise<boolean>) | null = null;
  const take = (event: LabEvent) => {
    if (event.type === 'experimentEnded') experiments.delete(event.experimentId);
    else if (event.type === 'progress') experiments.add(event.experimentId);
  };
  service.use({
    up(open) {
      const channel: Channel = open(false);
      const lab = labClient(channel);
      lab.onEvent(take);
      ask = async () => (await lab.labInfo({})).measuring !== null;
    },
    lost() {
      experiments = new Set();
      ask = null;
    },
    down() {
      ask = null;
    },
  });
  return {
    async isMeasuring() {
      if (experiments.size > 0) return true;
      if (!ask) return false;
      let clock: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        clock = setTimeout(() => resolve(experiments.size > 0), answerMs);
      });
      return Promise.race([ask().catch(() => false), late]).finally(() => clearTimeout(clock));
    },
  };
}

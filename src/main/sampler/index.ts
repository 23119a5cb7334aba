/** Entry of the sampler: a plain Node child of the lab that reads the meters and knows no models. */
import { defaultEnv, providersFor, testMeterVariable } from '../meters/index';
import { dieWithParent } from './dieWithParent';
import type { Channel, FromSampler, ToSampler } from './protocol';
import { Sampler } from './serve';
import { steadyClock } from './steadyClock';

const channel: Channel<FromSampler, ToSampler> = {
  send: (message) => {
    if (process.connected) process.send?.(message);
  },
  onMessage: (listener) => {
    process.on('message', (message) => listener(message as ToSampler));
  },
};

dieWithParent(process.platform, () => process.exit(0));
new Sampler(channel, {
  ...steadyClock,
  environment: defaultEnv,
  ownS: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
  providers: () => providersFor(process.env[testMeterVariable] || null),
});

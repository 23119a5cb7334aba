import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WallKind, type WallMeter, wallMeterInput } from '../../src/shared/wallMeter';

/** A wall meter in this process: whatever a test makes it say. @returns its address, without a slash at the end */
export async function wallServer(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return `http://${host}:${port}`;
}

export const json = (content: unknown): RequestListener => {
  return (_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(content));
  };
};

/** What a good generic meter says. */
export const goodAnswer = {
  schema: 'thirtywatts.wall/1',
  watts: 123.4,
  energy_j: 45678.9,
  t_unix_ms: 1730000000123,
  seq: 42,
  interval_ms: 1000,
  accuracy_rel: 0.01,
  accuracy_w: 0.5,
  label: 'Desk',
};

/** A meter as the lab keeps it. */
export const meterOf = (kind: WallKind, changed: Partial<WallMeter> = {}): WallMeter => ({
  ...wallMeterInput.parse({ kind, address: '192.168.1.20' }),
  id: 'w1',
  enabled: true,
  lagS: null,
  lagAtUnixMs: null,
  ...changed,
});

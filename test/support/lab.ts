import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type LabEffects, labEffects } from '../../src/main/lab/context';
import { openLabService } from '../../src/main/lab/service';
import type { Experiment, Lab, LabEvent } from '../../src/shared/contract';
import { channelPair, labClient, serveLab } from '../../src/shared/rpc';

const cleanUp: (() => unknown)[] = [];

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'thirty-watts-test-'));
  cleanUp.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A lab in a folder of its own, behind the contract, with real runners and sampler unless replaced. */
export function openTestLab(
  effects: Partial<LabEffects> = {},
  folder = temporaryFolder(),
): { lab: Lab; folder: string; events: LabEvent[]; close(): Promise<void> } {
  const service = openLabService(folder, { ...labEffects, ...effects });
  const [client, server] = channelPair();
  serveLab(server, service);
  const lab = labClient(client);
  const events: LabEvent[] = [];
  lab.onEvent((event) => events.push(event));
  let closed: Promise<void> | null = null;
  const close = () => {
    closed ??= service.close();
    return closed;
  };
  cleanUp.push(close);
  return { lab, folder, events, close };
}

/** Resolves when the lab says that its experiment has ended. */
export function experimentEnd(lab: Lab): Promise<Experiment['status']> {
  return new Promise((resolve) => {
    const stop = lab.onEvent((event) => {
      if (event.type !== 'experimentEnded') return;
      stop();
      resolve(event.status);
    });
  });
}

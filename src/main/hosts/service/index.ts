// The lab service of the desktop: a plain-Node program that the shell starts with an ipc channel.
//   node --disable-sigusr1 service.cjs --lab FOLDER
import { parseArgs } from 'node:util';
import { failureOf, LabError } from '../../../shared/errors';
import { serveLab } from '../../../shared/rpc';
import { type LabService, openLabService, openLabView } from '../../lab/service';
import { muxServer } from '../channels/mux';
import { processChannel } from '../channels/processChannel';
import type { FromService, ToService } from './protocol';

/** Longest wait for a clean end once the shell is gone, ms. */
const endLimitMs = 5_000;

/** Where another process has the lab open, this one looks at it. */
function open(folder: string): { service: LabService; readOnly: boolean } {
  try {
    return { service: openLabService(folder), readOnly: false };
  } catch (thrown) {
    if (!(thrown instanceof LabError) || thrown.failure.kind !== 'lab_locked') throw thrown;
    return { service: openLabView(folder), readOnly: true };
  }
}

function main(): void {
  if (!process.send) {
    process.stderr.write(
      'service.cjs is started by the desktop app; for a terminal there is thirty-watts.\n',
    );
    process.exit(64);
  }
  const wire = processChannel(process, () => 'The app has ended.');
  const say = (message: FromService) => wire.post(message);
  // Ctrl-C in a terminal reaches the whole group: the shell asks and then says what to do.
  process.on('SIGINT', () => {});

  let service: LabService;
  try {
    const { values } = parseArgs({ options: { lab: { type: 'string' } } });
    if (!values.lab)
      throw new LabError('bad_input', 'No lab folder was named.', 'Start it with --lab FOLDER.');
    const opened = open(values.lab);
    service = opened.service;
    say({ kind: 'ready', pid: process.pid, readOnly: opened.readOnly });
  } catch (thrown) {
    process.send({ kind: 'cannotOpen', failure: failureOf(thrown) } satisfies FromService, () =>
      process.exit(1),
    );
    return;
  }
  muxServer(wire, (channel, page) => {
    if (page) channel.onClose(service.pageOpened());
    serveLab(channel, service);
  });

  let ending = false;
  const end = (limitMs: number | null) => {
    if (limitMs !== null) setTimeout(() => process.exit(1), limitMs);
    if (ending) return;
    ending = true;
    service.close().then(
      () => process.exit(0),
      (thrown) => {
        process.stderr.write(`The lab could not be closed cleanly: ${failureOf(thrown).message}\n`);
        process.exit(1);
      },
    );
  };
  wire.onMessage((message) => {
    if ((message as Partial<ToService> | null)?.kind === 'shutdown') end(null);
  });
  wire.onClose(() => end(endLimitMs));
  process.on('SIGTERM', () => end(endLimitMs));
}

main();

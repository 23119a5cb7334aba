import type { Lab } from '../../../shared/contract';
import { LabError } from '../../../shared/errors';
import { channelPair, labClient, serveLab } from '../../../shared/rpc';
import { type LabService, openLabService, openLabView } from '../../lab/service';

export interface Connection {
  lab: Lab;
  close(): Promise<void>;
}

/**
 * The lab in this process, behind the same contract that the window and the browser use. A command that only reads
 * works beside another process that measures; one that writes is refused with the other's process id.
 * @param create what is read is there in an empty lab too, so a folder without one becomes a lab
 */
export function connect(
  folder: string,
  { write, create = false }: { write: boolean; create?: boolean },
): Connection {
  const service = write ? openLabService(folder) : openForReading(folder, create);
  const [client, server] = channelPair();
  serveLab(server, service);
  return { lab: labClient(client), close: () => service.close() };
}

function openForReading(folder: string, create: boolean): LabService {
  try {
    return openLabView(folder);
  } catch (thrown) {
    // A lab of an older version is brought up to date by opening it for writing, which a look may do too.
    if (thrown instanceof LabError && thrown.failure.kind === 'lab_damaged') throw thrown;
    if (thrown instanceof LabError && thrown.failure.kind === 'not_found' && !create) throw thrown;
    return openLabService(folder);
  }
}

import type { ChildProcess, Serializable } from 'node:child_process';
import type { Channel } from '../../../shared/rpc';

type Listener<T> = (value: T) => void;

/** What a child process and the process itself have in common: the ends of one ipc channel. */
type IpcEnd = Pick<ChildProcess, 'connected'> & {
  send?(message: Serializable, callback?: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
};

/**
 * The ipc channel of a child process (in its parent) or of this process (in the child) as a Channel; several may listen.
 * Started with `serialization: 'advanced'`, typed arrays and bigints cross.
 */
export function processChannel(
  end: IpcEnd,
  gone: () => string,
): Channel & { onClose: NonNullable<Channel['onClose']> } {
  return {
    post(message) {
      // A message to a process that has just ended is lost as those on their way are; its end is told by onClose.
      if (end.connected) end.send?.(message as Serializable, () => {});
    },
    onMessage: (listener: Listener<unknown>) => void end.on('message', listener),
    onClose: (listener: Listener<string>) => void end.on('disconnect', () => listener(gone())),
  };
}

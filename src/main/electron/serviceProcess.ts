import { spawn } from 'node:child_process';
import type { Channel } from '../../shared/rpc';
import { processChannel } from '../hosts/channels/processChannel';
import { childEnvironment } from '../lab/environment';

/** A started service, as the shell sees it. */
export interface ServiceProcess {
  channel: Channel;
  /** Calls back once when it is gone, with how it ended in words. */
  onExit(listener: (how: string) => void): void;
  kill(): void;
}

/** Starts the lab service on the pinned Node: absolute paths, fixed arguments, an environment from a list. */
export function launchService(node: string, program: string, labFolder: string): ServiceProcess {
  const child = spawn(node, ['--disable-sigusr1', program, '--lab', labFolder], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: childEnvironment(),
    windowsHide: true,
  });
  let how: string | null = null;
  const listeners: ((how: string) => void)[] = [];
  const ended = (words: string) => {
    if (how !== null) return;
    how = words;
    for (const told of listeners) told(words);
  };
  child.on('error', (error) => ended(`it could not be started: ${error.message}`));
  child.on('exit', (code, signal) => ended(signal ? `signal ${signal}` : `exit code ${code}`));
  return {
    channel: processChannel(child, () => 'The lab service has ended.'),
    onExit: (listener) => (how === null ? void listeners.push(listener) : listener(how)),
    kill: () => void child.kill('SIGKILL'),
  };
}

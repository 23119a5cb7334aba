import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { program } from './paths';

/** What children may inherit: loader and device settings that a user sets on purpose, and what the OS itself needs. */
const inherited = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'CUDA_PATH',
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'VK_LOADER_DEBUG',
  'XDG_RUNTIME_DIR',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'THIRTY_WATTS_TEST_METER',
] as const;

/** Environment of a child process, from a list of allowed names: NODE_OPTIONS and the like do not pass. */
export function childEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(
    inherited.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
}

/** Starts one of the lab's own programs on the Node of this process; bigints and typed arrays cross the channel. */
export function spawnProgram(
  name: 'runner' | 'sampler' | 'science',
  stdio: SpawnOptions['stdio'],
): ChildProcess {
  return spawn(process.execPath, ['--disable-sigusr1', program(name)], {
    stdio,
    serialization: 'advanced',
    env: childEnvironment(),
  });
}

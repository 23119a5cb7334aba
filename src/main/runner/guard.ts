import { Worker } from 'node:worker_threads';
import koffi from 'koffi';

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const RLIMIT_CORE = 4;

/**
 * Ties this process to its parent: a runner blocks its JavaScript thread for seconds, so a `disconnect` event would
 * come too late or never (an endless model outlives a killed lab at full load). Linux: the kernel kills it (prctl);
 * elsewhere a worker thread looks at the parent's id once a second. Also: no core files of models on Linux.
 */
export function tieToParent(parentPid: number): void {
  if (process.platform === 'linux') {
    const libc = koffi.load(null);
    const prctl = libc.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');
    const setrlimit = libc.func('int setrlimit(int, const uint64_t *)');
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    setrlimit(RLIMIT_CORE, new BigUint64Array([0n, 0n]));
    // The parent may have died before the tie existed.
    if (process.ppid !== parentPid) process.kill(process.pid, 'SIGKILL');
    return;
  }
  new Worker(
    `const die = () => process.kill(process.pid, 'SIGKILL');
     setInterval(() => { if (process.platform !== 'win32' && process.ppid !== ${parentPid}) die(); try { process.kill(${parentPid}, 0) } catch { die() } }, 1000)`,
    { eval: true },
  ).unref();
}

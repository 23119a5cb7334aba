import koffi from 'koffi';

const prSetDeathSignal = 1;
const sigKill = 9;

/**
 * Makes sure that this process does not outlive the one that started it. Linux kills it with its
 * parent; elsewhere, and if the parent died before that was in force, the closed channel ends it.
 */
export function dieWithParent(platform: NodeJS.Platform, exit: () => void): void {
  const parent = process.ppid;
  process.on('disconnect', exit);
  if (platform === 'linux') {
    try {
      const prctl = koffi
        .load(null)
        .func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)');
      prctl(prSetDeathSignal, sigKill, 0, 0, 0);
    } catch {
      // Without prctl the closed channel still ends the process.
    }
  }
  if (process.ppid !== parent || !process.connected) exit();
}

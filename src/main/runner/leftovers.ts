import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Start of the name of each temporary folder that the runner with this process id makes, in the system's folder for them. */
export const leftoverPrefix = (pid: number) => `thirty-watts-profile-${pid}-`;

/** Removes the temporary folders of a runner that was killed or crashed before it could. Never rejects. */
export async function removeLeftovers(pid: number, parent = tmpdir()): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const own = names.filter((name) => name.startsWith(leftoverPrefix(pid)));
  await Promise.all(
    own.map((name) => rm(join(parent, name), { recursive: true, force: true }).catch(() => {})),
  );
}

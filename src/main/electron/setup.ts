import { app } from 'electron';
import { LabChoice } from './lab';

export { setupLockDown } from './lockDown';
export { setupScheme, setupSchemePrivileges } from './scheme';
export { setupFileOpening, setupMenu, setupQuit, setupService, setupWindow } from './shell';

/**
 * Every page in the operating system's sandbox, whatever its window says. Started with --no-sandbox (root on Linux cannot
 * have it) the two would contradict each other, and every process of Chromium would end at its start.
 */
export function setupSandbox(): void {
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
}

/** Which lab, and whether this is its only window; null: another one has it and has been told, this start ends. */
export function setupLab(): LabChoice | null {
  const lab = new LabChoice();
  if (lab.hold()) return lab;
  app.exit(0);
  return null;
}

export const ready = (then: () => void) => void app.whenReady().then(then);

// The desktop app. Electron draws, Node measures: what measures is the lab service, a process of its own.
import {
  ready,
  setupFileOpening,
  setupLab,
  setupLockDown,
  setupMenu,
  setupQuit,
  setupSandbox,
  setupScheme,
  setupSchemePrivileges,
  setupService,
  setupWindow,
} from './electron/setup';

setupSandbox();
setupSchemePrivileges();
const lab = setupLab();

if (lab) {
  ready(() => {
    setupLockDown();
    setupScheme();
    const shell = setupService(lab);
    setupWindow(shell);
    setupMenu(shell);
    setupFileOpening(shell);
    setupQuit(shell);
  });
}

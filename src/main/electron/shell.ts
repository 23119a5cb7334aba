import { app, type BrowserWindow, Menu, shell } from 'electron';
import { z } from 'zod';
import type { DoorEvent } from '../../shared/door';
import { changeLab } from './changeLab';
import { createDoor } from './door';
import type { LabChoice, SecondStart } from './lab';
import { watchMeasuring } from './measuring';
import { menuTemplate } from './menuTemplate';
import { setupPagePort } from './pagePort';
import { askToStop } from './questions';
import { createQuit } from './quit';
import { createService, type Service } from './service';
import { launchService } from './serviceProcess';
import { filesFromArguments, pinnedNode, serviceProgram } from './start';
import { openWindow } from './window';

/** What the parts of the shell share: the window, the lab, the service and the page. Each setup fills in its own. */
export interface Shell {
  lab: LabChoice;
  service: Service;
  window: BrowserWindow | null;
  /** To the page; files wait until it is there. */
  tell(event: DoorEvent): void;
  isMeasuring(): Promise<boolean>;
  chooseLab(): Promise<boolean>;
}

/** Starts the lab service and watches over it. */
export function setupService(lab: LabChoice): Shell {
  const node = pinnedNode({
    packaged: app.isPackaged,
    appPath: app.getAppPath(),
    resourcesPath: process.resourcesPath,
    platform: process.platform,
    arch: process.arch,
    env: process.env,
  });
  const service = createService(
    {
      launch: () => launchService(node, serviceProgram(__dirname), lab.folder),
      nowMs: () => performance.now(),
      after(ms, then) {
        const clock = setTimeout(then, ms);
        return () => clearTimeout(clock);
      },
    },
    (event) => desk.tell(event),
  );
  const { isMeasuring } = watchMeasuring(service);
  const desk: Shell = {
    lab,
    service,
    window: null,
    tell: () => {},
    isMeasuring,
    chooseLab: async () =>
      desk.window !== null && changeLab({ window: desk.window, lab, service, isMeasuring }),
  };
  service.start();
  return desk;
}

/** The port that the preload asks for, and the window that shows the page. */
export function setupWindow(desk: Shell): void {
  const door = createDoor({
    window: () => desk.window!,
    labFolder: () => desk.lab.folder,
    chooseLab: desk.chooseLab,
    startService: () => desk.service.start(),
  });
  const { tell } = setupPagePort(() => desk.window, desk.service, door);
  desk.tell = tell;
  desk.window = openWindow(desk.lab.ownFile('window.json'));
}

export function setupMenu(desk: Shell): void {
  const template = menuTemplate(
    { mac: process.platform === 'darwin', packaged: app.isPackaged },
    {
      send: (command) => desk.tell({ type: 'menu', command }),
      chooseLab: () => void desk.chooseLab(),
      showLabFolder: () => void shell.openPath(desk.lab.folder),
    },
  );
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

const secondStart = z.object({ files: z.array(z.string()).max(10_000) }) satisfies z.ZodType<SecondStart>;

/** Models opened with the app: on its command line, by the system (macOS), or by starting it a second time. */
export function setupFileOpening(desk: Shell): void {
  const open = (paths: string[]) => {
    if (paths.length > 0) desk.tell({ type: 'files', paths });
  };
  open(desk.lab.files);
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open(filesFromArguments([path], '/'));
  });
  app.on('second-instance', (_event, _argv, cwd, told) => {
    open(filesFromArguments(secondStart.safeParse(told).data?.files ?? [], cwd));
    if (desk.window?.isMinimized()) desk.window.restore();
    desk.window?.focus();
  });
}

/** Closing the window is leaving the app; while a measurement runs, the user is asked. */
export function setupQuit(desk: Shell): void {
  const quit = createQuit({
    isMeasuring: desk.isMeasuring,
    askToStop: () => askToStop(desk.window, 'quit'),
    stopService: () => desk.service.stop(),
    leave: () => app.quit(),
  });
  const hold = (event: { preventDefault(): void }) => {
    if (!quit.mayLeave()) event.preventDefault();
  };
  app.on('before-quit', hold);
  desk.window?.on('close', hold);
  app.on('window-all-closed', () => app.quit());
}

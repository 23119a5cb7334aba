import { z } from 'zod';

export const pickable = ['files', 'folder', 'data', 'bundle', 'bundleFolder'] as const;
export type Pickable = (typeof pickable)[number];

/**
 * What the page asks of the door it came through (desktop shell or browser), beside the lab: dialogs, files, windows.
 * The desktop answers over the page's one port; in a browser the page does the same with the browser's own means.
 */
export const doorCommands = {
  /**
   * A dialog for ONNX files, for a folder of them, for one file of labelled data, or for the zip or folder of a bundle;
   * null when it was closed without a choice.
   */
  pickModels: z.strictObject({ what: z.enum(pickable) }),
  /** A dialog for a folder to write into; null when it was closed without a choice. */
  pickFolder: z.strictObject({}),
  /** Asks where, then writes; null when it was closed without a choice. */
  saveFile: z.strictObject({
    name: z.string().min(1).max(200),
    bytes: z.instanceof(Uint8Array).refine((b) => b.byteLength <= 512 * 2 ** 20),
  }),
  /** Shows the lab's folder in the system's file manager. */
  showLabFolder: z.strictObject({}),
  /** Another lab folder by dialog; the page is loaded anew. False when it was closed without a choice. */
  chooseLab: z.strictObject({}),
  /** https only, hosts on the shell's list only. */
  openExternal: z.strictObject({ url: z.string().max(2000) }),
  /** After "the lab service has ended twice": starts it again. */
  restartService: z.strictObject({}),
} as const;
export type DoorCommand = keyof typeof doorCommands;
export type DoorInput<N extends DoorCommand> = z.output<(typeof doorCommands)[N]>;

export interface DoorOutputs {
  pickModels: { paths: string[] } | null;
  pickFolder: { path: string } | null;
  saveFile: { path: string } | null;
  showLabFolder: Record<string, never>;
  chooseLab: { chosen: boolean };
  openExternal: { opened: boolean };
  restartService: Record<string, never>;
}

/** What a menu entry or a key of the shell asks the page to do. */
export const menuCommands = [
  'import',
  'importFolder',
  'run',
  'cancel',
  'palette',
  'shortcuts',
  'settings',
  'undo',
  'redo',
  'saveFigure',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

export type DoorEvent =
  | { type: 'menu'; command: MenuCommand }
  /** Files dropped on the window, or opened with the app: full paths. */
  | { type: 'files'; paths: string[] }
  /** `lost`: it ended and is being started again; `restarted`: it answers again; `down`: it ended twice and stays down. */
  | { type: 'service'; state: 'lost' | 'restarted' | 'down'; text: string };

/** Messages of the door on the page's port, beside those of rpc.ts. */
export type DoorMessage =
  | { kind: 'doorRequest'; seq: number; name: DoorCommand; input: unknown }
  | { kind: 'doorReply'; seq: number; ok: true; data: unknown }
  | { kind: 'doorReply'; seq: number; ok: false; message: string }
  | { kind: 'doorEvent'; event: DoorEvent };

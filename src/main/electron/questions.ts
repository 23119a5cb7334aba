import { type BrowserWindow, dialog } from 'electron';

/** Asks whether to stop what is measured; true: stop. Closing the question keeps measuring. */
export async function askToStop(
  window: BrowserWindow | null,
  then: 'quit' | 'open the other lab',
): Promise<boolean> {
  const options = {
    type: 'question' as const,
    message: 'A measurement is running.',
    detail: 'If you stop it, what was measured so far is kept, and the rest can be measured later.',
    buttons: ['Keep measuring', `Stop and ${then}`],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, options)
    : dialog.showMessageBox(options));
  return response === 1;
}

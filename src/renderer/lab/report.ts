import { notifications } from '@mantine/notifications';
import { refuse } from '../shell/toasts';
import type { Ready } from './session';

/** Makes the report of an experiment and saves it where the user says, or as a download. */
export async function saveReport(
  { lab, door }: Pick<Ready, 'lab' | 'door'>,
  experiment: string,
): Promise<void> {
  try {
    const { name, html } = await lab.experimentReport({ experiment });
    const saved = await door.saveFile(name, new TextEncoder().encode(html));
    if (saved !== null) notifications.show({ message: `Saved: ${saved.path}` });
  } catch (thrown) {
    refuse(thrown);
  }
}

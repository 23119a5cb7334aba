import { notifications } from '@mantine/notifications';
import { failureOf } from '../../shared/errors';

/** Says that something was refused, and what to do; stays until it is closed, since it may need reading twice. */
export function refuse(thrown: unknown): void {
  const { message, remedy } = failureOf(thrown);
  notifications.show({ color: 'red', title: message, message: remedy ?? '', autoClose: false });
}

import { z } from 'zod';
import { type DoorCommand, type DoorEvent, type DoorMessage, doorCommands } from '../../shared/door';
import { type Failure, failureOf } from '../../shared/errors';
import { type Channel, plainIssues } from '../../shared/rpc';
import type { ClosableChannel } from '../hosts/channels/mux';
import { lostError, type Service } from './service';

const seq = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** All that a page may say. Inputs of the lab's commands are checked by the service, those of the door here. */
const pageMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('request'), seq, name: z.string().max(100), input: z.unknown() }),
  z.strictObject({ kind: z.literal('doorRequest'), seq, name: z.string().max(100), input: z.unknown() }),
]);
type LabRequest = Extract<z.infer<typeof pageMessage>, { kind: 'request' }>;
type DoorRequest = Extract<z.infer<typeof pageMessage>, { kind: 'doorRequest' }>;

/** Answers a door command whose input has been checked. */
export type DoorHandler = (name: DoorCommand, input: unknown) => Promise<unknown>;

export interface Relay {
  tell(event: DoorEvent): void;
  close(): void;
}

/**
 * Between one page and the service. Lab requests wait while the service starts, are answered with `connection_lost` when
 * it ends before its answer, and with the reason while it is down: no call of the page waits for ever.
 */
export function createRelay(page: Channel, service: Pick<Service, 'use'>, door: DoorHandler): Relay {
  const pending = new Set<number>();
  let held: LabRequest[] = [];
  let lab: ClosableChannel | null = null;
  let downBecause: Failure | null = null;

  const refuse = (request: number, failure: Failure) =>
    page.post({ kind: 'reply', seq: request, ok: false, failure });
  const say = (message: DoorMessage) => page.post(message);

  const pass = (request: LabRequest) => {
    if (downBecause) return refuse(request.seq, downBecause);
    if (!lab) return void held.push(request);
    pending.add(request.seq);
    lab.post(request);
  };

  const ask = async (request: DoorRequest) => {
    const { seq, name } = request;
    if (!Object.hasOwn(doorCommands, name)) {
      return say({ kind: 'doorReply', seq, ok: false, message: `The app has no command ${name}.` });
    }
    const command = name as DoorCommand;
    const input = doorCommands[command].safeParse(request.input);
    if (!input.success) return say({ kind: 'doorReply', seq, ok: false, message: plainIssues(input.error) });
    try {
      say({ kind: 'doorReply', seq, ok: true, data: await door(command, input.data) });
    } catch (thrown) {
      const { message, remedy } = failureOf(thrown);
      say({ kind: 'doorReply', seq, ok: false, message: remedy ? `${message} ${remedy}` : message });
    }
  };

  page.onMessage((raw) => {
    const message = pageMessage.safeParse(raw);
    if (!message.success) return; // No answer: what has no known kind and number cannot be answered.
    if (message.data.kind === 'request') pass(message.data);
    else void ask(message.data);
  });

  const leave = service.use({
    starting() {
      downBecause = null;
    },
    up(open) {
      downBecause = null;
      lab = open(true);
      lab.onMessage((raw) => {
        const message = raw as { kind?: unknown; seq?: unknown };
        if (message.kind === 'reply') pending.delete(message.seq as number);
        page.post(raw);
      });
      for (const request of held.splice(0)) pass(request);
    },
    lost(why) {
      lab = null;
      for (const seq of pending) refuse(seq, lostError(why).failure);
      pending.clear();
    },
    down(failure) {
      downBecause = failure;
      lab = null;
      for (const { seq } of held.splice(0)) refuse(seq, failure);
      held = [];
    },
  });

  const close = () => {
    leave();
    lab?.close();
    lab = null;
    pending.clear();
    held = [];
  };
  page.onClose?.(close);
  return { tell: (event) => say({ kind: 'doorEvent', event }), close };
}

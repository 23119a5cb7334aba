import type { RawData, WebSocket } from 'ws';
import type { Channel } from '../../../shared/rpc';
import { decodeMessage, encodeMessage } from '../../../shared/wire';

/** Events that a later one makes good: a page that cannot keep up does without. Replies are never left out. */
const droppable = new Set(['samples', 'meterReadings']);

/** Close codes of RFC 6455, 7.4.1. */
const closeCodes = { notBinary: 1003, notAMessage: 1007 } as const;

/**
 * A WebSocket as a channel of the lab. Anything but a binary message that holds an object closes it.
 * @param bufferBytes what may wait for a slow page before droppable events are left out
 */
export function socketChannel(socket: WebSocket, bufferBytes: number): Channel {
  return {
    post(message) {
      if (socket.readyState !== socket.OPEN) return;
      const { kind, event } = message as { kind: string; event?: { type: string } };
      if (kind === 'event' && event && droppable.has(event.type) && socket.bufferedAmount > bufferBytes)
        return;
      socket.send(encodeMessage(message));
    },
    onMessage(listener) {
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (!isBinary) {
          socket.close(closeCodes.notBinary);
          return;
        }
        const message = decoded(data as Buffer);
        if (typeof message !== 'object' || message === null) socket.close(closeCodes.notAMessage);
        else listener(message);
      });
    },
    onClose(listener) {
      socket.once('close', () => listener('The page has left.'));
    },
  };
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decodeMessage(bytes);
  } catch {
    return null;
  }
}

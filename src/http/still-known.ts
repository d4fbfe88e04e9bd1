// Sockets of the console, while they are open: whoever opened one stays known, or it is closed.
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { whoIs, type OperatorOptions } from './operator.ts';
import { REFUSED } from './socket-codes.ts';

const ASK_AGAIN_MS = 60_000;

/** Asks again each minute who they are who opened it. A database that cannot be asked closes nothing. */
export function closeWhenOver(
  socket: WebSocket,
  request: IncomingMessage,
  operator: OperatorOptions,
  clock: Pick<Clock, 'every'>,
): void {
  const ask = async (): Promise<void> => {
    const who = await whoIs(request, operator).catch(() => 'not known');
    if (!who) socket.close(REFUSED, 'the session is over');
  };
  socket.once(
    'close',
    clock.every(ASK_AGAIN_MS, () => void ask()),
  );
}

// What stays open, while it does: whoever opened it stays known, or it is closed.
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock, StopTimer } from '../base/clock.ts';
import { whoIs, type OperatorOptions } from './operator.ts';
import { REFUSED } from './socket-codes.ts';

const ASK_AGAIN_MS = 60_000;

/** Asks again each minute who they are who opened it. A database that cannot be asked ends nothing. Gives back how to stop. */
export function whileKnown(
  request: IncomingMessage,
  operator: OperatorOptions,
  clock: Pick<Clock, 'every'>,
  onOver: () => void,
): StopTimer {
  const ask = async (): Promise<void> => {
    const who = await whoIs(request, operator).catch(() => 'not known');
    if (!who) onOver();
  };
  return clock.every(ASK_AGAIN_MS, () => void ask());
}

export function closeWhenOver(
  socket: WebSocket,
  ...[request, operator, clock]: readonly [IncomingMessage, OperatorOptions, Pick<Clock, 'every'>]
): void {
  const stop = whileKnown(request, operator, clock, () => socket.close(REFUSED, 'the session is over'));
  socket.once('close', stop);
}

// Closing a media socket for certain: politely first, then without asking.
import type { WebSocket } from 'ws';
import type { Clock } from '../../base/clock.ts';

/** How long the peer may take to answer our close; `ws` alone would wait 30 s. */
const CLOSE_TIMEOUT_MS = 2_000;

/** `reason`: 123 bytes at most (RFC 6455). */
export function closeSocket(socket: WebSocket, clock: Clock, code: number, reason: string): void {
  if (socket.readyState === socket.CLOSED) return;
  const stop = clock.after(CLOSE_TIMEOUT_MS, () => socket.terminate());
  socket.once('close', stop);
  socket.close(code, reason);
}

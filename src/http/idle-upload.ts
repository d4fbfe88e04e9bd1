// What is sent to us and stands still: who sends nothing for a while is cut off. A body that waits for us, as its file is being
// written down, may take as long as it likes.
import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';

export const IDLE_MS = 60_000;

/** As it begins, before anybody reads of it. */
export function cutWhenIdle(request: IncomingMessage, clock: Clock): void {
  const { socket } = request;
  if (isWhole(request)) return;
  let seen = socket.bytesRead;
  const stop = clock.every(IDLE_MS, () => {
    if (isWhole(request)) return stop();
    const waitsForUs = request.readableLength >= request.readableHighWaterMark;
    if (socket.bytesRead === seen && !waitsForUs) socket.destroy();
    seen = socket.bytesRead;
  });
  request.once('close', stop);
}

/** Without a body it has none to bring, though its end is told only when somebody reads it. */
const isWhole = ({ complete, headers }: IncomingMessage): boolean =>
  complete || (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0);

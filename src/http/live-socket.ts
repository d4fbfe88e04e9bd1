// The socket by which a page looks at the board. Whoever may look on may open it; once their session is over, it is closed.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { LiveDesk } from '../console/live-desk.ts';
import type { LiveMessage } from '../console/live-messages.ts';
import { whoAsks, type OperatorOptions } from './operator.ts';
import type { Upgrade } from './server.ts';
import { TRY_AGAIN_LATER } from './socket-codes.ts';
import { closeWhenOver } from './still-known.ts';

/** A page says nothing. */
const MOST_MESSAGE_BYTES = 1_000;
/** Beyond this a page is too slow for its calls and is let go; it may come again. A board of many calls is larger at first. */
const MOST_UNSENT_BYTES = 16_000_000;
/** Levels are of now: who is behind is told none. */
const MOST_UNSENT_FOR_LEVELS = 64_000;

export interface LiveSocketOptions {
  readonly live: Pick<LiveDesk, 'watch'>;
  readonly operator: OperatorOptions;
  readonly clock: Pick<Clock, 'every'>;
  readonly log: Log;
}

const PATH = '/console/live';

/** `?since=`: `at` of the last change that the page has seen. */
export function liveSocket({ live, operator, clock, log }: LiveSocketOptions): Upgrade {
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
  });
  return {
    path: PATH,
    async take(request: IncomingMessage, socket: Duplex, head: Buffer) {
      await whoAsks(request, operator, { role: 'viewer', isChange: true });
      const since = new URL(request.url ?? '', 'http://localhost').searchParams.get('since') ?? undefined;
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', ({ message }) => log.debug({ reason: message }, `${PATH} failed`));
        const leave = live.watch({ send: (message) => send(opened, message) }, since);
        opened.once('close', leave);
        closeWhenOver(opened, request, operator, clock);
      });
    },
  };
}

function send(socket: WebSocket, message: LiveMessage): void {
  const unsent = socket.bufferedAmount;
  if (message.type === 'levels' && unsent > MOST_UNSENT_FOR_LEVELS) return;
  if (unsent > MOST_UNSENT_BYTES) return socket.close(TRY_AGAIN_LATER, 'this page is too slow');
  socket.send(JSON.stringify(message));
}

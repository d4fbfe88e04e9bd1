// The media socket: a verified upgrade becomes a line, and the line finds its call by a token that is good once.
import { WebSocketServer, type WebSocket } from 'ws';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { LineAcceptor } from '../carrier/line.ts';
import type { CarrierWebhooks } from '../carrier/webhooks.ts';
import type { Upgrade } from './server.ts';

/** "Policy violation" (RFC 6455 §7.4.1). */
const REFUSED = 1008;

export interface MediaSocketOptions {
  readonly webhooks: CarrierWebhooks;
  readonly acceptor: LineAcceptor;
  readonly switchboard: Switchboard;
  readonly log: Log;
  /** Longer messages end the socket; the line judges shorter ones itself. */
  readonly maxMessageBytes: number;
}

export function mediaSocket({
  webhooks,
  acceptor,
  switchboard,
  log,
  maxMessageBytes,
}: MediaSocketOptions): Upgrade {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  return {
    path: '/twilio/media',
    take(request, socket, head) {
      webhooks.verifyUpgrade({
        target: request.url ?? '',
        signature: header(request.headers['x-twilio-signature']),
        form: {},
        remoteAddress: request.socket.remoteAddress ?? '',
      });
      sockets.handleUpgrade(request, socket, head, (opened) => {
        connect(opened).catch((thrown: unknown) => {
          log.warn(
            { remoteAddress: request.socket.remoteAddress, reason: messageOf(thrown) },
            'refused a media stream',
          );
        });
      });
    },
  };

  async function connect(socket: WebSocket): Promise<void> {
    const { start, line } = await acceptor.accept(socket);
    if (switchboard.attach(start, line)) return;
    log.warn(
      { callId: start.callId, streamId: line.streamId },
      'refused a media stream: its token is unknown, used, or another call’s',
    );
    socket.close(REFUSED, 'token refused');
  }
}

const header = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

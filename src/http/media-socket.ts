// Media sockets: a verified upgrade becomes a line, and the line finds its call by a token that is good once.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { LineAcceptor } from '../carrier/line.ts';
import type { CarrierWebhooks } from '../carrier/webhooks.ts';
import type { Upgrade } from './server.ts';

/** "Policy violation" (RFC 6455 §7.4.1). */
const REFUSED = 1008;

export interface StreamSocketOptions {
  readonly path: string;
  /** Throws, or rejects with, a LivelineError for whoever may not open one. */
  readonly verify: (request: IncomingMessage) => Promise<void> | void;
  readonly acceptor: LineAcceptor;
  readonly switchboard: Pick<Switchboard, 'attach'>;
  /** A call has a stream, until what this gives back is called. */
  readonly onAttached?: (id: CallId) => () => void;
  readonly log: Log;
  /** Longer messages end the socket; the line judges shorter ones itself. */
  readonly maxMessageBytes: number;
}

export function streamSocket({
  path,
  verify,
  acceptor,
  switchboard,
  onAttached,
  log,
  maxMessageBytes,
}: StreamSocketOptions): Upgrade {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  return {
    path,
    take(request, socket, head) {
      const verified = verify(request);
      if (verified) return verified.then(() => open(request, socket, head));
      open(request, socket, head);
      return undefined;
    },
  };

  function open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      connect(opened).catch((thrown: unknown) => {
        log.warn(
          { remoteAddress: request.socket.remoteAddress, reason: messageOf(thrown) },
          'refused a media stream',
        );
      });
    });
  }

  async function connect(socket: WebSocket): Promise<void> {
    const { start, line } = await acceptor.accept(socket);
    if (switchboard.attach(start, line)) {
      const onGone = onAttached?.(start.callId);
      if (onGone) socket.once('close', onGone);
      return;
    }
    log.warn(
      { callId: start.callId, streamId: line.streamId },
      'refused a media stream: its token is unknown, used, or another call’s',
    );
    socket.close(REFUSED, 'token refused');
  }
}

export interface MediaSocketOptions extends Pick<
  StreamSocketOptions,
  'acceptor' | 'switchboard' | 'log' | 'maxMessageBytes'
> {
  readonly webhooks: CarrierWebhooks;
}

export const mediaSocket = ({ webhooks, ...rest }: MediaSocketOptions): Upgrade =>
  streamSocket({
    ...rest,
    path: '/twilio/media',
    verify: (request) =>
      webhooks.verifyUpgrade({
        target: request.url ?? '',
        signature: header(request.headers['x-twilio-signature']),
        form: {},
        remoteAddress: request.socket.remoteAddress ?? '',
      }),
  });

const header = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

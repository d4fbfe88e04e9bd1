// Media sockets: a verified upgrade becomes a line, and the line finds its call by a token that is good once.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { LineAcceptor } from '../carrier/line.ts';
import type { CarrierWebhooks } from '../carrier/webhooks.ts';
import type { NodeRegistry } from '../store/nodes/registry.ts';
import type { Upgrade } from './server.ts';
import { pipeStream, THROUGH_HEADER, type Pipes } from './stream-pipe.ts';

/** "Policy violation" (RFC 6455 §7.4.1). */
const REFUSED = 1008;

export interface StreamSocketOptions {
  readonly path: string;
  readonly isAlsoBelow?: boolean;
  /** Throws, or rejects with, a LivelineError for whoever may not open one. */
  readonly verify: (request: IncomingMessage) => Promise<void> | void;
  /** Whether another process has taken a verified one. Never rejects. */
  readonly elsewhere?:
    ((request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<boolean>) | undefined;
  readonly acceptor: LineAcceptor;
  readonly switchboard: Pick<Switchboard, 'attach'>;
  /** A call has a stream, until what this gives back is called. `through`: by its key, the node that passes it on. */
  readonly onAttached?: ((id: CallId, through: string | undefined) => () => void) | undefined;
  readonly log: Log;
  /** Longer messages end the socket; the line judges shorter ones itself. */
  readonly maxMessageBytes: number;
}

export function streamSocket({
  path,
  isAlsoBelow = false,
  verify,
  elsewhere,
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
    isAlsoBelow,
    take(request, socket, head) {
      const verified = verify(request);
      if (verified) return verified.then(() => openWhereItIs(request, socket, head));
      return openWhereItIs(request, socket, head);
    },
  };

  function openWhereItIs(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> | void {
    if (!elsewhere) return open(request, socket, head);
    return elsewhere(request, socket, head).then((isElsewhere) => {
      if (!isElsewhere) open(request, socket, head);
    });
  }

  function open(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      connect(opened, header(request.headers[THROUGH_HEADER])).catch((thrown: unknown) => {
        log.warn(
          { remoteAddress: request.socket.remoteAddress, reason: messageOf(thrown) },
          'refused a media stream',
        );
      });
    });
  }

  async function connect(socket: WebSocket, through: string | undefined): Promise<void> {
    const { start, line } = await acceptor.accept(socket);
    if (await switchboard.attach(start, line)) {
      const onGone = onAttached?.(start.callId, through);
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
  'acceptor' | 'switchboard' | 'onAttached' | 'log' | 'maxMessageBytes'
> {
  readonly webhooks: CarrierWebhooks;
  /** Left out: every stream is for this process. */
  readonly others?:
    | { readonly nodes: Pick<NodeRegistry, 'self' | 'find'>; readonly pipes: Pipes; readonly clock: Clock }
    | undefined;
}

/** Below the path is the key of the process that the stream is for; a process that is not there any more has it opened here. */
export const mediaSocket = ({ webhooks, others, ...rest }: MediaSocketOptions): Upgrade =>
  streamSocket({
    ...rest,
    path: '/twilio/media',
    isAlsoBelow: true,
    elsewhere:
      others &&
      (async (request, socket, head) => {
        const key = webhooks.nodeOf(request.url ?? '');
        const other = key === undefined ? undefined : await others.nodes.find(key);
        if (!other || other.life === 'dead') return false;
        const { pipes, clock, nodes } = others;
        return pipeStream(request, socket, head, other, { key: nodes.self.key, pipes, clock, log: rest.log });
      }),
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

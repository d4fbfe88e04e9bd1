// Sockets of the console into calls: listening in, and taking over. Whoever may open one is an operator, whose page is ours.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import { callId, type CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Switchboard } from '../call/switchboard.ts';
import { WHY_NOT } from '../console/commands.ts';
import { listenIn } from '../console/listen.ts';
import { takeOver } from '../console/take-over.ts';
import { auditRequest, type Operator } from './operator-acts.ts';
import { whoAsks, type OperatorOptions } from './operator.ts';
import type { Upgrade } from './server.ts';
import { closeWhenOver, REFUSED } from './still-known.ts';

/** Half a second of a microphone, or a long note. */
const MOST_MESSAGE_BYTES = 20_000;
/** RFC 6455 §7.4.1. */
const NORMAL = 1000;

export interface ConsoleSocketsOptions {
  readonly switchboard: Pick<Switchboard, 'operator' | 'tape'>;
  readonly operator: OperatorOptions;
  readonly clock: Clock;
  readonly log: Log;
}

interface Visit {
  readonly request: IncomingMessage;
  readonly id: CallId;
  readonly operator: Operator;
}

export const consoleSockets = (options: ConsoleSocketsOptions): Upgrade[] => [
  socketAt('/console/listen', options, listen),
  socketAt('/console/take-over', options, takeOverBy),
];

type Serve = (socket: WebSocket, visit: Visit, options: ConsoleSocketsOptions) => void;

/** `?call=`: the call, by the carrier's id. */
function socketAt(path: string, options: ConsoleSocketsOptions, serve: Serve): Upgrade {
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
  });
  return {
    path,
    async take(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const operator = await whoAsks(request, options.operator, { role: 'operator', isChange: true });
      const call = new URL(request.url ?? '', 'http://localhost').searchParams.get('call');
      if (call === null || call === '')
        throw new LivelineError('API_REQUEST_INVALID', 'call: say which, as ?call= and its id');
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', ({ message }) => options.log.debug({ reason: message }, `${path} failed`));
        closeWhenOver(opened, request, options.operator, options.clock);
        serve(opened, { request, id: callId(call), operator }, options);
      });
    },
  };
}

function listen(socket: WebSocket, { request, id, operator }: Visit, options: ConsoleSocketsOptions): void {
  const { switchboard, log } = options;
  const { audit } = options.operator;
  const tape = switchboard.tape(id);
  auditRequest(request, audit, operator, tape ? 'done' : 'refused');
  if (!tape) return socket.close(REFUSED, WHY_NOT['no-such-call']);
  log.info({ callId: id, operator: operator.name }, 'an operator listens in');
  const stop = listenIn(tape, {
    send: (sound) => socket.send(sound),
    get unsentBytes() {
      return socket.bufferedAmount;
    },
    close: () => socket.close(NORMAL, 'the call is over'),
  });
  socket.once('close', stop);
}

function takeOverBy(
  socket: WebSocket,
  { request, id, operator }: Visit,
  { switchboard, operator: { audit }, clock }: ConsoleSocketsOptions,
): void {
  const handset = takeOver({
    desk: switchboard.operator(id),
    name: operator.name,
    handset: { tell: (word) => socket.send(JSON.stringify(word)), close: () => socket.close(NORMAL) },
    clock,
  });
  if ('refused' in handset)
    return auditRequest(request, audit, operator, 'refused', { why: handset.refused });
  auditRequest(request, audit, operator, 'done');
  socket.on('message', (data, isBinary) => {
    if (isBinary) return handset.heard(bytesOf(data));
    const fault = handset.said(bytesOf(data).toString());
    if (fault !== undefined) socket.close(REFUSED, fault);
  });
  socket.once('close', () => handset.gone());
}

const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

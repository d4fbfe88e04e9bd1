// What an operator's socket is to a call of this process: an ear, or a voice. Who may open one is known by then; whether their
// page is here or at another process is not.
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CommandFault } from '../console/call-commands.ts';
import { WHY_NOT } from '../console/commands.ts';
import { listenIn } from '../console/listen.ts';
import { takeOver } from '../console/take-over.ts';
import type { Visit } from '../console/tickets.ts';
import { NORMAL, REFUSED } from './socket-codes.ts';

/** Half a second of a microphone, or a long note. */
export const MOST_MESSAGE_BYTES = 20_000;

export interface CallVisitsOptions {
  readonly switchboard: Pick<Switchboard, 'operator' | 'tape'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Why not, which the page is told then; undefined: they are in. */
export function visit(
  socket: WebSocket,
  { way, callId, name }: Visit,
  options: CallVisitsOptions,
): CommandFault | undefined {
  options.log.info({ callId, operator: name, way }, 'an operator comes into a call');
  return way === 'listen' ? listen(socket, callId, options) : speak(socket, { callId, name }, options);
}

/** As the page is told in its own way, without a call. */
export function refuse(socket: WebSocket, way: Visit['way'], why: CommandFault): void {
  if (way === 'listen') return socket.close(REFUSED, shortened(WHY_NOT[why]));
  socket.send(JSON.stringify({ type: 'refused', why, message: WHY_NOT[why] }));
  socket.close(NORMAL);
}

function listen(
  socket: WebSocket,
  callId: Visit['callId'],
  { switchboard }: CallVisitsOptions,
): CommandFault | undefined {
  const tape = switchboard.tape(callId);
  if (!tape) {
    refuse(socket, 'listen', 'no-such-call');
    return 'no-such-call';
  }
  const stop = listenIn(tape, {
    send: (sound) => socket.send(sound),
    get unsentBytes() {
      return socket.bufferedAmount;
    },
    close: () => socket.close(NORMAL, 'the call is over'),
  });
  socket.once('close', stop);
  return undefined;
}

function speak(
  socket: WebSocket,
  { callId, name }: Pick<Visit, 'callId' | 'name'>,
  { switchboard, clock }: CallVisitsOptions,
): CommandFault | undefined {
  const handset = takeOver({
    desk: switchboard.operator(callId),
    name,
    handset: { tell: (word) => socket.send(JSON.stringify(word)), close: () => socket.close(NORMAL) },
    clock,
  });
  if ('refused' in handset) return handset.refused;
  socket.on('message', (data, isBinary) => {
    if (isBinary) return handset.heard(bytesOf(data));
    const fault = handset.said(bytesOf(data).toString());
    if (fault !== undefined) socket.close(REFUSED, fault);
  });
  socket.once('close', () => handset.gone());
  return undefined;
}

export const bytesOf = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data);

/** A reason has at most 123 bytes (RFC 6455 §5.5.1). */
const shortened = (reason: string): string => (reason.length <= 123 ? reason : `${reason.slice(0, 120)}...`);

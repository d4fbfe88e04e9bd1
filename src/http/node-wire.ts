// The wire between an operator's page, which has come to this process, and a call of another one: what each says is handed on as
// it is. Sound for which there is no room is left out, on both sides; when either end goes, so does the other.
import { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CommandFault } from '../console/call-commands.ts';
import type { Opened } from '../console/live-desk.ts';
import type { Way } from '../console/tickets.ts';
import { bytesOf, MOST_MESSAGE_BYTES, refuse } from './call-visits.ts';
import { pathOf, ticketHeader } from './node-door.ts';
import { FAILED, NORMAL, REFUSED } from './socket-codes.ts';

/** Two seconds of both sides. */
const MOST_UNSENT_BYTES = 32_000;
const CONNECT_WITHIN_MS = 3_000;
/** A process that hangs, or a machine that is gone, closes nothing. */
const PING_EVERY_MS = 3_000;

export interface NodeWireOptions {
  readonly page: WebSocket;
  readonly way: Way;
  readonly to: Opened;
  readonly clock: Pick<Clock, 'every'>;
  readonly log: Log;
}

/** Resolves once it is known whether they are in: why not, which the page was told; undefined: they are. */
export function wireTo({ page, way, to, clock, log }: NodeWireOptions): Promise<CommandFault | undefined> {
  const { promise, resolve } = Promise.withResolvers<CommandFault | undefined>();
  const wire = new WebSocket(`${to.address.replace(/^http/, 'ws')}${pathOf(way)}`, {
    headers: ticketHeader(to.ticket),
    ...{ handshakeTimeout: CONNECT_WITHIN_MS, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
  });
  let isOpen = false;
  let isAlive = true;
  wire.on('error', ({ message }) => {
    log.warn({ address: to.address, reason: message }, 'the way to a call of another process failed');
  });
  wire.once('open', () => {
    isOpen = true;
    if (way === 'listen') resolve(undefined);
  });
  wire.on('pong', () => (isAlive = true));
  const stop = clock.every(PING_EVERY_MS, () => {
    if (!isOpen) return;
    if (!isAlive) return wire.terminate();
    isAlive = false;
    wire.ping();
  });
  wire.on('message', (data, isBinary) => {
    const said = bytesOf(data);
    // The first word says whether the call is theirs.
    if (!isBinary) resolve(refusalIn(said));
    handOn(page, said, isBinary);
  });
  page.on('message', (data, isBinary) => handOn(wire, bytesOf(data), isBinary));
  page.once('close', () => wire.close());
  wire.once('close', (code, reason) => {
    stop();
    resolve(isOpen ? 'no-answer' : 'no-way-there');
    if (!isOpen) return refuse(page, way, 'no-way-there');
    page.close([NORMAL, REFUSED].includes(code) ? code : FAILED, reason.toString() || GONE);
  });
  return promise;
}

const GONE = 'the server of this call is gone, or does not answer';

function handOn(to: WebSocket, said: Buffer, isBinary: boolean): void {
  if (to.readyState !== WebSocket.OPEN) return;
  if (isBinary && to.bufferedAmount > MOST_UNSENT_BYTES) return;
  to.send(said, { binary: isBinary });
}

function refusalIn(said: Buffer): CommandFault | undefined {
  const word = JSON.parse(said.toString()) as { type?: unknown; why?: CommandFault };
  return word.type === 'refused' ? word.why : undefined;
}

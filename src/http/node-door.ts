// The door between processes: at this one's own address another one, to whom an operator's page has come, brings them into a
// call here. Whoever has no ticket of ours is not let in.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LivelineError } from '../base/errors.ts';
import { Tickets, type Way } from '../console/tickets.ts';
import { MOST_MESSAGE_BYTES, visit, type CallVisitsOptions } from './call-visits.ts';
import type { Upgrade } from './server.ts';

export interface NodeDoorOptions extends CallVisitsOptions {
  /** Of the listener that serves it (node-listener.ts). */
  readonly address: string;
}

export interface NodeDoor {
  readonly address: string;
  readonly tickets: Tickets;
  readonly upgrades: readonly Upgrade[];
}

export const pathOf = (way: Way): string => `/node/${way}`;
export const ticketHeader = (ticket: string): { authorization: string } => ({
  authorization: `Ticket ${ticket}`,
});

export function nodeDoor({ address, ...options }: NodeDoorOptions): NodeDoor {
  const tickets = new Tickets(options.clock);
  const upgrades = [doorOf('listen', tickets, options), doorOf('take-over', tickets, options)];
  return { address, tickets, upgrades };
}

function doorOf(way: Way, tickets: Tickets, options: CallVisitsOptions): Upgrade {
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
  });
  const path = pathOf(way);
  return {
    path,
    take(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const ticket = /^Ticket (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
      const visitor = ticket === undefined ? undefined : tickets.take(ticket);
      if (visitor?.way !== way)
        throw new LivelineError(
          'NOT_AUTHORISED',
          'whoever comes has no ticket, or one that is used or too old',
        );
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', ({ message }) => options.log.debug({ reason: message }, `${path} failed`));
        visit(opened, visitor, options);
      });
    },
  };
}

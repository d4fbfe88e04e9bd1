// The door between processes: an address of this one's own, at which another one, to whom an operator's page has come, brings
// them into a call here. Whoever has no ticket of ours is not let in; nothing else is served there.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { LivelineError } from '../base/errors.ts';
import { Tickets, type Way } from '../console/tickets.ts';
import { MOST_MESSAGE_BYTES, visit, type CallVisitsOptions } from './call-visits.ts';
import { createHttpServer, type Upgrade } from './server.ts';

export interface NodeDoorOptions extends CallVisitsOptions {
  /** `http://10.0.0.5:8081`, as the others reach it; without a port any free one. Undefined: on this machine alone. */
  readonly address: URL | undefined;
}

export interface NodeDoor {
  /** Where it was opened, with its port. */
  readonly address: string;
  readonly tickets: Tickets;
  close(): Promise<void>;
}

const LOOPBACK = new URL('http://127.0.0.1');

export const pathOf = (way: Way): string => `/node/${way}`;
export const ticketHeader = (ticket: string): { authorization: string } => ({
  authorization: `Ticket ${ticket}`,
});

/** Throws PORT_UNAVAILABLE. */
export async function openNodeDoor({ address = LOOPBACK, ...options }: NodeDoorOptions): Promise<NodeDoor> {
  const { clock, log } = options;
  const tickets = new Tickets(clock);
  const server = createHttpServer(log, clock);
  const port = await server.listen(bare(address.hostname), Number(address.port), 'NODE_ADDRESS');
  server.serve([], [doorOf('listen', tickets, options), doorOf('take-over', tickets, options)]);
  const open = new URL(address);
  open.port = String(port);
  return { address: open.origin, tickets, close: () => server.close() };
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

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

// The internal listener: where other nodes hand on what the carrier brought to them. It serves what is signed by the carrier, as
// the public port does, and is told for whom each request is meant: an address may be another's by now. Operators' pages come
// here too, with a ticket.
import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { NodeSelf } from '../store/nodes/node.ts';
import { createHttpServer, type Upgrade } from './server.ts';

/** The key of the node that a request is meant for. */
export const NODE_HEADER = 'x-liveline-node';

export interface NodeListener {
  /** `http://host:port`, as the others reach it. */
  readonly address: string;
  /** Once. `ticketed`: who comes to these was let in by this very process, and names no node. */
  serve(routes: readonly Router[], upgrades: readonly Upgrade[], ticketed?: readonly Upgrade[]): void;
  close(): Promise<void>;
}

export interface NodeListenerOptions {
  /** As in a URL. `port`: 0 is any that is free. */
  readonly at: { readonly host: string; readonly port: number };
  readonly key: NodeSelf['key'];
  readonly log: Log;
  readonly clock?: Clock;
}

/** Who asks for anything before there is something to serve is told to come again. Throws PORT_UNAVAILABLE. */
export async function openNodeListener({
  at: { host, port },
  key,
  log,
  clock = systemClock,
}: NodeListenerOptions): Promise<NodeListener> {
  const server = createHttpServer(log, clock);
  // Of a cluster every process has one of its own.
  const taken = await server.listen(bare(host), port, { setting: 'NODE_ADDRESS', exclusive: true });
  return {
    address: `http://${host}:${taken}`,
    serve(routes, upgrades, ticketed = []) {
      const forUs = Router();
      forUs.use((request, response, next) => {
        response.set(NODE_HEADER, key);
        requireMeant(request, key);
        next();
      });
      const meant = upgrades.map((upgrade): Upgrade => ({
        ...upgrade,
        take: (request, socket, head) => {
          requireMeant(request, key);
          return upgrade.take(request, socket, head);
        },
      }));
      server.serve([forUs, ...routes], [...meant, ...ticketed]);
    },
    close: () => server.close(),
  };
}

function requireMeant({ headers, url = '' }: IncomingMessage, key: string): void {
  if (headers[NODE_HEADER] === key) return;
  throw new LivelineError(
    'NODE_MISTAKEN',
    `${url.split('?', 1)[0]} is meant for another node than this one: where nodes are on several machines, each needs its own NODE_ADDRESS`,
  );
}

/** IPv6 has brackets in a URL, and none for a socket. */
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

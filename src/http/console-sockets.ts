// Sockets of the console into calls: listening in, and taking over. Whoever may open one is an operator, whose page is ours; the
// call may be of this process, or of another one.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { LivelineError } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import type { CommandFault } from '../console/call-commands.ts';
import type { LiveDesk } from '../console/live-desk.ts';
import type { Visit, Way } from '../console/tickets.ts';
import { MOST_MESSAGE_BYTES, refuse, visit, type CallVisitsOptions } from './call-visits.ts';
import { wireTo } from './node-wire.ts';
import { auditRequest } from './operator-acts.ts';
import { whoAsks, type OperatorOptions } from './operator.ts';
import type { Upgrade } from './server.ts';
import { closeWhenOver } from './still-known.ts';

export interface ConsoleSocketsOptions extends CallVisitsOptions {
  /** Of the other processes. */
  readonly others: Pick<LiveDesk, 'open'>;
  readonly operator: OperatorOptions;
}

export const consoleSockets = (options: ConsoleSocketsOptions): Upgrade[] => [
  socketAt('listen', options),
  socketAt('take-over', options),
];

/** `?call=`: the call, by the carrier's id. */
function socketAt(way: Way, options: ConsoleSocketsOptions): Upgrade {
  const { operator: who, clock, log } = options;
  const path = `/console/${way}`;
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: MOST_MESSAGE_BYTES, perMessageDeflate: false },
  });
  return {
    path,
    async take(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const operator = await whoAsks(request, who, { role: 'operator', isChange: true });
      const call = new URL(request.url ?? '', 'http://localhost').searchParams.get('call');
      if (call === null || call === '')
        throw new LivelineError('API_REQUEST_INVALID', 'call: say which, as ?call= and its id');
      sockets.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', ({ message }) => log.debug({ reason: message }, `${path} failed`));
        closeWhenOver(opened, request, who, clock);
        const visitor = { way, callId: callId(call), name: operator.name };
        void bring(opened, visitor, options).then((why) =>
          auditRequest(request, who.audit, operator, why ? 'refused' : 'done', why && { why }),
        );
      });
    },
  };
}

/** Why not, which the page was told; undefined: they are in. */
async function bring(
  page: WebSocket,
  visitor: Visit,
  options: ConsoleSocketsOptions,
): Promise<CommandFault | undefined> {
  const { switchboard, others, clock, log } = options;
  if (switchboard.operator(visitor.callId)) return visit(page, visitor, options);
  const to = await others.open(visitor);
  // Nobody would ever close the other end.
  if (page.readyState !== page.OPEN) return 'no-answer';
  if (!('fault' in to)) return wireTo({ page, way: visitor.way, to, clock, log });
  refuse(page, visitor.way, to.fault);
  return to.fault;
}

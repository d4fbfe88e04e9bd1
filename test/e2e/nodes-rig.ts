// Two servers on one database, each with a way to it of its own that can be closed; and the board as a page of each makes it.
import { once } from 'node:events';
import { vi, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { boardAfter, EMPTY_BOARD, type Board } from '../../src/console/board.ts';
import type { LiveMessage } from '../../src/console/live-messages.ts';
import type { Environment } from '../../src/config.ts';
import { freshDatabaseUrl } from '../doubles/databases.ts';
import { tcpProxy, type TcpProxy } from '../doubles/tcp-proxy.ts';
import { world, type World } from './rig.ts';

const OPERATOR_TOKEN = 'operator-token-0123456789';
export const authorization = `Bearer ${OPERATOR_TOKEN}`;

export interface Node extends World {
  /** To the database. */
  readonly way: TcpProxy;
  /** As a page of this server has it. */
  readonly board: () => Board;
  /** As it names itself on the board. */
  readonly name: string;
  readonly open: (path: string) => WebSocket;
  readonly ask: (method: string, path: string, body?: object) => Promise<Response>;
}

export const until = (what: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(what, { timeout: 40_000, interval: 50 });

export async function twoNodes(
  context: TestContext,
  environments: readonly Environment[] = [{}, {}],
): Promise<[Node, Node]> {
  const url = await freshDatabaseUrl(context);
  const nodes: Node[] = [];
  for (const environment of environments) nodes.push(await node(context, new URL(url), environment));
  return nodes as [Node, Node];
}

async function node(context: TestContext, url: URL, environment: Environment): Promise<Node> {
  const way = await tcpProxy(url.hostname, Number(url.port));
  context.onTestFinished(() => way.end());
  url.port = String(way.port);
  const all = await world(context, {}, { OPERATOR_TOKEN, DATABASE_URL: url.href, ...environment });
  const { publicBaseUrl, port } = all.app;
  const open = (path: string): WebSocket => {
    const socket = new WebSocket(`${publicBaseUrl.replace('http', 'ws')}${path}`, {
      headers: { authorization },
    });
    context.onTestFinished(() => socket.terminate());
    return socket;
  };
  let board = EMPTY_BOARD;
  const live = open('/console/live');
  live.on('message', (data: Buffer) => {
    board = after(board, JSON.parse(data.toString()) as LiveMessage);
  });
  await once(live, 'open');
  return {
    ...{ ...all, way, open, name: `:${port}` },
    board: () => board,
    ask: (method, path, body) =>
      fetch(`${publicBaseUrl}${path}`, {
        method,
        headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      }),
  };
}

function after(board: Board, message: LiveMessage): Board {
  switch (message.type) {
    case 'board':
      return {
        calls: new Map(message.calls.map((call) => [call.callId, call])),
        nodes: new Map(message.nodes.map((each) => [each.node, each])),
      };
    case 'change':
      return boardAfter(board, message.change);
    case 'levels':
      return board;
  }
}

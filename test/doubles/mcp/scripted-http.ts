// An MCP server behind an address that answers calls well or badly, by the name of the tool. Knows no real tools.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'vitest';

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { name?: string };
}

export interface ScriptedHttp {
  readonly url: string;
  /** What came in, in order; a call by its tool. */
  readonly seen: string[];
  /** The headers of what came last. */
  headers(): IncomingMessage['headers'];
  /** From now on no session is known, as after a restart. */
  forgetSessions(): void;
}

const SESSION_HEADER = 'mcp-session-id';

const BAD: Record<string, (response: ServerResponse) => unknown> = {
  cut: (response) => response.destroy(),
  half: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('event: message\ndata: {"jsonrpc":"2.0",', () => response.destroy());
  },
  broken: (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  busy: (response) => response.writeHead(429).end(),
  seeOther: (response) => response.writeHead(303, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
  away: (response) => response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
  huge: (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(2_000_000)}"`),
  page: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
};

export async function scriptedHttp({
  onTestFinished,
}: Pick<TestContext, 'onTestFinished'>): Promise<ScriptedHttp> {
  const seen: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  let session = 1;
  const tools = ['good', ...Object.keys(BAD)].flatMap((name) => [
    { name, inputSchema: { type: 'object' } },
    { name: `look_${name}`, inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } },
  ]);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    headers = request.headers;
    if (request.method === 'DELETE') seen.push('DELETE');
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(await text(request)) as Message;
    seen.push(params?.name ?? method);
    const known = method === 'initialize' || headers[SESSION_HEADER] === `s${session}`;
    if (!known) return void response.writeHead(404).end();
    if (id === undefined) return void response.writeHead(202).end();
    const bad = BAD[params?.name?.replace(/^look_/, '') ?? ''];
    if (method === 'tools/call' && bad) return void bad(response);
    const results: Record<string, object> = {
      initialize: {
        protocolVersion: '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '1' },
      },
      'tools/list': { tools },
      'tools/call': { content: [{ type: 'text', text: 'Done well.' }] },
    };
    const body = { jsonrpc: '2.0', id, result: results[method] ?? {} };
    response.writeHead(200, { 'content-type': 'application/json', [SESSION_HEADER]: `s${session}` });
    response.end(JSON.stringify(body));
  }

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    seen,
    headers: () => headers,
    forgetSessions() {
      session += 1;
    },
  };
}

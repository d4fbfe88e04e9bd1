// A stand-in for Twilio's REST interface that notes what it was asked and answers as told.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach } from 'vitest';

export interface Seen {
  readonly request: string;
  readonly authorization: string;
  readonly body: string;
}
export type Answer = (response: ServerResponse, nth: number) => void;

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

export async function standIn(answer: Answer): Promise<{ seen: readonly Seen[]; url: string }> {
  const seen: Seen[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    seen.push({ request: `${method} ${url}`, authorization: headers.authorization ?? '', body });
    answer(response, seen.length);
  };
  const server = createServer((request, response) => void take(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  disposals.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { seen, url: `http://127.0.0.1:${address.port}` };
}

/** Where nobody listens. */
export async function nowhere(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${address.port}`;
}

export const json =
  (status: number, body: unknown): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
export const refusal = (status: number, code: number): Answer =>
  json(status, { status, code, message: `refused ${code}`, more_info: '' });

// The HTTP server before Twilio's REST interface: takes requests, answers them, or does not. Knows nothing of what they ask for.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { refusal, type Reply } from './reply.ts';
import { answer, type Exchanges, type RestRequest } from './rest.ts';
import { faultyReply, type RestFault } from './rest-faults.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

/** Asked before every request. */
export type FaultOf = (request: Omit<RestRequest, 'authorization'>) => RestFault | undefined;

export interface RestServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface RestServerOptions {
  readonly network: Exchanges;
  readonly faultOf: FaultOf;
  /** An answer has gone out. */
  readonly onSent: (reply: Reply) => void;
  /** Answers tell its time. */
  readonly clock: Clock;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
}

/** Throws PORT_UNAVAILABLE. */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  const { network, faultOf, onSent, clock, log, host, port } = options;
  const server = http.createServer((request, response) => {
    serve(request, network, faultOf).then(
      (reply) => {
        const { method, url: path } = request;
        const status = typeof reply === 'string' ? reply : reply.status;
        log.debug({ method, path, status }, 'simulated Twilio REST request');
        if (reply === 'drop') response.destroy();
        else if (reply !== 'silent') {
          response.on('finish', () => onSent(reply));
          response.setHeader('date', new Date(clock.epochMs()).toUTCString());
          send(response, reply);
        }
      },
      // The client went away in the middle of its request: nobody is left to answer.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new LivelineError('PORT_UNAVAILABLE', `the simulated network cannot listen on ${host}:${port}`, {
          cause,
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: http.IncomingMessage,
  network: Exchanges,
  faultOf: FaultOf,
): Promise<Reply | 'drop' | 'silent'> {
  const body = await readBody(request);
  if (body === undefined) return refusal(413, 20413, `a body is at most ${BODY_LIMIT_BYTES} bytes`);
  const { method = 'GET', url = '/', headers } = request;
  const [path = '/', query = ''] = url.split(/\?(.*)/s, 2);
  const asked = { method, path, query: new URLSearchParams(query), form: new URLSearchParams(body) };
  return faultyReply(faultOf(asked), () =>
    answer({ ...asked, authorization: headers.authorization }, network),
  );
}

async function readBody(request: http.IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_LIMIT_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send(response: http.ServerResponse, { status, body }: Reply): void {
  if (body === undefined) response.writeHead(status).end();
  else if (body instanceof Uint8Array)
    response.writeHead(status, { 'content-type': 'audio/x-wav' }).end(body);
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

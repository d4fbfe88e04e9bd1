// The HTTP server: one port for webhooks, media sockets, API and health. Knows no route's meaning.
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express, { type ErrorRequestHandler, type Router } from 'express';
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { cutWhenIdle } from './idle-upload.ts';

export interface Upgrade {
  readonly path: string;
  /** Also of what is one step below the path. */
  readonly isAlsoBelow?: boolean;
  /** Takes the socket, or throws (or rejects with) a LivelineError whose status then answers the request. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> | void;
}

export interface ListenOptions {
  /** That names the port, for people. */
  readonly setting?: string;
  /** Not shared with the other processes of a cluster. */
  readonly exclusive?: boolean;
}

export interface HttpServer {
  /** The port that was taken; who asks for anything before there is something to serve is told to come again. Throws PORT_UNAVAILABLE. */
  listen(host: string, port: number, how?: ListenOptions): Promise<number>;
  /** Once. */
  serve(routes: readonly Router[], upgrades: readonly Upgrade[]): void;
  /** Who connects from now on is for others who listen on the port; whoever is connected stays. */
  leavePort(): void;
  close(): Promise<void>;
}

/**
 * How long a request may take is no measure of one that brings a file: one that stands still is cut off instead. Its head comes
 * within a minute; Node takes the smaller of the two limits where this one is left out, which is none.
 */
export const LIMITS = { requestTimeout: 0, headersTimeout: 60_000, connectionsCheckingInterval: 30_000 };

export function createHttpServer(log: Log, clock: Clock = systemClock, limits = LIMITS): HttpServer {
  let onRequest: RequestListener = tellToWait;
  let onUpgrade = (_request: IncomingMessage, socket: Duplex, _head: Buffer): void =>
    refuseUpgrade(socket, 503);
  const server = createServer(limits, (request, response) => {
    cutWhenIdle(request, clock);
    onRequest(request, response);
  });
  /** No longer the server's own, so that closing it waits for them: for a peer that does not answer, half a minute. */
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    socket.on('error', (error) => log.debug({ reason: error.message }, 'a socket failed during its upgrade'));
    onUpgrade(request, socket, head);
  });
  return {
    listen: (host, port, how) => listen(server, host, port, how),
    serve(routes, upgrades) {
      const app = express().disable('x-powered-by');
      for (const router of routes) app.use(router);
      app.use((_request, response) => {
        response.status(404).json({ error: 'NOT_FOUND' });
      });
      app.use(refuse(log));
      onRequest = app;
      onUpgrade = (request, socket, head) => {
        const upgrade = upgrades.find((each) => isOf(each, request.url ?? ''));
        if (!upgrade) return refuseUpgrade(socket, 404);
        const refused = (thrown: unknown): void => {
          report(log, thrown, `upgrade of ${upgrade.path}`, request.socket.remoteAddress);
          refuseUpgrade(socket, statusOf(thrown));
        };
        try {
          upgrade.take(request, socket, head)?.catch(refused);
        } catch (thrown) {
          refused(thrown);
        }
      };
    },
    leavePort: () => void server.close(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

function listen(
  server: Server,
  host: string,
  port: number,
  { setting = 'PORT', exclusive = false }: ListenOptions = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken =
        error.code === 'EADDRINUSE'
          ? `is taken by another process; set ${setting} to a free one`
          : `cannot be used: ${error.message}`;
      reject(new LivelineError('PORT_UNAVAILABLE', `${host}:${port} ${taken}`, { cause: error }));
    });
    server.listen({ port, host, exclusive }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** It may have come to the next server by then, or to this one a moment later. */
function tellToWait(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { connection: 'close', 'retry-after': '1', 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: 'SERVER_STARTING' }));
}

function isOf({ path, isAlsoBelow = false }: Upgrade, target: string): boolean {
  const asked = target.split('?', 1)[0] ?? '';
  if (asked === path) return true;
  return isAlsoBelow && asked.startsWith(`${path}/`) && !asked.slice(path.length + 1).includes('/');
}

/** A peer that keeps its half of the connection open must not hold ours. */
function refuseUpgrade(socket: Duplex, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

function report(log: Log, thrown: unknown, what: string, remoteAddress: string | undefined): void {
  const status = statusOf(thrown);
  if (status >= 500) return log.error({ err: thrown, remoteAddress }, `failed: ${what}`);
  const code = thrown instanceof LivelineError ? thrown.code : undefined;
  log.warn({ status, code, remoteAddress, reason: reasonOf(thrown) }, `refused: ${what}`);
}

/** A parser's own message may quote what it could not read. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return 'the body cannot be read';
  return messageOf(thrown);
}

/** Body parsers and routers fail with a `status` of their own, e.g. 413. */
const statusOf = (thrown: unknown): number =>
  thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' ? thrown.status : 500;

const refuse =
  (log: Log): ErrorRequestHandler =>
  (thrown: unknown, request, response, _next) => {
    report(log, thrown, `${request.method} ${request.path}`, request.socket.remoteAddress);
    if (response.headersSent) return void response.end();
    const code = thrown instanceof LivelineError ? thrown.code : 'REQUEST_FAILED';
    response
      .status(statusOf(thrown))
      .json({ error: code, message: thrown instanceof LivelineError ? messageOf(thrown) : undefined });
  };

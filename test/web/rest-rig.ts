// A server on loopback that answers as scripted, and a REST client that waits for nobody.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'vitest';
import type { StopTimer } from '../../src/base/clock.ts';
import { createRest, type Rest, type RestOptions } from '../../src/web/rest.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

export const ATTEMPT_MS = 5_000;
export const CODES = {
  unavailable: 'CRM_UNAVAILABLE',
  refused: 'CRM_REFUSED',
  inDoubt: 'CRM_IN_DOUBT',
} as const;

/** Waits pass at once and are written down; the time of an attempt passes when the test says so. */
export class WaitingClock extends ManualClock {
  readonly waits: number[] = [];
  /** Run instead of letting a wait pass. */
  onWait: (() => void) | undefined;

  override after(delayMs: number, then: () => void): StopTimer {
    if (delayMs >= ATTEMPT_MS) return super.after(delayMs, then);
    this.waits.push(delayMs);
    if (this.onWait !== undefined) {
      setImmediate(this.onWait);
      return super.after(delayMs, then);
    }
    const passing = setImmediate(() => {
      this.advance(delayMs);
      then();
    });
    return () => clearImmediate(passing);
  }
}

export interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export type Turn = (request: IncomingMessage, response: ServerResponse) => void;

export const reply =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): Turn =>
  (_, response) =>
    void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
export const reset: Turn = (request) => void request.socket.destroy();
export const resetInMidBody: Turn = (request, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"a":', () => request.socket.destroy());
};
/** Runs `then` once it has got so far, and says no more. */
export const silentHeaders =
  (then: () => void): Turn =>
  () =>
    then();
export const silentBody =
  (then: () => void): Turn =>
  (_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"a":', then);
  };

export interface RestRig {
  readonly rest: Rest;
  readonly clock: WaitingClock;
  readonly asked: readonly Asked[];
  readonly baseUrl: string;
}

/** The last turn is repeated. */
export async function openRest(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  turns: readonly Turn[],
  options: Partial<RestOptions> = {},
): Promise<RestRig> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const turn = turns[Math.min(asked.length, turns.length - 1)]!;
      asked.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers, body });
      turn(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const clock = new WaitingClock();
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const rest = createRest({ name: 'Shop', baseUrl, codes: CODES, allowPrivate: true, clock, ...options });
  return { rest, clock, asked, baseUrl };
}

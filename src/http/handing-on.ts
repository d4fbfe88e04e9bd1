// Handing a request of the carrier on to another node: the same request, word for word, and its answer back. Knows no request's
// meaning.
import { request as httpRequest } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { NodeSelf } from '../store/nodes/node.ts';
import { NODE_HEADER } from './node-listener.ts';

/** As it came, verified. */
export interface CarrierPost {
  /** Path and query. */
  readonly target: string;
  readonly signature: string | undefined;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

export interface Answered {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
}

/** What a node says that takes no new call any more: it has not answered it, and another may. */
export const STOPPING: Answered = {
  ...{ status: 503, contentType: 'application/json' },
  body: Buffer.from(JSON.stringify({ error: 'SERVER_STOPPING' })),
};

export const isStopping = ({ status, body }: Answered): boolean =>
  status === STOPPING.status && body.equals(STOPPING.body);

export interface HandingOnOptions {
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
}

/** A node that is there takes a connection at once, even when it is busy. */
const CONNECT_WITHIN_MS = 1_000;
/** A verb is a page of text. */
const MOST_ANSWER_BYTES = 1_000_000;

/** Undefined: it did not answer within `withinMs`, cannot be reached, or failed. Never rejects. */
export async function handOn(
  post: CarrierPost,
  to: Pick<NodeSelf, 'node' | 'key' | 'address'>,
  withinMs: number,
  { clock, log }: HandingOnOptions,
): Promise<Answered | undefined> {
  const path = post.target.split('?', 1)[0];
  const giveUp = new AbortController();
  const stopTimers = [
    clock.after(withinMs, () => giveUp.abort(new Error(`no answer within ${withinMs} ms`))),
    clock.after(CONNECT_WITHIN_MS, () => unconnected()),
  ];
  let unconnected = (): void => giveUp.abort(new Error(`no connection within ${CONNECT_WITHIN_MS} ms`));
  try {
    const answered = await ask(post, to, giveUp.signal, () => {
      unconnected = () => undefined;
    });
    if ((answered.status >= 200 && answered.status < 300) || isStopping(answered)) return answered;
    throw new Error(`it answered with status ${answered.status}`);
  } catch (thrown) {
    const reason = messageOf(giveUp.signal.aborted ? giveUp.signal.reason : thrown);
    log.warn(
      { node: to.node, address: to.address, path, reason },
      'another node did not answer for its call',
    );
    return undefined;
  } finally {
    for (const stop of stopTimers) stop();
  }
}

function ask(
  { target, signature, contentType, body }: CarrierPost,
  { key, address }: Pick<NodeSelf, 'key' | 'address'>,
  signal: AbortSignal,
  onConnected: () => void,
): Promise<Answered> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const asking = httpRequest({
      ...{ host: bare(hostname), port, path: target, method: 'POST', signal },
      // A connection that is kept may be closed by the other side as it is used again: then nobody knows what became of it.
      agent: false,
      headers: {
        ...(contentType !== undefined && { 'content-type': contentType }),
        ...(signature !== undefined && { 'x-twilio-signature': signature }),
        'content-length': body.length,
        [NODE_HEADER]: key,
      },
    });
    asking.once('socket', (socket) => socket.once('connect', onConnected));
    asking.once('error', reject);
    asking.once('response', (response) => {
      // The address may be somebody else's by now.
      if (response.headers[NODE_HEADER] !== key) {
        asking.destroy();
        return reject(new Error('at its address is something else'));
      }
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > MOST_ANSWER_BYTES) asking.destroy(new Error('its answer is too long'));
        else parts.push(part);
      });
      response.once('error', reject);
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers['content-type'],
          body: Buffer.concat(parts),
        }),
      );
    });
    asking.end(body);
  });
}

/** IPv6 has brackets in a URL, and none for a socket. */
export const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

// A media stream that belongs to another node: the request to open it is said again there, and from then on bytes go through,
// both ways. Reads none of them.
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { NodeSelf } from '../store/nodes/node.ts';
import { bare } from './handing-on.ts';
import { NODE_HEADER } from './node-listener.ts';

/** The key of the node through which a stream comes. */
export const THROUGH_HEADER = 'x-liveline-through';
const OUR_HEADERS: ReadonlySet<string> = new Set([NODE_HEADER, THROUGH_HEADER]);

/** A node that is there takes a stream at once. */
const OPENS_WITHIN_MS = 1_000;
/** Of a peer that has closed its half, the rest may be on its way. */
const CLOSES_WITHIN_MS = 5_000;

/** The streams that go through this process to others. */
export class Pipes {
  readonly #open = new Set<Duplex>();
  #whenEmpty: (() => void)[] = [];

  get count(): number {
    return this.#open.size;
  }

  add(stream: Duplex): void {
    this.#open.add(stream);
    stream.once('close', () => {
      this.#open.delete(stream);
      if (this.#open.size === 0) for (const then of this.#whenEmpty.splice(0)) then();
    });
  }

  /** Resolves once none is left. */
  empty(): Promise<void> {
    return this.#open.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#whenEmpty.push(resolve));
  }
}

export interface StreamPipeOptions {
  /** The key of this node: the other one closes the stream for another when this one goes. */
  readonly key: NodeSelf['key'];
  readonly pipes: Pipes;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
}

/**
 * False: the other node did not take it, and nothing was said to the carrier; the stream is still to be opened here. Never
 * rejects.
 */
export async function pipeStream(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: Pick<NodeSelf, 'node' | 'key' | 'address'>,
  { key, pipes, clock, log }: StreamPipeOptions,
): Promise<boolean> {
  const { hostname, port } = new URL(to.address);
  const there = connect({ host: bare(hostname), port: Number(port), noDelay: true });
  const late = clock.after(OPENS_WITHIN_MS, () =>
    there.destroy(new Error(`it was not taken within ${OPENS_WITHIN_MS} ms`)),
  );
  try {
    there.write(openingOf(request, to.key, key));
    there.write(head);
    const first = await firstOf(there);
    if (!first.toString('latin1', 0, 12).startsWith('HTTP/1.1 101'))
      throw new Error(`it says ${first.toString('latin1').split('\r\n', 1)[0]}`);
    // The carrier has hung up meanwhile: there is nothing to open here either.
    if (socket.destroyed) {
      there.destroy();
    } else {
      pipes.add(socket);
      join(socket, there, first, clock);
    }
    return true;
  } catch (thrown) {
    there.destroy();
    log.warn(
      { node: to.node, address: to.address, reason: messageOf(thrown) },
      'another node did not take a media stream that is meant for it; it is opened here',
    );
    return false;
  } finally {
    late();
  }
}

/** The request as it came, and for whom it is. */
function openingOf(
  { method = 'GET', url = '', rawHeaders }: IncomingMessage,
  key: string,
  through: string,
): string {
  const lines = rawHeaders.flatMap((name, n) =>
    n % 2 === 0 && !OUR_HEADERS.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[n + 1] ?? ''}`] : [],
  );
  return [
    `${method} ${url} HTTP/1.1`,
    ...lines,
    `${NODE_HEADER}: ${key}`,
    `${THROUGH_HEADER}: ${through}`,
    '',
    '',
  ].join('\r\n');
}

/** What is said first, which `there` gives no more of until it is listened to again. Rejects when it closes before. */
function firstOf(there: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    there.once('error', reject);
    there.once('close', () => reject(new Error('it closed the connection')));
    there.once('data', (first: Buffer) => {
      there.pause();
      resolve(first);
    });
  });
}

/** Who is slow holds back the other: nothing is kept beyond what the two sockets take. */
function join(here: Duplex, there: Socket, first: Buffer, clock: Pick<Clock, 'after'>): void {
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const) {
    one.on('error', () => other.destroy());
    one.once('close', () => other.destroy());
    one.once('end', () => {
      const stop = clock.after(CLOSES_WITHIN_MS, () => other.destroy());
      other.once('close', stop);
    });
  }
  here.write(first);
  here.pipe(there);
  there.pipe(here);
}

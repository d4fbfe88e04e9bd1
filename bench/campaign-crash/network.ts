// A carrier for the crash test, over HTTP: takes calls, lets them ring and end, tells of it late, twice, in the wrong order or
// not at all. It keeps every call that it took: that is what is judged.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type { Clock } from '../../src/base/clock.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import { endOf, RING_MS, TALK_MS } from './plan.ts';

export interface Taken {
  readonly id: string;
  readonly attempt: string;
  readonly to: string;
  readonly from: string;
  readonly atMs: number;
  readonly end: CallStatus;
  canceled: boolean;
}

type Moment = 'accepted' | 'answered';

export interface NetworkOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** From 0 to 1. */
  readonly random: () => number;
}

export class CrashNetwork {
  readonly taken: Taken[] = [];
  /** So often each fault happened. */
  readonly faults: Record<string, number> = {};
  /** Where the dialler listens; undefined: nobody does. */
  listener: string | undefined;
  /** Called once, at that moment of the next call that is taken. */
  ambush: { readonly at: Moment; readonly then: () => void } | undefined;
  readonly #options: NetworkOptions;
  readonly #server: Server;

  constructor(options: NetworkOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.listener = undefined;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://carrier');
    const id = pathname.split('/')[2];
    if (request.method === 'POST' && id === undefined) {
      this.#take((await json(request)) as Pick<Taken, 'attempt' | 'to' | 'from'>, response);
      return;
    }
    if (id !== undefined) {
      const calls = this.taken.filter((call) => call.id === id).map((call) => this.#shown(call));
      reply(response, 200, request.method === 'POST' ? { is: this.#cancel(id) } : calls);
      return;
    }
    const [to, from, since] = ['to', 'from', 'since'].map((name) => searchParams.get(name));
    const found = this.taken.filter(
      (call) => call.to === to && call.from === from && call.atMs >= Number(since),
    );
    reply(
      response,
      200,
      found.map((call) => this.#shown(call)),
    );
  }

  #take(asked: Pick<Taken, 'attempt' | 'to' | 'from'>, response: ServerResponse): void {
    const share = this.#options.random();
    const fault = (name: string): void => void (this.faults[name] = (this.faults[name] ?? 0) + 1);
    if (share < 0.02) {
      fault('429');
      return reply(response, 429, {});
    }
    if (share < 0.04) {
      fault('500 without a call');
      return reply(response, 500, {});
    }
    if (share < 0.05) {
      fault('connection lost without a call');
      response.destroy();
      return;
    }
    const before = this.taken.filter((call) => call.to === asked.to).length;
    const call: Taken = {
      ...{
        attempt: asked.attempt,
        to: asked.to,
        from: asked.from,
        id: `CA${this.taken.length}`,
        canceled: false,
      },
      ...{ atMs: this.#options.clock.epochMs(), end: endOf(asked.to, before, this.#options.seed) },
    };
    this.taken.push(call);
    this.#tellAll(call);
    this.#spring('accepted');
    if (share < 0.09) {
      fault('taken, and the answer never sent');
      return;
    }
    if (share < 0.11) {
      fault('taken, and 500');
      return reply(response, 500, {});
    }
    response.on('finish', () => this.#spring('answered'));
    reply(response, 201, { id: call.id });
  }

  #spring(at: Moment): void {
    if (this.ambush?.at !== at) return;
    const { then } = this.ambush;
    this.ambush = undefined;
    then();
  }

  #cancel(id: string): 'canceled' | 'too-late' {
    const call = this.taken.find((each) => each.id === id);
    if (!call || this.#statusOf(call) !== 'ringing') return 'too-late';
    call.canceled = true;
    return 'canceled';
  }

  #statusOf({ atMs, end, canceled }: Taken): CallStatus {
    if (canceled) return 'canceled';
    const ageMs = this.#options.clock.epochMs() - atMs;
    if (ageMs < RING_MS) return 'ringing';
    if (end !== 'completed') return end;
    return ageMs < RING_MS + TALK_MS ? 'in-progress' : 'completed';
  }

  readonly #shown = (call: Taken) => ({ id: call.id, status: this.#statusOf(call), startedAtMs: call.atMs });

  /** Each of it at its time, or later; one in ten twice, one in twenty not at all. */
  #tellAll(call: Taken): void {
    const { clock, random } = this.#options;
    const isTalk = call.end === 'completed';
    const all: readonly (readonly [CallStatus, number])[] = [
      ...([
        ['queued', 0],
        ['ringing', 200],
      ] as const),
      ...(isTalk ? ([['in-progress', RING_MS]] as const) : []),
      [call.end, RING_MS + (isTalk ? TALK_MS : 0)],
    ];
    for (const [status, atMs] of all) {
      if (random() < 0.05) continue;
      const lateMs = random() < 0.1 ? random() * 2_000 : 0;
      clock.after(atMs + lateMs, () => void this.#tell(call, status));
      if (random() < 0.1) clock.after(atMs + lateMs + 500, () => void this.#tell(call, status));
    }
  }

  async #tell({ attempt, id, canceled }: Taken, status: CallStatus): Promise<void> {
    if (this.listener === undefined || canceled) return;
    const body = JSON.stringify({ attempt, id, status });
    // Nobody is there: it is not told again.
    await fetch(this.listener, { method: 'POST', body }).then(
      (answer) => answer.arrayBuffer(),
      () => undefined,
    );
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

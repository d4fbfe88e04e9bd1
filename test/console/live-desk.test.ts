// The board of two nodes over a channel that is a list, and what may be asked of the other's calls.
import { EventEmitter } from 'node:events';
import type pg from 'pg';
import { expect, test, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import { LiveDesk } from '../../src/console/live-desk.ts';
import { Tickets } from '../../src/console/tickets.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const ID = callId('CA1');

/** A database that carries notifications, and nothing else. */
class Wire {
  readonly texts: string[] = [];
  isAway = false;
  readonly #clients = new Set<EventEmitter>();

  connect(): Promise<pg.Client> {
    if (this.isAway) return Promise.reject(new Error('away'));
    const client = new EventEmitter();
    this.#clients.add(client);
    const query = (_text: string, [, sent = []]: [string?, (string | string[])?] = []): Promise<void> => {
      for (const payload of [sent].flat()) {
        this.texts.push(payload);
        for (const each of this.#clients) each.emit('notification', { payload });
      }
      return Promise.resolve();
    };
    const end = (): Promise<void> => Promise.resolve(void this.#clients.delete(client));
    return Promise.resolve(Object.assign(client, { query, end }) as unknown as pg.Client);
  }

  cut(): void {
    this.isAway = true;
    for (const client of this.#clients) client.emit('end');
  }

  /** How often it was said. */
  said(what: string): number {
    return this.texts.filter((text) => text.includes(`"is":"${what}"`)).length;
  }
}

async function twoDesks(context: TestContext, address = 'http://10.0.0.5:4000') {
  const clock = new ManualClock();
  const wire = new Wire();
  const desk = (name: string, address: string, own: ReadonlySet<string>) => {
    const notices = new Notices(silentLog);
    const tickets = new Tickets(clock);
    const live = new LiveDesk({
      ...{ notices, database: wire, clock, log: silentLog, capacity: undefined },
      node: { id: `here/${name}-1-${name}`, name },
      switchboard: {
        tape: () => undefined,
        callCount: own.size,
        isDraining: false,
        has: (id) => own.has(id),
      },
      commands: { carryOut: ({ callId: id }) => (own.has(id) ? { ok: true } : { fault: 'no-such-call' }) },
      door: { address, tickets },
    });
    context.onTestFinished(() => live.close());
    return { live, notices, tickets };
  };
  const calls = new Set<string>([ID]);
  const all = {
    ...{ clock, wire, calls },
    here: desk('100', 'http://127.0.0.1:4000', new Set()),
    there: desk('200', address, calls),
  };
  await settled();
  return all;
}

/** Whatever waits for promises that are resolved has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('who reloads their page looks on all the while', async (context) => {
  const { clock, wire, here } = await twoDesks(context);
  const page = { send: () => undefined };
  for (let n = 0; n < 5; n += 1) {
    here.live.watch(page)();
    clock.advance(1_000);
  }
  expect([wire.said('look'), wire.said('all'), wire.said('look-away')]).toEqual([1, 1, 0]);
  clock.advance(10_000);
  await settled();
  expect(wire.said('look-away')).toBe(1);
});

test('a call of another node is opened by its address and a ticket of its own', async (context) => {
  const { here, there } = await twoDesks(context);
  const visit = { callId: ID, way: 'listen', name: 'Ada' } as const;
  const opened = await here.live.open(visit);
  expect(opened).toMatchObject({ address: 'http://10.0.0.5:4000' });
  expect(there.tickets.take('ticket' in opened ? opened.ticket : '')).toMatchObject(visit);
});

test('the loopback address of another machine is no way there', async (context) => {
  const { here } = await twoDesks(context, 'http://127.0.0.1:4000');
  expect(await here.live.open({ callId: ID, way: 'listen', name: 'Ada' })).toEqual({ fault: 'no-way-there' });
});

test('what nobody answers is unknown, unless the board says otherwise; without the database nothing is said of it', async (context) => {
  const { clock, wire, here, there, calls } = await twoDesks(context);
  here.live.watch({ send: () => undefined });
  await settled();
  const look = async (): Promise<unknown> => {
    const answer = here.live.commands.carryOut({ callId: ID, act: 'look' });
    await settled();
    clock.advance(1_500);
    return answer;
  };
  expect(await look()).toMatchObject({ ok: true });
  calls.clear();
  expect(await look()).toEqual({ fault: 'no-such-call' });
  there.notices.publish({
    ...{ type: 'call-started', callId: ID, atMs: 0, startedMs: 0, profile: 'p', direction: 'inbound' },
    ...{ from: 'a', to: 'b' },
  } as Parameters<Notices['publish']>[0]);
  clock.advance(100);
  await settled();
  expect(await look()).toEqual({ fault: 'no-answer' });
  wire.cut();
  expect(await look()).toEqual({ fault: 'out-of-reach' });
  expect(await here.live.open({ callId: ID, way: 'take-over', name: 'Ada' })).toEqual({
    fault: 'out-of-reach',
  });
});

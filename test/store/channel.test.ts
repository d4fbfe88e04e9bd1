import * as fc from 'fast-check';
import { expect, test, vi, type TestContext } from 'vitest';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { createLog, silentLog, type Log } from '../../src/base/log.ts';
import { partsOf, Whole } from '../../src/store/channel-parts.ts';
import { openChannel, type Channel } from '../../src/store/channel.ts';
import { openDatabase } from '../../src/store/database.ts';
import { freshDatabase, freshDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';
import type { Database } from '../../src/store/database.ts';

function opened(
  context: TestContext,
  database: Pick<Database, 'connect'>,
  clock: Clock = systemClock,
  log: Log = silentLog,
) {
  const heard: string[] = [];
  const now = { opened: 0, lost: 0 };
  const channel: Channel = openChannel({
    ...{ database, name: 'a_test', clock, log },
    to: {
      onOpen: () => void (now.opened += 1),
      onText: (text) => void heard.push(text),
      onLost: () => void (now.lost += 1),
    },
  });
  context.onTestFinished(() => channel.close());
  return { channel, heard, now };
}

const until = (what: () => void): Promise<void> => vi.waitFor(what, { timeout: 20_000, interval: 20 });

test('what one sends, all hear, in order and of any length', async (context) => {
  const database = await freshDatabase(context);
  const [one, other] = [opened(context, database), opened(context, database)];
  await until(() => expect([one.now.opened, other.now.opened]).toEqual([1, 1]));
  const texts = ['', 'short', 'ä '.repeat(50_000), '"\\u0041\n', 'last'];
  for (const text of texts) one.channel.send(text);
  await until(() => expect(other.heard).toHaveLength(texts.length));
  expect(other.heard).toEqual(texts);
  await until(() => expect(one.heard).toEqual(texts));
});

test('a connection that is lost is told, and made again', async (context) => {
  const { way, database } = await overProxy(context);
  const { channel, heard, now } = opened(context, database);
  await until(() => expect(now.opened).toBe(1));
  way.close();
  await until(() => expect(now.lost).toBe(1));
  expect(channel.isOpen).toBe(false);
  channel.send('to nobody');
  way.open();
  await until(() => expect(now.opened).toBe(2));
  channel.send('to all');
  await until(() => expect(heard).toEqual(['to all']));
});

test('parts are short and ASCII, and give back any text, whatever comes between them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 900 }),
      (texts, times) => {
        const long = texts.map((text) => text.repeat(times));
        const all = long.map((text, n) => partsOf(text, `${n}`));
        for (const part of all.flat()) expect(part).toMatch(/^[\x20-\x7e]{1,7999}$/);
        const whole = new Whole();
        const told: string[] = [];
        // One of each sender in turn.
        for (let at = 0; at < Math.max(...all.map((parts) => parts.length)); at++)
          for (const parts of all) {
            const part = parts[at];
            const text = part === undefined ? undefined : whole.take(part);
            if (text !== undefined) told.push(text);
          }
        expect(told.toSorted()).toEqual(long.toSorted());
      },
    ),
  );
});

test('a text of which a part is missing is left out', () => {
  const whole = new Whole();
  const [first, , third] = partsOf('x'.repeat(20_000), 'a');
  expect([first, third, 'nonsense'].map((part) => whole.take(part!))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(whole.take(partsOf('next', 'b')[0]!)).toBe('next');
});

/** A way to a database of its own, and a channel over it by a clock that is handed in. */
async function overProxy(context: TestContext) {
  const url = new URL(await freshDatabaseUrl(context));
  const way = await tcpProxy(url.hostname, Number(url.port));
  context.onTestFinished(() => way.end());
  url.port = String(way.port);
  const database = openDatabase({ url: url.href, dataDir: TEST_DATA_DIR, log: silentLog });
  context.onTestFinished(() => database.close());
  await database.ready();
  return { way, database };
}

test('a connection on which nothing comes back any more is found out, though it is never cut', async (context) => {
  const { way, database } = await overProxy(context);
  const clock = new ManualClock();
  const { channel, heard, now } = opened(context, database, clock);
  await until(() => expect(now.opened).toBe(1));
  clock.advance(30_000);
  // What is asked of one connection is answered in order.
  channel.send('behind the echo');
  await until(() => expect(heard).toEqual(['behind the echo']));
  clock.advance(10_000);
  expect(channel.isOpen).toBe(true);
  way.close('silent');
  clock.advance(30_000);
  clock.advance(10_000);
  await until(() => expect(now.lost).toBe(1));
  expect(channel.isOpen).toBe(false);
});

test('what carries no notifications is no channel, and no connection is left behind by trying', async (context) => {
  const database = await freshDatabase(context);
  const ended: boolean[] = [];
  const deaf = {
    connect: async () => {
      const client = await database.connect();
      client.on('end', () => void ended.push(true));
      const query = client.query.bind(client) as (text: string, values?: unknown[]) => Promise<unknown>;
      client.query = ((text: string, values?: unknown[]) =>
        text.startsWith('listen') ? Promise.resolve() : query(text, values)) as typeof client.query;
      return client;
    },
  };
  const clock = new ManualClock();
  const warned: string[] = [];
  const log = createLog({
    level: 'warn',
    secrets: [],
    destination: { write: (line) => void warned.push(line) },
  });
  const { channel, now } = opened(context, deaf, clock, log);
  await until(() => expect(clock.pending).toBe(1));
  clock.advance(10_000);
  await until(() => expect(ended).toEqual([true]));
  expect([channel.isOpen, now.opened]).toEqual([false, 0]);
  clock.advance(500);
  await until(() => expect(clock.pending).toBe(1));
  clock.advance(10_000);
  await until(() => expect(ended).toEqual([true, true]));
  expect(warned).toEqual([expect.stringContaining('pooler')]);
});

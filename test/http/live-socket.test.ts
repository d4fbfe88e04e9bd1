import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { silentLog } from '../../src/base/log.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { liveSocket } from '../../src/http/live-socket.ts';
import type { FeedWatcher } from '../../src/console/feed.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const TOKEN = 'operator-token-0123456789';

test('a page whose session ends is let go; where that cannot be asked, it stays', async (context) => {
  const clock = new ManualClock();
  const server = createHttpServer(silentLog);
  const host = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  context.onTestFinished(() => server.close());
  const asked: (() => void)[] = [];
  let find: () => Promise<{ role: 'viewer'; name: string } | undefined> = () =>
    Promise.resolve({ role: 'viewer', name: 'Ada' });
  const looking = new Set<FeedWatcher>();
  const live = {
    watch: (watcher: FeedWatcher) => {
      looking.add(watcher);
      return () => void looking.delete(watcher);
    },
  };
  const sessions = {
    find: () => {
      const answer = find();
      void answer.catch(() => undefined).then(() => asked.shift()?.());
      return answer;
    },
  };
  const operator = { token: TOKEN, publicBaseUrl: `http://${host}`, sessions };
  server.serve([], [liveSocket({ live, operator, clock, log: silentLog })]);
  const headers = { cookie: `liveline=${'s'.repeat(43)}`, origin: `http://${host}` };
  const socket = new WebSocket(`ws://${host}/console/live`, { headers });
  await once(socket, 'open');

  const askedAgain = async (answer: typeof find): Promise<void> => {
    find = answer;
    await new Promise<void>((resolve) => {
      asked.push(resolve);
      clock.advance(60_000);
    });
  };
  await askedAgain(() => Promise.resolve({ role: 'viewer', name: 'Ada' }));
  await askedAgain(() => Promise.reject(new Error('away')));
  expect([socket.readyState, looking.size]).toEqual([WebSocket.OPEN, 1]);
  const closed = once(socket, 'close');
  await askedAgain(() => Promise.resolve(undefined));
  expect((await closed)[0]).toBe(1008);
  await expect.poll(() => looking.size).toBe(0);
});

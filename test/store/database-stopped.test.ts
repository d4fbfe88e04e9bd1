// The embedded server is stopped by another process between being found and being connected to: asked for again.
import { expect, test, vi, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import type * as Real from '../../src/store/embedded/embedded.ts';
import type { Embedded, Server } from '../../src/store/embedded/embedded.ts';
import { look } from '../../src/store/status.ts';
import { freshDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

const stand = vi.hoisted<{ in: Embedded | undefined }>(() => ({ in: undefined }));
vi.mock('../../src/store/embedded/embedded.ts', async (original) => {
  const real = await original<typeof Real>();
  return { ...real, embedded: (dataDir: string, log: never) => stand.in ?? real.embedded(dataDir, log) };
});

type Context = Pick<TestContext, 'onTestFinished'>;

/** Answers from the fourth time on that it is asked for; how often it was. */
async function stoppedServer(context: Context): Promise<() => number> {
  const url = new URL(await freshDatabaseUrl(context));
  const proxy = await tcpProxy(url.hostname, Number(url.port));
  context.onTestFinished(() => proxy.end());
  proxy.close();
  const server: Server = {
    host: '127.0.0.1',
    port: proxy.port,
    user: url.username,
    password: url.password,
    database: url.pathname.slice(1),
    application_name: 'liveline-test',
  };
  let asked = 0;
  stand.in = {
    dir: TEST_DATA_DIR,
    ensure() {
      if (++asked === 4) proxy.open();
      return Promise.resolve(server);
    },
    stop: () => Promise.resolve(),
  };
  context.onTestFinished(() => {
    stand.in = undefined;
  });
  return () => asked;
}

const options = { url: undefined, dataDir: TEST_DATA_DIR, log: silentLog };

test('ready() outlasts a server that takes a while to stop', async (context) => {
  const asked = await stoppedServer(context);
  const database = openDatabase(options);
  context.onTestFinished(() => database.close());
  await database.ready();
  expect(asked()).toBe(4);
});

test('so does a look at it', async (context) => {
  const asked = await stoppedServer(context);
  expect(await look(options)).toMatchObject({ is: 'reachable' });
  expect(asked()).toBe(4);
});

test('what ensure() throws is the last word', async (context) => {
  await stoppedServer(context);
  let asked = 0;
  const ensure = (): Promise<Server> => {
    asked++;
    return Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'it does not start'));
  };
  stand.in = { ...stand.in!, ensure };
  expect(await look(options)).toEqual({ is: 'unreachable', why: 'it does not start' });
  expect(asked).toBe(1);
});

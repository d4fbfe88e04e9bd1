// The embedded server is stopped by another process between being found and being connected to.
import { expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import type * as Real from '../../src/store/embedded/embedded.ts';
import type { Embedded, Server } from '../../src/store/embedded/embedded.ts';
import { freshDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';

const stand = vi.hoisted<{ in: Embedded | undefined }>(() => ({ in: undefined }));
vi.mock('../../src/store/embedded/embedded.ts', async (original) => {
  const real = await original<typeof Real>();
  return { ...real, embedded: (dataDir: string, log: never) => stand.in ?? real.embedded(dataDir, log) };
});

test('ready() outlasts a server that takes a while to stop', async (context) => {
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
  const database = openDatabase({ url: undefined, dataDir: TEST_DATA_DIR, log: silentLog });
  stand.in = undefined;
  context.onTestFinished(() => database.close());
  await database.ready();
  expect(asked).toBe(4);
});

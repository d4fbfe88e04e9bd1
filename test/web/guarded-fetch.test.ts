import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guardedFetch } from '../../src/web/guarded-fetch.ts';

let server: Server;
let port: number;
let asked = 0;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked++;
    if (request.url === '/away')
      response.writeHead(302, { location: `http://127.0.0.1:${port}/inside` }).end();
    else response.end('inside');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = guardedFetch({ allowPrivate: true });
const guarded = guardedFetch({ allowPrivate: false });

test.each([
  ['an address', '127.0.0.1'],
  ['one part', '2130706433'],
  ['hexadecimal', '0x7f000001'],
  ['octal', '0177.0.0.1'],
  ['short', '127.1'],
  ['a name', 'localhost'],
  ['full-width digits', '１２７.0.0.1'],
  ['a mapped address', '[::ffff:127.0.0.1]'],
])('this machine is refused, and not even connected to: %s', async (_how, host) => {
  const before = asked;
  await expect(guarded(`http://${host}:${port}/`)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  expect(asked).toBe(before);
});

test.each([
  'http://[::1]:9999/',
  'http://169.254.169.254/latest/meta-data/',
  'https://10.0.0.1/',
  'http://[fe80::1]/',
])('so is %s', (url) => expect(guarded(url)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' }));

test.each(['data:,x', 'file:///etc/passwd', 'ftp://example.com/', 'blob:nodedata:1'])(
  'what is not http is refused: %s',
  async (url) => {
    await expect(guarded(url)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
    await expect(open(url)).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  },
);

test('what is allowed is reached, with a string and with a URL', async () => {
  expect(await (await open(`http://127.0.0.1:${port}/`)).text()).toBe('inside');
  expect(await (await open(new URL(`http://localhost:${port}/`))).text()).toBe('inside');
});

test('a redirection is given back, and not followed, whatever is asked for', async () => {
  const before = asked;
  const response = await open(`http://127.0.0.1:${port}/away`, { redirect: 'follow' });
  expect(response.status).toBe(302);
  await response.body?.cancel();
  expect(asked).toBe(before + 1);
});

test('the words of a refusal do not hold the address', async () => {
  const thrown: unknown = await guarded('http://user:pass@127.0.0.1/?q=secret').catch(
    (caught: unknown) => caught,
  );
  expect(String(thrown)).not.toMatch(/secret|pass\b/);
});

import http from 'node:http';
import { connect } from 'node:net';
import twilio from 'twilio';
import RequestClient, { type RequestOptions } from 'twilio/lib/base/RequestClient.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { startNetwork, type PhoneNetwork } from '../../../src/simulator/phone/network.ts';
import { AUTH_TOKEN, startAnsweringServer, type AnsweringServer } from './answering-server.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;

/** Sends what twilio-node would send to Twilio to the network instead (a subclass of its RequestClient). */
class Rerouted extends RequestClient {
  readonly #origin: string;

  constructor(origin: string) {
    super();
    this.#origin = origin;
  }

  override request<T>(options: RequestOptions<T>) {
    const { pathname, search } = new URL(options.uri);
    return super.request<T>({ ...options, uri: this.#origin + pathname + search });
  }
}

let server: AnsweringServer;
let network: PhoneNetwork;
beforeEach(async () => {
  server = await startAnsweringServer();
  network = await startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: systemClock });
});
afterEach(async () => {
  await network.close();
  await server.close();
});

const client = (token = AUTH_TOKEN) => twilio(ACCOUNT, token, { httpClient: new Rerouted(network.url) });

const BASIC = `Basic ${btoa(`${ACCOUNT}:${AUTH_TOKEN}`)}`;

async function ask(
  path: string,
  {
    method = 'GET',
    body = null,
    authorization = BASIC,
  }: { method?: string; body?: string | null; authorization?: string } = {},
): Promise<{ status: number; code?: number }> {
  const response = await fetch(network.url + path, { method, body, headers: { authorization } });
  return { ...((await response.json()) as object), status: response.status };
}

describe("twilio's own client", () => {
  test('looks a call up and ends it; the stream gets its stop, the caller is off the line', async () => {
    const call = network.placeCall({ baseUrl: server.url, patienceMs: 20_000 });
    await call.until('streamOpened');
    const before = await client().calls(call.callSid).fetch();
    expect(before).toMatchObject({
      sid: call.callSid,
      accountSid: ACCOUNT,
      from: call.from,
      to: call.to,
      status: 'in-progress',
      direction: 'inbound',
      duration: null,
    });
    const after = await client().calls(call.callSid).update({ status: 'completed' });
    expect(after.status).toBe('completed');
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', why: 'REST asked for Status=completed', errors: [] });
    expect(server.streams[0]!.messages.at(-1)?.event).toBe('stop');
    expect(server.posts.every(({ signed }) => signed)).toBe(true);
    const over = client().calls(call.callSid).update({ status: 'completed' });
    await expect(over).rejects.toMatchObject({ status: 400, code: 21220 });
    expect((await client().calls(call.callSid).fetch()).endTime).toBeInstanceOf(Date);
  });

  test('an unknown call is 20404, a wrong token 20003', async () => {
    await expect(client().calls('CAunknown').fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    await expect(client('wrong').calls('CAunknown').fetch()).rejects.toMatchObject({
      status: 401,
      code: 20003,
    });
  });
});

test('canceled ends only what still rings', async () => {
  const call = network.placeCall({ baseUrl: server.url, patienceMs: 20_000 });
  await call.until('streamOpened');
  await client().calls(call.callSid).update({ status: 'canceled' });
  expect(call.ended).toBe(false);
});

test('what is not the interface is answered, not thrown', async () => {
  const call = network.placeCall({ baseUrl: server.url, patienceMs: 20_000 });
  const path = `/2010-04-01/Accounts/${ACCOUNT}/Calls/${call.callSid}.json`;
  const post = (body: string) => ask(path, { method: 'POST', body });
  expect(await ask('/')).toMatchObject({ status: 404, code: 20404 });
  expect(await ask(path.replace(ACCOUNT, 'ACother'))).toMatchObject({ status: 404, code: 20404 });
  expect(await ask(path, { method: 'DELETE' })).toMatchObject({ status: 405, code: 20004 });
  expect(await ask(path, { authorization: 'Bearer x' })).toMatchObject({
    status: 401,
    code: 20003,
  });
  expect(await post('')).toMatchObject({ status: 400, code: 20001 });
  expect(await post('Status=sleeping')).toMatchObject({ status: 400, code: 20001 });
  expect(await post('Url=nowhere')).toMatchObject({ status: 400, code: 21205 });
  expect(await post(`Twiml=${'x'.repeat(4_001)}`)).toMatchObject({ status: 400, code: 21624 });
  expect(await ask(path.replace(/\/CA.*/, '.json'), { method: 'DELETE' })).toMatchObject({
    status: 405,
    code: 20004,
  });
  expect((await post(`Status=${'x'.repeat(70_000)}`)).status).toBe(413);
  const { hostname, port } = new URL(network.url);
  const half = connect(Number(port), hostname);
  await new Promise<void>((resolve) =>
    half.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf', () => resolve()),
  );
  half.destroy();
  expect((await ask(path)).status).toBe(200);
});

test('closing hangs every call up and waits for its last callback', async () => {
  const calls = [1, 2, 3].map(() => network.placeCall({ baseUrl: server.url, patienceMs: 20_000 }));
  await Promise.all(calls.map((call) => call.until('streamOpened')));
  expect(network.calls.size).toBe(3);
  await Promise.all([network.close(), network.close()]);
  expect(server.posts.filter(({ path }) => path === '/twilio/status')).toHaveLength(3);
  await expect(fetch(network.url)).rejects.toThrow();
});

test('a port that is taken is told', async () => {
  const taken = http.createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const second = startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: systemClock, port });
  await expect(second).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
  taken.close();
});

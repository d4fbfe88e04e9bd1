import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createTwilioTexts } from '../../../src/carrier/twilio/texts.ts';
import { startNetwork, type PhoneNetwork } from '../../../src/simulator/phone/network.ts';
import { takeText } from '../../../src/simulator/phone/texts.ts';
import { AUTH_TOKEN, startAnsweringServer, type AnsweringServer } from './answering-server.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const OURS = '+12025550100';
const CALLER = '+12025550143';

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

const send = (to: string, body = 'Hello.', from = OURS) =>
  createTwilioTexts({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, apiBaseUrl: network.url }).send(
    { from, to, body },
    new AbortController().signal,
  );

test('a text comes to the phone that calls from its number, in the call and after it', async () => {
  const call = network.placeCall({ baseUrl: server.url, from: CALLER, patienceMs: 20_000 });
  const other = network.placeCall({ baseUrl: server.url, from: '+12025550144', patienceMs: 20_000 });
  await call.until('streamOpened');
  const { id } = await send(CALLER, '1 Quay Street & “more”');
  expect(await call.until('text')).toMatchObject({ from: OURS, body: '1 Quay Street & “more”' });
  call.hangUp();
  await call.done;
  await send(CALLER, 'Goodbye.');
  expect(call.events.filter(({ type }) => type === 'text')).toHaveLength(2);
  expect(other.events.some(({ type }) => type === 'text')).toBe(false);
  expect(network.texts).toMatchObject([{ sid: id, from: OURS, to: CALLER }, { body: 'Goodbye.' }]);
});

test('of several calls from one number, the one that goes on gets it', async () => {
  const [going, over] = [1, 2].map(() =>
    network.placeCall({ baseUrl: server.url, from: CALLER, patienceMs: 20_000 }),
  );
  await Promise.all([going!.until('streamOpened'), over!.until('streamOpened')]);
  over!.hangUp();
  await over!.done;
  await send(CALLER);
  expect(going!.events.some(({ type }) => type === 'text')).toBe(true);
  expect(over!.events.some(({ type }) => type === 'text')).toBe(false);
});

test('a number that nobody calls from gets it too', async () => {
  await send('+12025550177');
  expect(network.texts).toMatchObject([{ to: '+12025550177' }]);
});

test.each([
  ['+15005550001', OURS, 'no-texts'],
  ['+15005550002', OURS, 'no-texts'],
  ['+15005550003', OURS, 'country'],
  ['+15005550004', OURS, 'opted-out'],
  ['+15005550009', OURS, 'no-texts'],
  [CALLER, '+15005550007', 'line'],
  [CALLER, 'Harbour', 'line'],
  [OURS, OURS, 'no-texts'],
  ['1234', OURS, 'no-texts'],
])("Twilio's magic numbers, and what are none: to %s from %s", async (to, from, why) => {
  await expect(send(to, 'Hello.', from)).rejects.toMatchObject({ code: 'CARRIER_REFUSED', why });
  expect(network.texts).toEqual([]);
});

test.each([
  ['From=%2B12025550100&Body=x', 21604],
  ['To=%2B12025550143&Body=x', 21603],
  ['To=%2B12025550143&From=%2B12025550100', 21602],
  [`To=%2B12025550143&From=%2B12025550100&Body=${'x'.repeat(1_601)}`, 21617],
  ['', 21604],
])('a form that lacks something is refused with its code: %s', (form, code) => {
  expect(takeText(new URLSearchParams(form))).toMatchObject({ code });
});

test('wrong credentials and another account send nothing', async () => {
  const post = async (account: string, token: string): Promise<number> => {
    const response = await fetch(`${network.url}/2010-04-01/Accounts/${account}/Messages.json`, {
      method: 'POST',
      body: new URLSearchParams({ From: OURS, To: CALLER, Body: 'Hello.' }),
      headers: { authorization: `Basic ${btoa(`${ACCOUNT}:${token}`)}` },
    });
    return response.status;
  };
  expect(await post(ACCOUNT, 'wrong')).toBe(401);
  expect(await post('ACother', AUTH_TOKEN)).toBe(404);
  expect(network.texts).toEqual([]);
});

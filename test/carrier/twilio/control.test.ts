import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { callId } from '../../../src/base/ids.ts';
import { createTwilioControl, type TwilioControlOptions } from '../../../src/carrier/twilio/control.ts';
import { json, nowhere, refusal, standIn, type Answer } from './rest-stand-in.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'secret-auth-token-0123456789';
const publicBaseUrl = (): string => 'https://voice.example.com/line/';
const CALL = callId('CA00000000000000000000000000000001');

async function hangUp(answer: Answer, options: Partial<TwilioControlOptions> = {}) {
  const { seen, url } = await standIn(answer);
  const control = createTwilioControl({ accountSid, authToken, publicBaseUrl, apiBaseUrl: url, ...options });
  const outcome = await control.hangUp(CALL).then(
    () => 'done' as const,
    (thrown: unknown) => thrown,
  );
  return { seen, control, outcome };
}

const error = (code: string): unknown => expect.objectContaining({ name: 'LivelineError', code });

test('hangs up as Twilio documents it', async () => {
  const { seen, outcome } = await hangUp(json(200, { sid: CALL, status: 'completed' }));
  expect(outcome).toBe('done');
  expect(seen).toEqual([
    {
      request: `POST /2010-04-01/Accounts/${accountSid}/Calls/${CALL}.json`,
      authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
      body: 'Status=completed',
    },
  ]);
});

test('an API key signs in, for the account', async () => {
  const { seen, url } = await standIn(json(200, {}));
  const control = createTwilioControl({
    accountSid,
    publicBaseUrl,
    apiKey: 'SK1',
    apiSecret: 'key-secret',
    apiBaseUrl: `${url}/twilio-api/`,
  });
  await control.hangUp(CALL);
  expect(seen[0]).toMatchObject({
    request: `POST /twilio-api/2010-04-01/Accounts/${accountSid}/Calls/${CALL}.json`,
    authorization: `Basic ${Buffer.from('SK1:key-secret').toString('base64')}`,
  });
});

test.each([
  ['not in progress', refusal(400, 21_220)],
  ['gone', refusal(404, 20_404)],
])('a call that is %s is done', async (_, answer) => {
  expect((await hangUp(answer)).outcome).toBe('done');
});

test.each<[string, Answer]>([
  ['too many requests', refusal(429, 20_429)],
  ['an error of the server', refusal(500, 20_500)],
  ['an error of the server that is no JSON', (response) => response.writeHead(503).end('<html>busy</html>')],
  ['an answer that is no JSON', (response) => response.writeHead(200).end('<html>hotel wifi</html>')],
  [
    'an answer that ends in the middle',
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"sid":');
      response.destroy();
    },
  ],
  ['a lost connection', (response) => response.destroy()],
])('%s can be tried again', async (_, answer) => {
  const { outcome } = await hangUp(answer);
  expect(outcome).toEqual(error('CARRIER_UNREACHABLE'));
  expect(outcome instanceof LivelineError && outcome.retryable).toBe(true);
});

test.each<[string, Answer]>([
  ['wrong credentials', refusal(401, 20_003)],
  ['not allowed', refusal(403, 20_005)],
  [
    'a 404 that is not about the call',
    (response) => response.writeHead(404).end('<html>no such page</html>'),
  ],
  ['a redirection', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['an error with null for a body', (response) => response.writeHead(400).end('null')],
])('%s cannot be tried again', async (_, answer) => {
  const { outcome } = await hangUp(answer);
  expect(outcome).toEqual(error('CARRIER_REFUSED'));
  expect(outcome instanceof LivelineError && outcome.retryable).toBe(false);
});

test('no answer in time is unreachable, and trying again finds the call ended', async () => {
  const { seen, control, outcome } = await hangUp(
    (response, nth) => {
      // The first is taken, acted on, and never answered.
      if (nth > 1) refusal(400, 21_220)(response, nth);
    },
    { timeoutMs: 1_000 },
  );
  expect(outcome).toEqual(error('CARRIER_UNREACHABLE'));
  await control.hangUp(CALL);
  expect(seen).toHaveLength(2);
});

test('an answer that trickles in is given up too', async () => {
  const { outcome } = await hangUp(
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(drip));
    },
    { timeoutMs: 100 },
  );
  expect(outcome).toMatchObject({
    code: 'CARRIER_UNREACHABLE',
    message: expect.stringContaining('took too long') as string,
  });
});

test('a server that is not there is unreachable', async () => {
  const control = createTwilioControl({ accountSid, authToken, publicBaseUrl, apiBaseUrl: await nowhere() });
  await expect(control.hangUp(CALL)).rejects.toEqual(error('CARRIER_UNREACHABLE'));
});

test('an id that would leave its place in the path is refused before anything is sent', async () => {
  const { seen, url } = await standIn(json(200, {}));
  const control = createTwilioControl({ accountSid, authToken, publicBaseUrl, apiBaseUrl: url });
  await expect(control.hangUp(callId('../../Accounts/AC2'))).rejects.toEqual(error('CARRIER_REFUSED'));
  expect(seen).toEqual([]);
});

test.each<[string, Answer]>([
  ['refused', refusal(401, 20_003)],
  ['lost', (response) => response.destroy()],
  ['garbled', (response) => response.writeHead(200).end('<html>')],
])('the error of a request that was %s keeps its cause and tells no secret', async (_, answer) => {
  const { outcome } = await hangUp(answer);
  expect(outcome instanceof Error && outcome.cause).toBeInstanceOf(Error);
  expect(outcome instanceof Error && outcome.message).toContain(CALL);
  // Everything that a crash would print, to any depth.
  const printed = inspect(outcome, { depth: Infinity, showHidden: true });
  expect(printed).not.toContain(authToken);
  expect(printed).not.toContain(Buffer.from(`${accountSid}:${authToken}`).toString('base64'));
});

describe('check', () => {
  const check = async (answer: Answer, credentials: object = { authToken }): Promise<unknown> => {
    const { seen, url } = await standIn(answer);
    const control = createTwilioControl({
      accountSid,
      publicBaseUrl,
      apiBaseUrl: url,
      ...credentials,
    } as TwilioControlOptions);
    return { seen, outcome: await control.check().catch((thrown: unknown) => thrown) };
  };

  test('a token asks for its account', async () => {
    expect(await check(json(200, { sid: accountSid, status: 'active' }))).toMatchObject({
      outcome: undefined,
      seen: [{ request: `GET /2010-04-01/Accounts/${accountSid}.json` }],
    });
  });

  test('an API key, which may not see the account, asks for its latest call', async () => {
    const key = { apiKey: 'SK1', apiSecret: 'key-secret' };
    expect(await check(json(200, { calls: [], page_size: 1 }), key)).toMatchObject({
      outcome: undefined,
      seen: [
        { request: expect.stringMatching(`^GET /2010-04-01/Accounts/${accountSid}/Calls.json`) as unknown },
      ],
    });
  });

  test.each<[string, Answer, string]>([
    ['wrong credentials', refusal(401, 20_003), 'CARRIER_REFUSED'],
    ['a suspended account', json(200, { sid: accountSid, status: 'suspended' }), 'CARRIER_REFUSED'],
    ['a busy Twilio', refusal(429, 20_429), 'CARRIER_UNREACHABLE'],
    ['no answer', (response) => response.destroy(), 'CARRIER_UNREACHABLE'],
  ])('%s', async (_, answer, code) => {
    expect(await check(answer)).toMatchObject({
      outcome: { code, message: expect.stringContaining(accountSid) as unknown },
    });
  });
});

test.each([
  ['queued', true],
  ['ringing', true],
  ['in-progress', true],
  ['completed', false],
  ['busy', false],
  ['failed', false],
  ['no-answer', false],
  ['canceled', false],
  ['whatever they think of next', false],
])('a call that is %s goes on: %s', async (status, isOn) => {
  const { seen, url } = await standIn(json(200, { sid: CALL, status }));
  const control = createTwilioControl({ accountSid, authToken, publicBaseUrl, apiBaseUrl: url });
  expect(await control.isOn(CALL)).toBe(isOn);
  expect(seen).toMatchObject([{ request: `GET /2010-04-01/Accounts/${accountSid}/Calls/${CALL}.json` }]);
});

test('whether a call goes on: no for one that is gone, and an error where nobody can say', async () => {
  const gone = await standIn(refusal(404, 20_404));
  const options = { accountSid, authToken, publicBaseUrl };
  expect(await createTwilioControl({ ...options, apiBaseUrl: gone.url }).isOn(CALL)).toBe(false);
  const failing = createTwilioControl({ ...options, apiBaseUrl: await nowhere() });
  await expect(failing.isOn(CALL)).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
});

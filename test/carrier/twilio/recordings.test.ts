import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import {
  createTwilioRecordings,
  type TwilioRecordingsOptions,
} from '../../../src/carrier/twilio/recordings.ts';
import { json, nowhere, refusal, standIn, type Answer } from './rest-stand-in.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'secret-auth-token-0123456789';
const BASIC = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
const ID = 'RE00000000000000000000000000000001';
/** Every byte, so that whatever reads it as text spoils it. */
const SOUND = Uint8Array.from({ length: 10_000 }, (_, index) => index & 0xff);
const wav: Answer = (response) => response.writeHead(200, { 'content-type': 'audio/x-wav' }).end(SOUND);
const never = (): AbortSignal => new AbortController().signal;

const silence: Answer = () => undefined;
const halfAnAnswer: Answer = (response) => void response.writeHead(200).write(SOUND);
/** Who answers late on a busy machine is not silent. */
const limitFor = (answer: Answer) =>
  answer === silence || answer === halfAnAnswer ? { timeoutMs: 300 } : {};

async function open(answer: Answer, options: Partial<TwilioRecordingsOptions> = {}) {
  const { seen, url } = await standIn(answer);
  const account = { accountSid, authToken, apiBaseUrl: `${url}/api/` };
  return { seen, recordings: createTwilioRecordings({ ...account, ...options }) };
}

test('a recording is fetched as it is, with our credentials', async () => {
  const { seen, recordings } = await open(wav);
  const sound = await recordings.fetch(ID, never());
  expect(Buffer.compare(sound, SOUND)).toBe(0);
  expect(seen).toEqual([
    {
      request: `GET /api/2010-04-01/Accounts/${accountSid}/Recordings/${ID}.wav`,
      authorization: BASIC,
      body: '',
    },
  ]);
});

test('an API key signs in, for the account', async () => {
  const { url, seen } = await standIn(wav);
  const account = { accountSid, apiKey: 'SK1', apiSecret: 'key-secret', apiBaseUrl: url };
  await createTwilioRecordings(account).fetch(ID, never());
  expect(seen[0]).toMatchObject({
    request: `GET /2010-04-01/Accounts/${accountSid}/Recordings/${ID}.wav`,
    authorization: `Basic ${Buffer.from('SK1:key-secret').toString('base64')}`,
  });
});

test('a file that lies elsewhere is fetched there, and the credentials stay', async () => {
  const store = await standIn(wav);
  const { recordings } = await open((response) =>
    response.writeHead(307, { location: `${store.url}/file?signed=1` }).end(),
  );
  expect(await recordings.fetch(ID, never())).toHaveLength(SOUND.length);
  expect(store.seen).toEqual([{ request: 'GET /file?signed=1', authorization: '', body: '' }]);
});

test.each<[string, Answer, string]>([
  ['not there yet', refusal(404, 20_404), 'CARRIER_UNREACHABLE'],
  ['too many requests', refusal(429, 20_429), 'CARRIER_UNREACHABLE'],
  ['a failing Twilio', refusal(500, 20_500), 'CARRIER_UNREACHABLE'],
  ['a lost connection', (response) => response.destroy(), 'CARRIER_UNREACHABLE'],
  [
    'a recording that ends in the middle',
    (response) => {
      response.writeHead(200, { 'content-length': '20000' }).write(SOUND, () => response.destroy());
    },
    'CARRIER_UNREACHABLE',
  ],
  ['no answer', silence, 'CARRIER_UNREACHABLE'],
  ['half an answer, and silence', halfAnAnswer, 'CARRIER_UNREACHABLE'],
  ['wrong credentials', refusal(401, 20_003), 'CARRIER_REFUSED'],
  ['not allowed', refusal(403, 20_005), 'CARRIER_REFUSED'],
  ['an answer without sound', (response) => response.writeHead(204).end(), 'CARRIER_REFUSED'],
])('fetching: %s', async (_, answer, code) => {
  const { recordings } = await open(answer, limitFor(answer));
  await expect(recordings.fetch(ID, never())).rejects.toMatchObject({
    name: 'LivelineError',
    code,
    message: expect.stringContaining(ID) as string,
  });
});

test('a Twilio that is not there is unreachable', async () => {
  const recordings = createTwilioRecordings({ accountSid, authToken, apiBaseUrl: await nowhere() });
  for (const asked of [recordings.fetch(ID, never()), recordings.remove(ID, never())])
    await expect(asked).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
});

test('a recording may be as long as it may be, and not a byte more', async () => {
  const enough = await open(wav, { maxBytes: SOUND.length });
  expect(await enough.recordings.fetch(ID, never())).toHaveLength(SOUND.length);
  const tight = await open(wav, { maxBytes: SOUND.length - 1 });
  await expect(tight.recordings.fetch(ID, never())).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
});

test('what never ends is not taken for ever', async () => {
  const closed = Promise.withResolvers<undefined>();
  const { recordings } = await open(
    (response) => {
      response.once('close', () => closed.resolve(undefined));
      const pour = (): void => {
        while (!response.destroyed && response.write(SOUND));
      };
      response.writeHead(200).on('drain', pour);
      pour();
    },
    { maxBytes: 1_000_000, timeoutMs: 60_000 },
  );
  await expect(recordings.fetch(ID, never())).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
  await closed.promise;
});

test.each<[string, Answer]>([
  ['at once', silence],
  ['in the middle of it', halfAnAnswer],
])('who gives up %s does not wait for the end of the time limit', async (_, answer) => {
  const { seen, recordings } = await open(answer, { timeoutMs: 600_000 });
  const aborter = new AbortController();
  const outcome = expect(recordings.fetch(ID, aborter.signal)).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => seen.length).toBe(1);
  aborter.abort();
  await outcome;
});

test('given up before it is asked for, nothing is asked', async () => {
  const { seen, recordings } = await open(wav);
  await expect(recordings.fetch(ID, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await expect(recordings.remove(ID, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen).toEqual([]);
});

test('a recording is removed, and one that is not there counts as done', async () => {
  const { seen, recordings } = await open((response, nth) =>
    nth === 1 ? response.writeHead(204).end() : refusal(404, 20_404)(response, nth),
  );
  await recordings.remove(ID, never());
  await recordings.remove(ID, never());
  const request = `DELETE /api/2010-04-01/Accounts/${accountSid}/Recordings/${ID}.json`;
  expect(seen).toEqual(Array(2).fill({ request, authorization: BASIC, body: '' }));
});

test.each<[string, Answer, string]>([
  ['too many requests', refusal(429, 20_429), 'CARRIER_UNREACHABLE'],
  ['a failing Twilio', refusal(503, 20_503), 'CARRIER_UNREACHABLE'],
  ['a lost connection', (response) => response.destroy(), 'CARRIER_UNREACHABLE'],
  ['no answer', silence, 'CARRIER_UNREACHABLE'],
  ['wrong credentials', refusal(401, 20_003), 'CARRIER_REFUSED'],
])('removing: %s', async (_, answer, code) => {
  const { recordings } = await open(answer, limitFor(answer));
  await expect(recordings.remove(ID, never())).rejects.toMatchObject({ name: 'LivelineError', code });
});

test.each(['', '../../Accounts/AC2', 'RE1/../../x', 'CA1', 'RE1?x=1', 'RE1.json'])(
  'the id %j is refused before anything is sent',
  async (id) => {
    const { seen, recordings } = await open(wav);
    for (const asked of [recordings.fetch(id, never()), recordings.remove(id, never())])
      await expect(asked).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
    expect(seen).toEqual([]);
  },
);

test.each<[string, Answer]>([
  ['refused', refusal(401, 20_003)],
  ['lost', (response) => response.destroy()],
  ['cut off', halfAnAnswer],
  ['redirected to nowhere', (response) => response.writeHead(302, { location: 'http://[' }).end()],
  ['refused in JSON', json(400, { message: 'no' })],
])('the error of one that was %s tells no secret', async (_, answer) => {
  const { recordings } = await open(answer, limitFor(answer));
  const thrown: unknown = await recordings.fetch(ID, never()).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Error);
  const printed = inspect(thrown, { depth: Infinity, showHidden: true });
  for (const secret of [authToken, BASIC]) expect(printed).not.toContain(secret);
});

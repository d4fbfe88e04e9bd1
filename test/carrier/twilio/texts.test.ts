import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { TextMessage } from '../../../src/carrier/texts.ts';
import { createTwilioTexts } from '../../../src/carrier/twilio/texts.ts';
import { allowTexts } from '../../../src/tools/built-in/text-allowance.ts';
import { textsContract, type Fault, type TextsRig } from '../../contracts/texts.contract.ts';
import { json, nowhere, refusal, standIn, type Answer, type Seen } from './rest-stand-in.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'secret-auth-token-0123456789';
const TEXT: TextMessage = { from: '+12025550100', to: '+12025550143', body: 'Hello.' };
const never = (): AbortSignal => new AbortController().signal;

const sid = (nth: number): string => `SM${String(nth).padStart(32, '0')}`;
const taken: Answer = (response, nth) => json(201, { sid: sid(nth), status: 'queued' })(response, nth);

const ANSWERS: Record<Exclude<Fault, 'away'>, Answer> = {
  'no-texts': refusal(400, 21_614),
  'opted-out': refusal(400, 21_610),
  country: refusal(400, 21_408),
  line: refusal(400, 21_606),
  busy: refusal(429, 20_429),
  failing: refusal(500, 20_500),
  silent: () => undefined,
  garbled: (response) => response.writeHead(201).end('<html>hotel wifi</html>'),
  lost: (response) => response.destroy(),
};

function textIn({ body }: Seen): TextMessage {
  const form = new URLSearchParams(body);
  return { from: form.get('From') ?? '', to: form.get('To') ?? '', body: form.get('Body') ?? '' };
}

async function open(fault?: Fault): Promise<TextsRig> {
  const account = { accountSid, authToken, timeoutMs: 500 };
  if (fault === 'away')
    return { texts: createTwilioTexts({ ...account, apiBaseUrl: await nowhere() }), sent: () => [] };
  const { seen, url } = await standIn(fault === undefined ? taken : ANSWERS[fault]);
  return { texts: createTwilioTexts({ ...account, apiBaseUrl: url }), sent: () => seen.map(textIn) };
}

textsContract('Twilio', open);
textsContract('an allowance over Twilio', async (fault) => {
  const { texts, sent } = await open(fault);
  return { texts: allowTexts(texts), sent };
});

test('it asks as Twilio documents it', async () => {
  const { seen, url } = await standIn(taken);
  const { id } = await createTwilioTexts({ accountSid, authToken, apiBaseUrl: url }).send(TEXT, never());
  expect(id).toBe(sid(1));
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    request: `POST /2010-04-01/Accounts/${accountSid}/Messages.json`,
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
  });
  expect(Object.fromEntries(new URLSearchParams(seen[0]!.body))).toEqual({
    From: TEXT.from,
    To: TEXT.to,
    Body: TEXT.body,
  });
});

const outcomeOf = async (answer: Answer): Promise<unknown> => {
  const { url } = await standIn(answer);
  const texts = createTwilioTexts({ accountSid, authToken, apiBaseUrl: url, timeoutMs: 500 });
  return texts.send(TEXT, never()).catch((thrown: unknown) => thrown);
};

test.each([
  [21_211, 400, { code: 'CARRIER_REFUSED', why: 'no-texts' }],
  [21_266, 400, { code: 'CARRIER_REFUSED', why: 'no-texts' }],
  [21_612, 400, { code: 'CARRIER_REFUSED', why: 'no-texts' }],
  [21_635, 400, { code: 'CARRIER_REFUSED', why: 'no-texts' }],
  [21_608, 400, { code: 'CARRIER_REFUSED', why: 'line' }],
  [20_003, 401, { code: 'CARRIER_REFUSED', why: 'line' }],
  [21_611, 400, { code: 'CARRIER_UNREACHABLE' }],
  [20_429, 429, { code: 'CARRIER_UNREACHABLE' }],
  [20_503, 503, { code: 'TOOL_IN_DOUBT' }],
])('Twilio error %i, HTTP %i', async (code, status, expected) => {
  const thrown = await outcomeOf(refusal(status, code));
  expect(thrown).toMatchObject({ ...expected, message: expect.stringContaining(`errors/${code}`) as string });
});

test.each<[string, Answer, string]>([
  ['that names no message', json(201, { status: 'queued' }), 'TOOL_IN_DOUBT'],
  ['that is null', json(201, null), 'TOOL_IN_DOUBT'],
  [
    'that is a redirection',
    (response) => response.writeHead(302, { location: '/' }).end(),
    'CARRIER_REFUSED',
  ],
  ['that is null, refusing', json(400, null), 'CARRIER_REFUSED'],
])('an answer %s', async (_, answer, code) => {
  expect(await outcomeOf(answer)).toMatchObject({ name: 'LivelineError', code });
});

test('who gives up does not wait for the end of the time limit', async () => {
  const { seen, url } = await standIn(ANSWERS.silent);
  // Longer than a test may take.
  const texts = createTwilioTexts({ accountSid, authToken, apiBaseUrl: url, timeoutMs: 600_000 });
  const aborter = new AbortController();
  const outcome = expect(texts.send(TEXT, aborter.signal)).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
  await expect.poll(() => seen.length).toBe(1);
  aborter.abort();
  await outcome;
});

test.each<[string, Answer]>([
  ['refused', refusal(401, 20_003)],
  ['lost', (response) => response.destroy()],
  ['garbled', ANSWERS.garbled],
])('the error of a text that was %s tells no secret, number or word', async (_, answer) => {
  const printed = inspect(await outcomeOf(answer), { depth: Infinity, showHidden: true });
  for (const secret of [
    authToken,
    Buffer.from(`${accountSid}:${authToken}`).toString('base64'),
    TEXT.to,
    'Hello',
  ])
    expect(printed).not.toContain(secret);
});

import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import { errandIn, queryOf, stepIn } from '../../../src/carrier/twilio/addresses.ts';
import { createTwilioControl } from '../../../src/carrier/twilio/control.ts';
import { controlContract } from '../../contracts/control.contract.ts';
import type { ControlFault, Reached } from '../../doubles/fake-control.ts';
import { json, nowhere, refusal, standIn, type Answer, type Seen } from './rest-stand-in.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'secret-auth-token-0123456789';
const CALL = callId('CA00000000000000000000000000000001');
const account = {
  accountSid,
  authToken,
  publicBaseUrl: () => 'https://voice.example.com/line/',
};
const PERSON: Placed = {
  to: '+12025550143',
  from: '+12025550100',
  ringS: 20,
  errand: { is: 'transfer', of: CALL, attempt: 2 },
};

const sid = (nth: number): string => `CA${String(nth).padStart(32, 'a')}`;
const taken: Answer = (response, nth) => json(201, { sid: sid(nth), status: 'queued' })(response, nth);

const ANSWERS: Record<Exclude<ControlFault, 'away'> | 'over', Answer> = {
  busy: refusal(429, 20_429),
  refused: refusal(400, 21_211),
  failing: refusal(503, 20_503),
  silent: () => undefined,
  garbled: (response) => response.writeHead(201).end('<html>hotel wifi</html>'),
  lost: (response) => response.destroy(),
  over: refusal(400, 21_220),
};

/** Who answers late on a busy machine is not silent. */
const limitOf = (fault: string | undefined) => (fault === 'silent' ? { timeoutMs: 300 } : {});

/** What Twilio would do for it. */
function reachedBy({ request, body }: Seen, nth: number): Reached {
  const form = new URLSearchParams(body);
  const query = queryOf(form.get('Url') ?? '');
  if (request.endsWith('/Calls.json')) {
    const call = {
      to: form.get('To') ?? '',
      from: form.get('From') ?? '',
      ringS: Number(form.get('Timeout')),
      errand: errandIn(query),
    };
    return { do: 'place', call, id: callId(sid(nth)) };
  }
  const id = callId(/Calls\/(\w+)\.json$/.exec(request)?.[1] ?? '');
  if (form.get('Status') === 'completed') return { do: 'hang-up', id };
  return { do: 'take-back', id, step: stepIn(query) ?? -1 };
}

controlContract('Twilio', async (fault) => {
  if (fault === 'away')
    return {
      control: createTwilioControl({ ...account, apiBaseUrl: await nowhere() }),
      reached: () => [],
    };
  const { seen, url } = await standIn(fault === undefined ? taken : ANSWERS[fault]);
  return {
    control: createTwilioControl({ ...account, apiBaseUrl: url, ...limitOf(fault) }),
    reached: () => (fault === 'busy' ? [] : seen.map((request, index) => reachedBy(request, index + 1))),
  };
});

test('a person is called as Twilio documents it', async () => {
  const { seen, url } = await standIn(taken);
  const id = await createTwilioControl({ ...account, apiBaseUrl: url }).place(PERSON);
  expect(id).toBe(sid(1));
  expect(seen[0]?.request).toBe(`POST /2010-04-01/Accounts/${accountSid}/Calls.json`);
  const form = new URLSearchParams(seen[0]?.body);
  const errand = `for=transfer%3A${CALL}%3A2`;
  expect([...form].sort(([a], [b]) => a.localeCompare(b))).toEqual([
    ['From', '+12025550100'],
    ['Method', 'POST'],
    ['StatusCallback', `https://voice.example.com/line/twilio/person-status?${errand}`],
    ...['initiated', 'ringing', 'answered', 'completed'].map((event) => ['StatusCallbackEvent', event]),
    ['Timeout', '20'],
    ['To', '+12025550143'],
    ['Url', `https://voice.example.com/line/twilio/person?${errand}`],
  ]);
});

test('a call is taken back by asking us again', async () => {
  const { seen, url } = await standIn(json(200, { sid: CALL, status: 'in-progress' }));
  expect(await createTwilioControl({ ...account, apiBaseUrl: url }).takeBack(CALL, 4)).toBe('asked');
  expect(seen[0]?.request).toBe(`POST /2010-04-01/Accounts/${accountSid}/Calls/${CALL}.json`);
  expect(Object.fromEntries(new URLSearchParams(seen[0]?.body))).toEqual({
    Url: 'https://voice.example.com/line/twilio/after-stream?step=4',
    Method: 'POST',
  });
});

test('the port that a server learns late is known when it is needed', async () => {
  const { seen, url } = await standIn(taken);
  let base = 'http://127.0.0.1:0';
  const control = createTwilioControl({ ...account, apiBaseUrl: url, publicBaseUrl: () => base });
  base = 'http://127.0.0.1:8123';
  await control.takeBack(CALL, 1);
  expect(new URLSearchParams(seen[0]?.body).get('Url')).toBe(
    'http://127.0.0.1:8123/twilio/after-stream?step=1',
  );
});

test.each([
  ['not in progress', refusal(400, 21_220)],
  ['gone', refusal(404, 20_404)],
])('a call that is %s cannot be taken back', async (_, answer) => {
  const { url } = await standIn(answer);
  expect(await createTwilioControl({ ...account, apiBaseUrl: url }).takeBack(CALL, 1)).toBe('over');
});

test('an id that would leave its place in the path is refused before anything is sent', async () => {
  const { seen, url } = await standIn(taken);
  const control = createTwilioControl({ ...account, apiBaseUrl: url });
  await expect(control.takeBack(callId('../../AC2'), 1)).rejects.toMatchObject({ code: 'CARRIER_REFUSED' });
  expect(seen).toEqual([]);
});

test.each<[string, Answer, string]>([
  ['that names no call', json(201, { status: 'queued' }), 'CARRIER_IN_DOUBT'],
  ['that is null', json(201, null), 'CARRIER_IN_DOUBT'],
  ['cut off in the middle', (response) => response.writeHead(201).end('{"sid":"CA'), 'CARRIER_IN_DOUBT'],
  ['500 without words', (response) => response.writeHead(500).end(), 'CARRIER_IN_DOUBT'],
  ['404', refusal(404, 20_404), 'CARRIER_REFUSED'],
  ['401', refusal(401, 20_003), 'CARRIER_REFUSED'],
])('an answer %s to placing: %s', async (_, answer, code) => {
  const { url } = await standIn(answer);
  const control = createTwilioControl({ ...account, apiBaseUrl: url });
  await expect(control.place(PERSON)).rejects.toMatchObject({ name: 'LivelineError', code });
});

test('the error of a refusal names Twilio’s code and the errand', async () => {
  const { url } = await standIn(refusal(400, 21_211));
  const control = createTwilioControl({ ...account, apiBaseUrl: url });
  await expect(control.place(PERSON)).rejects.toMatchObject({
    message: `a call for transfer ${CALL}, attempt 2, could not be placed: Twilio refused (HTTP 400, https://www.twilio.com/docs/errors/21211)`,
  });
});

test.each(['lost', 'garbled', 'silent', 'refused'] as const)(
  'the error of a call that was %s tells no secret and no number',
  async (fault) => {
    const { url } = await standIn(ANSWERS[fault]);
    const thrown: unknown = await createTwilioControl({ ...account, apiBaseUrl: url, ...limitOf(fault) })
      .place(PERSON)
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    const printed = inspect(thrown, { depth: Infinity, showHidden: true });
    const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    for (const secret of [authToken, basic, PERSON.to, PERSON.from]) expect(printed).not.toContain(secret);
  },
);

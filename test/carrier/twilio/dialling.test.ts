import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { callId } from '../../../src/base/ids.ts';
import { CallRefused } from '../../../src/carrier/call-refused.ts';
import type { OutboundCall } from '../../../src/carrier/control.ts';
import { createTwilioDialling } from '../../../src/carrier/twilio/dialling.ts';
import { json, nowhere, refusal, standIn, type Answer } from './rest-stand-in.ts';

const accountSid = 'AC00000000000000000000000000000001';
const authToken = 'secret-auth-token-0123456789';
const publicBaseUrl = (): string => 'https://voice.example.com/line/';
const CALL = callId('CA00000000000000000000000000000001');
const OUT: OutboundCall = {
  to: '+12025550143',
  from: '+12025550100',
  ringS: 25,
  attempt: 'a 1',
  detectsMachines: 'off',
};
const taken = json(201, { sid: CALL, status: 'queued' });
const unhurried = (): AbortSignal => new AbortController().signal;

async function open(answer: Answer, options: { timeoutMs?: number } = {}) {
  const { seen, url } = await standIn(answer);
  const dialling = createTwilioDialling({
    accountSid,
    authToken,
    publicBaseUrl,
    apiBaseUrl: url,
    ...options,
  });
  const form = (): (readonly [string, string])[] =>
    [...new URLSearchParams(seen[0]?.body)].sort(([a], [b]) => a.localeCompare(b));
  return { seen, dialling, form };
}

describe('the request', () => {
  test('is what Twilio documents', async () => {
    const { seen, dialling, form } = await open(taken);
    expect(await dialling.dial(OUT)).toBe(CALL);
    expect(seen[0]?.request).toBe(`POST /2010-04-01/Accounts/${accountSid}/Calls.json`);
    expect(form()).toEqual([
      ['From', '+12025550100'],
      ['Method', 'POST'],
      ['StatusCallback', 'https://voice.example.com/line/twilio/status?attempt=a+1#rc=5&rp=all'],
      ...['initiated', 'ringing', 'answered', 'completed'].map((event) => ['StatusCallbackEvent', event]),
      ['StatusCallbackMethod', 'POST'],
      ['Timeout', '25'],
      ['To', '+12025550143'],
      ['Url', 'https://voice.example.com/line/twilio/voice?attempt=a+1#rc=3&rp=ct,5xx'],
    ]);
  });

  test.each([
    ['on', 'Enable'],
    ['message-end', 'DetectMessageEnd'],
  ] as const)('machines are looked for beside the talk: %s', async (detectsMachines, mode) => {
    const { dialling, form } = await open(taken);
    await dialling.dial({ ...OUT, detectsMachines });
    expect(Object.fromEntries(form())).toMatchObject({
      MachineDetection: mode,
      AsyncAmd: 'true',
      AsyncAmdStatusCallback: 'https://voice.example.com/line/twilio/amd?attempt=a+1#rc=5&rp=all',
      AsyncAmdStatusCallbackMethod: 'POST',
    });
  });

  test.each([
    [3, '15'],
    [15, '15'],
    [20.2, '21'],
  ])('%d s of ringing are %s', async (ringS, told) => {
    const { dialling, form } = await open(taken);
    await dialling.dial({ ...OUT, ringS, longestS: 90.5 });
    expect(Object.fromEntries(form())).toMatchObject({ Timeout: told, TimeLimit: '91' });
  });
});

describe('what Twilio’s answer to dialling means', () => {
  test.each<[string, Answer, object]>([
    ['no valid number', refusal(400, 21_211), { why: 'number', carrierCode: 21_211 }],
    ['cannot be reached', refusal(400, 21_214), { why: 'number', carrierCode: 21_214 }],
    ['no country for us', refusal(403, 21_215), { why: 'country', carrierCode: 21_215 }],
    ['not our number', refusal(400, 21_210), { why: 'caller-id', carrierCode: 21_210 }],
    ['wrong credentials', refusal(401, 20_003), { why: 'account', carrierCode: 20_003 }],
    ['a code that is new', refusal(400, 99_999), { why: 'account', carrierCode: 99_999 }],
    ['no code', (response) => response.writeHead(403).end(), { why: 'account', carrierCode: undefined }],
  ])('refused: %s', async (_, answer, told) => {
    const { dialling } = await open(answer);
    const thrown: unknown = await dialling.dial(OUT).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(CallRefused);
    expect(thrown).toMatchObject({ code: 'CARRIER_REFUSED', retryable: false, ...told });
  });

  test.each<[string, Answer, string]>([
    ['too many requests', refusal(429, 20_429), 'CARRIER_BUSY'],
    ['429 without words', (response) => response.writeHead(429).end(), 'CARRIER_BUSY'],
    ['too many calls', refusal(400, 10_004), 'CARRIER_BUSY'],
    ['too many calls, as an error of the server', refusal(503, 10_004), 'CARRIER_IN_DOUBT'],
    ['an error of the server', refusal(500, 20_500), 'CARRIER_IN_DOUBT'],
    ['a lost connection', (response) => response.destroy(), 'CARRIER_IN_DOUBT'],
    ['no JSON', (response) => response.writeHead(201).end('<html>'), 'CARRIER_IN_DOUBT'],
    ['no id', json(201, { status: 'queued' }), 'CARRIER_IN_DOUBT'],
    ['cut off', (response) => response.writeHead(201).end('{"sid":"CA'), 'CARRIER_IN_DOUBT'],
  ])('%s: %s', async (_, answer, code) => {
    const { dialling } = await open(answer);
    await expect(dialling.dial(OUT)).rejects.toMatchObject({ name: 'LivelineError', code });
  });

  test('no answer in time is in doubt; where nobody listens, nobody was called', async () => {
    const { dialling } = await open(() => undefined, { timeoutMs: 200 });
    await expect(dialling.dial(OUT)).rejects.toMatchObject({ code: 'CARRIER_IN_DOUBT' });
    const away = createTwilioDialling({ accountSid, authToken, publicBaseUrl, apiBaseUrl: await nowhere() });
    await expect(away.dial(OUT)).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE', retryable: true });
  });

  test.each<[string, Answer]>([
    ['lost', (response) => response.destroy()],
    ['refused', json(400, { code: 21_211, message: `${OUT.to} is not valid`, status: 400 })],
    ['busy', json(429, { code: 20_429, message: `not ${OUT.to} now`, status: 429 })],
  ])('the error tells no secret and no number: %s', async (_, answer) => {
    const { dialling } = await open(answer);
    const thrown: unknown = await dialling.dial(OUT).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    const printed = inspect(thrown, { depth: Infinity, showHidden: true });
    const basic = Buffer.from(`${accountSid}:${authToken}`).toString('base64');
    for (const secret of [authToken, basic, OUT.to, OUT.from]) expect(printed).not.toContain(secret);
  });
});

describe('canceling', () => {
  test.each([
    ['queued', 'canceled'],
    ['ringing', 'canceled'],
    ['canceled', 'canceled'],
    ['in-progress', 'too-late'],
    ['completed', 'too-late'],
  ])('a call that Twilio then tells as %s: %s', async (status, outcome) => {
    const { seen, dialling } = await open(json(200, { sid: CALL, status }));
    expect(await dialling.cancel(CALL)).toBe(outcome);
    expect(seen[0]?.body).toBe('Status=canceled');
  });

  test.each([
    ['an error of the server', refusal(500, 20_500), 'CARRIER_UNREACHABLE'],
    ['not allowed', refusal(403, 20_005), 'CARRIER_REFUSED'],
  ])('%s is told', async (_, answer, code) => {
    const { dialling } = await open(answer);
    await expect(dialling.cancel(CALL)).rejects.toMatchObject({ code });
  });
});

describe('looking', () => {
  const call = (more: object): object => ({
    ...{ sid: CALL, status: 'completed', date_created: 'Thu, 01 Jan 2026 00:00:07 +0000', start_time: null },
    ...more,
  });
  const page = (...calls: object[]): Answer => json(200, { calls, next_page_uri: null });

  test('who picked up is told as far as it is known', async () => {
    const at = { id: CALL, status: 'completed', startedAtMs: Date.UTC(2026, 0, 1, 0, 0, 7) };
    for (const [answered_by, answeredBy] of [
      [null, undefined],
      ['machine_end_other', 'machine'],
      ['martian', 'unknown'],
    ] as const) {
      const { dialling } = await open(json(200, call({ answered_by })));
      expect(await dialling.look(CALL)).toEqual({ ...at, answeredBy });
    }
  });

  test.each([
    ['that is none', json(200, {})],
    ['of a status that is new', json(200, call({ status: 'dreaming' }))],
    ['that is no JSON', ((response) => response.writeHead(200).end('<html>')) satisfies Answer],
  ])('an answer %s is not believed', async (_, answer) => {
    const { dialling } = await open(answer);
    await expect(dialling.look(CALL)).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
  });

  test('a list asks by both numbers and not by time, since a queued call has none yet', async () => {
    const { seen, dialling } = await open(
      page(
        // Two seconds: of the carrier's clock its answers tell whole ones.
        call({ sid: 'CAold', date_created: 'Thu, 01 Jan 2026 00:00:05 +0000' }),
        call({ sid: 'CAqueued', status: 'queued', date_created: 'Thu, 01 Jan 2026 00:00:09 +0000' }),
        call({ sid: 'CAsame' }),
      ),
    );
    const sinceMs = Date.UTC(2026, 0, 1, 0, 0, 7, 900);
    const found = await dialling.callsTo(OUT.to, OUT.from, sinceMs, unhurried());
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      ['CAqueued', 'queued'],
      ['CAsame', 'completed'],
    ]);
    const { searchParams } = new URL(seen[0]?.request.split(' ')[1] ?? '', 'http://x');
    expect(Object.fromEntries(searchParams)).toEqual({ To: OUT.to, From: OUT.from, PageSize: '1000' });
  });

  test.each([
    ['behind', -62],
    ['ahead', 3_600],
  ])('calls are told by our time, though Twilio’s clock is %s', async (_, byS) => {
    const nowMs = Date.UTC(2026, 0, 1, 12);
    const theirs = (ms: number): string => new Date(ms + byS * 1_000).toUTCString();
    const { url } = await standIn((response, nth) => {
      response.setHeader('date', theirs(nowMs));
      page(
        call({ sid: 'CAours', date_created: theirs(nowMs - 30_000) }),
        call({ sid: 'CAold', date_created: theirs(nowMs - 60_000) }),
      )(response, nth);
    });
    const options = { accountSid, authToken, publicBaseUrl, apiBaseUrl: url };
    const dialling = createTwilioDialling(options, () => nowMs);
    const found = await dialling.callsTo(OUT.to, OUT.from, nowMs - 40_000, unhurried());
    expect(found).toMatchObject([{ id: 'CAours', startedAtMs: nowMs - 30_000 }]);
  });

  test('a list of no time is no list', async () => {
    const { dialling } = await open((response, nth) => {
      response.sendDate = false;
      page()(response, nth);
    });
    const asked = dialling.callsTo(OUT.to, OUT.from, 0, unhurried());
    await expect(asked).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
  });

  test.each([
    ['no list', json(200, {})],
    ['null for a list', json(200, { calls: null, incoming_phone_numbers: null })],
    ['an error of the server', refusal(500, 20_500)],
  ])('%s is no empty list', async (_, answer) => {
    const { dialling } = await open(answer);
    const asked = dialling.callsTo(OUT.to, OUT.from, 0, unhurried());
    await expect(asked).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
    await expect(dialling.ownNumbers(unhurried())).rejects.toMatchObject({ code: 'CARRIER_UNREACHABLE' });
  });

  test('numbers that cannot call, or are none, are left out', async () => {
    const { dialling } = await open((response, nth) => {
      const list = response.req.url?.includes('IncomingPhoneNumbers.json')
        ? {
            incoming_phone_numbers: [
              { phone_number: '+12025550100', capabilities: { voice: true } },
              { phone_number: '+12025550101', capabilities: { voice: false } },
              { phone_number: 'client:ada' },
              {},
            ],
          }
        : { outgoing_caller_ids: [{ phone_number: '+12025550102' }, { phone_number: '+12025550100' }] };
      json(200, { ...list, next_page_uri: null })(response, nth);
    });
    expect(await dialling.ownNumbers(unhurried())).toEqual(['+12025550100', '+12025550102']);
  });
});

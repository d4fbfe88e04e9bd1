import { once } from 'node:events';
import twilio from 'twilio';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { newSid } from '../../src/simulator/phone/sid.ts';
import { ACCOUNT, AUTH_TOKEN, durationMs, wav, world, type World } from './rig.ts';

const { getExpectedTwilioSignature } = twilio;

const form = (callSid: string, more: Record<string, string> = {}): Record<string, string> => ({
  CallSid: callSid,
  AccountSid: ACCOUNT,
  From: '+15550100123',
  To: '+15550100100',
  CallStatus: 'ringing',
  Direction: 'inbound',
  ApiVersion: '2010-04-01',
  ...more,
});

/** Posts as Twilio would, signed by Twilio's own library. */
async function post(
  { app }: World,
  path: string,
  fields: Record<string, string>,
  token = AUTH_TOKEN,
): Promise<Response> {
  const url = `${app.publicBaseUrl}${path}`;
  return fetch(url, {
    method: 'POST',
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(token, url, fields) },
    body: new URLSearchParams(fields),
  });
}

const tokenIn = (twiml: string): string => /<Parameter name="token" value="([^"]+)"/.exec(twiml)![1]!;

/** A media socket signed by Twilio's own library; resolves to its close, or to the HTTP status that refused it. */
function dial({ app }: World, { signed = true } = {}) {
  const url = `${app.publicBaseUrl.replace('http', 'ws')}/twilio/media`;
  const headers = signed ? { 'x-twilio-signature': getExpectedTwilioSignature(AUTH_TOKEN, url, {}) } : {};
  const socket = new WebSocket(url, { headers });
  const ended = new Promise<{ code?: number; status?: number }>((resolve) => {
    socket.on('unexpected-response', (_request, response) =>
      resolve({ ...(response.statusCode ? { status: response.statusCode } : {}) }),
    );
    socket.on('close', (code) => resolve({ code }));
    socket.on('error', () => undefined);
  });
  return { socket, ended };
}

const start = (callSid: string, token: string): string =>
  JSON.stringify({
    event: 'start',
    sequenceNumber: '1',
    streamSid: 'MZ1',
    start: {
      accountSid: ACCOUNT,
      streamSid: 'MZ1',
      callSid,
      tracks: ['inbound'],
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8_000, channels: 1 },
      customParameters: { token },
    },
  });

test.concurrent(
  'what Twilio signs is answered; what it did not is refused with 403 and logged without a secret',
  async (context) => {
    const all = await world(context);
    const call = form(newSid('CA'));
    const answer = await post(all, '/twilio/voice', call);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/xml');
    expect(await answer.text()).toMatch(/<Connect action=.*<Stream url="ws:/);

    expect((await post(all, '/twilio/voice', call, 'another-token')).status).toBe(403);
    const unsigned = await fetch(`${all.app.publicBaseUrl}/twilio/voice`, {
      method: 'POST',
      body: new URLSearchParams(call),
    });
    expect(unsigned.status).toBe(403);
    for (const path of ['/twilio/after-stream', '/twilio/status', '/twilio/stream-status'])
      expect((await post(all, path, call, 'another-token')).status, path).toBe(403);
    expect(await dial(all, { signed: false }).ended).toEqual({ status: 403 });

    const log = all.log.join('');
    expect(log).toContain('CARRIER_SIGNATURE_INVALID');
    expect(log).not.toMatch(/a-token-of-the-tests|another-token|15550100123/);
  },
);

test.concurrent(
  'a form that lacks what it must have is refused with 400, one too large with 413',
  async (context) => {
    const all = await world(context);
    expect((await post(all, '/twilio/voice', { AccountSid: ACCOUNT })).status).toBe(400);
    expect((await post(all, '/twilio/status', form(newSid('CA'), { CallStatus: 'dancing' }))).status).toBe(
      400,
    );
    expect((await post(all, '/twilio/voice', form(newSid('CA'), { Junk: 'x'.repeat(100_000) }))).status).toBe(
      413,
    );
    expect(all.log.join(''), 'nothing of a refused body').not.toMatch(/Junk|xxxx|From=/);
    expect((await fetch(`${all.app.publicBaseUrl}/elsewhere`)).status).toBe(404);
  },
);

test.concurrent('a token is good once, for its own call; a guess is refused with 1008', async (context) => {
  const all = await world(context);
  // The database is shared: what is written there of a call, also by a try before this one, is another's.
  const callSid = newSid('CA');
  const token = tokenIn(await (await post(all, '/twilio/voice', form(callSid))).text());
  const connect = async (shown: string) => {
    const { socket, ended } = dial(all);
    await once(socket, 'open');
    socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    socket.send(start(callSid, shown));
    return { socket, ended };
  };
  expect(await (await connect('guess')).ended).toEqual({ code: 1008 });
  const other = tokenIn(await (await post(all, '/twilio/voice', form(newSid('CA')))).text());
  expect(await (await connect(other)).ended, 'another call’s').toEqual({ code: 1008 });

  const { socket } = await connect(token);
  const [first] = (await once(socket, 'message')) as [Buffer];
  expect(JSON.parse(first.toString())).toMatchObject({ event: 'media', streamSid: 'MZ1' });
  expect(await (await connect(token)).ended, 'used').toEqual({ code: 1008 });
  socket.terminate();
});

test.concurrent('a stream that never says start is closed with 1008', async (context) => {
  const all = await world(context);
  const { socket, ended } = dial(all);
  await once(socket, 'open');
  expect(await ended).toEqual({ code: 1008 });
});

test.concurrent(
  'malformed, foreign, oversized and binary frames are logged once; the call goes on',
  async (context) => {
    const { place, log, told } = await world(context);
    const junk = [
      '{',
      'null',
      '[]',
      '{"event":"media"}',
      '{"event":"tomorrow"}',
      '{"event":"media","streamSid":"MZother","media":{"payload":"AA=="}}',
    ];
    const texts = [...junk, ...junk, 'x'.repeat(70_000)].map((text, n) => ({ atMs: 100 + 10 * n, text }));
    const call = place({
      script: [{ hangUp: true, when: { afterMs: 4_000 } }],
      faults: { stream: { texts } },
    });
    const outcome = await call.done;
    expect(outcome.streams).toBe(1);
    expect(outcome.heardMs).toBeGreaterThan(2_000);
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
    const warned = log.filter((line) => line.includes('"warn"') && line.includes('MZ'));
    expect(warned.length, warned.join('')).toBeLessThanOrEqual(2);
  },
);

const apologyMs = durationMs('prompts/apology-en');

test.concurrent(
  'a model that refuses the key: the caller hears an apology, whole, and is hung up',
  async (context) => {
    const { place, told, log } = await world(context, { apiKey: 'the-right-one' });
    const call = place();
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', errors: [] });
    expect(Math.abs(outcome.heardMs - apologyMs)).toBeLessThanOrEqual(40);
    expect(told(call, 'session-failed')).toMatchObject([{ code: 'LIVE_REFUSED' }]);
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'model-failed' }]);
    expect(log.join('')).toContain(call.callSid);
  },
);

test.concurrent(
  'a model that goes in mid-sentence and refuses the key from then on: what was said is heard, then the apology',
  async (context) => {
    const all = await world(context, {
      faults: [
        { fault: 'drop', on: 'greeting', after: '500ms' },
        { fault: 'refuse-upgrade', status: 401, nth: 2, times: 'always' },
      ],
    });
    const call = all.place();
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', errors: [] });
    expect(outcome.heardMs).toBeGreaterThanOrEqual(apologyMs + 500);
    expect(all.told(call, 'session-switching')).toHaveLength(1);
    expect(all.told(call, 'session-failed')).toMatchObject([{ code: 'LIVE_REFUSED' }]);
    expect(all.told(call, 'call-ended')).toMatchObject([{ reason: 'model-failed' }]);
  },
);

test.concurrent(
  'a media socket that is torn down: the same conversation goes on, nothing is lost and hardly a syllable heard twice',
  async (context) => {
    const { place, model, told } = await world(context);
    const call = place({
      faults: { stream: { dropAtMs: 2_000 } },
      script: [{ say: wav('caller/yes') }, { hangUp: true, when: 'agentQuiet' }],
    });
    const outcome = await call.done;
    expect(outcome.streams).toBe(2);
    expect(model.sessions).toHaveLength(1);
    const wholeMs = durationMs('agent/greeting') + durationMs('agent/opening-hours');
    // What lies between two marks [PL6], and the way of one back through two busy processes in one.
    expect(outcome.heardMs).toBeGreaterThanOrEqual(wholeMs);
    expect(outcome.heardMs - wholeMs).toBeLessThanOrEqual(200 + 200);
    expect(told(call, 'line-lost')).toHaveLength(1);
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
  },
);

test.concurrent(
  'a line with gaps, duplicates, reordering and jitter is still a conversation',
  async (context) => {
    const { place, told } = await world(context);
    const call = place({
      faults: {
        stream: { gaps: [{ atMs: 6_200, forMs: 200 }], duplicateEvery: 7, swapEvery: 11, jitterMs: 60 },
        duplicateCallbacks: true,
      },
      script: [{ say: wav('caller/hello-opening-hours') }, { hangUp: true, when: 'agentQuiet' }],
    });
    const outcome = await call.done;
    expect(outcome.errors).toEqual([]);
    expect(
      told(call, 'transcript').some(({ entry }) => entry.who === 'agent' && entry.text.includes('Saturdays')),
    ).toBe(true);
    expect(told(call, 'call-ended')).toHaveLength(1);
  },
);

test.concurrent('the feed of notices is for the operator', async (context) => {
  const token = 'operator-token-0123456789';
  const { app } = await world(context, {}, { OPERATOR_TOKEN: token });
  const url = `${app.publicBaseUrl}/api/v1/notices`;
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  const right = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  expect(right.status).toBe(200);
  await right.body!.cancel();
});

test.concurrent('alive and ready, for whoever asks; how it stops is in stopping.test.ts', async (context) => {
  const { app } = await world(context);
  const ask = (path: string): Promise<unknown> => fetch(app.publicBaseUrl + path).then((got) => got.json());
  expect(await ask('/healthz')).toEqual({ status: 'alive', calls: 0 });
  expect(await ask('/readyz')).toEqual({ status: 'ready' });
});

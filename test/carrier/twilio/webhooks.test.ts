import { once } from 'node:events';
import { createServer } from 'node:http';
import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { createTwilioWebhooks } from '../../../src/carrier/twilio/webhooks.ts';
import type { CarrierRequest } from '../../../src/carrier/webhooks.ts';
import { capturedLog } from './captured-log.ts';

const TOKEN = 'a'.repeat(32);
const NEXT_TOKEN = 'b'.repeat(32);
const BASE = 'https://voice.example.com';
const FORM = { CallSid: 'CA1', From: '+15550100123', To: '+15550100999', Direction: 'inbound' };

const hooks = (authTokens: readonly string[] = [TOKEN], publicBaseUrl = BASE) =>
  createTwilioWebhooks({ authTokens, publicBaseUrl, log: silentLog });

interface Posted {
  target?: string;
  form?: CarrierRequest['form'];
  token?: string;
  signedUrl?: string;
  remoteAddress?: string;
}

/** A post as Twilio makes it: signed with `token` over `signedUrl`. */
function post({
  target = '/twilio/voice',
  form = FORM,
  token = TOKEN,
  ...rest
}: Posted = {}): CarrierRequest {
  const { signedUrl = BASE + target, remoteAddress = '203.0.113.7' } = rest;
  return {
    target,
    form,
    remoteAddress,
    signature: twilio.getExpectedTwilioSignature(token, signedUrl, form),
  };
}

const upgrade = (signedUrl: string, target = '/twilio/media'): CarrierRequest => ({
  target,
  form: {},
  remoteAddress: '203.0.113.7',
  signature: twilio.getExpectedTwilioSignature(TOKEN, signedUrl, {}),
});

const INVALID = expect.objectContaining({ code: 'CARRIER_SIGNATURE_INVALID', status: 403 }) as Error;

describe('the signature of a post', () => {
  test('is accepted as Twilio makes it', () => {
    hooks().verifyPost(post());
    hooks().verifyPost(post({ target: "/twilio/voice?name=o'neil&x=%20y", form: {} }));
    hooks([TOKEN], `${BASE}/`).verifyPost(post());
    hooks([TOKEN], `${BASE}/line`).verifyPost(post({ signedUrl: `${BASE}/line/twilio/voice` }));
    // Twilio leaves the port of https out of what it signs, and keeps that of http.
    hooks([TOKEN], `${BASE}:8443`).verifyPost(post());
    hooks([TOKEN], 'http://10.0.0.1:8080').verifyPost(
      post({ signedUrl: 'http://10.0.0.1:8080/twilio/voice' }),
    );
  });

  test('covers keys that come twice', () => {
    hooks().verifyPost(post({ form: { ...FORM, Extra: ['b', 'a', 'b'] } }));
    const { signature } = post({ form: { ...FORM, Extra: ['b', 'a'] } });
    expect(() =>
      hooks().verifyPost({ ...post({ form: { ...FORM, Extra: ['b', 'c'] } }), signature }),
    ).toThrow(INVALID);
  });

  test('does not cover the fragment, which is never sent', () => {
    hooks().verifyPost({ ...post(), target: '/twilio/voice#rc=2&rp=5xx' });
  });

  test('may be made with any of the tokens while they rotate', () => {
    hooks([TOKEN, NEXT_TOKEN]).verifyPost(post({ token: NEXT_TOKEN }));
    hooks([TOKEN, NEXT_TOKEN]).verifyPost(post());
    expect(() => hooks([TOKEN]).verifyPost(post({ token: NEXT_TOKEN }))).toThrow(INVALID);
  });

  test('is needed from this machine too', () => {
    expect(() =>
      hooks().verifyPost({ ...post({ remoteAddress: '127.0.0.1' }), signature: undefined }),
    ).toThrow(INVALID);
  });

  test.each<[string, (request: CarrierRequest) => CarrierRequest]>([
    ['no header', (request) => ({ ...request, signature: undefined })],
    ['an empty header', (request) => ({ ...request, signature: '' })],
    ['a cut header', (request) => ({ ...request, signature: request.signature?.slice(0, -1) })],
    ['a header in another case', (request) => ({ ...request, signature: request.signature?.toLowerCase() })],
    ['another path', (request) => ({ ...request, target: '/twilio/status' })],
    ['a slash at the end', (request) => ({ ...request, target: '/twilio/voice/' })],
    ['another query', (request) => ({ ...request, target: '/twilio/voice?x=1' })],
    ['a changed value', (request) => ({ ...request, form: { ...request.form, From: '+15550100124' } })],
    ['a field more', (request) => ({ ...request, form: { ...request.form, Extra: '' } })],
    ['a field less', (request) => ({ ...request, form: { CallSid: 'CA1' } })],
    ['no form', (request) => ({ ...request, form: {} })],
    ['a target that is no path', (request) => ({ ...request, target: '://[' })],
    ['a target that moves the host', (request) => ({ ...request, target: '@evil.example/twilio/voice' })],
    ['an empty target', (request) => ({ ...request, target: '' })],
  ])('is refused with %s', (_, tamper) => {
    expect(() => hooks().verifyPost(tamper(post()))).toThrow(INVALID);
  });

  test('is refused when anything in the form is changed, anywhere', () => {
    const forms = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1, maxKeys: 6 });
    fc.assert(
      fc.property(forms, fc.nat(), fc.string({ minLength: 1 }), (form, at, more) => {
        const signed = post({ form });
        hooks().verifyPost(signed);
        const key = Object.keys(form)[at % Object.keys(form).length]!;
        const changed = { ...form, [key]: `${form[key] ?? ''}${more}` };
        expect(() => hooks().verifyPost({ ...signed, form: changed })).toThrow(INVALID);
      }),
    );
  });

  test('the reason is told, and no secret', () => {
    const reasonOf = (request: CarrierRequest, tokens = [TOKEN]): string => {
      try {
        hooks(tokens).verifyPost(request);
        return 'accepted';
      } catch (thrown) {
        return thrown instanceof Error ? thrown.message : '';
      }
    };
    const forged = post({ token: 'c'.repeat(32), target: '/twilio/voice?caller=+15550100123' });
    expect(reasonOf({ ...forged, signature: undefined })).toContain('X-Twilio-Signature');
    expect(reasonOf(forged)).toContain('PUBLIC_BASE_URL (https://voice.example.com)');
    expect(reasonOf(forged, [])).toContain('203.0.113.7');
    expect(reasonOf(forged, [])).toContain('set TWILIO_AUTH_TOKEN');
    for (const reason of [reasonOf(forged), reasonOf(forged, [])]) {
      expect(reason).not.toContain(TOKEN);
      expect(reason).not.toContain('+1555');
      expect(reason).not.toContain(forged.signature);
    }
  });
});

describe('the signature of the media upgrade', () => {
  test.each([
    'wss://voice.example.com/twilio/media',
    'wss://voice.example.com/twilio/media/',
    'wss://voice.example.com:443/twilio/media',
    'wss://voice.example.com:443/twilio/media/',
  ])('is accepted for %s', (signedUrl) => {
    hooks().verifyUpgrade(upgrade(signedUrl));
  });

  test('is accepted for other bases', () => {
    hooks([TOKEN], 'http://127.0.0.1:8080').verifyUpgrade(upgrade('ws://127.0.0.1:8080/twilio/media'));
    hooks([TOKEN], 'https://[2001:db8::1]').verifyUpgrade(upgrade('wss://[2001:db8::1]:443/twilio/media'));
    hooks([TOKEN], 'https://x.example:8443').verifyUpgrade(upgrade('wss://x.example:8443/twilio/media'));
  });

  test.each([
    'https://voice.example.com/twilio/media',
    'ws://voice.example.com/twilio/media',
    'wss://evil.example/twilio/media',
    'wss://voice.example.com/twilio/media//',
    'wss://voice.example.com:444/twilio/media',
    'wss://voice.example.com/',
  ])('is refused for %s', (signedUrl) => {
    expect(() => hooks().verifyUpgrade(upgrade(signedUrl))).toThrow(INVALID);
  });

  test('is refused without a header and with a forged one', () => {
    const request = upgrade('wss://voice.example.com/twilio/media');
    expect(() => hooks().verifyUpgrade({ ...request, signature: undefined })).toThrow(INVALID);
    expect(() => hooks([NEXT_TOKEN]).verifyUpgrade(request)).toThrow(INVALID);
  });
});

describe('without an auth token', () => {
  const from = (remoteAddress: string): CarrierRequest => ({
    target: '/twilio/voice',
    form: FORM,
    signature: undefined,
    remoteAddress,
  });

  test.each(['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])(
    '%s is served',
    (address) => {
      hooks([]).verifyPost(from(address));
      hooks([]).verifyUpgrade(from(address));
    },
  );

  test.each([
    '203.0.113.7',
    '10.0.0.1',
    '128.0.0.1',
    '::ffff:10.0.0.1',
    '::2',
    'fe80::1',
    '',
    'localhost',
    '127.0.0.1.evil',
  ])('%s is not', (address) => {
    expect(() => hooks([]).verifyPost(from(address))).toThrow(INVALID);
    expect(() => hooks([]).verifyUpgrade(from(address))).toThrow(INVALID);
  });

  test('an empty token is none: it signs nothing', () => {
    const signed = {
      ...post(),
      signature: twilio.getExpectedTwilioSignature('', `${BASE}/twilio/voice`, FORM),
    };
    expect(() => hooks(['']).verifyPost(signed)).toThrow(INVALID);
    expect(() => hooks([TOKEN, '']).verifyPost(signed)).toThrow(INVALID);
    hooks(['']).verifyPost(from('127.0.0.1'));
  });

  test('a real socket on this machine is served', async () => {
    const addresses: string[] = [];
    const server = createServer((request, response) => {
      addresses.push(request.socket.remoteAddress ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    await fetch(`http://127.0.0.1:${address.port}/`);
    server.close();
    hooks([]).verifyPost(from(addresses[0]!));
  });

  test.each([
    ['https://abc.tunnel.example', 1],
    ['http://127.0.0.1:8080', 0],
    ['http://localhost:8080', 0],
    ['http://[::1]:8080', 0],
  ])('%s is warned about %i times', (publicBaseUrl, times) => {
    const { log, lines } = capturedLog();
    createTwilioWebhooks({ authTokens: [], publicBaseUrl, log });
    expect(lines).toHaveLength(times);
  });
});

describe('what a form says', () => {
  const call = { ...FORM, CallStatus: 'ringing' };

  test('a call', () => {
    expect(hooks().readCall({ ...call, StirVerstat: 'TN-Validation-Passed-A' })).toEqual({
      id: 'CA1',
      from: '+15550100123',
      to: '+15550100999',
      direction: 'inbound',
      status: 'ringing',
    });
  });

  test.each([
    ['inbound', 'inbound'],
    ['outbound-api', 'outbound'],
    ['outbound-dial', 'outbound'],
  ])('direction %s is %s', (Direction, direction) => {
    expect(hooks().readCall({ ...call, Direction }).direction).toBe(direction);
  });

  test.each([
    ['queued', 'queued'],
    ['initiated', 'queued'],
    ['ringing', 'ringing'],
    ['in-progress', 'in-progress'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['failed', 'failed'],
    ['no-answer', 'no-answer'],
    ['canceled', 'canceled'],
  ])('status %s is %s', (CallStatus, status) => {
    expect(hooks().readCall({ ...call, CallStatus }).status).toBe(status);
  });

  test('a caller who withholds the number is anonymous', () => {
    for (const From of ['', '+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])
      expect(hooks().readCall({ ...call, From }).from).toBe('anonymous');
    expect(hooks().readCall({ ...call, From: '+2666966871' }).from).toBe('+2666966871');
    expect(hooks().readCall({ ...call, From: ['client:ada', 'x'] }).from).toBe('client:ada');
  });

  test.each(['CallSid', 'From', 'To', 'Direction', 'CallStatus'])(
    'a call without %s is refused by name',
    (name) => {
      const rest = Object.fromEntries(Object.entries(call).filter(([key]) => key !== name));
      const told = expect.objectContaining({
        code: 'CARRIER_REQUEST_INVALID',
        message: expect.stringContaining(name) as string,
      }) as Error;
      expect(() => hooks().readCall(rest)).toThrow(told);
      expect(() => hooks().readCall({ ...rest, [name]: [] })).toThrow(told);
    },
  );

  test('a status that nobody knows is refused', () => {
    expect(() => hooks().readCall({ ...call, CallStatus: 'dreaming' })).toThrow(/CallStatus "dreaming"/);
    expect(() => hooks().readCall({ ...call, CallStatus: 'constructor' })).toThrow(/CallStatus/);
  });

  test('a stream status', () => {
    const form = { CallSid: 'CA1', StreamSid: 'MZ1', StreamEvent: 'stream-error', StreamError: '31920' };
    expect(hooks().readStreamStatus(form)).toEqual({
      callId: 'CA1',
      streamId: 'MZ1',
      event: 'error',
      error: '31920',
    });
    expect(
      hooks().readStreamStatus({ ...form, StreamEvent: 'stream-started', StreamError: '' }),
    ).toMatchObject({
      event: 'started',
      error: undefined,
    });
    expect(hooks().readStreamStatus({ ...form, StreamEvent: 'stream-stopped' }).event).toBe('stopped');
    expect(() => hooks().readStreamStatus({ ...form, StreamEvent: 'x' })).toThrow(/StreamEvent/);
    expect(() => hooks().readStreamStatus({ CallSid: 'CA1' })).toThrow(/StreamSid/);
  });

  test('an answer is XML for this base', () => {
    const { contentType, body } = hooks([TOKEN], `${BASE}//`).render({ do: 'stream', token: 't' });
    expect(contentType).toMatch(/^text\/xml/);
    expect(body).toContain(`action="${BASE}/twilio/after-stream"`);
  });
});

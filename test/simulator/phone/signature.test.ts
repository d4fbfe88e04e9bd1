import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, test } from 'vitest';
import { sign, signedUrl } from '../../../src/simulator/phone/signature.ts';

const TOKEN = '12345678901234567890123456789012';
const FORM = { To: '+12025550100', From: '+12025550143', CallSid: 'CA1', Digits: "1'2&3=ü" };

describe("twilio's own validateRequest accepts what the phone signs", () => {
  test.each([
    ['https without port', 'https://liveline.example/twilio/voice', 'https://liveline.example/twilio/voice'],
    ['https:443 seen without port', 'https://liveline.example:443/v', 'https://liveline.example/v'],
    ['https:8443', 'https://liveline.example:8443/v?a=1&b=2', 'https://liveline.example:8443/v?a=1&b=2'],
    ['http with port', 'http://127.0.0.1:8080/v', 'http://127.0.0.1:8080/v'],
    ['http without port', 'http://liveline.example/v', 'http://liveline.example/v'],
    ['https with user', 'https://user:secret@liveline.example/v', 'https://liveline.example/v'],
    ['a fragment of overrides', 'https://liveline.example/v#rc=2&rp=5xx', 'https://liveline.example/v'],
    ['https over IPv6', 'https://[::1]:8443/v', 'https://[::1]:8443/v'],
    ["a query with '", "https://liveline.example/v?q=o'hara", "https://liveline.example/v?q=o'hara"],
  ])('%s', (_, dialled, seenByServer) => {
    const signature = sign(TOKEN, dialled, FORM);
    expect(twilio.validateRequest(TOKEN, signature, seenByServer, FORM)).toBe(true);
    expect(twilio.validateRequest(TOKEN, signature, seenByServer, { ...FORM, To: '+1' })).toBe(false);
    expect(twilio.validateRequest(`${TOKEN}x`, signature, seenByServer, FORM)).toBe(false);
  });

  test('http with a port is not the same as without', () => {
    const signature = sign(TOKEN, 'http://127.0.0.1:8080/v', FORM);
    expect(twilio.validateRequest(TOKEN, signature, 'http://127.0.0.1/v', FORM)).toBe(false);
  });

  test.each([
    'wss://liveline.example/twilio/media',
    'ws://127.0.0.1:8080/twilio/media',
    'wss://x.example:8443/m',
  ])('the upgrade to %s', (url) => {
    expect(twilio.validateRequest(TOKEN, sign(TOKEN, url), url, {})).toBe(true);
    expect(twilio.validateRequest(TOKEN, sign(TOKEN, url), `${url}/`, {})).toBe(false);
  });

  test('repeated fields, each value once', () => {
    const form = { StatusCallbackEvent: ['ringing', 'answered', 'ringing'], A: 'x' };
    const signature = sign(TOKEN, 'https://liveline.example/v', form);
    expect(twilio.validateRequest(TOKEN, signature, 'https://liveline.example/v', form)).toBe(true);
  });

  test('any form', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 1 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (form) => {
        const url = 'https://liveline.example/v';
        return twilio.validateRequest(TOKEN, sign(TOKEN, url, form), url, form);
      }),
    );
  });
});

test('what is signed of a URL', () => {
  expect(signedUrl('https://u:p@h.example:443/a?b=1#c')).toBe('https://h.example/a?b=1');
  expect(signedUrl('http://u:p@h.example:80/a#c')).toBe('http://u:p@h.example:80/a');
  expect(signedUrl('https://h.example/at?user=a@b:1')).toBe('https://h.example/at?user=a@b:1');
});

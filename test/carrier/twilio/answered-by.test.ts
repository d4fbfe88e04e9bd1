import { describe, expect, test } from 'vitest';
import { readAnsweredBy } from '../../../src/carrier/twilio/answered-by.ts';
import { readCall } from '../../../src/carrier/twilio/questions.ts';
import { asked } from './asked.ts';

const CALL = 'CA00000000000000000000000000000001';
const status = (more: Record<string, string> = {}) => ({
  ...{ CallSid: CALL, From: '+12025550100', To: '+12025550143', Direction: 'outbound-api' },
  ...{ CallStatus: 'failed', ...more },
});

describe('who picked up', () => {
  test.each([
    ['human', 'human', undefined],
    ['fax', 'fax', undefined],
    ['unknown', 'unknown', undefined],
    ['machine_start', 'machine', undefined],
    ['machine_end_beep', 'machine', 'beep'],
    ['machine_end_silence', 'machine', 'silence'],
    ['machine_end_other', 'machine', 'other'],
    ['a_word_that_is_new', 'unknown', undefined],
  ])('%s', (AnsweredBy, by, messageEnded) => {
    expect(readAnsweredBy(asked('/twilio/amd?attempt=a+1', { CallSid: CALL, AnsweredBy }))).toEqual({
      ...{ attempt: 'a 1', callId: CALL, by, messageEnded },
    });
  });

  test.each([
    ['/twilio/amd', { CallSid: CALL, AnsweredBy: 'human' }, /attempt/],
    ['/twilio/amd?attempt=', { CallSid: CALL, AnsweredBy: 'human' }, /attempt/],
    ['/twilio/amd?attempt=%00', { CallSid: CALL, AnsweredBy: 'human' }, /attempt/],
    ['/twilio/amd?attempt=a', { AnsweredBy: 'human' }, /CallSid/],
    ['/twilio/amd?attempt=a', { CallSid: CALL }, /AnsweredBy/],
  ])('%s %o names what is missing', (target, form, told) => {
    expect(() => readAnsweredBy(asked(target, form, {}))).toThrow(
      expect.objectContaining({
        code: 'CARRIER_REQUEST_INVALID',
        message: expect.stringMatching(told) as string,
      }),
    );
  });
});

describe('the attempt of a call', () => {
  test.each([
    ['/twilio/status?attempt=a%261', 'a&1'],
    ['/twilio/voice?x=1&attempt=b#rc=5', 'b'],
    ['/twilio/status?attempt=', undefined],
    ['/twilio/status', undefined],
  ])('%s', (target, attempt) => {
    expect(readCall(status(), target).attempt).toBe(attempt);
  });

  test.each(['a%0ab', 'a%00', 'x'.repeat(101)])('%j is none of ours', (attempt) => {
    expect(() => readCall(status(), `/twilio/voice?attempt=${attempt}`)).toThrow(
      expect.objectContaining({ code: 'CARRIER_REQUEST_INVALID' }),
    );
  });

  test('is not told where the request is not', () => {
    expect(readCall(status()).attempt).toBeUndefined();
  });
});

test.each([
  ['603', 603],
  ['200', 200],
  ['', undefined],
  ['nothing', undefined],
  ['6030', undefined],
])('SipResponseCode %j: %s', (SipResponseCode, sipCode) => {
  expect(readCall(status({ SipResponseCode })).sipCode).toBe(sipCode);
});

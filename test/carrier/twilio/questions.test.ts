import { describe, expect, test } from 'vitest';
import type { CarrierRequest, Outcome } from '../../../src/carrier/webhooks.ts';
import { asked, hooks } from './asked.ts';

const invalid = (named: string): Error =>
  expect.objectContaining({
    code: 'CARRIER_REQUEST_INVALID',
    status: 400,
    message: expect.stringContaining(named) as string,
  }) as Error;

describe('what is next for a caller', () => {
  const outcome = (form: CarrierRequest['form'], query = ''): Outcome =>
    hooks.readQuestion(asked(`/twilio/after-stream?step=3${query}`, form)).outcome;

  test('is asked with the call and the step', () => {
    expect(hooks.readQuestion(asked('/twilio/after-stream?step=12'))).toEqual({
      call: {
        id: 'CA1',
        from: '+15550100123',
        to: '+15550100999',
        direction: 'inbound',
        status: 'in-progress',
      },
      step: 12,
      outcome: { of: 'stream' },
    });
  });

  test.each([
    ['', undefined],
    ['?', undefined],
    ['?step=', undefined],
    ['?step=x', undefined],
    ['?step=-1', undefined],
    ['?step=1.5', undefined],
    ['?step=1e3', undefined],
    ['?step=%20 1', undefined],
    ['?step=9999999999999999999', undefined],
    ['?step=%E0%A4%A', undefined],
    ['?Step=1', undefined],
    ['?step=0', 0],
    ['?step=1&step=2', 1],
    ['?x=1&step=007', 7],
    ['?step=4#rc=2&step=5', 4],
  ])('a step as in %j is %s', (query, step) => {
    expect(hooks.readQuestion(asked(`/twilio/after-stream${query}`)).step).toBe(step);
  });

  test.each([
    ['completed', 'answered'],
    ['answered', 'answered'],
    ['busy', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['a-new-word', 'failed'],
    ['', 'failed'],
    ['__proto__', 'failed'],
  ])('after a dial: %s', (DialCallStatus, result) => {
    expect(outcome({ DialCallStatus, DialCallDuration: '42', Digits: '1' })).toEqual({
      of: 'dial',
      result,
      talkedS: 42,
    });
  });

  test.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    [' 7 ', 7],
    ['-1', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['some', 0],
  ])('no caller is lost over a duration of %j', (DialCallDuration, talkedS) => {
    const duration = DialCallDuration === undefined ? {} : { DialCallDuration };
    expect(outcome({ DialCallStatus: 'completed', ...duration })).toMatchObject({ talkedS });
  });

  test.each([
    ['bridged', 'bridged'],
    ['leave', 'left'],
    ['hangup', 'hung-up'],
    ['redirected', 'redirected'],
    ['redirected-from-bridged', 'redirected'],
    ['queue-full', 'full'],
    ['error', 'failed'],
    ['system-error', 'failed'],
    ['bridging-in-process', 'failed'],
    ['a-new-word', 'failed'],
  ])('after a queue: %s', (QueueResult, result) => {
    expect(outcome({ QueueResult, QueueTime: '61', QueueSid: 'QU1' })).toEqual({
      of: 'queue',
      result,
      waitedS: 61,
    });
  });

  test('after a queue that never took the caller there is no time', () => {
    expect(outcome({ QueueResult: 'queue-full' })).toEqual({ of: 'queue', result: 'full', waitedS: 0 });
  });

  test('after a recording, whatever key ended it', () => {
    expect(outcome({ RecordingSid: 'RE1', RecordingDuration: '9', Digits: 'hangup' })).toEqual({
      of: 'recording',
      id: 'RE1',
      seconds: 9,
    });
    expect(outcome({ RecordingSid: 'RE1' })).toEqual({ of: 'recording', id: 'RE1', seconds: 0 });
  });

  test('after a recording of nothing', () => {
    expect(outcome({}, '&recorded=no')).toEqual({ of: 'recording', id: undefined, seconds: 0 });
    expect(outcome({ RecordingSid: '' }, '&recorded=no')).toEqual({
      of: 'recording',
      id: undefined,
      seconds: 0,
    });
    expect(outcome({ RecordingSid: '' })).toEqual({ of: 'stream' });
  });

  test.each<[CarrierRequest['form'], string]>([
    [{ Digits: '5' }, '5'],
    [{ Digits: '*' }, '*'],
    [{ Digits: ['1', '2'] }, '1'],
    [{ Digits: '' }, ''],
    [{}, ''],
  ])('after a key was asked for: %j', (form, digits) => {
    expect(outcome(form, '&asked=1')).toEqual({ of: 'keys', digits });
  });

  test('keys count without being asked for', () => {
    expect(outcome({ Digits: '3' })).toEqual({ of: 'keys', digits: '3' });
  });

  test.each<[CarrierRequest['form'], 'taken' | 'refused']>([
    [{ ReferCallStatus: 'in-progress', ReferSipResponseCode: '202', NotifySipResponseCode: '200' }, 'taken'],
    [{ ReferCallStatus: 'completed', ReferSipResponseCode: '202' }, 'taken'],
    // An endpoint need not tell how the call that it made went.
    [{ ReferSipResponseCode: '202' }, 'taken'],
    [{ ReferCallStatus: 'busy', ReferSipResponseCode: '202', NotifySipResponseCode: '486' }, 'refused'],
    [{ ReferCallStatus: 'failed', ReferSipResponseCode: '405' }, 'refused'],
    [{ ReferSipResponseCode: '405' }, 'refused'],
    [{ ReferCallStatus: 'canceled', ReferSipResponseCode: '202' }, 'refused'],
    [{ ReferCallStatus: 'a-new-word', ReferSipResponseCode: '202' }, 'refused'],
  ])('after a REFER: %j', (form, result) => {
    expect(outcome(form)).toEqual({ of: 'refer', result });
  });

  test.each(['CallSid', 'Direction', 'CallStatus'])('is not asked without %s', (name) => {
    expect(() => hooks.readQuestion(asked('/twilio/after-stream', { [name]: '' }))).toThrow(invalid(name));
    expect(() => hooks.readQuestion(asked('/twilio/after-stream', { [name]: [] }))).toThrow(invalid(name));
  });
});

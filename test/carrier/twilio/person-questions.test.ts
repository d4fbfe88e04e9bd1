import { describe, expect, test } from 'vitest';
import type { CarrierRequest } from '../../../src/carrier/webhooks.ts';
import { asked, CALL, hooks } from './asked.ts';

const invalid = (named: string): Error =>
  expect.objectContaining({
    code: 'CARRIER_REQUEST_INVALID',
    status: 400,
    message: expect.stringContaining(named) as string,
  }) as Error;

describe('what is next for a person', () => {
  const FOR = 'for=transfer%3ACA7%3A2';
  const person = { ...CALL, CallSid: 'CA9', Direction: 'outbound-api' };

  test.each<[string, CarrierRequest['form'], object]>([
    ['', {}, { of: 'answered' }],
    // Nothing was asked for yet.
    ['', { Digits: '1' }, { of: 'answered' }],
    ['&asked=1', { Digits: '1' }, { of: 'keys', digits: '1' }],
    ['&asked=1', {}, { of: 'keys', digits: '' }],
    ['&over=1', { DialCallStatus: 'completed' }, { of: 'over' }],
  ])('%j with %j', (query, form, outcome) => {
    const question = hooks.readPersonQuestion(asked(`/twilio/person?${FOR}${query}`, form, person));
    expect(question).toEqual({
      call: expect.objectContaining({ id: 'CA9', direction: 'outbound' }) as unknown,
      errand: { is: 'transfer', of: 'CA7', attempt: 2 },
      outcome,
    });
  });

  test.each([
    '',
    '?',
    '?for=',
    '?for=transfer',
    '?for=transfer:CA7',
    '?for=transfer::1',
    '?for=transfer:CA7:',
    '?for=transfer:CA7:x',
    '?for=transfer:CA7:-1',
    '?for=murder:CA7:1',
    '?for=transfer:CA7:99999999999999999999',
    '?For=transfer:CA7:1',
  ])('an errand as in %j is none of ours', (query) => {
    expect(() => hooks.readPersonQuestion(asked(`/twilio/person${query}`))).toThrow(invalid('for'));
    expect(() => hooks.readPersonStatus(asked(`/twilio/person-status${query}`))).toThrow(invalid('for'));
  });

  test.each([
    ['initiated', 'queued'],
    ['queued', 'queued'],
    ['ringing', 'ringing'],
    ['in-progress', 'in-progress'],
    ['completed', 'completed'],
    ['busy', 'busy'],
    ['failed', 'failed'],
    ['no-answer', 'no-answer'],
    ['canceled', 'canceled'],
  ])('their leg tells that it is %s', (CallStatus, status) => {
    const form = { CallSid: 'CA9', CallStatus, ParentCallSid: 'CA7' };
    expect(hooks.readPersonStatus(asked(`/twilio/person-status?${FOR}`, form, {}))).toEqual({
      id: 'CA9',
      errand: { is: 'transfer', of: 'CA7', attempt: 2 },
      status,
    });
  });

  test.each<[string, object]>([
    ['CallSid', { CallStatus: 'busy' }],
    ['CallStatus', { CallSid: 'CA9' }],
    ['CallStatus "flying"', { CallSid: 'CA9', CallStatus: 'flying' }],
  ])('their leg tells nothing without %s', (named, form) => {
    expect(() => hooks.readPersonStatus(asked(`/twilio/person-status?${FOR}`, {}, form))).toThrow(
      invalid(named),
    );
  });
});

describe('who waits', () => {
  const URL = '/twilio/wait?call=CA1&step=4';
  const QUEUED = { QueuePosition: '2', QueueTime: '30', AvgQueueTime: '95', QueueSid: 'QU1' };

  test('in a conference, whose form need not name the call', () => {
    expect(hooks.readWaiting(asked(URL, { ConferenceSid: 'CF1' }, {}))).toEqual({
      callId: 'CA1',
      step: 4,
      queue: undefined,
      digits: '',
    });
  });

  test('in a queue', () => {
    expect(hooks.readWaiting(asked(URL, { ...QUEUED, Digits: '1' }))).toEqual({
      callId: 'CA1',
      step: 4,
      queue: { position: 2, waitedS: 30, averageS: 95 },
      digits: '1',
    });
    expect(hooks.readWaiting(asked(URL, { QueuePosition: ['0', '9'] }))).toMatchObject({
      queue: { position: 1, waitedS: 0, averageS: 0 },
    });
  });

  test('a key that comes without the place in the queue counts', () => {
    expect(hooks.readWaiting(asked(URL, { Digits: '1' }))).toMatchObject({ queue: undefined, digits: '1' });
  });

  test.each<[string, string, CarrierRequest['form']]>([
    ['call', '/twilio/wait?step=4', {}],
    ['call', '/twilio/wait?call=&step=4', {}],
    ['step', '/twilio/wait?call=CA1', {}],
    ['step', '/twilio/wait?call=CA1&step=x', {}],
    ['QueuePosition "first"', URL, { QueuePosition: 'first' }],
    ['QueuePosition "-1"', URL, { QueuePosition: '-1' }],
  ])('is not read without %s', (named, target, form) => {
    expect(() => hooks.readWaiting(asked(target, form))).toThrow(invalid(named));
  });
});

describe('a recording', () => {
  const READY = {
    CallSid: 'CA1',
    RecordingSid: 'RE1',
    RecordingStatus: 'completed',
    RecordingDuration: '12',
  };

  test('is ready, or never will be', () => {
    expect(hooks.readRecording(READY)).toEqual({ callId: 'CA1', id: 'RE1', seconds: 12, is: 'ready' });
    for (const RecordingStatus of ['absent', 'failed'])
      expect(hooks.readRecording({ ...READY, RecordingStatus, RecordingDuration: '-1' })).toEqual({
        callId: 'CA1',
        id: 'RE1',
        seconds: 0,
        is: 'absent',
      });
  });

  test.each(['CallSid', 'RecordingSid', 'RecordingStatus'])('is not told of without %s', (name) => {
    expect(() => hooks.readRecording({ ...READY, [name]: '' })).toThrow(invalid(name));
  });

  test('is not told of in words that are not known', () => {
    expect(() => hooks.readRecording({ ...READY, RecordingStatus: 'x'.repeat(99) })).toThrow(
      invalid(`RecordingStatus "${'x'.repeat(40)}"`),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { TextRefused } from '../../../src/carrier/text-refused.ts';
import { failureResponse } from '../../../src/tools/run/failure.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';

describe('what the model is told of a failure', () => {
  test.each([
    [new LivelineError('TOOL_UNKNOWN', 'inner words'), false, /cannot be done on this call/],
    [new LivelineError('TOOL_TIMED_OUT', 'inner words'), true, /took too long/],
    [new LivelineError('CRM_UNAVAILABLE', 'inner words'), true, /cannot be reached right now/],
    [new LivelineError('CARRIER_REFUSED', 'inner words'), false, /did not take this.*nothing was sent/],
    [new LivelineError('CARRIER_UNREACHABLE', 'inner words'), true, /cannot be reached.*nothing was sent/],
    [new LivelineError('CRM_IN_DOUBT', 'inner words'), false, /may or may not.*Do not do it again.*a person/],
    [
      new LivelineError('TOOL_IN_DOUBT', 'inner words'),
      false,
      /may or may not.*Do not do it again.*a person/,
    ],
    [new LivelineError('CRM_CONFLICT', 'inner words'), false, /taken.*another time/],
    [new LivelineError('CRM_REFUSED', 'inner words'), false, /did not take this/],
    [new LivelineError('CRM_UNKNOWN', 'inner words'), false, /not in the customer records any more/],
    [new LivelineError('CRM_UNSUPPORTED', 'inner words'), false, /nothing of this kind/],
    [new LivelineError('TOOL_UNAVAILABLE', 'inner words'), true, /cannot be reached.*nothing was done/],
    [new LivelineError('TOOL_REFUSED', 'inner words'), false, /refused.*nothing was done/],
    [new LivelineError('TOOL_RESULT_TOO_LARGE', 'inner words'), false, /something narrower/],
    [new LivelineError('TOO_MANY_TOOLS', 'inner words'), true, /at once.*Wait/],
    [new LivelineError('ADDRESS_REFUSED', 'inner words'), false, /refused/],
    [new LivelineError('DATABASE_UNAVAILABLE', 'inner words'), true, /does not work right now/],
    [new TextRefused('no-texts', 'inner words'), false, /landline/],
    [new TextRefused('opted-out', 'inner words'), false, /text START/],
    [new TextRefused('country', 'inner words'), false, /this country/],
    [new TextRefused('line', 'inner words'), false, /This line cannot send texts/],
    [new TextRefused('too-many', 'inner words'), false, /No more texts/],
    [new TypeError('inner words'), false, /does not work right now/],
    ['inner words', false, /does not work right now/],
    [undefined, false, /does not work right now/],
  ])('%s', (thrown, retryable, words) => {
    const response = failureResponse(thrown);
    expect(response).toEqual({ status: 'error', retryable, message: expect.stringMatching(words) as string });
    expect(response.message).not.toContain('inner words');
  });

  test('bad arguments: the words for the model, and it may mend them', () => {
    expect(failureResponse(new LivelineError('TOOL_ARGUMENTS_INVALID', 'seats: expected a number.'))).toEqual(
      {
        status: 'error',
        retryable: true,
        message: 'seats: expected a number.',
      },
    );
  });

  test('a refusal: its words, and its facts beside them, which never stand in for the answer', () => {
    const refusal = new ToolRefusal('Ask which.', {
      appointments: ['nine'],
      status: 'ok',
      message: 'booked',
    });
    expect(failureResponse(refusal)).toEqual({
      status: 'error',
      retryable: true,
      message: 'Ask which.',
      appointments: ['nine'],
    });
  });
});

import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { failureResponse } from '../../src/tools/failure.ts';

describe('what the model is told of a failure', () => {
  test.each([
    [new LivelineError('TOOL_UNKNOWN', 'inner words'), false, /cannot be done on this call/],
    [new LivelineError('TOOL_TIMED_OUT', 'inner words'), true, /took too long/],
    [new LivelineError('CRM_UNAVAILABLE', 'inner words'), true, /cannot be reached right now/],
    [new LivelineError('CARRIER_REFUSED', 'inner words'), false, /does not work right now/],
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
});

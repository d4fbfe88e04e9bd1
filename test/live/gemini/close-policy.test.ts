// What each way of ending becomes: what to try next, the error's code, and words for the reader.
import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { errorOf, verdictOn, type Ending, type Verdict } from '../../../src/live/gemini/close-policy.ts';

const closed = (code: number, reason = ''): Ending => ({ is: 'closed', code, reason });
const refused = (status: number): Ending => ({ is: 'refused', status, words: 'Words' });
const cause = new Error('ECONNREFUSED');

test.each<[Ending, string, boolean, RegExp]>([
  [closed(1000), 'LIVE_CLOSED', true, /close 1000, no reason given/],
  [closed(1005), 'LIVE_CLOSED', true, /1005/],
  [closed(1006), 'LIVE_CLOSED', true, /1006/],
  [closed(1007, 'Unknown name "x"'), 'LIVE_REFUSED', false, /close 1007, Unknown name "x".*profile/],
  [
    closed(1008, 'models/x is not found'),
    'LIVE_REFUSED',
    false,
    /1008, models\/x is not found.*GEMINI_MODEL/,
  ],
  [closed(1011, 'Internal error'), 'LIVE_CLOSED', true, /1011, Internal error/],
  [closed(4000, 'new'), 'LIVE_CLOSED', true, /4000, new/],
  [refused(400), 'LIVE_REFUSED', false, /HTTP 400 Words/],
  [refused(401), 'LIVE_REFUSED', false, /HTTP 401 Words\); check the key or the token/],
  [refused(403), 'LIVE_REFUSED', false, /HTTP 403 Words\); check the key or the token/],
  [refused(404), 'LIVE_REFUSED', false, /HTTP 404 Words.*GEMINI_BASE_URL/],
  [refused(429), 'LIVE_REFUSED', false, /HTTP 429 Words.*quota/],
  [refused(500), 'LIVE_UNREACHABLE', true, /HTTP 500/],
  [refused(503), 'LIVE_UNREACHABLE', true, /HTTP 503/],
  [{ is: 'unreachable', cause }, 'LIVE_UNREACHABLE', true, /ECONNREFUSED.*GEMINI_BASE_URL/],
  [{ is: 'broken', cause }, 'LIVE_CLOSED', true, /broke \(ECONNREFUSED\)/],
  [
    { is: 'timed-out', waitedFor: 'setupComplete', afterMs: 10_000 },
    'LIVE_CONNECT_TIMEOUT',
    true,
    /10000 ms \(waited for setupComplete\)/,
  ],
  [{ is: 'dead', afterMs: 90_000 }, 'LIVE_CLOSED', true, /90000 ms, not even a pong/],
  [{ is: 'unauthorised', cause }, 'LIVE_REFUSED', false, /no token \(ECONNREFUSED\).*check the key/],
])('%j is %s', (ending, code, retryable, words) => {
  const error = errorOf(ending);
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toMatch(words);
  if ('cause' in ending) expect(error.cause).toBe(ending.cause);
});

test.each([1007, 1008])('%i is a fault of the settings at the start alone', (code) => {
  const ending = closed(code, 'the reason');
  expect(errorOf(ending, 'starting').message).toMatch(/the reason\); .*check /);
  expect(errorOf(ending, 'resuming')).toMatchObject({
    code: 'LIVE_REFUSED',
    message: `the Live API does not take up the conversation (close ${code}, the reason); it no longer knows the handle`,
  });
  expect(errorOf(ending, 'talking')).toMatchObject({
    code: 'LIVE_CLOSED',
    message: `the Live API ended the connection (close ${code}, the reason)`,
  });
});

test('a refusal of a token that says itself what is wrong is handed on as it is', () => {
  const refusal = new LivelineError('LIVE_REFUSED', 'run gcloud auth application-default login');
  expect(errorOf({ is: 'unauthorised', cause: refusal })).toBe(refusal);
});

const timedOut = (waitedFor: 'the upgrade' | 'setupComplete'): Ending => ({
  is: 'timed-out',
  waitedFor,
  afterMs: 5_000,
});

/** The close codes as users report them, and everything else that ends a connection. */
test.each<[Ending, Verdict, Verdict, Verdict]>([
  // Ending, while resuming, while starting, while talking.
  [closed(1000), 'again', 'again', 'again'],
  [closed(1001), 'again', 'again', 'again'],
  [closed(1005), 'again', 'again', 'again'],
  [closed(1006), 'again', 'again', 'again'],
  [closed(1007, 'Request contains an invalid argument'), 'anew', 'elsewhere', 'anew'],
  [closed(1007, 'API key not valid'), 'anew', 'elsewhere', 'anew'],
  [closed(1008, 'models/x is not found'), 'anew', 'elsewhere', 'again'],
  [closed(1008, 'Operation is not implemented'), 'anew', 'elsewhere', 'again'],
  [closed(1011, 'Internal error'), 'again', 'again', 'again'],
  [closed(1011, 'Deadline expired'), 'again', 'again', 'again'],
  [closed(1011, 'You exceeded your current quota'), 'again', 'again', 'again'],
  [closed(1012), 'again', 'again', 'again'],
  [closed(4000), 'again', 'again', 'again'],
  [refused(400), 'elsewhere', 'elsewhere', 'elsewhere'],
  [refused(401), 'elsewhere', 'elsewhere', 'elsewhere'],
  [refused(403), 'elsewhere', 'elsewhere', 'elsewhere'],
  [refused(429), 'again', 'again', 'again'],
  [refused(500), 'again', 'again', 'again'],
  [refused(503), 'again', 'again', 'again'],
  [{ is: 'unauthorised', cause }, 'elsewhere', 'elsewhere', 'elsewhere'],
  [{ is: 'unreachable', cause }, 'again', 'again', 'again'],
  [{ is: 'broken', cause }, 'again', 'again', 'again'],
  [{ is: 'dead', afterMs: 90_000 }, 'again', 'again', 'again'],
  [timedOut('the upgrade'), 'again', 'again', 'again'],
  [timedOut('setupComplete'), 'anew', 'again', 'again'],
])('%j, while resuming: %s, starting: %s, talking: %s', (ending, resuming, starting, talking) => {
  expect(verdictOn(ending, 'resuming')).toBe(resuming);
  expect(verdictOn(ending, 'starting')).toBe(starting);
  expect(verdictOn(ending, 'talking')).toBe(talking);
});

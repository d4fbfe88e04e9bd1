// What each way of ending becomes: code, whether to try again, and words for the reader.
import { expect, test } from 'vitest';
import { errorOf, type Ending } from '../../../src/live/gemini/close-policy.ts';

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
  [refused(401), 'LIVE_REFUSED', false, /HTTP 401 Words.*GEMINI_API_KEY/],
  [refused(403), 'LIVE_REFUSED', false, /HTTP 403 Words.*GEMINI_API_KEY/],
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
])('%j is %s', (ending, code, retryable, words) => {
  const error = errorOf(ending);
  expect(error).toMatchObject({ code, retryable });
  expect(error.message).toMatch(words);
  if ('cause' in ending) expect(error.cause).toBe(ending.cause);
});

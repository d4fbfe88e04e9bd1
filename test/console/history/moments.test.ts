import { afterEach, expect, test } from 'vitest';
import { isoOf, localOf } from '../../../src/console/web/history/moments.ts';

const zone = process.env['TZ'];
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

test.each(['UTC', 'Europe/Berlin', 'America/New_York'])(
  'a moment goes to the address and back: %s',
  (here) => {
    process.env['TZ'] = here;
    for (const typed of ['2026-11-23T22:05', '2026-07-01T00:00', '1971-01-01T12:30'])
      expect(localOf(isoOf(typed)!)).toBe(typed);
  },
);

test('a year that is typed digit by digit is no moment before its last one, and not after it', () => {
  for (const typed of ['0002-11-23T10:00', '0020-11-23T10:00', '0202-11-23T10:00', '20260-11-23T10:00'])
    expect(isoOf(typed)).toBeUndefined();
  expect(isoOf('')).toBe('');
  expect(localOf('no moment')).toBe('');
});

import { expect, test } from 'vitest';
import { spokenTime } from '../../../src/tools/built-in/spoken-time.ts';

const MOMENT = Date.parse('2026-11-26T14:30:00Z');

test.each([
  ['en-US', 'America/New_York', 'Thursday, November 26 at 9:30 AM'],
  ['en-GB', 'Europe/London', 'Thursday 26 November at 14:30'],
  ['de-DE', 'Europe/Berlin', 'Donnerstag, 26. November um 15:30'],
  ['en-US', 'Pacific/Auckland', 'Friday, November 27 at 3:30 AM'],
])('in %s, %s: %s', (language, timeZone, words) => {
  expect(spokenTime(MOMENT, { language, timeZone })).toBe(words);
});

// ICU has had narrow and non-breaking spaces here, which voices and models do not expect.
test('no space but the plain one', () => {
  for (const language of ['en-US', 'fr-FR', 'es-ES', 'nl-NL'])
    expect(spokenTime(MOMENT, { language, timeZone: 'UTC' })).not.toMatch(/[^\S ]/u);
});

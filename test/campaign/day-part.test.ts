// Parts of the day, by the clock of who is called.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayPartOf, inOtherPart, nextDay, zoneOr, type DayPart } from '../../src/campaign/day-part.ts';

const at = (text: string): number => Date.parse(text);
const NEW_YORK = 'America/New_York';

test.each<[string, DayPart]>([
  ['2026-06-01T12:59:59Z', 'morning'],
  ['2026-06-01T15:59:59Z', 'morning'],
  ['2026-06-01T16:00:00Z', 'afternoon'],
  ['2026-06-01T21:00:00Z', 'evening'],
  ['2026-06-02T01:30:00Z', 'evening'],
])('%s in New York is the %s', (moment, part) => {
  expect(dayPartOf(NEW_YORK, at(moment))).toBe(part);
});

test.each<[string, DayPart[], string]>([
  // 10:00: the morning was tried, so noon.
  ['2026-06-01T14:00:00Z', ['morning'], '2026-06-01T16:00:00Z'],
  // 13:00, and it is another part already.
  ['2026-06-01T17:00:00Z', ['morning'], '2026-06-01T17:00:00Z'],
  // Noon is no morning any more.
  ['2026-06-01T16:00:00Z', ['afternoon', 'evening'], '2026-06-02T13:00:00Z'],
  // 20:30 is too late for an evening.
  ['2026-06-02T00:30:00Z', ['morning', 'afternoon'], '2026-06-02T21:00:00Z'],
  ['2026-06-02T00:30:00Z', ['afternoon'], '2026-06-02T13:00:00Z'],
  // All were tried: not the last again.
  ['2026-06-01T14:00:00Z', ['evening', 'afternoon', 'morning'], '2026-06-01T16:00:00Z'],
  // Clocks are set forward at 2:00 on the next day.
  ['2026-03-08T00:30:00Z', ['evening', 'afternoon'], '2026-03-08T13:00:00Z'],
])('from %s, %j tried: %s', (earliest, tried, expected) => {
  expect(new Date(inOtherPart(NEW_YORK, at(earliest), tried)).toISOString()).toBe(
    expected.replace('Z', '.000Z'),
  );
});

test('the day after begins at midnight there', () => {
  expect(nextDay(NEW_YORK, at('2026-06-02T01:00:00Z'))).toBe(at('2026-06-02T04:00:00Z'));
});

test('what is no zone is UTC', () => {
  expect(['Mars/Olympus', '', 'Europe/Berlin'].map(zoneOr)).toEqual(['UTC', 'UTC', 'Europe/Berlin']);
});

test('in every zone, whatever was tried: soon, not before, and in a part that may still be tried', () => {
  const parts = fc.array(fc.constantFrom<DayPart>('morning', 'afternoon', 'evening'), { maxLength: 5 });
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const moments = fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') });
  fc.assert(
    fc.property(zones, moments, parts, (zone, earliestMs, tried) => {
      const ms = inOtherPart(zone, earliestMs, tried);
      expect(ms).toBeGreaterThanOrEqual(earliestMs);
      expect(ms).toBeLessThan(earliestMs + 30 * 3_600_000);
      const part = dayPartOf(zone, ms);
      if (new Set(tried).size < 3) expect(tried).not.toContain(part);
      else expect(part).not.toBe(tried.at(-1));
    }),
    { numRuns: 300 },
  );
});

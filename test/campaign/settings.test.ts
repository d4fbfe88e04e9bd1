// The settings of a campaign: what they become, and what is said of those that may not be.
import fc from 'fast-check';
import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import { isOpenAt } from '../../src/agents/hours.ts';
import { campaignSettings } from '../../src/campaign/settings.ts';
import { readSettings } from '../../src/campaign/settings-faults.ts';

const LEAST = { profile: 'reminder', caller_ids: ['+15550100100'], consent: { kind: 'written' } };

const faultsIn = (written: unknown) => {
  const read = readSettings(written);
  return 'faults' in read ? read.faults : [];
};
const settingsOf = (written: unknown) => campaignSettings.parse(written);

test('with the least that must be written, the rest is careful', () => {
  expect(settingsOf(LEAST)).toEqual({
    profile: 'reminder',
    purpose: 'marketing',
    callerIds: [{ number: '+15550100100', callsPerDay: 100 }],
    country: undefined,
    timeZone: undefined,
    windows: undefined,
    consent: { kind: 'written' },
    suppressionLists: [],
    caps: { perDay: 2, perWeek: 5, total: undefined, minGapHours: 4 },
    pace: { callsPerSecond: 1, concurrency: 10, rampMinutes: 10, ringS: 25 },
    breakers: {
      over: 50,
      atLeast: 20,
      answerRateBelow: 0.05,
      failureAbove: 0.3,
      blockedAbove: 0.05,
      abandonedAbove: 0.03,
    },
    retries: {
      busy: { afterMinutes: 10, most: 3, otherDayPart: false },
      noAnswer: { afterMinutes: 240, most: 4, otherDayPart: true },
      machine: { afterMinutes: 960, most: 2, otherDayPart: true },
    },
    maxAttempts: 4,
    machines: undefined,
    startsAtMs: undefined,
    endsAtMs: undefined,
  });
});

test('all of it written out', () => {
  const settings = settingsOf({
    ...LEAST,
    purpose: 'informational',
    caller_ids: ['+1 (555) 010-0100', { number: '+15550100101', calls_per_day: 7 }],
    country: 'US',
    time_zone: 'America/New_York',
    windows: { weekdays: '10:00-12:00' },
    consent: { kind: 'express', seller: 'Harbour Dental' },
    suppression_lists: [{ name: 'national', not_older_than_days: 10 }, { name: 'state' }],
    starts_at: '2026-12-01T09:00:00-05:00',
    ends_at: '2026-12-02T09:00:00Z',
  });
  expect(settings.callerIds).toEqual([
    { number: '+15550100100', callsPerDay: 100 },
    { number: '+15550100101', callsPerDay: 7 },
  ]);
  expect(settings.suppressionLists).toEqual([
    { name: 'national', notOlderThanDays: 10 },
    { name: 'state', notOlderThanDays: 31 },
  ]);
  expect([settings.startsAtMs, settings.endsAtMs]).toEqual([
    Date.UTC(2026, 11, 1, 14),
    Date.UTC(2026, 11, 2, 9),
  ]);
});

test.each([
  ['profile', { ...LEAST, profile: undefined }, 'expected text, but it is missing'],
  ['consent', { ...LEAST, consent: undefined }, 'expected which consent is needed'],
  ['consent.kind', { ...LEAST, consent: { kind: 'sure' } }, 'expected which consent is needed'],
  ['consent.reason', { ...LEAST, consent: { kind: 'none-needed' } }, 'expected the reason why'],
  [
    'consent.reason',
    { ...LEAST, consent: { kind: 'none-needed', reason: 'b2b' } },
    'expected the reason why',
  ],
  ['caller_ids', { ...LEAST, caller_ids: undefined }, 'expected a list of phone numbers of yours'],
  ['caller_ids', { ...LEAST, caller_ids: [] }, 'expected at least one phone number of yours'],
  ['caller_ids', { ...LEAST, caller_ids: ['+15550100100', '+1 555 010 0100'] }, 'expected every number once'],
  ['caller_ids[0]', { ...LEAST, caller_ids: ['anonymous'] }, 'expected a phone number'],
  ['pace.ring_s', { ...LEAST, pace: { ring_s: 14 } }, 'whole number of seconds from 15 to 600'],
  ['pace.calls_per_second', { ...LEAST, pace: { calls_per_second: 0 } }, 'expected calls per second'],
  ['breakers.abandoned_above', { ...LEAST, breakers: { abandoned_above: 0.031 } }, 'no more than 3 %'],
  ['breakers.at_least', { ...LEAST, breakers: { over: 10, at_least: 11 } }, 'expected no more attempts'],
  ['windows', { ...LEAST, windows: { every_day: 'closed' } }, 'expected a day that is open'],
  ['windows.mon', { ...LEAST, windows: { mon: '09:00-09:00' } }, 'expected an end that is not the start'],
  ['windows.holidays', { ...LEAST, windows: { mon: '09:00-10:00', holidays: 'a.ics' } }, 'expected no file'],
  ['holidays[0]', { ...LEAST, holidays: ['25.12.2026'] }, 'expected a date'],
  ['retries.no_answer.after_minutes', { ...LEAST, retries: { no_answer: { after_minutes: 239 } } }, '240'],
  ['country', { ...LEAST, country: 'UK' }, 'expected a country by ISO 3166'],
  ['time_zone', { ...LEAST, time_zone: '+01:00' }, 'expected a time zone'],
  ['starts_at', { ...LEAST, starts_at: '2026-12-01T09:00:00' }, 'expected a moment with its offset'],
  ['ends_at', { ...LEAST, starts_at: '2026-12-01T09:00:00Z', ends_at: '2026-12-01T09:00:00Z' }, 'after'],
  ['suppression_lists', { ...LEAST, suppression_lists: [{ name: 'a' }, { name: 'a' }] }, 'every list once'],
  ['caps.per_day', { ...LEAST, caps: { per_day: 0 } }, 'expected a whole number of calls'],
  ['pase', { ...LEAST, pase: {} }, 'there is no such field'],
  ['consent.sellr', { ...LEAST, consent: { kind: 'written', sellr: 'x' } }, 'there is no such field'],
])('refused, with the field: %s', (field, written, words) => {
  expect(faultsIn(written)).toEqual([{ field, words: expect.stringContaining(words) as string }]);
});

test('all faults at once', () => {
  const faults = faultsIn({ caller_ids: [], pace: { ring_s: 1 } });
  expect(faults.map(({ field }) => field).sort()).toEqual([
    'caller_ids',
    'consent',
    'pace.ring_s',
    'profile',
  ]);
});

test('whatever is written, it is read or has faults that say something', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const read = readSettings(value);
      return 'settings' in read || (read.faults.length > 0 && read.faults.every(({ words }) => words !== ''));
    }),
  );
});

describe('holidays', () => {
  const christmas = Date.UTC(2026, 11, 25, 15);
  test('close a day of windows, and a day without windows', () => {
    const { windows } = settingsOf({ ...LEAST, holidays: ['2026-12-25'] });
    expect(isOpenAt(windows!, 'UTC', christmas)).toBe(false);
    expect(isOpenAt(windows!, 'UTC', christmas - 86_400_000)).toBe(true);
  });
  test('outweigh what is open on that date', () => {
    const { windows } = settingsOf({
      ...LEAST,
      windows: {
        every_day: '09:00-18:00',
        dates: { '2026-12-25': '10:00-20:00', '2026-12-26': '14:00-16:00' },
      },
      holidays: ['2026-12-25'],
    });
    expect(isOpenAt(windows!, 'UTC', christmas)).toBe(false);
    expect(isOpenAt(windows!, 'UTC', christmas + 86_400_000)).toBe(true);
  });
});

test('every field has its manual', () => {
  const fields: string[] = [];
  const without: string[] = [];
  const look = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, inner] of Object.entries(node))
      if (key !== 'properties') look(inner, path);
      else
        for (const [name, field] of Object.entries(inner as Record<string, { description?: string }>)) {
          fields.push(`${path}.${name}`);
          // What the kind is tells the field that it is in.
          if (field.description === undefined && name !== 'kind') without.push(`${path}.${name}`);
          look(field, `${path}.${name}`);
        }
  };
  look(z.toJSONSchema(campaignSettings, { io: 'input' }), '');
  expect(fields).toEqual(
    expect.arrayContaining(['.ends_at', '.pace.ring_s', '.consent.reason', '.caller_ids.calls_per_day']),
  );
  expect(without).toEqual([]);
});

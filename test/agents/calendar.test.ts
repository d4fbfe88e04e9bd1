import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../src/agents/calendar.ts';
import { hoursInWords, isOpenAt, type Hours } from '../../src/agents/hours.ts';

const BERLIN = 'Europe/Berlin';
const ALWAYS = Array.from({ length: 7 }, () => [{ startMinute: 0, endMinute: 1_440 }]);

const calendar = (...lines: string[]): string =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]): string[] => ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'];

/** Open around the clock, but for these. */
function hoursOf(text: string, week: Hours['week'] = ALWAYS): Hours {
  const { closings, faults } = readCalendar(text, BERLIN);
  expect(faults).toEqual([]);
  // Profiles come from another thread.
  return structuredClone({ week, dates: {}, holidays: { file: '', closings } });
}
const isOpen = (hours: Hours, ...moments: string[]): boolean[] =>
  moments.map((iso) => isOpenAt(hours, BERLIN, Date.parse(iso)));

/** As Outlook writes it: a name of its own, and rules from long ago. */
const OUTLOOK_ZONE = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

describe('whole days', () => {
  test('by the calendar of the profile, for ever, without those that are left out', () => {
    const hours = hoursOf(
      calendar(...event('DTSTART;VALUE=DATE:20201225', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20271225')),
    );
    expect(
      isOpen(
        hours,
        '2026-12-24T23:59:59+01:00',
        '2026-12-25T00:00:00+01:00',
        '2026-12-25T23:59:59+01:00',
        '2026-12-26T00:00:00+01:00',
        '2027-12-25T12:00:00+01:00',
        '2096-12-25T12:00:00+01:00',
        '2019-12-25T12:00:00+01:00',
      ),
    ).toEqual([true, false, false, true, true, false, true]);
  });

  test('several, to the day before the end; further dates; any line ends and folds', () => {
    const text = calendar(
      ...event(
        'SUMMARY:Summer\r\n  break',
        'DTSTART;VALUE=DATE:20260803',
        'DTEND;VALUE=DATE:20260806',
        'RDATE;VALUE=DATE:20261001,20261101',
      ),
    );
    for (const written of [text, text.replaceAll('\r\n', '\n'), `\ufeff${text}`])
      expect(
        isOpen(
          hoursOf(written),
          ...[
            '2026-08-02',
            '2026-08-03',
            '2026-08-05',
            '2026-08-06',
            '2026-10-03',
            '2026-10-04',
            '2026-11-01',
          ].map((date) => `${date}T12:00:00+01:00`),
        ),
      ).toEqual([true, false, false, true, false, true, false]);
  });

  test('what began the day before goes on, and what begins then does not; dates of the profile win', () => {
    const night: Hours['week'] = Array.from({ length: 7 }, () => [{ startMinute: 1_200, endMinute: 1_560 }]);
    const hours = hoursOf(calendar(...event('DTSTART;VALUE=DATE:20261225')), night);
    const moments = ['2026-12-25T01:59:00+01:00', '2026-12-25T21:00:00+01:00', '2026-12-26T01:00:00+01:00'];
    expect(isOpen(hours, ...moments)).toEqual([true, false, false]);
    const written = { ...hours, dates: { '2026-12-25': [{ startMinute: 1_200, endMinute: 1_320 }] } };
    expect(isOpen(written, ...moments)).toEqual([true, true, false]);
  });
});

describe('times', () => {
  test.each<[string, string[]]>([
    ['of the profile’s zone', ['DTSTART:20260710T120000', 'DTEND:20260710T133000']],
    ['in UTC', ['DTSTART:20260710T100000Z', 'DTEND:20260710T113000Z']],
    ['in another zone', ['DTSTART;TZID=America/New_York:20260710T060000', 'DURATION:PT1H30M']],
    [
      'in a zone that the file describes',
      ['DTSTART;TZID=W. Europe Standard Time:20260710T120000', 'DURATION:PT90M'],
    ],
    [
      'in a zone with a prefix',
      ['DTSTART;TZID=/example.org/1/Europe/Berlin:20260710T120000', 'DURATION:PT90M'],
    ],
    ['repeated', ['DTSTART:20250711T120000', 'DURATION:PT90M', 'RRULE:FREQ=YEARLY;BYMONTH=7;BYDAY=2FR']],
    [
      'in a series until then',
      [
        'DTSTART;TZID=Asia/Tokyo:20260703T190000',
        'DURATION:PT90M',
        'RRULE:FREQ=WEEKLY;UNTIL=20260710T100000Z',
      ],
    ],
    [
      'in a series of two',
      ['DTSTART;TZID=Asia/Tokyo:20260703T190000', 'DURATION:PT90M', 'RRULE:FREQ=WEEKLY;COUNT=2'],
    ],
    ['as a further date', ['DTSTART:20260703T090000', 'DURATION:PT90M', 'RDATE:20260710T100000Z']],
  ])('%s', (_, lines) => {
    const hours = hoursOf(calendar(...OUTLOOK_ZONE, ...event(...lines)));
    expect(
      isOpen(
        hours,
        '2026-07-10T11:59:59+02:00',
        '2026-07-10T12:00:00+02:00',
        '2026-07-10T13:29:59+02:00',
        '2026-07-10T13:30:00+02:00',
        '2026-07-17T12:30:00+02:00',
      ),
    ).toEqual([true, false, false, true, true]);
    const words = hoursInWords(
      hours,
      { language: 'en-US', timeZone: BERLIN },
      Date.parse('2026-07-10T08:00:00Z'),
    );
    expect(words).toBe('12:00 AM to 12:00 PM and 1:30 PM to 12:00 AM');
  });

  test('in winter, by the rules of a zone that the file describes', () => {
    const hours = hoursOf(
      calendar(
        ...OUTLOOK_ZONE,
        ...event('DTSTART;TZID=W. Europe Standard Time:20260105T080000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'),
      ),
    );
    for (let at = Date.UTC(2026, 0, 6); at < Date.UTC(2027, 0, 6); at += 37 * 60_000) {
      const shown = new Date(at).toLocaleTimeString('sv-SE', { timeZone: BERLIN });
      expect(isOpenAt(hours, BERLIN, at)).toBe(!shown.startsWith('08:'));
    }
  });

  test('over midnight, and beside a day’s hours', () => {
    const week: Hours['week'] = Array.from({ length: 7 }, () => [{ startMinute: 540, endMinute: 1_020 }]);
    const hours = hoursOf(
      calendar(
        ...event('DTSTART:20260709T220000', 'DTEND:20260710T093000'),
        ...event('DTSTART:20260710T160000', 'DTEND:20260712T100000'),
      ),
      week,
    );
    expect(
      isOpen(hours, '2026-07-10T09:29:00+02:00', '2026-07-10T09:30:00+02:00', '2026-07-11T12:00:00+02:00'),
    ).toEqual([false, true, false]);
    const said = (date: string): string =>
      hoursInWords(hours, { language: 'en-US', timeZone: BERLIN }, Date.parse(`${date}T12:00:00Z`));
    expect(['2026-07-09', '2026-07-10', '2026-07-11', '2026-07-12'].map(said)).toEqual([
      '9:00 AM to 5:00 PM',
      '9:30 AM to 4:00 PM',
      'closed',
      '10:00 AM to 5:00 PM',
    ]);
  });

  test('moved, called off, and without a length', () => {
    const series = ['DTSTART;TZID=Europe/Berlin:20260706T120000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'];
    const hours = hoursOf(
      calendar(
        ...event(...series),
        ...event('RECURRENCE-ID:20260707T100000Z', 'DTSTART:20260707T150000', 'DURATION:PT1H'),
        ...event(
          'RECURRENCE-ID;TZID=Europe/Berlin:20260708T120000',
          'STATUS:CANCELLED',
          'DTSTART:20260708T120000',
        ),
        ...event('DTSTART:20260709T180000'),
      ),
    );
    expect(
      isOpen(
        hours,
        '2026-07-06T12:30:00+02:00',
        '2026-07-07T12:30:00+02:00',
        '2026-07-07T15:30:00+02:00',
        '2026-07-08T12:30:00+02:00',
        '2026-07-09T18:00:00+02:00',
      ),
    ).toEqual([false, true, false, true, true]);
  });
});

describe('faults', () => {
  const faultsOf = (text: string): string[] =>
    readCalendar(text, BERLIN).faults.map(({ line, words }) => `${line ?? '-'}: ${words}`);

  test.each<[string, string, string]>([
    ['nothing', '', '-: is empty'],
    ['something else', 'name: Desk\n', '1: expected BEGIN:VCALENDAR; is this an iCalendar file (.ics)?'],
    ['half a file', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\n', '2: BEGIN:VEVENT has no END: is the file whole?'],
    [
      'a wrong end',
      'BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n',
      '3: END:VCALENDAR, but BEGIN:VEVENT of line 2 is still open',
    ],
    [
      'a line without a name',
      calendar(...event('DTSTART:20260101T000000', 'holiday')),
      '6: expected a name, and a colon behind it',
    ],
    ['no start', calendar(...event('SUMMARY:x')), '3: this event has no DTSTART'],
    [
      'no date',
      calendar(...event('DTSTART;VALUE=DATE:20261345')),
      '3: DTSTART is 2026-13-45, and there is no such date or time',
    ],
    [
      '30 February',
      calendar(...event('DTSTART;VALUE=DATE:20260230')),
      '3: DTSTART is 2026-02-30, and there is no such date or time',
    ],
    [
      '25 o’clock',
      calendar(...event('DTSTART:20260203T250000')),
      '3: DTSTART is 2026-02-03T25:00:00, and there is no such date or time',
    ],
    [
      'a zone that nobody knows',
      calendar(...event('DTSTART;TZID=Mars/Base:20260101T090000', 'DURATION:PT1H')),
      '3: there is no time zone "Mars/Base", and no VTIMEZONE in the file that describes it',
    ],
    [
      'an end before',
      calendar(...event('DTSTART:20260101T090000', 'DTEND:20260101T080000')),
      '3: this event ends before it begins',
    ],
    [
      'an end of another kind',
      calendar(...event('DTSTART:20260101T090000', 'DTEND;VALUE=DATE:20260102')),
      '3: DTSTART and DTEND are not both dates, or both times',
    ],
    [
      'an end elsewhere',
      calendar(...event('DTSTART:20260101T090000Z', 'DTEND;TZID=Asia/Tokyo:20260102T090000')),
      '3: DTSTART and DTEND are in different time zones',
    ],
    [
      'two years',
      calendar(...event('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20280101')),
      '3: this event lasts more than 400 days',
    ],
    [
      'by the hour',
      calendar(...event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=HOURLY')),
      '3: RRULE with FREQ=HOURLY is not followed; use DAILY or longer',
    ],
    [
      'by weeks of the year',
      calendar(...event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY;BYWEEKNO=1')),
      '3: RRULE with BYWEEKNO is not followed; write its dates (RDATE)',
    ],
    [
      'the rest of a series',
      calendar(
        ...event('DTSTART;VALUE=DATE:20260101', 'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20260101'),
      ),
      '3: RECURRENCE-ID with RANGE is not followed; end the series, and begin another',
    ],
  ])('%s', (_, text, fault) => expect(faultsOf(text)).toEqual([fault]));

  test('an unreadable rule or time, in the words of the parser', () => {
    expect(
      faultsOf(calendar(...event('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=SOMETIMES'))).join(),
    ).toMatch(/cannot be read: .*SOMETIMES/);
    expect(faultsOf(calendar(...event('DTSTART:soon'))).join()).toMatch(/cannot be read: /);
  });

  test('of each event its own line, and ten at most', () => {
    const many = Array.from({ length: 12 }, () => event('SUMMARY:x')).flat();
    expect(faultsOf(calendar(...event('DTSTART;VALUE=DATE:20260101'), ...many)).slice(0, 2)).toEqual([
      '7: this event has no DTSTART',
      '11: this event has no DTSTART',
    ]);
    expect(faultsOf(calendar(...many))).toHaveLength(10);
  });

  test('too many events', () => {
    const many = Array.from({ length: 2_001 }, () => event('DTSTART;VALUE=DATE:20260101')).flat();
    expect(faultsOf(calendar(...many))).toEqual([
      '-: holds 2001 events; at most 2000, as each is asked at every call',
    ]);
  });

  test('whatever stands there, an answer comes soon', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'BEGIN:VEVENT',
        'END:VEVENT',
        'DTSTART:20260101T090000',
        'DTEND:20260101T100000Z',
        'RDATE:x',
      ),
      fc.constantFrom(
        'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
        'RRULE:FREQ=MONTHLY;COUNT=999999999;BYDAY=6MO',
      ),
      fc.string().map((text) => `X-NOTE:${text}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        for (const text of [calendar(...lines), calendar(...event(...lines)), lines.join('\n')]) {
          const { closings } = readCalendar(text, BERLIN);
          isOpenAt({ week: ALWAYS, dates: {}, holidays: { file: '', closings } }, BERLIN, 0);
        }
      }),
      { numRuns: 40 },
    );
  });
});

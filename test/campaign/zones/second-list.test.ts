// The generated tables beside what others know: zones of states and provinces as their law has them (15 U.S.C. 263, 49 CFR 71, and
// the provinces' own), and the country of each area code by libphonenumber.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { expect, test } from 'vitest';
import type { PhoneNumber } from '../../../src/base/phone-number.ts';
import { AREA_CODES } from '../../../src/campaign/zones/area-codes.ts';
import { whereIs } from '../../../src/campaign/zones/where.ts';

const WINTER_MS = Date.UTC(2026, 0, 15, 12);
const SUMMER_MS = Date.UTC(2026, 6, 15, 12);

/** Google's data go beyond the border for these, which is stricter. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  474: ['-6/-5'],
  709: ['-4/-4'],
  879: ['-4/-4'],
  867: ['-8/-7'],
  907: ['-10/-10'],
};

/** Hours from UTC in winter and summer, of all parts of a state that have a zone of their own. */
const OFFSETS: Readonly<Record<string, readonly string[]>> = {
  ...of(['-5/-4'], 'CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV'),
  ...of(['-5/-4', '-6/-5'], 'FL IN KY MI TN'),
  ...of(['-6/-5'], 'AL AR IA IL LA MN MO MS OK WI'),
  ...of(['-6/-5', '-7/-6'], 'KS ND NE SD TX'),
  ...of(['-7/-6'], 'CO MT NM UT WY'),
  ...of(['-7/-7', '-7/-6'], 'AZ'),
  ...of(['-7/-6', '-8/-7'], 'ID NV OR'),
  ...of(['-8/-7'], 'CA WA'),
  ...of(['-9/-8', '-10/-9'], 'AK'),
  ...of(['-10/-10'], 'HI'),
  ...of(['-4/-3'], 'NB NS PE'),
  ...of(['-3.5/-2.5', '-4/-3'], 'NL'),
  ...of(['-5/-4', '-4/-4', '-4/-3'], 'QC'),
  ...of(['-5/-4', '-6/-5', '-5/-5'], 'ON'),
  ...of(['-6/-5'], 'MB'),
  ...of(['-6/-6', '-7/-6'], 'SK'),
  ...of(['-7/-6'], 'AB'),
  ...of(['-8/-7', '-7/-6', '-7/-7'], 'BC'),
  ...of(['-7/-7', '-7/-6', '-6/-5', '-5/-4', '-5/-5'], 'YT NT NU'),
};

function of(offsets: readonly string[], regions: string): Record<string, readonly string[]> {
  return Object.fromEntries(regions.split(' ').map((region) => [region, offsets]));
}

const AREAS = AREA_CODES.trim()
  .split('\n')
  .flatMap((line) => {
    const [place = '', codes = ''] = line.split(': ');
    const [country = '', regions = ''] = place.split(' ');
    return codes.split(' ').map((code) => ({ country, regions: regions.split(','), code }));
  });

function offsetOf(zone: string, ms: number): number {
  const text = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(ms)
    .find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes] = /^GMT(?:([+-])(\d{2}):(\d{2}))?$/.exec(text)!;
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) + Number(minutes ?? 0) / 60);
}

const offsetsOf = (zones: readonly string[]): string[] => [
  ...new Set(zones.map((zone) => `${offsetOf(zone, WINTER_MS)}/${offsetOf(zone, SUMMER_MS)}`)),
];

const numberIn = (code: string): PhoneNumber => `+1${code}5550123` as PhoneNumber;

test('every area code has zones, and none that its states do not have', () => {
  const wrong = AREAS.flatMap(({ code, regions }) => {
    const there = [...regions.flatMap((region) => OFFSETS[region] ?? []), ...(WIDER[code] ?? [])];
    const found = offsetsOf(whereIs(numberIn(code)).zones);
    return found.length > 0 && found.every((offset) => there.includes(offset))
      ? []
      : [`${code} ${regions.join()}: ${found.join(', ')}`];
  });
  expect(wrong).toEqual([]);
});

test('the area codes of a state have all of its times together, in winter and in summer', () => {
  const missing = Object.entries(OFFSETS).flatMap(([region, expected]) => {
    const zones = AREAS.filter(({ regions }) => regions.includes(region)).flatMap(
      ({ code }) => whereIs(numberIn(code)).zones,
    );
    const found = offsetsOf(zones).map((offset) => offset.split('/'));
    return expected.flatMap((offset) =>
      offset
        .split('/')
        .flatMap((hours, season) =>
          found.some((each) => each[season] === hours) ? [] : [`${region} ${offset}: ${hours}`],
        ),
    );
  });
  expect(missing).toEqual([]);
});

test('every area code is of the country that libphonenumber has for it', () => {
  const wrong = AREAS.flatMap(({ code, country }) => {
    const known = parsePhoneNumberFromString(numberIn(code))?.country;
    return known === undefined || known === country ? [] : [`${code}: ${country}, not ${known}`];
  });
  expect(wrong).toEqual([]);
});

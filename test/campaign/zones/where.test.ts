import { expect, test } from 'vitest';
import { parsePhoneNumber } from '../../../src/base/phone-number.ts';
import { whereIs } from '../../../src/campaign/zones/where.ts';
import { ZONE_TABLE } from '../../../src/campaign/zones/zone-table.ts';

const where = (text: string, region?: string) => whereIs(parsePhoneNumber(text)!, region);

test.each([
  ['+12125550123', ['US'], ['NY'], ['America/New_York']],
  ['+18505550123', ['US'], ['FL'], ['America/Chicago', 'America/New_York']],
  ['+19285550123', ['US'], ['AZ'], ['America/Denver', 'America/Phoenix']],
  ['+14165550123', ['CA'], ['ON'], ['America/Toronto']],
  ['+18765550123', ['JM'], undefined, ['America/Jamaica']],
  ['+17875550123', ['PR'], undefined, ['America/Puerto_Rico']],
  ['+4915112345678', ['DE'], undefined, ['Europe/Berlin']],
])('%s', (number, countries, regions, zones) => {
  expect(where(number)).toEqual({ countries, regions, zones });
});

test('a toll-free number may be anywhere in North America', () => {
  const { countries, regions, zones } = where('+18005550123');
  expect({ countries, regions }).toEqual({ countries: ['US', 'CA'], regions: undefined });
  expect(zones).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Guam', 'America/St_Johns']));
});

test('where the number does not tell the country, all with its calling code', () => {
  expect(where('+447700900123').countries.toSorted()).toEqual(['GB', 'GG', 'IM', 'JE']);
});

test.each([
  ['a mobile of Spain, which goes to the Canaries too', '+34612345678', ['Atlantic/Canary', 'Europe/Madrid']],
  ['a freephone number of Spain', '+34900123456', ['Atlantic/Canary', 'Europe/Madrid']],
  ['a landline of Madrid', '+34913123456', ['Europe/Madrid']],
  ['a landline of the Canaries', '+34928123456', ['Atlantic/Canary']],
  ['a mobile of Portugal', '+351912345678', ['Atlantic/Azores', 'Europe/Lisbon']],
])('%s', (_what, number, zones) => {
  expect(where(number).zones.toSorted()).toEqual(zones);
});

test('a mobile of Russia or Australia may be in any zone there', () => {
  expect(where('+79161234567').zones).toEqual(expect.arrayContaining(['Europe/Moscow', 'Asia/Vladivostok']));
  expect(where('+61412345678').zones).toEqual(
    expect.arrayContaining(['Australia/Perth', 'Australia/Sydney']),
  );
});

test.each([
  ['NY and CA', '+12125550123', 'ca', ['US'], ['NY', 'CA'], ['America/New_York', 'America/Los_Angeles']],
  ['over the border', '+12125550123', 'ON', ['US', 'CA'], ['NY', 'ON'], undefined],
  ['on an island', '+12125550123', 'GU', ['US', 'GU'], ['NY', 'GU'], ['America/New_York', 'Pacific/Guam']],
  ['Kentucky, not the Cayman Islands', '+12125550123', 'KY', ['US'], ['NY', 'KY'], undefined],
  ['a blank one is none', '+12125550123', ' ', ['US'], ['NY'], ['America/New_York']],
])('the region of the contact counts beside: %s', (_what, number, region, countries, regions, zones) => {
  const found = where(number, region);
  expect(found).toMatchObject({ countries, regions });
  if (zones) expect(found.zones).toEqual(zones);
});

test.each(['FLA', 'Fla.', 'California', 'ZZ', 'NY, HI'])(
  '"%s" may be any region of the country',
  (region) => {
    const { countries, regions, zones } = where('+12125550123', region);
    expect({ countries, regions }).toEqual({ countries: ['US'], regions: undefined });
    expect(zones).toEqual(expect.arrayContaining(['America/Los_Angeles', 'Pacific/Honolulu']));
  },
);

test('a region elsewhere is none that anybody knows: all zones of the country', () => {
  expect(where('+34913123456', 'Las Palmas').zones).toEqual(['Europe/Madrid', 'Atlantic/Canary']);
});

test('a number of no country is nowhere', () => {
  expect(where('+999123456')).toEqual({ countries: [], regions: undefined, zones: [] });
});

test('every zone of the table is one that the runtime knows', () => {
  const zones = new Set(
    ZONE_TABLE.trim()
      .split('\n')
      .flatMap((line) => line.split(': ')[0]!.split(',')),
  );
  expect(zones.size).toBeGreaterThan(200);
  for (const timeZone of zones) expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
});

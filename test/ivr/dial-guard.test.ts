import fc from 'fast-check';
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, test } from 'vitest';
import { mayDial } from '../../src/ivr/dial-guard.ts';

const why = (to: string, ...countries: string[]): string =>
  mayDial(to, { countries: countries.length === 0 ? undefined : new Set(countries) })?.why ?? 'dialled';

describe('anywhere', () => {
  test.each([
    ['+12025550111', 'dialled'],
    ['+1 (202) 555-0111', 'dialled'],
    ['+15550100111', 'dialled'],
    ['+18005550199', 'dialled'],
    ['+4930901820', 'dialled'],
    ['+80012345678', 'dialled'],
    ['sip:front.desk@example.com', 'dialled'],
    ['SIPS:desk@[2001:db8::1]:5061;transport=tls', 'dialled'],
    ['sip:204@pbx.example.com', 'dialled'],
    ['sip:+12025550111@example.com;user=phone', 'dialled'],
    ['sip:00200@pbx.example.com', 'dialled'],
    ['', 'not-a-number'],
    ['desk', 'not-a-number'],
    ['2025550111', 'not-a-number'],
    ['+', 'not-a-number'],
    ['sip:example.com', 'not-a-number'],
    ['sip:a@b@c', 'not-a-number'],
    ['sip:<script>@example.com', 'not-a-number'],
    ['tel:+12025550111', 'not-a-number'],
    ['client:desk', 'not-a-number'],
    ['+1202555011122334', 'not-a-number'],
    ['911', 'emergency'],
    ['9-1-1', 'emergency'],
    ['tel:112', 'emergency'],
    ['+112', 'emergency'],
    ['+1911', 'emergency'],
    ['+1 (911)', 'emergency'],
    ['+44999', 'emergency'],
    ['+440999', 'emergency'],
    ['+49110', 'emergency'],
    ['+61000', 'emergency'],
    ['+81119', 'emergency'],
    ['+3315', 'emergency'],
    ['+35312112', 'impossible'],
    ['sip:911@example.com', 'emergency'],
    ['sip:911;phone-context=+1@example.com;user=phone', 'emergency'],
    ['sip:9.1.1@example.com', 'emergency'],
    ['sip:+1911@example.com', 'emergency'],
    ['sip:%39%31%31@example.com', 'emergency'],
    ['sip:112:secret@example.com', 'emergency'],
    ['SIPS:000@example.com', 'emergency'],
    ['+19005551234', 'premium'],
    ['+12129761234', 'premium'],
    ['+449098790000', 'premium'],
    ['+448451234567', 'premium'],
    ['+4918012345', 'premium'],
    ['+447600123456', 'premium'],
    ['+447012345678', 'premium'],
    ['+15005551234', 'premium'],
    ['+443300123456', 'dialled'],
    ['sip:101@example.com', 'dialled'],
    ['+881612345678', 'premium'],
    ['+88216123456', 'premium'],
    ['+883140123456', 'premium'],
    ['+870772111222', 'premium'],
    ['+878101234567', 'premium'],
    ['+979123456789', 'premium'],
    ['sip:+19005551234@example.com', 'premium'],
    ['sip:01119005551234@example.com', 'premium'],
    ['sip:00449098790000@example.com', 'premium'],
    ['sip:011449098790000@example.com', 'premium'],
    ['+120255501', 'impossible'],
    ['+1202555011122', 'impossible'],
    ['+2101234567', 'impossible'],
  ])('%s: %s', (to, expected) => expect(why(to)).toBe(expected));
});

describe('where some countries are dialled', () => {
  test.each([
    ['+12025550111', ['US'], 'dialled'],
    ['+14165550123', ['US'], 'country'],
    ['+14165550123', ['US', 'CA'], 'dialled'],
    ['+4930901820', ['US'], 'country'],
    ['+4930901820', ['DE'], 'dialled'],
    // Of which country of +1, nobody can tell.
    ['+15550100111', ['US'], 'country'],
    ['+80012345678', ['US'], 'country'],
    ['sip:desk@example.com', ['US'], 'dialled'],
    ['sip:+4930901820@example.com', ['US'], 'country'],
    ['+1911', ['DE'], 'emergency'],
    ['+19005551234', ['US'], 'premium'],
  ] as const)('%s in %j: %s', (to, countries, expected) => expect(why(to, ...countries)).toBe(expected));

  test('an empty list: no number at all', () => {
    expect(mayDial('+12025550111', { countries: new Set() })?.why).toBe('country');
  });
});

test.each([
  ['+49900684000', 'impossible'],
  ['+420901290123', 'impossible'],
  ['+46939123456', 'premium'],
  ['+12125550123', 'dialled'],
] as const)('of %s, where a number must exist: %s', (to, expected) => {
  expect(mayDial(to, { mustExist: true })?.why ?? 'dialled').toBe(expected);
});

test('the usual mobile number of every country may be dialled, there and nowhere else', () => {
  for (const country of getCountries()) {
    const number = getExampleNumber(country, examples)?.number;
    if (number === undefined) continue;
    // A number may be another country's, where several share a code.
    const its = parsePhoneNumberFromString(number)?.country ?? country;
    expect([country, why(number), why(number, its), why(number, its === 'DE' ? 'FR' : 'DE')]).toEqual([
      country,
      'dialled',
      'dialled',
      'country',
    ]);
  }
});

test('no emergency number behind any country code, however it is written', () => {
  const code = fc.constantFrom(...getCountries().map((country) => getCountryCallingCode(country)));
  const emergency = fc.constantFrom('911', '112', '999', '000', '110', '119', '100', '18');
  const between = fc.constantFrom('', ' ', '-', '.', '(', ')');
  fc.assert(
    fc.property(code, emergency, fc.array(between, { minLength: 3 }), (country, number, marks) => {
      const written = Array.from(`+${country}${number}`, (sign, at) => `${sign}${marks[at] ?? ''}`).join('');
      expect(why(written)).toBe('emergency');
      expect(why(`sip:+${country}${number}@example.com`)).toBe('emergency');
      const isEverywhere = ['911', '112', '999', '000'].includes(number);
      expect(why(`sip:${number}@example.com`)).toBe(isEverywhere ? 'emergency' : 'dialled');
    }),
  );
});

test('whatever is asked, there is an answer, and no number in its words', () => {
  const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 18 });
  const number = digits.map((some) => `+${some.join('')}`);
  fc.assert(
    fc.property(
      fc.oneof(
        number,
        fc.string(),
        number.map((to) => `sip:${to}%@example.com`),
      ),
      (to) => {
        const { words } = mayDial(to) ?? { words: '' };
        if (/\d{4}/.test(to) && to !== '+15550100111') expect(words).not.toContain(to.replace('+', ''));
      },
    ),
  );
});

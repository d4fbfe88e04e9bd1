import fc from 'fast-check';
import type { CountryCode } from 'libphonenumber-js';
import { expect, test } from 'vitest';
import { spell, toE164 } from '../../../src/crm/salesforce/phones.ts';

const NUMBERS: [string, CountryCode][] = [
  ['+15550100102', 'US'],
  ['+4930123456', 'DE'],
  ['+442079460958', 'GB'],
  ['+33142685300', 'FR'],
  ['+390612345678', 'IT'],
  ['+34912345678', 'ES'],
];

test.each(NUMBERS)('%s is known again in %s in every spelling that is looked for', (phone, country) => {
  const { spellings, meaningOf } = spell(phone, country)!;
  expect(spellings).toContain(phone);
  for (const spelling of spellings) {
    // Digits alone that begin with the country's own are a number within it to whoever reads them.
    if (spelling !== phone.slice(1)) expect(meaningOf(spelling), spelling).toBe('number');
  }
});

test.each<[string, CountryCode | undefined, string]>([
  ['+15550100102', 'US', '(555) 010-0102'],
  ['+15550100102', 'US', '1-555-010-0102'],
  ['+4930123456', 'DE', '030/123456'],
  ['+4930123456', undefined, '0049 30 123456'],
  ['+4930123456', undefined, '+49 (0)30 123456'],
])('%s is known again in %s in %s', (phone, country, text) =>
  expect(spell(phone, country)!.meaningOf(text)).toBe('number'),
);

test('an extension is known as one', () => {
  expect(spell('+15550100102', 'US')!.meaningOf('555.010.0102 ext. 4')).toBe('extension');
});

test.each<[string, CountryCode | undefined, string]>([
  ['+15550100102', 'US', '(555) 010-0103'],
  ['+15550100102', 'US', '+44 5550100102'],
  ['+15550100102', 'US', '0100102'],
  ['+15550100102', 'US', ''],
  ['+15550100102', undefined, '(555) 010-0102'],
  ['+442125550123', 'US', '(212) 555-0123'],
])('%s is, in %s, not %j', (phone, country, text) =>
  expect(spell(phone, country)!.meaningOf(text)).toBeUndefined(),
);

test('what is no number in E.164 is not looked for', () => {
  for (const text of ['', 'anonymous', '5550100102', '+1 555 010 0102', 'sip:+15550100102@x', '+', '+0'])
    expect(spell(text, 'US'), text).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => spell(text, 'US')?.spellings.includes(text) ?? true));
});

test('a number is told with its country, or not at all', () => {
  expect(toE164('+1 (555) 010-0102', undefined)).toBe('+15550100102');
  expect(toE164('0044 20 7946 0958', 'US')).toBe('+442079460958');
  expect(toE164('(555) 010-0102', undefined)).toBeUndefined();
  expect(toE164('(555) 010-0102', 'US')).toBe('+15550100102');
  fc.assert(fc.property(fc.string(), (text) => /^\+\d+$/.test(toE164(text, 'US') ?? '+0')));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spell, toE164 } from '../../../src/crm/salesforce/phones.ts';

const NUMBERS = [
  '+15550100102',
  '+4930123456',
  '+442079460958',
  '+33142685300',
  '+390612345678',
  '+34912345678',
];

test.each(NUMBERS)('%s is known again in every spelling that is looked for', (phone) => {
  const { spellings, matches } = spell(phone)!;
  expect(spellings).toContain(phone);
  for (const spelling of spellings) {
    // Digits alone that begin with the country's own are a number within it to whoever reads them.
    if (spelling !== phone.slice(1)) expect(matches(spelling), spelling).toBe(true);
  }
});

test.each([
  ['+15550100102', '(555) 010-0102'],
  ['+15550100102', '1-555-010-0102'],
  ['+15550100102', '555.010.0102 ext. 4'],
  ['+4930123456', '030/123456'],
  ['+4930123456', '0049 30 123456'],
  ['+4930123456', '+49 (0)30 123456'],
])('%s is known again in %s', (phone, text) => expect(spell(phone)!.matches(text)).toBe(true));

test.each([
  ['+15550100102', '(555) 010-0103'],
  ['+15550100102', '+44 5550100102'],
  ['+15550100102', '0100102'],
  ['+15550100102', ''],
])('%s is not %j', (phone, text) => expect(spell(phone)!.matches(text)).toBe(false));

test('what is no number in E.164 is not looked for', () => {
  for (const text of ['', 'anonymous', '5550100102', '+1 555 010 0102', 'sip:+15550100102@x', '+', '+0'])
    expect(spell(text), text).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => spell(text) === undefined || spell(text)!.spellings.includes(text)),
  );
});

test('a number is told with its country, or not at all', () => {
  expect(toE164('+1 (555) 010-0102')).toBe('+15550100102');
  expect(toE164('0044 20 7946 0958')).toBe('+442079460958');
  expect(toE164('(555) 010-0102')).toBeUndefined();
  fc.assert(fc.property(fc.string(), (text) => /^\+\d+$/.test(toE164(text) ?? '+0')));
});

import { expect, test } from 'vitest';
import { callbackGuard } from '../../src/ivr/callback-guard.ts';

const US = '+12025550100';

test.each([
  ['a number of our own country', undefined, '+12025550143', US],
  ['a mobile of a country that is allowed', ['US', 'DE'], '+4915112345678', US],
])('%s is called back', (_, countries, to, from) => {
  expect(callbackGuard(countries && new Set(countries))(to, from)).toBeUndefined();
});

test.each([
  ['of another country', undefined, '+4915112345678', US],
  ['of our own country, where others are allowed', ['DE'], '+12025550143', US],
  ['a personal number', undefined, '+447012345678', '+442079460000'],
  ['a universal access number', undefined, '+443061231234', '+442079460000'],
  ['a mass traffic number', undefined, '+4913712345678', '+4930123456'],
  ['too short to be one', undefined, '+4981231', '+4930123456'],
  ['a personal number of North America', undefined, '+15005551234', US],
  [
    'of a country that nobody can tell, from a line of which nobody can tell it',
    undefined,
    '+15550100143',
    '+15550100100',
  ],
])('not called back: %s', (_, countries, to, from) => {
  expect(callbackGuard(countries && new Set(countries))(to, from)).toEqual(expect.any(String));
});

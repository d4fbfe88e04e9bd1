// What must be said first.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FirstWords } from '../../src/agents/first-words-settings.ts';
import { firstWordsFaults, missingFirstWords, saysNumber } from '../../src/campaign/first-words.ts';

const ALL: FirstWords = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'Our number is +1 555 010 0100.',
  optOut: 'Say stop, and we never call again.',
  recording: 'This call is recorded.',
};
const NAMES = ['identity', 'assistant', 'recording', 'callback', 'optOut'] as const;

test('exactly those that are missing or blank are said to be missing', () => {
  const blank = fc.constantFrom('', ' ', '\n\t');
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...NAMES), fc.option(blank, { nil: undefined })),
      fc.boolean(),
      (gaps, recording) => {
        const gapped = NAMES.filter((name) => Object.hasOwn(gaps, name));
        const given = { ...ALL, ...gaps } as Partial<FirstWords>;
        expect(missingFirstWords(given, { recording })).toEqual(
          gapped.filter((name) => name !== 'recording' || recording),
        );
      },
    ),
  );
  expect(missingFirstWords(undefined, { recording: false })).toEqual([
    'identity',
    'assistant',
    'callback',
    'optOut',
  ]);
});

test.each([
  ['Call us back.', ['there is no number in first_words.callback; write it in digits']],
  ['', ['first_words.callback is missing: under which number somebody can be reached']],
  ['Appelez le 3900.', []],
  [
    'Goodbye, {{campaign.name | friend}}, 7 days a week, also on {{date}}.',
    ['there is no number in first_words.callback; write it in digits'],
  ],
  ['Call {{contact.phone | us}}.', ['there is no number in first_words.callback; write it in digits']],
  ['Call {{campaign.branch | +1 212 555 0190}}.', []],
  ['Under {{called}}.', []],
  ['Unter ٠٣٠ ١٢٣.', []],
])('a callback number is a number: "%s"', (callback, faults) => {
  expect(firstWordsFaults({ ...ALL, callback }, { recording: false })).toEqual(faults);
});

test.each([
  ['Call {{campaign.branch | us}}.', { branch: '+1 212 555 0190' }, true],
  ['Call {{campaign.branch | us}}.', { branch: 'Ada' }, false],
  ['Call {{campaign.branch | +1 212 555 0190}}.', { branch: 'Ada, 24/7' }, false],
  ['Call {{campaign.branch | +1 212 555 0190}}.', {}, true],
  ['Call +1 212 555 0190, {{campaign.name | you}}.', { name: 'Ada' }, true],
  ['Call {{contact.phone | us}}.', { phone: '+1 212 555 0190' }, false],
])('"%s" with %j says a number: %s', (callback, fields, expected) => {
  expect(saysNumber(callback, fields)).toBe(expected);
});

// What of the first words was left out.
import { expect, test } from 'vitest';
import { firstWordsOf, missingIn } from '../../src/call/first-words.ts';

const words = {
  identity: 'This is Harbour Dental.',
  assistant: 'I am an AI assistant.',
  callback: 'You can reach us at 1 555 010 0100.',
  optOut: 'Press 9, or say stop, and we never call again.',
  recording: undefined,
};
const wanted = firstWordsOf(words, (text) => text);
const all = wanted.map(({ text }) => text).join(' ');
const missing = (said: string): string[] => missingIn(wanted, said).map(({ part }) => part);

test('they come in the order in which they are said, and one that is not set does not come', () => {
  expect(wanted.map(({ part }) => part)).toEqual(['identity', 'assistant', 'callback', 'optOut']);
  expect(firstWordsOf({ ...words, recording: 'This call is recorded.' }, (text) => text)[2]?.part).toBe(
    'recording',
  );
  expect(firstWordsOf(undefined, (text) => text)).toEqual([]);
});

test.each([
  ['as they are', all],
  [
    'as a transcript spells them',
    all.replace('Harbour', 'Harbor').replace('1 555 010 0100', '+1 (555) 010-0100').toUpperCase(),
  ],
  [
    'with a number in words',
    all.replace('1 555 010 0100', 'one five five five zero one zero zero one zero zero'),
  ],
  ['with more around them', `Hello Ada! ${all} How are you?`],
])('%s, none is missing', (_, said) => {
  expect(missing(said)).toEqual([]);
});

test.each([
  ['', ['identity', 'assistant', 'callback', 'optOut']],
  ['This is Harbour Dental. How are you?', ['assistant', 'callback', 'optOut']],
  [all.replace('I am an AI assistant.', ''), ['assistant']],
  [all.replace('0100.', '0199.'), ['callback']],
])('of %j these are: %j', (said, parts) => {
  expect(missing(said)).toEqual(parts);
});

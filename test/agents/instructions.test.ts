import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fillVariables,
  valuesFor,
  variableFaults,
  variableNames,
  type Values,
} from '../../src/agents/instructions.ts';

const values: Values = {
  caller: '+15550100123',
  called: '+15550100100',
  date: 'Friday, January 2, 2026',
  time: '9:05 AM',
  profile: 'Front desk',
};

test('every variable is filled, wherever it stands and however it is spaced', () => {
  expect(
    fillVariables('{{caller}} → {{ called }}, {{date}}{{time}}; {{\tprofile\n}}: {{caller}}', values),
  ).toBe('+15550100123 → +15550100100, Friday, January 2, 20269:05 AM; Front desk: +15550100123');
});

test.each([
  '',
  'no variables',
  '{caller}',
  'a } b }} c',
  '{{unknown}}',
  '{{caller',
  '{{}}',
  '{{caller}',
  '{{ca{ller}}',
])('what is no variable stays as it is: "%s"', (text) => expect(fillVariables(text, values)).toBe(text));

test('a value cannot inject a variable, nor a pattern of replacement', () => {
  const sly = { ...values, caller: "{{profile}} $& $1 $' {{", called: 'caller}}' };
  expect(fillVariables('{{caller}}{{called}}', sly)).toBe("{{profile}} $& $1 $' {{caller}}");
});

test('filling puts each value exactly where its variable was, whatever the values are', () => {
  const plain = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[{}]/g, ''));
  const piece = fc.oneof(
    plain.map((text) => ({ text, variable: undefined })),
    fc.constantFrom(...variableNames).map((variable) => ({ text: `{{${variable}}}`, variable })),
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('{{caller}}', '{{', '}}', '$&', '$1', '$$'),
  );
  const record = fc.record({
    caller: hostile,
    called: hostile,
    date: hostile,
    time: hostile,
    profile: hostile,
  });
  fc.assert(
    fc.property(fc.array(piece), record, (pieces, given) => {
      const text = pieces.map((part) => part.text).join('');
      const expected = pieces.map((part) => (part.variable ? given[part.variable] : part.text)).join('');
      expect(variableFaults(text)).toEqual([]);
      expect(fillVariables(text, given)).toBe(expected);
    }),
  );
});

describe('faults of a text, in words', () => {
  test.each([
    ['{{callr}}', 'there is no variable "{{callr}}"; there are caller, called, date, time, profile'],
    ['{{}}', 'there is no variable "{{}}"; there are caller, called, date, time, profile'],
    ['{{Caller}}', 'there is no variable "{{Caller}}"; there are caller, called, date, time, profile'],
    ['{{toString}}', 'there is no variable "{{toString}}"; there are caller, called, date, time, profile'],
    ['Hi {{caller, how', '"{{" opens a variable that is never closed with "}}"'],
  ])('%s', (text, fault) => expect(variableFaults(text)).toEqual([fault]));

  test('none in a good text, also with spaces inside the braces', () =>
    expect(variableFaults('{{caller}} { } }} {{ called }}')).toEqual([]));

  test('all of them', () => expect(variableFaults('{{a}} {{caller}} {{b}} {{')).toHaveLength(3));
});

describe('values of one call', () => {
  const call = { caller: 'anonymous', called: '+15550100100', epochMs: Date.UTC(2026, 0, 1, 23, 30) };
  const plainSpaces = (text: string): string => text.replaceAll('\u202f', ' ');

  test('date and time are those where the profile is at home, in its language', () => {
    const berlin = valuesFor({ name: 'Empfang', language: 'de-DE', timeZone: 'Europe/Berlin' }, call);
    expect(berlin).toEqual({
      caller: 'anonymous',
      called: '+15550100100',
      profile: 'Empfang',
      date: 'Freitag, 2. Januar 2026',
      time: '00:30',
    });
    const york = valuesFor({ name: 'Desk', language: 'en-US', timeZone: 'America/New_York' }, call);
    expect(york.date).toBe('Thursday, January 1, 2026');
    expect(plainSpaces(york.time)).toBe('6:30 PM');
  });
});

import fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import twilio from 'twilio';
import { expect, test } from 'vitest';
import { briefingOf } from '../../src/ivr/person-words.ts';
import { destination } from './plans.ts';

const BILLING = destination('billing', { spoken: 'Billing' });
const briefing = (reason: string, words: string, language = 'en-US') =>
  briefingOf({ from: '+12025550111', matter: { reason, briefing: words } }, BILLING, language);

test('for what, from whom, why, and the keys', () => {
  expect(briefing('a wrong invoice', 'Ada Moreno was charged twice. I found no second order.')).toEqual([
    { text: 'There is a call for Billing, from 1, 2 0 2, 5 5 5, 0 1 1 1.', language: 'en-US' },
    {
      text: 'a wrong invoice. Ada Moreno was charged twice. I found no second order.',
      language: 'en-US',
    },
    { text: 'Press 1 to take the call, or 2 to decline.', language: 'en-US' },
  ]);
});

test('what the agent wrote is said in its own language where the rest is in English', () => {
  expect(briefing('請求書', '二重請求です。', 'ja-JP').map(({ language }) => language)).toEqual([
    'en-US',
    'ja-JP',
    'en-US',
  ]);
});

test('nothing is known of why: only from whom', () => {
  for (const matter of [undefined, { reason: ' ', briefing: '\n' }])
    expect(briefingOf({ from: 'anonymous', matter }, BILLING, 'de')).toEqual([
      { text: 'Ein Anruf für Billing, von einer unbekannten Nummer.', language: 'de' },
      {
        text: 'Drücken Sie die 1, um den Anruf anzunehmen, oder die 2, um ihn abzulehnen.',
        language: 'de',
      },
    ]);
});

test.each([
  ['+4930123456', '4 9, 3 0, 1 2 3, 4 5 6'],
  ['+447911123456', '4 4, 7 9 1 1, 1 2 3, 4 5 6'],
  ['+400000000', '4 0 0, 0 0 0, 0 0 0'],
  ['+999123456789', '9 9 9, 1 2 3, 4 5 6, 7 8 9'],
])('%s is read as %s', (from, said) => {
  const [first] = briefingOf({ from, matter: undefined }, BILLING, 'en');
  expect(first?.text).toBe(`There is a call for Billing, from ${said}.`);
});

test.each(['', 'anonymous', 'client:ada', 'sip:+12025550111@example.com', '266'])(
  'of "%s" no number is read out',
  (from) => {
    expect(briefingOf({ from, matter: undefined }, BILLING, 'en')[0]?.text).toBe(
      'There is a call for Billing, from an unknown number.',
    );
  },
);

test('too long a briefing ends with a whole word', () => {
  const [, told] = briefing('x', 'seven77 '.repeat(200));
  expect(told!.text.length).toBeLessThanOrEqual(600);
  expect(told!.text).toMatch(/seven77$/);
  const [, one] = briefing('x', '😀'.repeat(900));
  expect(one!.text.isWellFormed()).toBe(true);
});

test('every digit of every number is read, each by itself', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9]\d{6,14}$/), (digits) => {
      const [{ text } = { text: '' }] = briefingOf({ from: `+${digits}`, matter: undefined }, BILLING, 'en');
      const said = /from (.*)\.$/.exec(text)?.[1] ?? '';
      expect(said.replaceAll(/[ ,]/g, '')).toBe(digits);
      expect(said).toMatch(/^\d(?: \d){0,3}(?:, \d(?: \d){0,3})*$/);
    }),
  );
});

test('whatever the model writes, the carrier can read it out', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 900 }),
    fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 300 }),
    fc.constantFrom('</Say><Dial>+1900</Dial>', '\u0000\u202e\ufffe', ']]>'),
  );
  fc.assert(
    fc.property(any, any, (reason, words) => {
      const response = new twilio.twiml.VoiceResponse();
      const texts = briefing(reason, words).map(({ text }) => text);
      for (const text of texts) {
        expect(Array.from(text).length).toBeLessThanOrEqual(600);
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\ufffe\uffff]|^\s|\s$/u);
        response.say(text);
      }
      const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Say' });
      expect(parser.parse(response.toString())).toMatchObject({ Response: { Say: texts } });
    }),
  );
});

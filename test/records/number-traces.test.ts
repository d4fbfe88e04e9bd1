// How one phone number stands in texts and in JSON, and what looks like it and is not it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import { BLANK, tracesOf } from '../../src/records/number-traces.ts';

const american = tracesOf(parsePhoneNumber('+15550100123')!);
const british = tracesOf(parsePhoneNumber('+442079460018')!);

test.each([
  'ring +15550100123 now',
  'ring 15550100123 now',
  'ring 5550100123 now',
  'ring +1 (555) 010-0123 now',
  'ring 0015550100123 now',
  'ring 555.010.0123 now',
  'ring 5 5 5, 0 1 0, 0 1 2 3 now',
  'ring 1–555–010–0123 now',
  'ring 555\u00a0010\u200b0123 now',
  'ring (555)    010-0123 now',
  'ring 555 - -  010 - - 0123 now',
  'ring 555<br>010<br/>0123 now',
  'ring <b>555</b> <i>010</i><br /><br />0123 now',
  'ring ５５５０１００１２３ now',
  'ring ＋１ （５５５） ０１０－０１２３ now',
  'ring ⁵⁵⁵₀₁₀⓪①②③ now',
  'ring 5\ufe0f\u20e35\ufe0f\u20e35\ufe0f\u20e3 010 0123 now',
  'tel:+15550100123',
  '"+15550100123","+15550100123"',
])('blanked: %s', (text) => {
  const blanked = american.blank(text);
  expect(blanked).toContain(BLANK);
  expect(blanked.normalize('NFKC').replaceAll(/\D/g, '')).toBe('');
  expect(text).toMatch(new RegExp(american.suspicion, 'u'));
});

test.each(['020 7946 0018', '+44 (0)20 7946 0018', '0044 20 7946 0018', '20-7946-0018'])(
  'blanked with its trunk prefix: %s',
  (text) => expect(british.blank(text)).toMatch(/^\(?\[forgotten\]$/),
);

test.each([
  '+495550100123',
  '+49 555 010 0123',
  '+49 (0)555 010 0123',
  '＋４９ ５５５０１００１２３',
  '+49<br>555    010    0123',
  '９5550100123',
  '5550100123９',
  '555       010 0123',
  '555 < 1, 010 > 0123',
  '955501001234',
  '55501001234',
  '555 010 0124',
  '555 and 0100123',
  'CA15550100123456',
  '0100123',
])('left alone: %s', (text) => expect(american.blank(text)).toBe(text));

test('a short national number counts with its country alone', () => {
  const short = tracesOf(parsePhoneNumber('+1234567')!);
  expect(short.blank('234567 is a code')).toBe('234567 is a code');
  expect(short.blank('1 234 567')).toBe(BLANK);
  expect(short.blankJson([234567, 1234567])).toEqual([234567, BLANK]);
});

test.each([
  ['+15550100123', true],
  ['15550100123', true],
  ['+1 (555) 010-0123', true],
  ['sip:+15550100123@pbx.example.com', true],
  ['5550100123', true],
  ['0015550100123', true],
  ['01115550100123', true],
  ['sip:0015550100123@pbx.example.com', true],
  ['+495550100123', false],
  ['+155501001234', false],
  ['9915550100123', false],
  ['10015550100123', false],
  ['anonymous', false],
  ['', false],
])('a party: %s is %s', (text, expected) => expect(american.isParty(text)).toBe(expected));

test('in JSON: values, keys and numbers, at any depth; all else stays', () => {
  expect(
    american.blankJson({
      a: [{ '+15550100123': 15550100123 }, 5550100123],
      b: null,
      c: true,
      d: 1.5,
      e: 'x',
    }),
  ).toEqual({ a: [{ [BLANK]: BLANK }, BLANK], b: null, c: true, d: 1.5, e: 'x' });
});

test('any number, however it is written, is blanked in any text, and nothing else of the text is', () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[1-9]\d{9,14}$/),
      fc.array(fc.constantFrom('', ' ', '-', '.', ' - ', '/', ', ', '      ', '<br>', ' </b><i>'), {
        minLength: 15,
        maxLength: 15,
      }),
      fc.constantFrom('+', '', '00'),
      fc.stringMatching(/^[a-zé:"{]{0,9}$/),
      (digits, between, prefix, around) => {
        const written = Array.from(digits, (digit, n) => digit + (between[n] ?? '')).join('');
        const text = `${around} ${prefix}${written.replace(/\D+$/, '')}${around}`;
        expect(tracesOf(parsePhoneNumber(`+${digits}`)!).blank(text)).toMatch(
          new RegExp(`^${around} \\+?\\[forgotten\\]${around}$`),
        );
      },
    ),
  );
});

/** Every way in which Unicode writes this digit such that NFKC makes it plain. */
const FORMS = Map.groupBy(
  Array.from({ length: 0x20000 }, (_, code) => String.fromCodePoint(code)).filter((character) =>
    /^\d$/.test(character.normalize('NFKC')),
  ),
  (form) => form.normalize('NFKC'),
);
const BETWEEN = ['', ' ', '-', '   -  ', '<br>', '\u200b'];
const written = (digits: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...Array.from(digits, (digit) =>
        fc.tuple(fc.constantFrom(...FORMS.get(digit)!), fc.constantFrom(...BETWEEN)),
      ),
    )
    .map((parts) =>
      parts.map(([form, between], n) => (n < digits.length - 1 ? form + between : form)).join(''),
    );
const NATIONAL = '5550100123';

test('in all forms of its digits, the rest of the text left as it is', () => {
  expect(FORMS.get('5')!.length).toBeGreaterThan(8);
  fc.assert(
    fc.property(written(NATIONAL), written(`1${NATIONAL}`), (alone, whole) => {
      const text = `ﬁrst ${alone}, ½ then ${whole}…`;
      expect(american.blank(text)).toBe(`ﬁrst ${BLANK}, ½ then ${BLANK}…`);
      expect(text).toMatch(new RegExp(american.suspicion, 'u'));
    }),
  );
});

test('the same digits behind another country, and longer digits, are left whole however they are written', () => {
  const country = fc
    .constantFrom('49', '44', '351', '7')
    .chain((digits) => fc.tuple(...Array.from(digits, (digit) => fc.constantFrom(...FORMS.get(digit)!))))
    .map((forms) => forms.join(''));
  fc.assert(
    fc.property(country, written(NATIONAL), fc.constantFrom(...BETWEEN), (other, national, between) => {
      const text = `ring +${other}${between}${national} now`;
      expect(american.blank(text)).toBe(text);
    }),
  );
  const more = fc.constantFrom('2', '3', '9').chain((digit) => fc.constantFrom(...FORMS.get(digit)!));
  fc.assert(
    fc.property(written(NATIONAL), more, fc.boolean(), (national, digit, isBefore) => {
      const text = isBefore ? `${digit}${national}` : `${national}${digit}`;
      expect(american.blank(text)).toBe(text);
    }),
  );
});

test('no text makes the search slow: it ends', () => {
  for (const piece of ['5', '5 ', '5<br>', '+49 5', '<b', '5      ', '1 0 5 5 5 0 1 0 ', '+', '+0 '])
    expect(american.blank(piece.repeat(20_000))).toBeTypeOf('string');
});

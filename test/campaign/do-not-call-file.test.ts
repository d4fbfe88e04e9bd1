// Files of numbers that are not called.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunksOf, listedNumbers, ListFault } from '../../src/campaign/do-not-call-file.ts';

async function* bytes(text: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const whole = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < whole.length; at += size) yield await Promise.resolve(whole.subarray(at, at + size));
}
async function allOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
const numbersIn = (text: string | Uint8Array, country?: string): Promise<string[]> =>
  allOf(listedNumbers({ source: bytes(text), country, signal: new AbortController().signal }));

test.each<[string, string, string | undefined, string[]]>([
  ['a number per line', '+15550100100\n+15550100101\n', undefined, ['+15550100100', '+15550100101']],
  [
    'no line end, CRLF, blank lines',
    '\r\n+15550100100\r\n\r\n+15550100101',
    undefined,
    ['+15550100100', '+15550100101'],
  ],
  ['a mark of byte order', '\uFEFF+15550100100', undefined, ['+15550100100']],
  ['as people write them', '"+1 (555) 010-0100"\n', undefined, ['+15550100100']],
  ['a column with a name', 'name,Phone Number\nAda,+15550100100\n', undefined, ['+15550100100']],
  ['a column with any name, if it is the only one', 'blocked\n+15550100100\n', undefined, ['+15550100100']],
  [
    'a column without a name',
    'Ada;+15550100100\nBo;+15550100101',
    undefined,
    ['+15550100100', '+15550100101'],
  ],
  ['area code and number', '555,0100100\n555,010-0101', 'US', ['+15550100100', '+15550100101']],
  [
    'of a country',
    '5550100100\n(555) 010-0101\n1 555 010 0102',
    'US',
    ['+15550100100', '+15550100101', '+15550100102'],
  ],
  ['of another country', '030 12345678\n+49 30 12345679', 'DE', ['+493012345678', '+493012345679']],
  ['a trunk prefix in brackets', '+44 (0)20 7946 0958', undefined, ['+442079460958']],
  ['words beside it', '"fax: +15550100100"', undefined, ['+15550100100']],
  [
    'every column of phones, and none of accounts',
    'account_number,home phone,Mobile,home_tel,phone type\n4000000001,5550100100,,none,mobile\n4000000002,5550100101,5550100102,5550100103,\n',
    'US',
    ['+15550100100', '+15550100101', '+15550100102', '+15550100103'],
  ],
  [
    'dates, accounts, postcodes and words beside the phones',
    'phone,added,customer_id,postcode,note\n+4930901820,2026-11-01,030901821,10115,asked twice\n030901822,01.11.2026 10:00,,10117,\n',
    'DE',
    ['+4930901820', '+4930901822'],
  ],
  [
    'a column of numbers, if no other is of phones',
    'name,number\nAda,+15550100100',
    undefined,
    ['+15550100100'],
  ],
  // Whoever imports it finds nothing in it.
  ['an archive', 'PK\u0003\u0004\u0014\u0000\u0006', undefined, []],
  ['a header alone', 'phone\n', undefined, []],
  ['nothing', '', undefined, []],
])('%s', async (_, text, country, expected) => {
  expect(await numbersIn(text, country)).toEqual(expected);
});

describe('one row that is no number is a fault of the whole', () => {
  test.each<[string, string, string | undefined, RegExp]>([
    ['not a number', '+15550100100\nnone\n+15550100101', undefined, /in line 2$/],
    ['no country', '5550100100', undefined, /with its country code.* in line 1$/],
    ['too short', '+15550100100\n555', 'US', /in line 2$/],
    ['an empty column', 'name,phone\nAda,\n', undefined, /in line 2$/],
    ['two that are no rows of area codes', '555,0100100\n5550100101,', 'US', /in line 2$/],
    ['an extension', '555 010 0100 ext. 7', 'US', /in line 1$/],
    ['no column that says so', 'name,place\nAda,+15550100100', undefined, /names no column/],
    ['a digit too many', '+1555010010044', undefined, /in line 1$/],
    ['two in one cell', '5550100100 / 5550100101', 'US', /in line 1$/],
    ['two in one cell, with words', '5550100100 or 5550100101', 'US', /in line 1$/],
    [
      'one of two columns is none',
      'phone,mobile\n+15550100100,555',
      undefined,
      /in every column.* in line 2$/,
    ],
    [
      'a column that is not named as one of phones',
      'name,Home,Cell\nAda,2125550123,2125550124',
      'US',
      /its column 2, "Home",/,
    ],
    ['in a later row', 'phone,alt\n2125550123,\n2125550124,2125550125', 'US', /its column 2, "alt",/],
    ['in another language', 'GSM,Telefon\n+41446681800,+41446681801', undefined, /its column 1, "GSM",/],
    [
      'eight digits, which might be a date',
      'phone,when\n+4520261101,20261102',
      'DK',
      /its column 2, "when",/,
    ],
    ['a column without a name', 'phone\n+12125550123,+12125550124', undefined, /its column 2 holds numbers/],
    ['two columns without names', '4000000001,5550100100', 'US', /more than one of its columns/],
    [
      'another column in a later row',
      'Ada,+15550100100,\nBo,,+15550100101',
      undefined,
      /more than one of its col/,
    ],
    ['columns of several numbers', 'account number,member number\n1,2', 'US', /several columns of numbers/],
    [
      'quotes that never end',
      '"+15550100100\n+15550100101',
      undefined,
      /no CSV file \(CSV_QUOTE_NOT_CLOSED\)/,
    ],
    [
      'a line that never ends',
      `+1555010010${'0'.repeat(20_000)}`,
      undefined,
      /no CSV file \(CSV_MAX_RECORD_SIZE\)/,
    ],
  ])('%s', async (_, text, country, words) => {
    const fault = await numbersIn(text, country).then(
      (numbers) => numbers,
      (thrown: unknown) => thrown,
    );
    expect(fault).toBeInstanceOf(ListFault);
    expect((fault as ListFault).message).toMatch(words);
    expect((fault as ListFault).message).not.toContain('0100100');
  });

  test('a million bad rows are not all read', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield await Promise.resolve(new TextEncoder().encode('+15550100100\nnobody\n'));
      }
    }
    const { signal } = new AbortController();
    const reading = allOf(listedNumbers({ source: endless(), country: undefined, signal }));
    await expect(reading).rejects.toThrow(/in line 2, 4, 6/);
    expect(read).toBeLessThan(10_000);
  });
});

test('a source that fails, and somebody who gives up, are heard of', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(new TextEncoder().encode('+15550100100\n'));
    throw new Error('the upload broke off');
  }
  const signal = new AbortController().signal;
  await expect(allOf(listedNumbers({ source: failing(), country: undefined, signal }))).rejects.toThrow(
    'the upload broke off',
  );
  const given = AbortSignal.abort(new Error('no more'));
  await expect(
    allOf(listedNumbers({ source: bytes('+15550100100'), country: undefined, signal: given })),
  ).rejects.toThrow();
});

test('every number of a file comes out, however it is cut and written', async () => {
  const number = fc.integer({ min: 0, max: 9_999_999 }).map((n) => `201${String(n).padStart(7, '2')}`);
  const written = fc.constantFrom<(n: string) => string>(
    (n) => n,
    (n) => `+1${n}`,
    (n) => `"+1 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6)}"`,
    (n) => `${n},said so on the phone`,
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(number, written), { maxLength: 30 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 9 }),
      async (rows, end, cut, chunk) => {
        const text = rows.map(([n, write]) => write(n)).join(end);
        const numbers = listedNumbers({
          source: bytes(text, cut),
          country: 'US',
          signal: new AbortController().signal,
        });
        const chunks = await allOf(chunksOf(numbers, chunk));
        expect(chunks.flat()).toEqual(rows.map(([n]) => `+1${n}`));
        expect(chunks.every((each, at) => each.length === chunk || at === chunks.length - 1)).toBe(true);
      },
    ),
  );
});

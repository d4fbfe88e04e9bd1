// A file of contacts, from its bytes to rows and faults with their lines.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { importContacts } from '../../../src/campaign/contacts/import.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { memoryContacts } from './memory-contacts.ts';

const NOW = Date.UTC(2026, 5, 1);

async function* inParts(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(
  text: string | Uint8Array,
  more: { mapping?: Record<string, string>; country?: 'US' | 'DE' | 'GB'; size?: number } = {},
) {
  const store = memoryContacts();
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const { size, ...options } = more;
  const report = await importContacts({
    ...{ source: inParts(bytes, size), file: 'a.csv', campaignId: 'c', store, clock: new ManualClock(NOW) },
    ...options,
  });
  return { report, rows: store.rows, faults: store.told };
}

const failing = async (text: string | Uint8Array, size?: number): Promise<string> => {
  const store = memoryContacts();
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const source = inParts(bytes, size);
  const options = { source, file: 'a.csv', campaignId: 'c', store, clock: new ManualClock() };
  const thrown = await importContacts(options).catch((error: unknown) => error);
  expect(thrown).toMatchObject({ code: 'CONTACTS_INVALID', message: store.failedFor });
  return store.failedFor!;
};

test('numbers become E.164, and other columns variables', async () => {
  const { rows, report } = await read(
    'Phone,First Name,Due date\n(212) 555-0123,Ada,3 May\n+49 30 901820,Bo,\n',
    {
      country: 'US',
    },
  );
  expect(rows).toMatchObject([
    { line: 2, to: '+12125550123', variables: { first_name: 'Ada', due_date: '3 May' } },
    { line: 3, to: '+4930901820', variables: { first_name: 'Bo' } },
  ]);
  expect(report).toMatchObject({ state: 'done', rows: 2, kept: 2, merged: 0, faulty: 0 });
});

test.each([
  ['a byte-order mark, semicolons and CRLF', '\uFEFFTelefon;Name\r\n030 901820;Bo\r\n'],
  ['tabs', 'Telefon\tName\n030 901820\tBo'],
  ['quotes with line ends in them', 'Telefon,Name\n"030 901820","Bo"\n'],
  ['the line ends of old Macs', 'Telefon,Name\r030 901820,Bo\r'],
  ['empty lines', '\n\nTelefon,Name\n\n030 901820,Bo\n\n\n'],
])('%s', async (_what, text) => {
  for (const size of [1, 7, 65_536]) {
    const { rows, faults } = await read(text, { country: 'DE', size });
    expect(faults).toEqual([]);
    expect(rows).toMatchObject([{ to: '+4930901820', variables: { name: 'Bo' } }]);
  }
});

test('a column may be mapped, and one that is ours by its name may be none', async () => {
  const { rows } = await read('Kontakt,Number,State\n+12125550123,7,open\n', {
    mapping: { Kontakt: 'phone', Number: 'house', State: '' },
  });
  expect(rows).toMatchObject([{ to: '+12125550123', variables: { house: '7' }, region: undefined }]);
});

test('a column of consents that nobody knows may be left out, or have a name that is its own', async () => {
  const text = 'phone,consent_form,consent_page\n+12125550123,A,3\n';
  const mapping = { consent_form: '', consent_page: 'page' };
  expect((await read(text, { mapping })).rows).toMatchObject([{ variables: { page: '3' } }]);
});

test('consent is all of it or a fault', async () => {
  const { rows, faults } = await read(
    'phone,consent_kind,consent_at,consent_source\n+12125550123,Written,2026-03-01,web form\n+12125550124,written,,web\n+12125550125,,,\n+12125550126,written,2026-02-30,web\n',
  );
  expect(rows.map(({ consent }) => consent)).toEqual([
    {
      ...{ kind: 'written', givenAt: '2026-03-01T00:00:00.000Z', expiresAt: undefined },
      ...{ source: 'web form', wording: '', seller: '' },
    },
    undefined,
  ]);
  expect(faults).toMatchObject([
    { line: 3, field: 'consent_at' },
    { line: 5, field: 'consent_at' },
  ]);
});

test.each(['revoked', 'withdrawn', 'no', 'implied'])('"%s" is no kind of consent', async (kind) => {
  const { rows, faults } = await read(
    `phone,consent_kind,consent_at,consent_source\n+12125550123,${kind},2026-03-01,web\n`,
  );
  expect([rows, faults]).toMatchObject([[], [{ line: 2, field: 'consent_kind' }]]);
});

test.each(['consent_expires_at', 'consent_wording', 'consent_seller'])(
  'a row that has nothing of a consent but %s is a fault: it would be lost',
  async (column) => {
    const { rows, faults } = await read(`phone,${column}\n+12125550123,2026-01-01\n+12125550124,\n`);
    expect([rows, faults]).toMatchObject([[{ line: 3 }], [{ line: 2, field: 'consent_kind' }]]);
  },
);

test('a consent says to whom it was given, and when it ends', async () => {
  const { rows, faults } = await read(
    'phone,Consent Kind,consent_at,consent_source,consent_seller,consent_expires_at\n+12125550123,written,2026-03-01,web,Harbour Dental,2027-03-01T12:00+01:00\n+12125550124,written,2026-03-01,web,,2026-03-01\n+12125550125,written,2026-03-01,web,,soon\n+12125550126,written,2026-03-01,web,,9999-12-31T23:30-05:00\n',
  );
  expect(rows.map(({ consent }) => consent)).toMatchObject([
    { seller: 'Harbour Dental', expiresAt: '2027-03-01T11:00:00.000Z' },
  ]);
  expect(faults).toMatchObject([3, 4, 5].map((line) => ({ line, field: 'consent_expires_at' })));
});

test.each(['0001-01-01', '0000-01-01', '1899-12-30', '1970-01-01', '1989-12-31', '2026-06-03', '9999-12-31'])(
  'nobody gave consent at %s',
  async (at) => {
    const { rows, faults } = await read(
      `phone,consent_kind,consent_at,consent_source\n+12125550123,written,${at},web\n`,
    );
    expect(rows).toEqual([]);
    expect(faults).toMatchObject([{ line: 2, field: 'consent_at' }]);
  },
);

test('where the day has begun already consent may have been given on it', async () => {
  const { rows } = await read(
    'phone,consent_kind,consent_at,consent_source\n+6421555012,written,2026-06-02,web\n',
  );
  expect(rows).toMatchObject([{ consent: { givenAt: '2026-06-02T00:00:00.000Z' } }]);
});

test('a row may name its country, and then no other is put before its number', async () => {
  const { rows, faults } = await read(
    'phone,country\n2079460958,gb\n2125550123,\n+33 1 42 68 53 00,GB\n2079460958,United Kingdom\n2079460958,UK\n',
    { country: 'US' },
  );
  expect(rows.map(({ to }) => to)).toEqual(['+442079460958', '+12125550123', '+33142685300']);
  expect(rows.map(({ variables }) => variables)).toEqual([{}, {}, {}]);
  expect(faults).toMatchObject([
    { line: 5, field: 'country', words: '"UNITED KINGDOM" is no country of ISO 3166 such as GB' },
    { line: 6, field: 'country' },
  ]);
});

test.each([
  'DO NOT CALL 212-555-0123',
  'opted out: +12125550123',
  'fax 2125550123',
  'no phone (see 212-555-0123)',
  '212-555-0123 (not before noon)',
  '2125550123 or 2125550124',
  '2125550123 / 2125550124',
])('words beside a number make it none: %s', async (written) => {
  const { rows, faults } = await read(`phone\n${written}\n`, { country: 'US' });
  expect(rows).toEqual([]);
  expect(faults).toMatchObject([{ line: 2, field: 'phone' }]);
});

test.each([
  ['+44 (0)20 7946 0958', '+442079460958'],
  ['020 7946 0958', '+442079460958'],
  ["'+442079460958", '+442079460958'],
  ['tel:+44-20-7946-0958', '+442079460958'],
  ['\u202a+44 20 7946 0958\u202c', '+442079460958'],
])('%s is one number, however it is written', async (written, to) => {
  expect((await read(`phone\n${written}\n`, { country: 'GB' })).rows).toMatchObject([{ to }]);
});

// By the shape of their digits they may exist, but their countries give out no such range; calls to some of them cost extra.
test.each(['+49900684000', '+420901290123', '+358600123'])(
  'what no country gives out is no contact: %s',
  async (written) => {
    const { rows, faults } = await read(`phone\n${written}\n`);
    expect(rows).toEqual([]);
    expect(faults).toMatchObject([{ words: expect.stringContaining('can exist in its country') as string }]);
  },
);

test.each([
  ['1.23457E+11', 'phone', 'was shortened by a spreadsheet'],
  ['5550100', 'phone', 'with its country'],
  ['+1 212 555 0123 ext. 12', 'phone', 'has an extension'],
  ['+1 212 555', 'phone', 'no number that can exist'],
  ['', 'phone', 'is missing'],
  ['+12125550123"', 'phone', ''],
])('a number such as %s is a fault of its line', async (written, field, words) => {
  const { faults, rows } = await read(`name,phone\nAda,+12125550199\nBo,${written}\n`);
  if (words === '') return expect(rows).toHaveLength(2);
  expect(rows).toHaveLength(1);
  expect(faults).toMatchObject([{ line: 3, field, words: expect.stringContaining(words) as string }]);
  return undefined;
});

test.each([
  ['phone,time_zone\n+12125550123,America/Gotham\n', 'time_zone', 'no time zone'],
  ['phone,name\n+12125550123,a,b\n', '', 'has 3 values, but the first line has 2'],
  [`phone,name\n+12125550123,${'x'.repeat(201)}\n`, 'name', 'has 201 characters'],
  ['phone,name\n+12125550123,a\0b\n', 'name', 'control character'],
])('what else is wrong with a row: %#', async (text, field, words) => {
  const { faults, rows } = await read(text);
  expect(rows).toEqual([]);
  expect(faults).toMatchObject([{ line: 2, field, words: expect.stringContaining(words) as string }]);
});

describe('what cannot be read to its end is no import', () => {
  test.each([
    ['nothing', '', 'the file is empty'],
    [
      'no phone column',
      'name,email\nAda,a@b.c\n',
      'no column is the phone number: there are "name", "email"',
    ],
    ['two phone columns', 'phone,mobile\n1,2\n', '"phone", "mobile" may all be the phone'],
    [
      'a column of consents that nobody knows',
      'phone,Consent Valid Until\n',
      'nothing is known of a column "Consent Valid Until"',
    ],
    ['two columns of one variable', 'phone,due date,due-date,Due Date\n', 'two columns make the variable'],
    ['a quote that is never closed', 'phone,name\n+12125550123,"Ada\n+12125550124,Bo\n', 'line 2: a quote'],
    [
      'a row that never ends',
      `phone,name\n+12125550123,"${'x\n'.repeat(100_000)}`,
      'line 2: this row goes on',
    ],
    ['a first line that never ends', 'x'.repeat(300_000), 'line 1: there is no end of line'],
    ['a spreadsheet', Buffer.from('PK\x03\x04rest of it'), 'this is a spreadsheet'],
    ['an old spreadsheet', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), 'old Excel file'],
    ['UTF-16', Buffer.from('\uFEFFphone\n', 'utf16le'), 'this is UTF-16'],
    [
      'Latin-1',
      Buffer.from('phone,name\n+12125550123,Ada\n+12125550124,J\xfcrgen\n', 'latin1'),
      'line 3 is not UTF-8',
    ],
    [
      'half a character at the end',
      Buffer.from([...Buffer.from('phone\n+12125550123'), 0xc3]),
      'is not UTF-8',
    ],
  ])('%s', async (_what, text, words) => {
    expect(await failing(text)).toContain(words);
    expect(await failing(text, 3)).toContain(words);
  });
});

/** What may stand in a value, and how it is written down. */
const value = fc.string({
  unit: fc.constantFrom('a', 'é', '😀', ' ', ',', ';', '"', '\n', '\r\n', '\t', '=', "'"),
  maxLength: 12,
});
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('counts add up, every row is found, and every fault has its line', async () => {
  const line = fc.record({
    phone: fc.oneof(
      fc.integer({ min: 2_000, max: 9_999 }).map((last) => `+1212555${last}`),
      fc.constantFrom('', 'none', '12', '+999123'),
    ),
    name: value,
    empty: fc.nat({ max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.integer({ min: 1, max: 50 }),
      async (lines, size) => {
        let text = 'phone,name\n';
        let at = 2;
        const good: number[] = [];
        const bad: number[] = [];
        for (const { phone, name, empty } of lines) {
          const written = `${quoted(phone)},${quoted(name)}\n`;
          text += '\n'.repeat(empty);
          at += empty;
          const isGood = phone.length === 12;
          (isGood ? good : bad).push(at);
          at += written.split('\n').length - 1;
          text += written;
        }
        const { report, rows, faults } = await read(text, { size });
        expect(rows.map((row) => row.line)).toEqual(good);
        expect(faults.map((fault) => fault.line)).toEqual(bad);
        expect(report.rows).toBe(report.kept + report.merged + report.faulty);
        expect(report.rows).toBe(lines.length);
      },
    ),
    { numRuns: 200 },
  );
});

import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { storable, storableJsonText } from '../../src/store/storable.ts';
import { SIZES, freshDatabase } from '../doubles/databases.ts';

const anyUnits = fc
  .array(fc.oneof(fc.constantFrom(0, 0x5c, 0x75, 0x30, 0xd800, 0xdc00), fc.nat(0xffff)), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));

describe.each(SIZES)('%s', (size) => {
  test('whatever is said comes back; what PostgreSQL has no place for is a replacement character', async (context) => {
    const database = await freshDatabase(context, size);
    const anyJson = fc.dictionary(anyUnits, fc.oneof(anyUnits, fc.array(anyUnits, { maxLength: 3 })), {
      maxKeys: 4,
    });
    await fc.assert(
      fc.asyncProperty(anyUnits, anyJson, async (text, value) => {
        const { rows } = await sql<{ text: string; json: unknown }>`
          select ${storable(text)}::text as text, ${storableJsonText(value)}::jsonb as json`.execute(
          database.sql,
        );
        expect(rows[0]?.text).toBe(text.replaceAll('\0', '\uFFFD').toWellFormed());
        const cleaned = JSON.parse(storableJsonText(value)) as unknown;
        expect(rows[0]?.json).toEqual(cleaned);
      }),
      { numRuns: 60 },
    );
  });
});

test('a backslash before u0000 is four characters and a backslash, and stays so', () => {
  expect(storableJsonText({ a: '\\u0000', '\0': 'b' })).toBe(String.raw`{"a":"\\u0000","�":"b"}`);
});

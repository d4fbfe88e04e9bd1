import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool.ts';
import { contextOf, use } from './rig.ts';

const book = defineTool({
  name: 'book',
  description: 'Books a table.',
  args: z.object({
    seats: z.int().min(1).describe('How many people come.'),
    table: z
      .object({ place: z.enum(['inside', 'outside']).default('inside') })
      .optional()
      .describe('Where they sit.'),
  }),
  timeoutMs: 1_500,
  run: ({ seats, table }) => ({ tell: { seats, place: table?.place ?? 'anywhere' } }),
});

test('one schema is the declaration: what may be left out is not required, and nothing is forbidden', () => {
  expect(book.declaration).toEqual({
    name: 'book',
    description: 'Books a table.',
    parameters: {
      type: 'object',
      properties: {
        seats: {
          type: 'integer',
          minimum: 1,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'How many people come.',
        },
        table: {
          type: 'object',
          properties: { place: { type: 'string', enum: ['inside', 'outside'], default: 'inside' } },
          description: 'Where they sit.',
        },
      },
      required: ['seats'],
    },
  });
  expect(book.timeoutMs).toBe(1_500);
});

test('good arguments reach the tool checked, with their defaults and without what it does not know', async () => {
  expect(await use(book, { seats: 2, table: {}, colour: 'red' }, contextOf())).toEqual({
    tell: { seats: 2, place: 'inside' },
  });
});

describe('bad arguments are refused with the field to mend', () => {
  test.each([
    [{}, 'seats: Invalid input: expected number, received undefined.'],
    [{ seats: 'two' }, 'seats: Invalid input: expected number, received string.'],
    [{ seats: 0 }, 'seats: Too small: expected number to be >=1.'],
    [
      { seats: 1, table: { place: 'roof' } },
      'table.place: Invalid option: expected one of "inside"|"outside".',
    ],
    [undefined, 'arguments: Invalid input: expected object, received undefined.'],
    [[], 'arguments: Invalid input: expected object, received array.'],
  ])('%j', async (args, words) => {
    await expect(use(book, args, contextOf())).rejects.toMatchObject({
      code: 'TOOL_ARGUMENTS_INVALID',
      message: `${words} Call it once more with this corrected, or ask the caller for it.`,
    });
  });

  test('every fault at once', async () => {
    await expect(use(book, { seats: 1.5, table: 'window' }, contextOf())).rejects.toThrow(
      /seats: .* table: /,
    );
  });
});

test('a tool that throws in the same tick rejects', async () => {
  const broken = defineTool({
    name: 'broken',
    description: 'Breaks.',
    args: z.object({}),
    timeoutMs: 1,
    run: () => {
      throw new Error('at once');
    },
  });
  await expect(use(broken, {}, contextOf())).rejects.toThrow('at once');
});

test.each<[string, object, RegExp]>([
  ['a name with a space', { name: 'book table' }, /tool "book table": name: expected a name such as/],
  ['no description', { description: ' ' }, /description: expected when to call it/],
  ['no arguments', { args: undefined }, /args: expected z\.object/],
  ['no run', { run: undefined }, /run: expected a function/],
  ['a time limit that is none', { timeoutMs: NaN }, /timeoutMs: /],
  ['another late result', { lateResult: 'later' }, /lateResult: /],
  ['an effect that is none', { effect: true }, /effect: expected \{\}, or nothing/],
])('a definition with %s is refused by its name', (_what, wrong, words) => {
  const right = {
    ...{ name: 'book_table', description: 'Books.', args: z.object({}), timeoutMs: 1_000 },
    run: () => ({ tell: {} }),
  };
  expect(() => defineTool({ ...right, ...wrong })).toThrow(
    expect.objectContaining({
      code: 'TOOL_SOURCE_INVALID',
      message: expect.stringMatching(words) as string,
    }),
  );
});

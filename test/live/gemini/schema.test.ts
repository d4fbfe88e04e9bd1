// JSON Schema, mostly as zod writes it, into the subset that the Live API takes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';

const of = { model: 'gemini-3.8-live', tool: 'book' };
const told = (schema: z.ZodType): unknown => toWireSchema(of, z.toJSONSchema(schema, { io: 'input' }));
const toldOne = (schema: z.ZodType): unknown =>
  (told(z.object({ it: schema })) as { properties: { it: unknown } }).properties.it;

describe('what a tool may take, told to the Live API', () => {
  test('a whole tool', () => {
    const schema = z.strictObject({
      who: z.string().min(1).describe('The name.'),
      when: z.iso.datetime().describe('The start.'),
      guests: z.number().int().min(1).max(9).default(1),
      rooms: z.array(z.object({ kind: z.enum(['small', 'large']), quiet: z.boolean().optional() })),
    });
    expect(told(schema)).toEqual({
      type: 'OBJECT',
      properties: {
        who: { type: 'STRING', description: 'The name.' },
        when: { type: 'STRING', description: 'The start. (format: date-time)' },
        guests: { type: 'INTEGER' },
        rooms: {
          type: 'ARRAY',
          items: {
            type: 'OBJECT',
            properties: { kind: { type: 'STRING', enum: ['small', 'large'] }, quiet: { type: 'BOOLEAN' } },
            required: ['kind'],
          },
        },
      },
      required: ['who', 'when', 'rooms'],
    });
  });

  test.each<[string, z.ZodType, unknown]>([
    ['nullable', z.string().nullable(), { type: 'STRING', nullable: true }],
    ['a nullable enum', z.enum(['a']).nullable(), { type: 'STRING', enum: ['a'], nullable: true }],
    [
      'literals that exclude each other',
      z.union([z.literal('a'), z.literal('b'), z.literal('a'), z.null()]),
      { type: 'STRING', enum: ['a', 'b'], nullable: true },
    ],
    ['a literal', z.literal('a'), { type: 'STRING', enum: ['a'] }],
    ['a number literal', z.literal(5), { type: 'NUMBER', description: 'one of 5' }],
    [
      'several numbers',
      z.literal([1, 2]).describe('Floor.'),
      { type: 'NUMBER', description: 'Floor. (one of 1, 2)' },
    ],
    [
      'strings of two formats',
      z.union([z.email(), z.url()]),
      { type: 'STRING', description: 'format: email; or format: uri' },
    ],
    [
      'a described choice',
      z.union([z.literal('a'), z.literal('b')]).describe('Which.'),
      {
        type: 'STRING',
        enum: ['a', 'b'],
        description: 'Which.',
      },
    ],
    ['a string or an enum of it', z.union([z.literal('a'), z.string()]), { type: 'STRING' }],
  ])('%s', (_what, schema, wire) => {
    expect(toldOne(schema)).toEqual(wire);
  });

  test.each<[string, object]>([
    ['no properties', { type: 'object', properties: {}, additionalProperties: false }],
    ['nothing at all', {}],
  ])('%s: nothing is told, as the API wants no empty object', (_what, schema) => {
    expect(toWireSchema(of, schema as Record<string, unknown>)).toBeUndefined();
  });

  test('definitions are written out, also where they nest', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $defs: {
        place: { type: 'object', properties: { name: { $ref: '#/$defs/name' } } },
        name: { type: 'string', description: 'A name.' },
      },
      type: 'object',
      properties: { from: { $ref: '#/$defs/place', description: 'Whence.' }, to: { $ref: '#/$defs/place' } },
      required: ['to', 'elsewhere'],
    };
    const place = { type: 'OBJECT', properties: { name: { type: 'STRING', description: 'A name.' } } };
    expect(toWireSchema(of, schema)).toEqual({
      type: 'OBJECT',
      properties: { from: { ...place, description: 'Whence.' }, to: place },
      required: ['to'],
    });
  });
});

describe('what cannot be told is refused with model, tool and parameter', () => {
  interface Tree {
    leaves: Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() => z.object({ leaves: z.array(tree) }));

  test.each<[string, z.ZodType]>([
    ['several types', z.union([z.string(), z.number()])],
    [
      'several shapes',
      z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    ],
    ['a map', z.record(z.string(), z.string())],
    ['a tuple', z.tuple([z.string(), z.number()])],
    ['anything', z.unknown()],
    ['nothing', z.null()],
    ['a tree', tree],
  ])('%s', (_what, schema) => {
    expect(() => toldOne(schema)).toThrow(
      expect.objectContaining({
        code: 'LIVE_SETUP_UNSUPPORTED',
        message: expect.stringMatching(/gemini-3\.8-live .* tool book, parameter it/) as string,
      }),
    );
  });

  test.each([
    ['a list of parameters', { type: 'array', items: { type: 'string' } }],
    ['a reference to nowhere', { $ref: '#/$defs/nowhere' }],
    ['a reference to a document elsewhere', { $ref: 'https://example.com/x.json' }],
    ['a reference to itself', { $ref: '#' }],
    ['a type of its own', { type: 'object', properties: { it: { type: 'constructor' } } }],
    ['a combination', { type: 'object', properties: { it: { allOf: [{ type: 'string' }] } } }],
    [
      'a choice of objects',
      { type: 'object', properties: { it: { type: 'string', enum: [{ toString: 1 }] } } },
    ],
    ['a choice of nothing', { type: 'object', properties: { it: { type: 'string', enum: [] } } }],
    ['a schema that is a boolean', { type: 'object', properties: { it: true } }],
  ])('%s', (_what, schema) => {
    expect(() => toWireSchema(of, schema)).toThrow(
      expect.objectContaining({ code: 'LIVE_SETUP_UNSUPPORTED' }),
    );
  });

  test('the way to the parameter is told', () => {
    const schema = z.object({ guests: z.array(z.object({ age: z.unknown() })) });
    expect(() => told(schema)).toThrow(/parameter guests\[\]\.age/);
  });
});

test('whatever schema comes, only the words that the API knows go out', () => {
  const KNOWN = new Set(['type', 'description', 'nullable', 'enum', 'properties', 'required', 'items']);
  const check = (schema: unknown): void => {
    const node = schema as Record<string, unknown> & { properties?: object; items?: unknown };
    expect(Object.keys(node).filter((key) => !KNOWN.has(key))).toEqual([]);
    if ('enum' in node) expect(node['enum']).not.toEqual([]);
    expect(node['type']).toMatch(/^(?:OBJECT|ARRAY|STRING|NUMBER|INTEGER|BOOLEAN)$/);
    for (const inner of Object.values(node.properties ?? {})) check(inner);
    if (node.items !== undefined) check(node.items);
  };
  const { node } = fc.letrec((tie) => ({
    leaf: fc.record(
      {
        type: fc.constantFrom('string', 'number', 'integer', 'boolean', 'null', ['string', 'null'], 7),
        description: fc.string(),
        format: fc.constantFrom('date', 'email'),
        enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1 }),
        const: fc.jsonValue(),
        minimum: fc.integer(),
        default: fc.jsonValue(),
        $schema: fc.string(),
      },
      { requiredKeys: ['type'] },
    ),
    node: fc.oneof(
      { maxDepth: 4 },
      tie('leaf'),
      fc.record({ type: fc.constant('array'), items: tie('node'), minItems: fc.nat() }),
      fc.record({ anyOf: fc.array(tie('node'), { maxLength: 3 }) }),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.string(), tie('node'), { minKeys: 1 }),
        required: fc.array(fc.string()),
        additionalProperties: fc.boolean(),
      }),
    ),
  }));
  let toldCount = 0;
  fc.assert(
    fc.property(node, (it) => {
      try {
        check(toWireSchema(of, { type: 'object', properties: { it } }));
        toldCount += 1;
      } catch (error) {
        expect(error).toMatchObject({ code: 'LIVE_SETUP_UNSUPPORTED' });
      }
    }),
    { numRuns: 1_000, seed: 1 },
  );
  expect(toldCount).toBeGreaterThan(100);
});

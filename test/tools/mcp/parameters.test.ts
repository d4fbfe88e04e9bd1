// What a foreign schema becomes: always something that the Live API can be told, or nothing at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import type { JsonObject } from '../../../src/live/session.ts';
import { tellableParameters } from '../../../src/tools/mcp/parameters.ts';

const object = (properties: object, more: object = {}): object => ({ type: 'object', properties, ...more });
const fieldOf = (schema: object, more: object = {}): unknown => {
  const told = tellableParameters(object({ field: schema }, more));
  return (told?.['properties'] as JsonObject | undefined)?.['field'];
};

describe('what can be told', () => {
  test.each([
    ['no arguments', { type: 'object' }],
    ['an empty object', { type: 'object', properties: {}, additionalProperties: false }],
    ['nothing but its dialect', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
  ])('%s: a tool without parameters', (_, schema) => {
    const told = tellableParameters(schema);
    expect(told).toEqual({ type: 'object', properties: {} });
    expect(toWireSchema({ model: 'm', tool: 't' }, told!)).toBeUndefined();
  });

  test.each([
    [
      'bounds and patterns are left to the server',
      { type: 'string', minLength: 2, pattern: '^a' },
      { type: 'string' },
    ],
    [
      'a format is told in words',
      { type: 'string', format: 'date', description: 'When' },
      { type: 'string', description: 'When; format: date' },
    ],
    [
      'a title where there is no description',
      { type: 'integer', title: 'Count' },
      { type: 'integer', description: 'Count' },
    ],
    ['a list of types with null', { type: ['string', 'null'] }, { type: ['string', 'null'] }],
    [
      'a choice with null (pydantic)',
      { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      { type: ['integer', 'null'] },
    ],
    [
      'a choice of constants',
      { oneOf: [{ const: 'a' }, { const: 'b' }] },
      { type: 'string', enum: ['a', 'b'] },
    ],
    ['values with null among them', { enum: ['a', null] }, { type: ['string', 'null'], enum: ['a', null] }],
    [
      'a single reference in allOf',
      { allOf: [{ type: 'boolean' }], description: 'Sure?' },
      { type: 'boolean', description: 'Sure?' },
    ],
    ['a list', { type: 'array', items: { type: 'number' } }, { type: 'array', items: { type: 'number' } }],
  ])('%s', (_, schema, told) => {
    expect(fieldOf(schema)).toEqual(told);
  });

  test('references are written out, and the words where one is used win', () => {
    const $defs = { 'a/b': { ...object({ n: { type: 'integer' } }), description: 'A pair' } };
    const told = fieldOf({ $ref: '#/$defs/a~1b', description: 'This pair' }, { $defs });
    expect(told).toEqual({ ...object({ n: { type: 'integer' } }), description: 'This pair' });
  });

  test('conditions between fields are left to the server', () => {
    const given = object({ a: { type: 'string' } }, { anyOf: [{ required: ['a'] }], required: ['a'] });
    expect(tellableParameters(given)).toEqual(object({ a: { type: 'string' } }, { required: ['a'] }));
  });
});

describe('what cannot be told', () => {
  const knot = { $ref: '#/$defs/knot' };
  const $defs = { knot: object({ again: knot }, { required: ['again'] }) };

  test.each([
    ['anything at all', {}],
    ['true', true],
    ['a map', { type: 'object', additionalProperties: { type: 'string' } }],
    ['one of several shapes', { anyOf: [{ type: 'string' }, object({ a: { type: 'string' } })] }],
    ['words or a number', { type: ['string', 'number'] }],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }] }],
    ['values of several kinds', { enum: ['a', 1] }],
    ['a document elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['a reference to nothing', { $ref: '#/$defs/none' }],
    ['a reference into what objects inherit', { $ref: '#/__proto__' }],
    ['a knot', knot],
    ['the whole schema again', { $ref: '#' }],
  ])('%s: left out when it is optional, and the tool with it when not', (_, schema) => {
    const fields = { field: schema, other: { type: 'string' } };
    expect(tellableParameters(object(fields, { $defs }))).toEqual(object({ other: { type: 'string' } }));
    expect(tellableParameters(object(fields, { $defs, required: ['field'] }))).toBeUndefined();
  });

  test.each([['a b'], ['ünder'], ['1st'], ['x'.repeat(65)], ['']])('a field named %j', (name) => {
    expect(tellableParameters(object({ [name]: { type: 'string' } }))).toEqual(object({}));
    expect(tellableParameters(object({ [name]: { type: 'string' } }, { required: [name] }))).toBeUndefined();
  });

  test.each([[null], ['text'], [[]], [{ type: 'object', $ref: '#/$defs/knot', $defs }]])(
    '%j instead',
    (schema) => {
      expect(tellableParameters(schema)).toBeUndefined();
    },
  );

  test('definitions that double with every step end, and soon', () => {
    const steps = Array.from(
      { length: 40 },
      (_, n) =>
        [`d${n}`, object({ a: { $ref: `#/$defs/d${n + 1}` }, b: { $ref: `#/$defs/d${n + 1}` } })] as const,
    );
    const given = object({ bomb: { $ref: '#/$defs/d0' } }, { $defs: Object.fromEntries(steps) });
    expect(JSON.stringify(tellableParameters(given)).length).toBeLessThan(10_000);
  });

  test('a schema as deep as a message can be does not exhaust the stack', () => {
    let deep: object = { type: 'string' };
    for (let depth = 0; depth < 5_000; depth += 1) deep = { type: 'array', items: deep };
    expect(fieldOf(deep)).toBeUndefined();
  });
});

const schema = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(
      {},
      true,
      { type: 'null' },
      { $ref: '#/$defs/one' },
      { $ref: '#' },
      { const: 5 },
      { type: 'file' },
    ),
    fc.record(
      {
        type: fc.constantFrom(
          'string',
          'integer',
          'number',
          'boolean',
          ['string', 'null'],
          ['integer', 'string'],
        ),
        description: fc.string(),
        format: fc.constantFrom('date', 'email', 'uuid'),
        nullable: fc.boolean(),
        enum: fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { maxLength: 3 }),
        minimum: fc.integer(),
      },
      { requiredKeys: [] },
    ),
    fc.record({ anyOf: fc.array(tie('any'), { maxLength: 3 }) }),
    fc.record({ type: fc.constant('array'), items: tie('any') }),
    fc.record(
      {
        type: fc.constantFrom('object', ['object', 'null']),
        properties: fc.dictionary(fc.constantFrom('a', 'b', 'c-d', '__proto__'), tie('any')),
        required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c-d', 'gone')),
        additionalProperties: fc.boolean(),
      },
      { requiredKeys: ['properties'] },
    ),
  ),
})).any;

test('whatever a server says: it is told as the Live API takes it, and checked as it was told, or not at all', () => {
  let told = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c'), schema), schema, (properties, one) => {
      const parameters = tellableParameters({ type: 'object', properties, $defs: { one } });
      if (!parameters) return;
      told += 1;
      toWireSchema({ model: 'm', tool: 't' }, parameters);
      const check = z.fromJSONSchema(parameters);
      // Only what is told as required is asked for.
      if (!('required' in parameters)) expect(check.safeParse({}).success).toBe(true);
      expect(check.safeParse('text').success).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect(told).toBeGreaterThan(100);
});

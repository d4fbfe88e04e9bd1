// Paths that name one value are walked by ourselves: they must say what the library says.
import fc from 'fast-check';
import { query } from 'jsonpath-rfc9535';
import { expect, test } from 'vitest';
import { jsonPath, valueAt } from '../../src/web/json-path.ts';

test('one value is what RFC 9535 says it is, whatever the answer', () => {
  const name = fc.constantFrom('a', 'b', '__proto__', 'length', 'constructor', '0');
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, '', 'text', true),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(name, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  const step = fc.oneof(
    name.map((each) => `['${each}']`),
    fc.constantFrom('.a', '.b', '.length', '[0]', '[-1]', '[1]', '[-9]'),
  );
  const path = fc.array(step, { maxLength: 4 }).map((steps) => `$${steps.join('')}`);
  fc.assert(
    fc.property(value, path, (body, expression) => {
      expect(valueAt(expression, body)).toEqual(query(body as Parameters<typeof query>[0], expression)[0]);
    }),
    { numRuns: 500 },
  );
});

test.each(['$..name', '$.a..*', "$.people[?@..['x']]", '$.people[?count($..x) > 1]'])(
  '%s is refused: it looks through all of an answer',
  (expression) => {
    expect(jsonPath.safeParse(expression).error?.issues[0]?.message).toContain('write the whole path');
  },
);

test.each(["$['..']", '$.people[?@.a == "a..b"]', '$.people[*].name', '$'])('%s is taken', (expression) => {
  expect(jsonPath.safeParse(expression).success).toBe(true);
});

// Whatever a value holds, it stays in the place where its variable is written.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fillHeader,
  fillJson,
  fillPath,
  fillText,
  isUnclosed,
  ValueRefused,
  variablesIn,
} from '../../src/web/template.ts';

const of = (values: Record<string, unknown>): Map<string, unknown> => new Map(Object.entries(values));
/** Any text, and often what is meant to break out. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc
    .array(
      fc.constantFrom(
        '.',
        '..',
        '/',
        '\\',
        '%2e',
        '%2f',
        '?',
        '#',
        '&',
        '=',
        ';',
        '@',
        ':',
        '\r\n',
        '\0',
        '{{b}}',
        '{{secret.x}}',
        '"',
        '}',
        '\ud83d',
        ' ',
        'a',
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
);

/** What was made, or the refusal. */
const attempt = (make: () => string): string | ValueRefused => {
  try {
    return make();
  } catch (thrown) {
    if (thrown instanceof ValueRefused) return thrown;
    throw thrown;
  }
};

describe('in a path', () => {
  test('a value is one segment, or is refused: host, depth and the segments beside it stay', () => {
    let sent = 0;
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const path = attempt(() => fillPath('/v1/{{a}}/x-{{b}}/end', of({ a, b })));
        if (path instanceof ValueRefused) return;
        sent++;
        const url = new URL(`https://api.example.com${path}`);
        expect(url.host).toBe('api.example.com');
        expect(url.search + url.hash).toBe('');
        const segments = url.pathname.split('/').map(decodeURIComponent);
        expect(segments).toEqual(['', 'v1', a.toWellFormed(), `x-${b.toWellFormed()}`, 'end']);
      }),
    );
    expect(sent).toBeGreaterThan(10);
  });

  test('no value makes a step upwards, also for a server that decodes before it routes', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const path = attempt(() => fillPath('/v1/{{a}}{{b}}/.{{b}}/end', of({ a, b })));
        if (path instanceof ValueRefused) return;
        const steps = decodeURIComponent(path).split(/[/\\]/);
        expect(steps).not.toContain('..');
        expect(steps).not.toContain('.');
      }),
    );
  });

  test.each([
    '',
    ' ',
    '.',
    '..',
    '../x',
    'x/..',
    'x\\..\\y',
    'a\0b',
    'a\nb',
    undefined,
    null,
    { a: 1 },
    [{}],
  ])('refused: %j', (a) => {
    const refusal = attempt(() => fillPath('/v1/{{a}}', of({ a })));
    expect(refusal).toBeInstanceOf(ValueRefused);
    expect(refusal).toMatchObject({ variable: 'a' });
  });

  test.each([
    ['%2e', '/v1/%2e{{a}}', '.'],
    ['a dot', '/v1/.{{a}}', '.'],
  ])('%s that is written does not become a step with a value', (_, path, a) => {
    expect(attempt(() => fillPath(path, of({ a })))).toBeInstanceOf(ValueRefused);
  });

  test('a number, a list and a fallback with a slash are one segment each', () => {
    const values = of({ n: 7, list: ['a', 'b'] });
    expect(fillPath('/{{n}}/{{list}}/{{c | x/y?}}', values)).toBe('/7/a%2Cb/x%2Fy%3F');
  });
});

describe('in a header', () => {
  test('no value makes a second line, or what fetch throws at', () => {
    fc.assert(
      fc.property(hostile, (a) => {
        const value = attempt(() => fillHeader('Bearer {{a}}', of({ a })) ?? '');
        if (value instanceof ValueRefused) return;
        expect(value).toBe(`Bearer ${a.toWellFormed()}`);
        expect([...new Headers({ 'x-it': value })]).toEqual([['x-it', value.trim()]]);
        // fetch takes tabs and some controls; servers disagree about them.
        expect(value).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test('é is a byte, and 犬 is none', () => {
    expect(fillHeader('{{a}}', of({ a: 'José' }))).toBe('José');
    expect(() => fillHeader('{{a}}', of({ a: '犬' }))).toThrow(ValueRefused);
  });

  test('a refusal says nothing of the value', () => {
    const refusal = attempt(() => fillHeader('{{secret.x}}', of({ 'secret.x': 'hush\n' })) ?? '');
    expect(String(refusal)).toContain('secret.x');
    expect(String(refusal)).not.toContain('hush');
  });
});

describe('in a body', () => {
  const template = { id: '{{a}}', note: 'of {{b}}.', inner: [{ deep: '{{a}}' }, 1, true, null], fixed: 'x' };

  test('a value is a value: no field appears, vanishes or changes', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.integer(), fc.boolean(), fc.array(hostile)), hostile, (a, b) => {
        expect(JSON.parse(JSON.stringify(fillJson(template, of({ a, b }))))).toEqual(
          JSON.parse(
            JSON.stringify({
              id: a,
              note: `of ${b.toWellFormed()}.`,
              inner: [{ deep: a }, 1, true, null],
              fixed: 'x',
            }),
          ),
        );
      }),
    );
  });

  test('what has no value is left out with its field; 0, false and "" have one', () => {
    const values = of({ zero: 0, no: false, empty: '', gone: null });
    const body = {
      a: '{{zero}}',
      b: '{{no}}',
      c: '{{empty}}',
      d: '{{gone}}',
      e: 'x {{none}}',
      f: ['{{none}}', 1],
    };
    expect(fillJson(body, values)).toStrictEqual({ a: 0, b: false, c: '', f: [1] });
    expect(fillJson({ d: '{{gone | a guest}}' }, values)).toEqual({ d: 'a guest' });
  });

  test('a field named __proto__ is a field', () => {
    const made = fillJson(JSON.parse('{"__proto__":{"admin":"{{a}}"}}'), of({ a: true }));
    expect(Object.keys(made as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });
});

test('a value that looks like a variable stays as it is', () => {
  const values = of({ a: '{{secret.x}}', b: '$& $1', 'secret.x': 'hush' });
  expect(fillText('{{a}} {{b}}', values)).toBe('{{secret.x}} $& $1');
  expect(fillJson('{{a}}', values)).toBe('{{secret.x}}');
});

test('names, fallbacks and what is never closed', () => {
  expect(variablesIn('{{ a }} {{b|}} {{ c.d | e | f }}')).toEqual([
    { name: 'a', fallback: undefined },
    { name: 'b', fallback: '' },
    { name: 'c.d', fallback: 'e | f' },
  ]);
  expect([isUnclosed('{{a}} {{b'), isUnclosed('{{a}} }}')]).toEqual([true, false]);
});

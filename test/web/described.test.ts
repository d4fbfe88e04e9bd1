// A described request: what is sent of it, what is read of its answer, and what is wrong with it at load.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describedField, describedRequest, fillRequest, readField } from '../../src/web/described.ts';
import { requestFaults, secretFaults } from '../../src/web/described-faults.ts';
import { rowsAt, valueAt } from '../../src/web/json-path.ts';
import { ValueRefused } from '../../src/web/template.ts';
import { addressOf } from '../../src/web/wire-request.ts';

const secrets = new Map([['key', 'hush & co']]);
const known = { always: ['a'], sometimes: ['b'] };
const wordsOf = (request: unknown): string[] =>
  requestFaults(describedRequest.parse(request), known, 'whole').map(
    ({ path, words }) => `${path.join('.')}: ${words}`,
  );

test('values and secrets go where they are written', () => {
  const request = describedRequest.parse({
    method: 'POST',
    url: 'https://api.example.com/v1/{{a}}?page=1&q={{a}}&api_key={{secret.key}}&gone={{b}}&what=a%26b+c',
    headers: { Authorization: 'Bearer {{secret.key}}', 'X-Version': 2, 'X-Gone': '{{b}}' },
    query: { n: 5, same: '{{a}}' },
    body: { a: '{{a}}', list: ['{{b}}'] },
  });
  expect(wordsOf(request)).toEqual([]);
  expect(fillRequest(request, new Map([['a', 'x/y?']]), secrets)).toEqual({
    method: 'POST',
    path: '/v1/x%2Fy%3F',
    query: { page: '1', q: 'x/y?', api_key: 'hush & co', what: 'a&b c', n: '5', same: 'x/y?' },
    headers: { Authorization: 'Bearer hush & co', 'X-Version': '2' },
    json: { a: 'x/y?', list: [] },
  });
});

test('a secret has no value in paths and bodies, also where nobody has looked for faults', () => {
  const inPath = describedRequest.parse({ url: 'https://api.example.com/{{secret.key}}' });
  expect(() => fillRequest(inPath, new Map(), secrets)).toThrow(ValueRefused);
  const text = '{{secret.key}}';
  const inBody = describedRequest.parse({ method: 'PUT', url: '/', body: [text], form: { text } });
  expect(fillRequest(inBody, new Map(), secrets)).toMatchObject({ json: [], form: {} });
});

test('no value adds, removes or renames a query field on the wire', () => {
  const request = describedRequest.parse({
    url: 'https://api.example.com/x?one={{a}}&two=2',
    query: { three: '-{{a}}' },
  });
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('&two=3', '#', '?x', '%26two=3', '+')),
      (a) => {
        const url = addressOf('https://api.example.com', fillRequest(request, new Map([['a', a]]), secrets));
        expect([...url!.searchParams]).toEqual([
          ['one', a.toWellFormed()],
          ['two', '2'],
          ['three', `-${a.toWellFormed()}`],
        ]);
        expect([url!.host, url!.pathname, url!.hash]).toEqual(['api.example.com', '/x', '']);
      },
    ),
  );
});

test('a form is filled like a query, and a body that is one lacking variable is null', () => {
  const form = describedRequest.parse({
    method: 'POST',
    url: 'https://x.example.com',
    form: { a: '{{a}}', b: '{{b}}' },
  });
  expect(fillRequest(form, new Map([['a', 7]]), secrets)).toMatchObject({ path: '/', form: { a: '7' } });
  const body = describedRequest.parse({ method: 'PUT', url: 'https://x.example.com/', body: '{{b}}' });
  expect(fillRequest(body, new Map(), secrets).json).toBeNull();
});

test.each([
  ['a variable in the host', { url: 'https://{{a}}.example.com/' }, /^url: the host is fixed/],
  ['a variable for the host', { url: '{{a}}/x' }, /^url: expected a whole address/],
  ['a variable as the port', { url: 'https://x.example.com:{{a}}/' }, /^url: the host is fixed/],
  ['a user in the address', { url: 'https://me:pw@x.example.com/' }, /^url: an address holds no user/],
  ['another scheme', { url: 'file:///etc/passwd' }, /^url: expected a whole address/],
  ['a fragment', { url: 'https://x.example.com/#{{a}}' }, /^url: .*no "#"/],
  ['steps', { url: 'https://x.example.com/a/../b' }, /^url: expected a path without/],
  ['a bad escape', { url: 'https://x.example.com/?a=%zz' }, /^url: expected a query that is percent-encoded/],
  [
    'a variable as a name',
    { url: 'https://x.example.com/?{{a}}=1' },
    /^url: the name of a query field is fixed/,
  ],
  ['a field twice', { url: 'https://x.example.com/?n=1&n=2' }, /^url: expected every query field once/],
  [
    'a field in both',
    { url: 'https://x.example.com/?n=1', query: { n: 2 } },
    /^url: the query field "n" is under query: too/,
  ],
  ['one that is never closed', { url: 'https://x.example.com/{{a' }, /^url: "{{" opens/],
  [
    'an unknown one',
    { url: 'https://x.example.com/{{c}}' },
    /^url: there is no variable "{{c}}" here; there are a, b$/,
  ],
  [
    'one that may be missing in a path',
    { url: 'https://x.example.com/{{b}}' },
    /^url: .*no value sometimes.*{{b \| none}}/,
  ],
  [
    'a secret in a path',
    { url: 'https://x.example.com/{{secret.key}}' },
    /^url: .*headers and the query alone/,
  ],
  ['a secret in capitals', { url: 'https://x.example.com/?k={{secret.KEY}}' }, /small letters/],
  [
    'a header name',
    { url: 'https://x.example.com/', headers: { 'X:Y': '1' } },
    /^headers\.X:Y: expected the name/,
  ],
  [
    'two lines',
    { url: 'https://x.example.com/', headers: { X: 'a\nY: b' } },
    /^headers\.X: expected one line/,
  ],
  [
    'a deep unknown',
    { method: 'PUT', url: 'https://x.example.com/', body: { l: [{ m: '{{c}}' }] } },
    /^body\.l\.0\.m: there is no/,
  ],
  [
    'body and form',
    { method: 'PUT', url: 'https://x.example.com/', body: 1, form: {} },
    /^form: expected body or form/,
  ],
])('a fault at load: %s', (_, request, words) => {
  expect(wordsOf(request)).toContainEqual(expect.stringMatching(words));
});

test('secrets that are not set are named once each, wherever they stand', () => {
  const requests = ['https://x.example.com/?k={{secret.a}}', 'https://x.example.com/'].map((url) =>
    describedRequest.parse({
      url,
      headers: { A: '{{secret.a}}', B: '{{secret.key}}' },
      query: { q: '{{secret.b}}' },
    }),
  );
  expect(secretFaults(requests, secrets)).toEqual([
    expect.stringMatching(/"a" is not set; set SECRET_A /),
    expect.stringMatching(/"b" is not set/),
  ]);
});

test('an answer is read by path; nothing inherited, null and what is not there are nothing', () => {
  const body = { items: [{ n: 1 }, { n: 2 }], one: { state: 'X', gone: null, yes: true } };
  expect(valueAt('$.one.state', body)).toBe('X');
  expect(valueAt('$.items[*].n', body)).toEqual([1, 2]);
  expect(valueAt('$.items[:1].n', body)).toEqual([1]);
  for (const path of ['$.none', '$.constructor', '$.one.__proto__', '$.items.length', '$..none'])
    expect(valueAt(path, body), path).toBeUndefined();
  expect(valueAt('$', undefined)).toBeUndefined();
  expect(rowsAt('$.items', body)).toHaveLength(2);
  expect(rowsAt('$.items[*]', body)).toHaveLength(2);
  expect(rowsAt('$.one', body)).toHaveLength(1);
  expect(rowsAt('$.one.gone', body)).toEqual([]);
});

test('words of the service become ours', () => {
  const field = describedField.parse({ path: '$.state', map: { X: 'open', true: 'yes', '*': 'closed' } });
  expect(
    [{ state: 'X' }, { state: true }, { state: 'toString' }, {}].map((row) => readField(field, row)),
  ).toEqual(['open', 'yes', 'closed', undefined]);
  expect(readField(describedField.parse({ path: '$', map: { a: 'b' } }), 'c')).toBe('c');
});

// A file of HTTP tools: its faults are named with their places, all at once.
import { expect, test } from 'vitest';
import { readHttpTools } from '../../../src/tools/http/http-tools-file.ts';

const LEAST = `- name: look
  description: Looks.
  request: { url: 'https://api.example.com/x' }
  tell: { message: Done. }
`;
const faultsOf = (text: string): string[] => {
  try {
    readHttpTools('tools.yaml', text);
    return [];
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'TOOL_SOURCE_INVALID' });
    return (thrown as Error).message.split('\n  ').slice(1);
  }
};
const withRequest = (request: string): string => LEAST.replace(/request: .*/, `request: ${request}`);

test('the least tool is taken', () => {
  expect(readHttpTools('tools.yaml', LEAST)).toMatchObject([
    { name: 'look', timeout_ms: 5_000, allow_private: false },
  ]);
});

test.each([
  [
    'a name that is none',
    LEAST.replace('look', 'look-up'),
    /^tools\.yaml:1:3 {2}\[0\]\.name: expected a name of letters/,
  ],
  ['a name twice', LEAST + LEAST, /^tools\.yaml:5:3 {2}\[1\]\.name: "look" is there twice/],
  [
    'an argument that there is not',
    withRequest(`{ url: 'https://api.example.com/{{args.id}}' }`),
    /:3:14 {2}\[0\]\.request\.url: there is no variable "{{args\.id}}" here; there are caller/,
  ],
  [
    'a writing method without effect',
    withRequest(`{ method: POST, url: 'https://api.example.com/' }`),
    /\[0\]\.effect: POST may change something: expected effect: true/,
  ],
  [
    'a result in the request',
    withRequest(`{ url: 'https://api.example.com/?x={{result.a}}' }`),
    /there is no variable "{{result\.a}}"/,
  ],
  [
    'a result without fallback',
    LEAST.replace('Done.', `'Is {{result.a}}.', fields: { a: $.a }`),
    /\[0\]\.tell\.message: .*{{result\.a \| none}}/,
  ],
  [
    'a secret in the words',
    LEAST.replace('Done.', `'{{secret.a}}'`),
    /\[0\]\.tell\.message: .*headers and the query alone/,
  ],
  [
    'a field of the runner',
    LEAST.replace('Done.', 'Done., fields: { status: $.a }'),
    /\[0\]\.tell\.fields\.status: .*another name/,
  ],
  [
    'a status that is success',
    LEAST.replace('Done.', 'Done., when: { 200: Ok. }'),
    /\[0\]\.tell\.when\S+: .*400 to 599/,
  ],
  [
    'a status that says nothing of an effect',
    `${LEAST.replace('Done.', 'Done., when: { 503: Later., 404: None. }')}  effect: true\n`,
    /:4:\d+ {2}\[0\]\.tell\.when\S+: .*from 400 to 499/,
  ],
  [
    'an effect of nothing',
    `${LEAST}  effect: {}\n`,
    /:5:\d+ {2}\[0\]\.effect: expected true, false, reverses: .*or about:/,
  ],
  [
    'an effect about what nobody knows',
    `${LEAST}  effect: { about: '{{args.number}}' }\n`,
    /:5:\d+ {2}\[0\]\.effect\.about: there is no variable "{{args\.number}}"/,
  ],
  [
    'an array of nothing',
    `${LEAST}  parameters: { a: { type: array, description: x } }\n`,
    /:5:\d+ {2}\[0\]\.parameters\.a\.items: expected the type/,
  ],
  [
    'an enum of numbers',
    `${LEAST}  parameters: { a: { type: integer, description: x, enum: ['1'] } }\n`,
    /parameters\.a\.enum: only a string/,
  ],
  [
    'no description',
    `${LEAST}  parameters: { a: { type: string } }\n`,
    /parameters\.a\.description: .*missing/,
  ],
  ['a time that is none', `${LEAST}  timeout_ms: 4s\n`, /:5:3 {2}\[0\]\.timeout_ms: expected number/],
  ['a misspelt field', `${LEAST}  efect: true\n`, /:5:3 {2}\[0\]\.efect: there is no such field/],
  ['an alias to nothing', `${LEAST}  effect: *none\n`, /^tools\.yaml:\d+:\d+ {2}.*none/],
  ['no list', 'name: x\n', /^tools\.yaml:1:1 {2}expected a list of tools/],
  ['nothing', '', /^tools\.yaml:1:1 {2}expected a list of tools/],
  ['no YAML', '- {', /^tools\.yaml:1:\d+ {2}\S/],
])('%s is named with its place', (_, text, words) => {
  expect(faultsOf(text)).toContainEqual(expect.stringMatching(words));
});

test('every fault is told at once, in every tool', () => {
  const text = LEAST.replace('look', '1') + LEAST.replace('Done.', "'{{x}}'");
  expect(faultsOf(text)).toHaveLength(2);
});

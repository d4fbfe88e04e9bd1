// The description of a CRM: its faults are named with their places.
import { expect, test } from 'vitest';
import { loadHttpCrm, readHttpCrm } from '../../../src/crm/http/description.ts';

const LEAST = `name: Ours
base_url: https://crm.example.com/v2
find_by_phone:
  url: /people?phone={{phone}}
  response: { fields: { id: $.id, name: $.name } }
`;
const faultsOf = (text: string): string[] => {
  try {
    readHttpCrm('crm.yaml', text);
    return [];
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'CRM_INVALID' });
    return (thrown as Error).message.split('\n  ').slice(1);
  }
};

test('the least description is taken, and is plain data', () => {
  const description = readHttpCrm('crm.yaml', LEAST);
  expect(structuredClone(description)).toEqual(description);
  expect(description).toMatchObject({ allow_private: false, keeps_keys: false, timeout_ms: 5_000 });
});

test('the example is plain data too', async () => {
  const description = await loadHttpCrm('fixtures/crm/example.yaml');
  expect(structuredClone(description)).toEqual(description);
});

test.each([
  [
    'an unknown variable',
    LEAST.replace('{{phone}}', '{{number}}'),
    /^crm\.yaml:4:3 {2}find_by_phone\.url: there is no variable "{{number}}" here; there are phone/,
  ],
  [
    'a misspelt field',
    `${LEAST}find_by_fone: {}\n`,
    /^crm\.yaml:6:1 {2}find_by_fone: there is no such field/,
  ],
  [
    'a whole address behind the base',
    LEAST.replace('/people', 'https://elsewhere.example.com/people'),
    /:4:3 {2}find_by_phone\.url: expected a path that begins with a slash/,
  ],
  [
    'an address with a password',
    LEAST.replace('https://', 'https://me:secret@'),
    /:2:1 {2}base_url: expected an address/,
  ],
  [
    'a variable in the host',
    LEAST.replace('https://crm', 'https://{{phone}}'),
    /base_url: expected an address/,
  ],
  [
    'no JSONPath',
    LEAST.replace('$.id', 'id'),
    /:5:\d+ {2}find_by_phone\.response\.fields\.id\.path: expected a JSONPath/,
  ],
  [
    'a field that is missing',
    LEAST.replace('id: $.id, ', ''),
    /:5:\d+ {2}find_by_phone\.response\.fields\.id: .*missing/,
  ],
  [
    'a secret in a body',
    `${LEAST}create_contact:\n  method: POST\n  url: /p\n  body: { token: '{{secret.a}}' }\n  response: { fields: { id: $.id, name: $.n } }\n`,
    /:9:11 {2}create_contact\.body\.token: .*headers and the query alone/,
  ],
  ['a body of GET', `${LEAST}check: { url: /x, body: {} }\n`, /check\.method: GET carries no body/],
  [
    'a header that comes from the body',
    `${LEAST}check: { url: /x, headers: { content-length: 3 } }\n`,
    /check\.headers\S+: this header is set by itself/,
  ],
  [
    'a header that is the connection’s own, for all requests',
    `${LEAST}headers: { Host: other.example.com }\n`,
    /:6:12 {2}headers\.Host: this header is set by itself/,
  ],
  [
    'keys that are kept, but not sent',
    `${LEAST}keeps_keys: true\nlog_call: { method: POST, url: /calls }\n`,
    /:7:1 {2}log_call: keeps_keys: true, but {{call_id}} is nowhere/,
  ],
  [
    'an appointment without an end',
    `${LEAST}appointments_of:\n  url: /v/{{contact_id}}\n  response: { fields: { id: $.id, starts_at: $.at } }\n`,
    /appointments_of\.response\.fields: expected ends_at or minutes/,
  ],
  [
    'an update that tells nothing',
    `${LEAST}update_contact: { method: PUT, url: '/p/{{id}}' }\n`,
    /update_contact: expected response:, or find_by_id/,
  ],
  [
    'a cancellation that tells nothing',
    `${LEAST}cancel_appointment: { method: DELETE, url: '/v/{{id}}' }\n`,
    /cancel_appointment: expected response:, or find_appointment/,
  ],
  [
    'a search that asks of nobody',
    LEAST.replace('{{phone}}', 'all'),
    /:3:1 {2}find_by_phone: {{phone}} is nowhere in this request/,
  ],
  [
    'a search by e-mail that asks of nobody',
    `${LEAST}find_by_email: { url: /people, response: { fields: { id: $.id, name: $.name } } }\n`,
    /find_by_email: {{email}} is nowhere/,
  ],
  [
    'a list without what its members are known by',
    LEAST.replace('{ fields:', '{ list: $.people, fields:'),
    /:5:\d+ {2}find_by_phone\.response\.fields: expected phone beside list/,
  ],
  [
    'orders of everybody',
    `${LEAST}find_object: { order: { url: '/{{kind}}s', response: { fields: { id: $.id, number: $.n } } } }\n`,
    /find_object\.order: {{number}} or {{bare_number}} is nowhere/,
  ],
  [
    'a path through all of the answer',
    LEAST.replace('$.id', '$..id'),
    /fields\.id\.path: expected a JSONPath.*write the whole path/,
  ],
  ['a country that is none', `${LEAST}default_country: UK\n`, /:6:1 {2}default_country: expected a country/],
  ['no YAML', 'name: [', /^crm\.yaml:1:\d+ {2}\S/],
  ['nothing', '', /^crm\.yaml:1:1 {2}expected object/],
])('%s is named with its place', (_, text, words) => {
  expect(faultsOf(text)).toContainEqual(expect.stringMatching(words));
});

test('every fault is told at once', () => {
  expect(faultsOf('base_url: ftp://x\nfind_by_phone: { response: { fields: {} } }\n').length).toBeGreaterThan(
    3,
  );
});

test('a file that is not there says which', async () => {
  await expect(loadHttpCrm('/nowhere/crm.yaml')).rejects.toThrow(/\/nowhere\/crm\.yaml/);
});

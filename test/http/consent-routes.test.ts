import { expect, test } from 'vitest';
import { outbound, said } from './outbound-rig.ts';
import { bearer, GUARDED } from './served.ts';

const CONSENTS = '/api/v1/consents';
const LISTS = '/api/v1/suppression-lists';
const ADA = '+15550100123';
const given = {
  number: '+1 555 010 0123',
  kind: 'written',
  givenAt: '2025-03-01T09:00:00-05:00',
  source: 'form',
};

test('a consent is put on record, once, and found by its number', async (context) => {
  const { get, send } = await outbound(context);
  const added = await send('POST', CONSENTS, {
    ...given,
    seller: 'Harbour',
    expiresAt: '2027-03-01T00:00:00Z',
  });
  expect([added.status, added.headers.get('cache-control'), await added.json()]).toEqual([
    200,
    'no-store',
    { added: true },
  ]);
  expect(await (await send('POST', CONSENTS, { ...given, seller: 'Harbour' })).json()).toEqual({
    added: false,
  });
  const found = await get(`${CONSENTS}?number=${ADA}`);
  expect(await found.json()).toMatchObject({
    consents: [
      {
        ...{ number: ADA, kind: 'written', source: 'form', seller: 'Harbour', wording: '' },
        ...{ givenAt: '2025-03-01T14:00:00.000Z', expiresAt: '2027-03-01T00:00:00.000Z' },
      },
    ],
  });
  expect(await (await get(`${CONSENTS}?number=%2B15550100777`)).json()).toEqual({ consents: [] });
});

test.for<[unknown, string]>([
  [{ ...given, kind: undefined }, 'body.kind: expected "express" or "written"'],
  [{ ...given, kind: 'implied' }, 'body.kind: expected "express" or "written"'],
  [{ ...given, number: '5550100777' }, 'body.number: expected a phone number'],
  [{ ...given, number: '+155501007777' }, 'body.number: expected a phone number'],
  [{ ...given, source: ' ' }, 'body.source: expected where it was given'],
  [{ ...given, givenAt: '2025-03-01' }, 'body.givenAt: expected a moment with its offset'],
  [{ ...given, expiresAt: '2025-02-01T00:00:00Z' }, 'it ends before it begins'],
  [{ ...given, x5550100777: 1 }, 'body: expected the fields number, kind, givenAt and source'],
])('a consent such as %j is refused, by its field', async ([body, words], context) => {
  const { get, send, log } = await outbound(context);
  const answer = await said(await send('POST', CONSENTS, body));
  expect(answer).toEqual([400, 'API_REQUEST_INVALID', expect.stringContaining(words)]);
  expect(answer[2] + log.join('')).not.toContain('5550100777');
  expect(await (await get(`${CONSENTS}?number=${ADA}`)).json()).toEqual({ consents: [] });
});

test('a list is imported, listed and removed', async (context) => {
  const { get, send, upload } = await outbound(context);
  const taken = await upload(
    `${LISTS}?name=National%20DNC&asOf=2025-12-20&country=US`,
    '2125550100\n2125550101\n',
  );
  const list = { name: 'National DNC', asOf: '2025-12-20T00:00:00.000Z', numbers: 2, version: 1 };
  expect([taken.status, await taken.json()]).toMatchObject([200, list]);
  expect(await (await get(LISTS)).json()).toMatchObject({ lists: [list] });
  expect((await send('DELETE', `${LISTS}?name=National%20DNC`)).status).toBe(204);
  expect(await said(await send('DELETE', `${LISTS}?name=National%20DNC`))).toMatchObject([
    404,
    'RECORD_UNKNOWN',
    {},
  ]);
});

test.for<[string, string, number, string]>([
  ['asOf=2025-12-20', '+12125550100\n', 400, 'name: expected the name of a list'],
  ['name=a', '+12125550100\n', 400, 'asOf: expected when it was made'],
  ['name=a&asOf=yesterday', '+12125550100\n', 400, 'asOf: expected when it was made'],
  ['name=a&asOf=2025-12-20&country=usa', '1\n', 400, 'country: expected a country by ISO 3166'],
  ['name=a&asOf=2025-12-20&name=b', '1\n', 400, 'name: expected once'],
  ['name=a&asOf=2027-12-20', '+12125550100\n', 422, 'not in the future'],
  ['name=a&asOf=2025-12-20', '+12125550100\nnobody\n', 422, 'in line 2'],
  ['name=a&asOf=2025-12-20', '', 422, 'there is no number in it'],
])(
  'a list with %s and %j is refused; the one before holds',
  async ([query, file, status, words], context) => {
    const { get, upload } = await outbound(context);
    await upload(`${LISTS}?name=a&asOf=2025-12-01`, '+12125550199\n');
    expect(await said(await upload(`${LISTS}?${query}`, file))).toEqual([
      status,
      status === 400 ? 'API_REQUEST_INVALID' : 'SUPPRESSION_LIST_INVALID',
      expect.stringContaining(words),
    ]);
    expect(await (await get(LISTS)).json()).toMatchObject({ lists: [{ name: 'a', numbers: 1, version: 1 }] });
  },
);

test('whoever has no token neither reads nor writes', async (context) => {
  const { get, send } = await outbound(context, { operator: GUARDED });
  const asked = [
    get(LISTS),
    get(`${CONSENTS}?number=${ADA}`),
    send('DELETE', `${LISTS}?name=a`),
    send('POST', CONSENTS, given),
  ];
  for (const response of await Promise.all(asked)) expect(response.status).toBe(401);
  expect((await get(LISTS, bearer(GUARDED.token!))).status).toBe(200);
});

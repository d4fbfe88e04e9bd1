import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { bearer, GUARDED } from './served.ts';
import { ALL, CONTACTS, LINE, outbound, said, settings } from './outbound-rig.ts';

test('made, filled, started, paused, gone on with, stopped; and how far it is', async (context) => {
  const { get, send, upload } = await outbound(context);
  const created = await send('POST', ALL, { name: ' Spring ', settings: settings() });
  expect([created.status, created.headers.get('cache-control')]).toEqual([201, 'no-store']);
  const { id, ...entry } = (await created.json()) as Record<string, unknown> & { id: string };
  expect(entry).toMatchObject({ name: 'Spring', state: 'draft', pausedBy: null, clonedFrom: null });
  expect(await said(await send('POST', `${ALL}/${id}/start`))).toEqual([
    ...[409, 'CAMPAIGN_CONFLICT'],
    expect.stringContaining('there is nobody to call'),
  ]);

  const imported = await upload(
    `${ALL}/${id}/contacts?file=spring.csv`,
    `${CONTACTS}+1212,Bob,,,\r\n${LINE}x`,
  );
  expect([imported.status, await imported.json()]).toMatchObject([
    201,
    { file: 'spring.csv', state: 'done', cause: null, rows: 3, kept: 1, merged: 0, faulty: 2 },
  ]);
  const started = await send('POST', `${ALL}/${id}/start`, { at: '2026-01-02T00:00:00Z' });
  expect(await started.json()).toMatchObject({ state: 'scheduled', startsAt: '2026-01-02T00:00:00.000Z' });
  expect(await (await send('POST', `${ALL}/${id}/pause`)).json()).toMatchObject({ state: 'paused' });
  expect(await (await send('POST', `${ALL}/${id}/resume`)).json()).toMatchObject({ state: 'scheduled' });
  expect(await (await get(`${ALL}/${id}`)).json()).toMatchObject({
    campaign: { id, state: 'scheduled' },
    ...{ contacts: { waiting: 1 }, outcomes: {}, attempts: {}, remaining: 1, estimateMs: null },
  });
  expect(await (await send('POST', `${ALL}/${id}/stop`)).json()).toMatchObject({ state: 'stopped' });
  expect(await said(await send('POST', `${ALL}/${id}/pause`))).toMatchObject([
    409,
    'CAMPAIGN_CONFLICT',
    'a campaign that is stopped cannot be paused: it must be running or scheduled',
  ]);
  const again = await send('POST', `${ALL}/${id}/clone`, { name: 'Spring again', outcomes: ['stopped'] });
  expect([again.status, await again.json()]).toMatchObject([201, { clonedFrom: id, state: 'draft' }]);
  const { campaigns } = (await (await get(ALL)).json()) as { campaigns: { name: string }[] };
  expect(campaigns.map(({ name }) => name).sort()).toEqual(['Spring', 'Spring again']);
});

test('a server that stops begins no campaign; what ends one is done', async (context) => {
  const switchboard = { isDraining: false };
  const { send, upload, made } = await outbound(context, { switchboard });
  const id = await made();
  await upload(`${ALL}/${id}/contacts`, CONTACTS);
  await send('POST', `${ALL}/${id}/start`);
  switchboard.isDraining = true;
  expect((await send('POST', `${ALL}/${id}/pause`)).status).toBe(200);
  for (const move of ['start', 'resume']) {
    const refused = await send('POST', `${ALL}/${id}/${move}`);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await said(refused)).toMatchObject([503, 'SERVER_STOPPING', expect.any(String)]);
  }
  expect((await send('POST', `${ALL}/${id}/stop`)).status).toBe(200);
});

test('a page of another origin moves nothing, nor does a body that browsers send without asking', async (context) => {
  const { url, made } = await outbound(context);
  const id = await made();
  const moved = (headers: Record<string, string>, body?: string): Promise<Response> =>
    fetch(`${url}${ALL}/${id}/stop`, { method: 'POST', headers, ...(body !== undefined && { body }) });
  for (const origin of ['https://elsewhere.example', 'http://127.0.0.1:1', 'null'])
    expect(await said(await moved({ origin }))).toMatchObject([401, 'NOT_AUTHORISED', expect.any(String)]);
  expect((await moved({ 'content-type': 'text/plain' }, 'x')).status).toBe(400);
  expect((await moved({ origin: url })).status).toBe(200);
});

test('an outcome that there is not makes no draft', async (context) => {
  const { send, upload, made } = await outbound(context);
  const id = await made();
  await upload(`${ALL}/${id}/contacts`, CONTACTS);
  const cloned = async (...outcomes: string[]) =>
    said(await send('POST', `${ALL}/${id}/clone`, { name: outcomes.join(), outcomes }));
  expect(await cloned('busy', 'bogus')).toEqual([
    ...[422, 'CAMPAIGN_INVALID'],
    'outcomes: there are no such outcomes; nothing has come of anybody yet',
  ]);
  await send('POST', `${ALL}/${id}/stop`);
  expect(await cloned('bogus', 'constructor')).toEqual([
    ...[422, 'CAMPAIGN_INVALID'],
    'outcomes: there are no such outcomes; this campaign has stopped (1)',
  ]);
  expect((await cloned('busy', 'stopped'))[0]).toBe(201);
});

test('columns named like something of every object are variables', async (context) => {
  const { get, upload, made } = await outbound(context);
  const id = await made();
  const imported = await upload(
    `${ALL}/${id}/contacts`,
    'phone,__proto__,constructor\n+12125550100,one,two\n',
  );
  expect([imported.status, await imported.json()]).toMatchObject([201, { kept: 1, faulty: 0 }]);
  expect(await (await get(`${ALL}/${id}/results`)).text()).toMatch(/one.*two|two.*one/);
});

test('a file is looked through without a contact of it', async (context) => {
  const { get, upload, made } = await outbound(context);
  const id = await made();
  const checked = await upload(`${ALL}/${id}/contacts/check`, `${CONTACTS}+1212,Bob,,,\n`);
  expect([checked.status, await checked.json()]).toMatchObject([
    200,
    { rows: 2, faulty: 1, faults: [{ line: 3, field: 'phone' }] },
  ]);
  expect((await upload(`${ALL}/${id}/contacts/check`, 'name\nAda\n')).status).toBe(422);
  expect((await upload(`${ALL}/other/contacts/check`, CONTACTS)).status).toBe(404);
  expect(await (await get(`${ALL}/${id}/imports`)).json()).toEqual({ imports: [] });
});

test('results, faults and the audit of it go out', async (context) => {
  const { get, send, upload, made } = await outbound(context);
  const id = await made();
  await upload(`${ALL}/${id}/contacts`, `${CONTACTS}+1212,=Bob,,,\n`);
  await send('POST', `${ALL}/${id}/start`);
  const results = await get(`${ALL}/${id}/results`);
  expect(results.headers.get('content-type')).toContain('text/csv');
  const [titles, ada, none] = (await results.text()).split('\r\n');
  expect(titles).toMatch(/^number,state,outcome,attempts,.*,name$/);
  expect([ada?.startsWith('+12125550100,waiting,'), ada?.endsWith(',Ada'), none]).toEqual([true, true, '']);

  const { imports } = (await (await get(`${ALL}/${id}/imports`)).json()) as { imports: { id: string }[] };
  const faults = await get(`${ALL}/${id}/imports/${imports[0]!.id}/faults`);
  expect(faults.headers.get('content-disposition')).toBe('attachment; filename=faults.csv');
  expect((await faults.text()).split('\r\n')).toEqual([
    'line,field,words',
    expect.stringMatching(/^3,phone,"""\+1212"" is no (phone )?number/),
    '',
  ]);
  expect(await said(await get(`${ALL}/${id}/imports/other/faults`))).toMatchObject([
    ...[404, 'RECORD_UNKNOWN'],
    'this campaign has no import of this id',
  ]);

  const first = (await (await get(`${ALL}/${id}/audit?limit=1`)).json()) as { lines: object[]; next: string };
  expect(first.lines).toMatchObject([{ decision: 'control', rule: 'campaign.created', to: null }]);
  const rest = await get(`${ALL}/${id}/audit?cursor=${first.next}`);
  expect(await rest.json()).toMatchObject({ lines: [{ rule: 'campaign.started' }], next: null });
  const newest = await get(`${ALL}/${id}/audit?order=newest&limit=1`);
  expect(await newest.json()).toMatchObject({ lines: [{ rule: 'campaign.started' }] });
  expect(await (await get(`${ALL}/${id}/audit?kind=refusals`)).json()).toEqual({ lines: [], next: null });
});

test.for<[string, object, string]>([
  [
    'an unowned caller ID',
    { caller_ids: ['+13125550190'] },
    'caller_ids[0]: +13125550190 is neither a number of',
  ],
  ['no consent kind', { consent: { kind: 'any' } }, 'consent.kind: expected which consent is needed'],
  ['no consent at all', { consent: undefined }, 'consent: expected which consent is needed'],
  ['no profile of the name', { profile: 'Nobody' }, 'profile: there is no profile "Nobody"'],
  ['too short a ring', { pace: { ring_s: 5 } }, 'pace.ring_s: expected a whole number of seconds from 15'],
  ['a field that there is not', { colour: 'red' }, 'colour: there is no such field'],
])('%s is refused with its field', async ([, changes, words], context) => {
  const { get, send } = await outbound(context);
  const [status, error, message] = await said(
    await send('POST', ALL, { name: 'Spring', settings: settings(changes) }),
  );
  expect([status, error, message]).toEqual([422, 'CAMPAIGN_INVALID', expect.stringContaining(words)]);
  expect(await (await get(ALL)).json()).toEqual({ campaigns: [] });
});

test('a window that never opens is refused with its field', async (context) => {
  const { send } = await outbound(context, { canEverOpen: false });
  expect(await said(await send('POST', ALL, { name: 'Spring', settings: settings() }))).toEqual([
    ...[422, 'CAMPAIGN_INVALID'],
    expect.stringContaining('windows: these never open'),
  ]);
});

test.for<[string, string, unknown, number, string]>([
  ['POST', ALL, { name: '', settings: {} }, 400, 'body.name: expected a name of 1 to 200 characters'],
  ['POST', ALL, { name: 'a', setting5550100777: {} }, 400, 'body: expected the fields name and settings'],
  ['POST', ALL, '{"name"', 400, 'the body is not JSON'],
  ['POST', ALL, undefined, 400, 'send a JSON body'],
  ['POST', ALL, { name: 'a', settings: 'x'.repeat(20_000) }, 413, 'more than 16 kB'],
  ['POST', `${ALL}/ID/start`, { at: 'tomorrow' }, 400, 'body.at: expected a moment with its offset'],
  ['POST', `${ALL}/ID/clone`, { name: 'b', outcomes: [] }, 400, 'body.outcomes: expected a list of outcomes'],
  ['POST', `${ALL}/nobody/start`, undefined, 404, 'there is no campaign of this id'],
  ['POST', `${ALL}/nobody/stop`, undefined, 404, 'there is no campaign of this id'],
  ['GET', `${ALL}/a%00b`, undefined, 404, 'there is no campaign of this id'],
  ['GET', `${ALL}/ID/audit?limit=1001`, undefined, 400, 'limit: expected a whole number from 1 to 1000'],
  ['GET', `${ALL}/ID/audit?limit=1&limit=2`, undefined, 400, 'limit: expected once'],
  ['GET', `${ALL}/ID/audit?cursor=x5550100777`, undefined, 400, 'cursor: expected `next` of the page before'],
  [
    'GET',
    `${ALL}/ID/audit?x5550100777=1`,
    undefined,
    400,
    'query: expected no other parameters than limit, cursor',
  ],
])('%s %s %j: %i, in words that quote nothing', async ([method, path, body, status, words], context) => {
  const { send, made, log } = await outbound(context);
  const id = await made();
  const answer = await said(await send(method, path.replace('ID', id), body));
  expect([answer[0], answer[2]]).toEqual([status, expect.stringContaining(words)]);
  expect(answer[2] + log.filter((line) => line.includes('refused')).join('')).not.toContain('5550100777"');
});

const utf16 = Buffer.from('\ufeffphone\n+12125550100\n', 'utf16le');
const latin = Buffer.from('phone,name\n+12125550100,Jos\xe9\n', 'latin1');

test.for<[string, string | Uint8Array<ArrayBuffer>, string, string]>([
  ['XLSX by its bytes', Buffer.from('PK\x03\x04 and more'), 'text/csv', 'this is a spreadsheet (XLSX'],
  [
    'XLSX by its type',
    'x',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    'this is a spreadsheet',
  ],
  ['UTF-16', utf16, 'text/csv', 'this is UTF-16'],
  ['Latin-1', latin, 'text/csv', 'line 2 is not UTF-8'],
  [
    'no column of numbers',
    'name,city\nAda,Rome\n',
    'text/csv; charset=utf-8',
    'line 1: no column is the phone number',
  ],
  ['a quote that is not closed', 'phone,name\n+12125550100,"Ada\n', 'text/csv', 'is never closed'],
  ['nothing', '', 'text/csv', 'the file is empty'],
])('%s is refused in words; nothing of it is a contact', async ([, bytes, type, words], context) => {
  const { get, upload, made } = await outbound(context);
  const id = await made();
  expect(await said(await upload(`${ALL}/${id}/contacts`, bytes, type))).toEqual([
    ...[422, 'CONTACTS_INVALID'],
    expect.stringContaining(words),
  ]);
  expect(await (await get(`${ALL}/${id}`)).json()).toMatchObject({ contacts: {} });
  const { imports } = (await (await get(`${ALL}/${id}/imports`)).json()) as { imports: object[] };
  if (type.startsWith('text/csv'))
    expect(imports).toMatchObject([{ state: 'failed', cause: expect.stringContaining(words) as string }]);
});

test('a line of 100 MB is refused after 100 kB of it; whoever sends all of it gets to read why', async (context) => {
  const { url, made } = await outbound(context);
  const id = await made();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  context.onTestFinished(() => void socket.destroy());
  const answer = once(socket, 'data') as Promise<[Buffer]>;
  const head = 'phone,name\n+12125550100,';
  socket.write(
    `POST ${ALL}/${id}/contacts HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: text/csv\r\ncontent-length: ${head.length + 100_000_000}\r\n\r\n${head}`,
  );
  const chunk = Buffer.alloc(1_000_000, 'x');
  for (let sent = 0; sent < 100; sent += 1) if (!socket.write(chunk)) await once(socket, 'drain');
  const [said] = await answer;
  expect(said.toString()).toMatch(/^HTTP\/1\.1 422 [^]*line 2: this row goes on for more than 100 kB/);
  // The connection is good for another request.
  const next = once(socket, 'data') as Promise<[Buffer]>;
  socket.write(`GET ${ALL}/${id} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  expect((await next)[0].toString()).toMatch(/^HTTP\/1\.1 200 [^]*"contacts":\{\}/);
});

test('a file that has no names of columns: whoever sent it reads what stands there, the log does not', async (context) => {
  const { upload, made, log } = await outbound(context);
  const id = await made();
  expect(await said(await upload(`${ALL}/${id}/contacts`, '+12125550100,Ada\n'))).toEqual([
    ...[422, 'CONTACTS_INVALID'],
    expect.stringContaining('there are "+12125550100", "Ada"'),
  ]);
  expect(log.join('')).not.toMatch(/2125550100|Ada/);
});

test('a form is no file, and neither is JSON', async (context) => {
  const { upload, made } = await outbound(context);
  const id = await made();
  for (const type of ['application/x-www-form-urlencoded', 'application/json', 'text/plain'])
    expect(await said(await upload(`${ALL}/${id}/contacts`, CONTACTS, type))).toEqual([
      ...[400, 'API_REQUEST_INVALID'],
      expect.stringContaining('content-type: text/csv'),
    ]);
});

test('columns by a mapping, numbers by the country of the campaign', async (context) => {
  const { get, upload, made } = await outbound(context);
  const id = await made();
  const mapping = encodeURIComponent(JSON.stringify({ Anschluss: 'phone', Spalte: '' }));
  const file = 'Anschluss;Spalte;Name\n(212) 555-0100;weg;Ada\n';
  expect(await said(await upload(`${ALL}/${id}/contacts?mapping=no`, file))).toMatchObject([
    ...[400, 'API_REQUEST_INVALID'],
    expect.stringContaining('mapping: expected JSON'),
  ]);
  expect(await (await upload(`${ALL}/${id}/contacts?mapping=${mapping}`, file)).json()).toMatchObject({
    kept: 1,
  });
  const csv = await (await get(`${ALL}/${id}/results`)).text();
  expect(csv).toMatch(/,attempt,name\r\n\+12125550100,.*,Ada\r\n$/);
});

test('an upload that breaks off leaves nothing but the word of it', async (context) => {
  const { url, get, made, contacts } = await outbound(context);
  const id = await made();
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${ALL}/${id}/contacts HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: text/csv\r\ncontent-length: 1000\r\n\r\n${CONTACTS}`,
  );
  while ((await contacts.find(id)).length === 0) await new Promise(setImmediate);
  socket.destroy();
  for (;;) {
    const [only] = await contacts.find(id);
    if (only?.state === 'reading') await new Promise(setImmediate);
    else break;
  }
  expect(await contacts.find(id)).toMatchObject([{ state: 'failed', kept: 0 }]);
  expect(await (await get(`${ALL}/${id}`)).json()).toMatchObject({ contacts: {} });
});

test('whoever has no token neither reads nor writes', async (context) => {
  const { get, send } = await outbound(context, { operator: GUARDED });
  const asked = [get(ALL), send('POST', ALL, {}), get(`${ALL}/a/results`), send('POST', `${ALL}/a/contacts`)];
  for (const response of await Promise.all(asked)) expect(response.status).toBe(401);
  expect((await get(ALL, bearer(GUARDED.token!))).status).toBe(200);
});

import type { Router } from 'express';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import type { CommandAnswer } from '../../src/console/call-commands.ts';
import { actRoutes } from '../../src/http/act-routes.ts';
import { apiRoutes } from '../../src/http/api-routes.ts';
import type { AgentList } from '../../src/console/agent-view.ts';
import { auditRoutes } from '../../src/http/audit-routes.ts';
import { bundleRoutes } from '../../src/http/bundle-routes.ts';
import { openApi, openApiRoutes } from '../../src/http/openapi.ts';
import type { OperatorOptions } from '../../src/http/operator.ts';
import { profileRoutes } from '../../src/http/profile-routes.ts';
import { recordRoutes } from '../../src/http/record-routes.ts';
import { optOutRoutes } from '../../src/http/opt-out-routes.ts';
import { totalsRoutes } from '../../src/http/totals-routes.ts';
import { recordingRoutes } from '../../src/http/recording-routes.ts';
import { voicemailRoutes } from '../../src/http/voicemail-routes.ts';
import { nodeRoutes, type NodeDesk } from '../../src/http/node-routes.ts';
import { memoryOptOuts, optOut } from '../doubles/memory-opt-outs.ts';
import { heldCampaigns } from './held-campaigns.ts';
import { checkOf, everywhere, openApiDocument, operationsOf } from './described.ts';
import { bearer, GUARDED, keptRecords, keptVoicemails, OPEN, record, served, type Served } from './served.ts';

const document = openApiDocument.parse(openApi('1.2.3'));
const operations = operationsOf(document);
const schemas = Object.keys(document.components.schemas);
const REF = '#/components/schemas/';

const NO_AGENTS: AgentList = {
  ...{ agents: [], faults: [], readAt: '2026-01-31T08:00:00.000Z', failedAt: null, added: [], removed: [] },
};
const SUMS = {
  ...{ calls: 3, outcomes: [{ outcome: null, calls: 3 }], costUsd: 0.0158, unpricedCalls: 1 },
};
const NODE = {
  ...{
    node: 'i/1-2-3',
    key: 'abcdefgh',
    address: 'http://10.0.0.5:8081',
    publicUrl: 'https://calls.example',
  },
  ...{ name: 'one:8080', calls: 3, capacity: undefined, isDraining: false, lagMs: 0.4 },
  startedAt: new Date('2026-01-31T08:00:00Z'),
};
const NODES: NodeDesk = {
  own: NODE,
  others: [{ ...NODE, node: 'i/2-2-3', key: 'ijklmnop', capacity: 10, life: 'dead', agoMs: 6_000.5 }],
  askToDrain: (key) => (key === 'gone' ? away() : Promise.resolve(key === 'abcdefgh')),
};
const noSound = {
  find: () => Promise.reject(new LivelineError('RECORD_UNKNOWN', 'there is no recording of this call')),
};

interface Api {
  readonly routes: readonly Router[];
  readonly notices: Notices;
}

function api(
  operator: OperatorOptions,
  store = keptRecords(record('CA2', { endedAt: null }), record('CA1')),
): Api {
  const notices = new Notices(silentLog);
  return {
    notices,
    routes: [
      apiRoutes(notices, operator),
      actRoutes({ carryOut: ({ callId: id, act }) => actOn(id, act) }, operator),
      nodeRoutes(NODES, operator),
      recordRoutes(store, operator),
      totalsRoutes({ since: () => Promise.resolve(SUMS) }, operator),
      recordingRoutes(noSound, operator),
      bundleRoutes({ records: store, recordings: noSound }, operator),
      profileRoutes(() => NO_AGENTS, operator),
      voicemailRoutes(keptVoicemails(), operator),
      optOutRoutes(memoryOptOuts([optOut('+15550100123')]), operator),
      ...heldCampaigns(operator),
      auditRoutes({ find: () => Promise.resolve({ acts: [], next: null }) }, operator),
      openApiRoutes('1.2.3'),
    ],
  };
}

/** CA1 may be hung up on, CA9 not now. */
function actOn(id: string, act: string): CommandAnswer {
  if (id === 'CA9') return { fault: 'elsewhere' };
  if (id === 'CA8') return { fault: 'out-of-reach' };
  if (id === 'CA7') return { fault: 'no-answer' };
  if (id !== 'CA1') return { fault: 'no-such-call' };
  const now = { listen: null, takeOver: 'typing-secret', transfer: null, operator: null } as const;
  if (act === 'look')
    return { ok: true, now: { ...now, destinations: [{ name: 'billing', spoken: 'Billing' }] } };
  return act === 'transfer' ? { fault: 'no-such-destination' } : { ok: true };
}

const serve = (context: Pick<TestContext, 'onTestFinished'>, { routes }: Api): Promise<Served> =>
  served(context, ...routes);

test('it is OpenAPI 3.1, of this version', () => {
  expect(document.info.version).toBe('1.2.3');
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('every reference leads to a schema, and every schema is referred to', () => {
  const refs = new Set(everywhere(document, '$ref').map(String));
  expect([...refs].map((ref) => ref.replace(REF, '')).sort()).toEqual(schemas.toSorted());
  expect(everywhere(document, '$defs')).toEqual([]);
  expect(everywhere(document, '$id')).toEqual([]);
});

test('every part of a path is declared, once', () => {
  for (const { path, parameters = [] } of operations) {
    const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter(({ in: where }) => where === 'path').map(({ name }) => name)).toEqual(parts);
  }
});

test('every route is described, and what is described is there', () => {
  const there = api(OPEN).routes.flatMap(({ stack }) =>
    stack.flatMap(({ route }) =>
      route === undefined
        ? []
        : [route.path]
            .flat()
            .flatMap((path) =>
              route.stack.map(({ method }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`),
            ),
    ),
  );
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  expect([...new Set(there)].sort()).toEqual(described.toSorted());
});

test('whatever holds data asks for the token; the document does not', async (context) => {
  const { get, url } = await serve(context, api(GUARDED));
  for (const { method, path, security = document.security, responses } of operations) {
    const response = await fetch(`${url}${path.replace(/\{\w+\}/, 'CA1')}`, {
      method: method.toUpperCase(),
    });
    const isGuarded = security.some((scheme) => 'operatorToken' in scheme);
    expect([path, response.status]).toEqual([path, isGuarded ? 401 : 200]);
    expect('401' in responses).toBe(isGuarded);
    await response.body?.cancel();
  }
  expect((await get('/api/v1/calls', bearer(GUARDED.token!))).status).toBe(200);
});

const away = (): Promise<never> => Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'away'));
const shut = (): Promise<never> => Promise.reject(new LivelineError('DATABASE_REFUSED', 'shut'));
const broken = (): Promise<never> => Promise.reject(new TypeError('broken'));
const failing = (how: () => Promise<never>) => ({ ...keptRecords(), find: how, get: how, last: how });
const note = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const csv = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'text/csv' },
  body,
});

test.for<[string, string, number, ReturnType<typeof api>, RequestInit?]>([
  ['/api/v1/totals', '?since=2026-01-31T08:00:00Z', 200, api(OPEN)],
  ['/api/v1/totals', '?since=today', 400, api(OPEN)],
  ['/api/v1/totals', '', 401, api(GUARDED)],
  ['/api/v1/calls', '?limit=1', 200, api(OPEN)],
  ['/api/v1/calls', '', 200, api(OPEN, keptRecords())],
  ['/api/v1/calls', '?limit=0', 400, api(OPEN)],
  ['/api/v1/calls', '', 401, api(GUARDED)],
  ['/api/v1/calls', '', 500, api(OPEN, failing(shut))],
  ['/api/v1/calls', '', 500, api(OPEN, failing(broken))],
  ['/api/v1/calls', '', 503, api(OPEN, failing(away))],
  ['/api/v1/calls/{callId}', 'CA1', 200, api(OPEN)],
  ['/api/v1/calls/{callId}', 'last', 200, api(OPEN)],
  ['/api/v1/calls/{callId}', 'CA3', 404, api(OPEN)],
  ['/api/v1/calls/{callId}', '%ff', 400, api(OPEN)],
  ['/api/v1/calls/{callId}', 'last', 503, api(OPEN, failing(away))],
  ['/api/v1/profiles', '', 200, api(OPEN)],
  ['/api/v1/profiles', '', 401, api(GUARDED)],
  ['/api/v1/calls/{callId}/bundle', 'CA3', 404, api(OPEN)],
  ['/api/v1/calls/{callId}/notes', 'CA1', 202, api(OPEN), note({ text: 'A member.' })],
  ['/api/v1/calls/{callId}/notes', 'CA1', 400, api(OPEN), note({ text: 7 })],
  ['/api/v1/calls/{callId}/notes', 'CA2', 404, api(OPEN), note({ text: 'A member.', answer: true })],
  ['/api/v1/calls/{callId}/notes', 'CA1', 413, api(OPEN), note('x'.repeat(20_000))],
  ['/api/v1/calls/{callId}/acts', 'CA1', 200, api(OPEN)],
  ['/api/v1/calls/{callId}/acts', 'CA2', 404, api(OPEN)],
  ['/api/v1/calls/{callId}/acts', 'CA1', 401, api(GUARDED)],
  ['/api/v1/calls/{callId}/acts', 'CA7', 502, api(OPEN)],
  ['/api/v1/calls/{callId}/acts', 'CA8', 503, api(OPEN)],
  ['/api/v1/calls/{callId}/notes', 'CA8', 503, api(OPEN), note({ text: 'A member.' })],
  ['/api/v1/calls/{callId}/hang-up', 'CA1', 202, api(OPEN), { method: 'POST' }],
  ['/api/v1/calls/{callId}/hang-up', 'CA2', 404, api(OPEN), { method: 'POST' }],
  ['/api/v1/calls/{callId}/hang-up', 'CA9', 409, api(OPEN), { method: 'POST' }],
  ['/api/v1/calls/{callId}/hang-up', 'CA1', 401, api(GUARDED), { method: 'POST' }],
  ['/api/v1/calls/{callId}/transfer', 'CA1', 400, api(OPEN), note({ destination: 'the moon' })],
  ['/api/v1/calls/{callId}/transfer', 'CA1', 400, api(OPEN), note({})],
  ['/api/v1/calls/{callId}/transfer', 'CA9', 409, api(OPEN), note({ destination: 'billing' })],
  ['/api/v1/calls/{callId}/whisper', 'CA1', 202, api(OPEN), note({ text: 'A member.', answer: true })],
  ['/api/v1/calls/{callId}/whisper', 'CA2', 404, api(OPEN), note({ text: 'A member.' })],
  ['/api/v1/calls/{callId}/whisper', 'CA1', 400, api(OPEN), note({ text: '' })],
  ['/api/v1/nodes', '', 200, api(OPEN)],
  ['/api/v1/nodes', '', 401, api(GUARDED)],
  ['/api/v1/nodes/{nodeId}/drain', 'abcdefgh', 202, api(OPEN), { method: 'POST' }],
  ['/api/v1/nodes/{nodeId}/drain', 'nobody', 404, api(OPEN), { method: 'POST' }],
  ['/api/v1/nodes/{nodeId}/drain', 'gone', 503, api(OPEN), { method: 'POST' }],
  ['/api/v1/nodes/{nodeId}/drain', 'abcdefgh', 401, api(GUARDED), { method: 'POST' }],
  ['/api/v1/voicemails', '?limit=1&profile=receptionist', 200, api(OPEN)],
  ['/api/v1/voicemails', '?limit=0', 400, api(OPEN)],
  ['/api/v1/voicemails', '', 401, api(GUARDED)],
  ['/api/v1/voicemails/{voicemailId}/sound', 'RE3', 404, api(OPEN)],
  ['/api/v1/opt-outs', '?number=%2B15550100123', 200, api(OPEN)],
  ['/api/v1/opt-outs', '?limit=0', 400, api(OPEN)],
  ['/api/v1/opt-outs', '', 200, api(OPEN), note({ number: '+15550100777' })],
  ['/api/v1/opt-outs', '', 400, api(OPEN), note({ number: 'x' })],
  ['/api/v1/opt-outs', '', 413, api(OPEN), note({ reason: 'x'.repeat(20_000) })],
  ['/api/v1/opt-outs', '?number=%2B15550100777', 404, api(OPEN), { method: 'DELETE' }],
  ['/api/v1/opt-outs', '?number=15550100777', 400, api(OPEN), { method: 'DELETE' }],
  ['/api/v1/calls', '', 201, api(OPEN), note({ to: '+12125550100', agent: 'Reminder' })],
  ['/api/v1/calls', '', 400, api(OPEN), note({ to: '+12125550100', agent: 'Nobody' })],
  ['/api/v1/calls', '', 403, api(OPEN), note({ to: '+12125550911', agent: 'Reminder' })],
  ['/api/v1/campaigns', '', 200, api(OPEN)],
  ['/api/v1/campaigns', '', 401, api(GUARDED)],
  ['/api/v1/campaigns', '', 201, api(OPEN), note({ name: 'Spring', settings: {} })],
  ['/api/v1/campaigns', '', 400, api(OPEN), note({ name: '' })],
  ['/api/v1/campaigns', '', 413, api(OPEN), note('x'.repeat(20_000))],
  ['/api/v1/campaigns', '', 422, api(OPEN), note({ name: 'Faulty', settings: {} })],
  ['/api/v1/attempts/{attemptId}', 'a1', 200, api(OPEN)],
  ['/api/v1/attempts/{attemptId}', 'a2', 404, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}', 'C1', 200, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}', 'C2', 404, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}/start', 'C1', 200, api(OPEN), { method: 'POST' }],
  ['/api/v1/campaigns/{campaignId}/pause', 'C1', 200, api(OPEN), { method: 'POST' }],
  ['/api/v1/campaigns/{campaignId}/resume', 'C1', 200, api(OPEN), { method: 'POST' }],
  ['/api/v1/campaigns/{campaignId}/stop', 'C2', 404, api(OPEN), { method: 'POST' }],
  ['/api/v1/campaigns/{campaignId}/clone', 'C1', 201, api(OPEN), note({ name: 'Again', outcomes: ['busy'] })],
  ['/api/v1/campaigns/{campaignId}/contacts', 'C1', 201, api(OPEN), csv('phone\n+12125550100\n')],
  ['/api/v1/campaigns/{campaignId}/contacts', 'C1', 422, api(OPEN), csv('name\nAda\n')],
  ['/api/v1/campaigns/{campaignId}/imports', 'C1', 200, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}/imports/{importId}/faults', 'C1', 404, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}/results', 'C2', 404, api(OPEN)],
  ['/api/v1/campaigns/{campaignId}/audit', 'C1', 200, api(OPEN)],
  ['/api/v1/consents', '?number=%2B12125550100', 200, api(OPEN)],
  ['/api/v1/consents', '', 400, api(OPEN)],
  ['/api/v1/suppression-lists', '', 200, api(OPEN)],
  ['/api/v1/suppression-lists', '?name=a&asOf=2025-12-01', 200, api(OPEN), csv('+12125550100\n')],
  ['/api/v1/suppression-lists', '?name=b', 404, api(OPEN), { method: 'DELETE' }],
  ['/api/v1/openapi.json', '', 200, api(GUARDED)],
])('%s (%s) answers %i as described', async ([path, given, status, routes, init], context) => {
  const { url } = await serve(context, routes);
  const isPart = path.includes('{');
  const response = await fetch(`${url}${isPart ? path.replace(/\{\w+\}/, given) : path + given}`, init);
  const { responses } = operations.find(
    (described) => described.path === path && described.method === (init?.method ?? 'GET').toLowerCase(),
  )!;
  expect(response.status).toBe(status);
  const described = responses[String(status)] ?? responses['default'];
  const [type, { schema }] = Object.entries(described!.content!)[0]!;
  expect(response.headers.get('content-type')).toContain(type);
  for (const name of Object.keys(described!.headers ?? {})) expect(response.headers.get(name)).not.toBeNull();
  const body = (await response.json()) as { error?: string };
  expect(checkOf(document, schema).safeParse(body).error).toBeUndefined();
  if (body.error !== undefined && body.error !== 'REQUEST_FAILED')
    expect(responses[String(status)]?.description).toContain(body.error);
});

test('answers may grow, requests may not', () => {
  const isAsked = (name: string): boolean =>
    name.startsWith('New') || ['Note', 'CampaignStart'].includes(name);
  const [asked = [], answers] = [true, false].map((of) =>
    Object.entries(document.components.schemas).flatMap(([name, each]) =>
      isAsked(name) === of ? [each] : [],
    ),
  );
  expect(asked.length).toBeGreaterThan(5);
  for (const each of asked) expect(each['additionalProperties']).toBe(false);
  expect(everywhere(answers, 'additionalProperties')).not.toContain(false);
});

test('the check of answers sees what is missing, wrong or not spoken of', () => {
  const check = checkOf(document, { $ref: `${REF}CallRecord` });
  const { turns: _turns, ...turnless } = record('CA1');
  expect(check.safeParse(record('CA1')).success).toBe(true);
  expect(check.safeParse(turnless).success).toBe(false);
  expect(check.safeParse({ ...record('CA1'), secret: 1 }).success).toBe(false);
  expect(check.safeParse({ ...record('CA1'), startedAt: 'today' }).success).toBe(false);
  expect(check.safeParse({ ...record('CA1'), usage: { promptTokens: -1 } }).success).toBe(false);
});

test('notices come as described', async (context) => {
  const routes = api(OPEN);
  const { get } = await serve(context, routes);
  const response = await get('/api/v1/notices');
  const { content } = operations.find(({ path }) => path === '/api/v1/notices')!.responses['200']!;
  const [[type]] = Object.entries(content!) as [[string, unknown]];
  expect(response.headers.get('content-type')).toBe(type);

  const about = { callId: callId('CA1'), atMs: 10.5 };
  const sent = [
    {
      ...about,
      type: 'transcript',
      entry: { n: 0, who: 'agent', atMs: 1, turn: turnId(1), text: 'Hello', state: 'cut', heard: 'Hel' },
    },
    {
      ...about,
      type: 'call-ended',
      reason: 'line-lost',
      durationMs: 10.5,
      watchdog: { noise: { dropped: 2 } },
    },
  ] as const;
  for (const notice of sent) routes.notices.publish(notice);
  const check = checkOf(document, { $ref: `${REF}Notice` });
  const events = await eventsOf(response, sent.length);
  expect(events.map(({ event }) => event)).toEqual(['transcript', 'call-ended']);
  for (const { data } of events) expect(check.safeParse(JSON.parse(data)).error).toBeUndefined();
  expect(check.safeParse({ ...about, type: 'unheard-of' }).success).toBe(false);
});

async function eventsOf(response: Response, count: number): Promise<{ event: string; data: string }[]> {
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    const events = [...text.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)];
    if (events.length === count) return events.map(([, event, data]) => ({ event: event!, data: data! }));
  }
  throw new Error('the stream ended early');
}

test('requests are described as they are taken: a note without `answer`, a limit with its bounds', () => {
  const check = checkOf(document, { $ref: `${REF}Note` });
  expect(check.safeParse({ text: 'A member.' }).success).toBe(true);
  expect(check.safeParse({ text: '' }).success).toBe(false);
  expect(check.safeParse({ text: 'A member.', loud: true }).success).toBe(false);
  expect(document.components.schemas['Note']!['required']).toEqual(['text']);
  const { parameters = [] } = operations.find(({ operationId }) => operationId === 'findCalls')!;
  expect(parameters.find(({ name }) => name === 'limit')).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
  });
  expect(parameters.map(({ name }) => name).sort()).toEqual([
    'after',
    'before',
    'cursor',
    'limit',
    'number',
    'outcome',
    'profile',
    'tool',
    'watchdog',
  ]);
});

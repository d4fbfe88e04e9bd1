// HTTP tools on a real socket: what is sent, what is told, and what becomes of services that misbehave.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { toolCallId } from '../../../src/base/ids.ts';
import type { JsonObject } from '../../../src/live/session.ts';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import { httpTool } from '../../../src/tools/http/http-tools.ts';
import { readHttpTools, type HttpToolSpec } from '../../../src/tools/http/http-tools-file.ts';
import type { ToolDone } from '../../../src/tools/run/runner.ts';
import type { Tool } from '../../../src/tools/tool.ts';
import { freePort } from '../../doubles/free-port.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { contextOf, use } from '../rig.ts';
import { rigOf } from '../run/runner-rig.ts';

const FILE = 'fixtures/agents/tools/example.yaml';
const example = readHttpTools(FILE, readFileSync(FILE, 'utf8'));
const secrets = new Map([['orders_api', 'hush']]);

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
type Reply = (response: ServerResponse) => void;
const json =
  (body: unknown, status = 200): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };

async function serve(reply: Reply): Promise<{ port: number; asked: Asked[]; isAsked: Promise<void> }> {
  const asked: Asked[] = [];
  const arrived = Promise.withResolvers<undefined>();
  const http = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { method, url, headers } = request;
      asked.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
      arrived.resolve(undefined);
      reply(response);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  return { port: (http.address() as AddressInfo).port, asked, isAsked: arrived.promise };
}

type Changes = Partial<Omit<HttpToolSpec, 'request'>>;
const named = (name: string): HttpToolSpec => example.find((spec) => spec.name === name)!;

/** A tool of the example, at another address. */
function toolAt(name: string, origin: string, changes: Changes = {}, clock = new ManualClock()): Tool {
  const spec = named(name);
  const url = spec.request.url.replace(/^https:\/\/[^/]+/, origin);
  return httpTool(
    { ...spec, allow_private: true, ...changes, request: { ...spec.request, url } },
    { secrets, clock },
  );
}
const local = (port: number): string => `http://127.0.0.1:${port}`;
const failing = (code: string): unknown => expect.objectContaining({ code });
const PARCEL = { parcel_number: 'P 1/2' };
const REFILL = { product: 'drops', quantity: 2 };

test('a look-up sends what is written, and tells what the file says', async () => {
  const status = { code: 'IN_TRANSIT', expected_on: 'Friday' };
  const { port, asked } = await serve(
    json({ status, history: [{ place: 'Leeds' }, { place: 'York' }], internal: 9 }),
  );
  const { tell } = await use(toolAt('track_parcel', local(port)), PARCEL, contextOf());
  expect(tell).toEqual({
    message: 'The parcel P 1/2 is on its way.',
    state: 'on its way',
    arrives: 'Friday',
    stops: ['Leeds', 'York'],
  });
  expect(asked).toEqual([
    expect.objectContaining({ method: 'GET', url: '/v1/parcels/P%201%2F2?lang=en', body: undefined }),
  ]);
  expect(asked[0]?.headers.authorization).toBe('Bearer hush');
});

test('an effect carries its key, and a body keeps types and leaves out what was not said', async () => {
  const { port, asked } = await serve(json({ order: { number: 4711 } }, 201));
  const tool = toolAt('order_refill', local(port));
  expect(tool).toMatchObject({ effect: {}, lateResult: 'tell', timeoutMs: 5_000 });
  const context = contextOf({ effectKey: 'key-1' });
  const { tell } = await use(tool, { ...REFILL, note: ' ' }, context);
  expect(tell).toEqual({ message: 'The refill is ordered. Its number is 4711.', number: 4711 });
  expect(asked[0]?.headers['idempotency-key']).toBe('key-1');
  expect(asked[0]?.body).toEqual({
    customer_phone: context.caller,
    items: [{ product: 'drops', quantity: 2 }],
    source: 'call CA1',
  });
});

test('a status that the file knows is told in its words', async () => {
  const { port } = await serve(json({ secret: 'insides' }, 404));
  const { tell } = await use(toolAt('track_parcel', local(port)), PARCEL, contextOf());
  expect(tell).toEqual({ message: expect.stringMatching(/^There is no parcel of this number/) as string });
});

/** As a profile's tools are used in a call: each thing once. */
function inACall(tools: readonly Tool[]) {
  const answers = new Map<string, PromiseWithResolvers<ToolDone>>();
  const { runner } = rigOf(tools, { onDone: (done) => answers.get(done.id)?.resolve(done) });
  return async (name: string, args: JsonObject): Promise<ToolDone> => {
    const id = toolCallId(`fc-${answers.size}`);
    const answer = Promise.withResolvers<ToolDone>();
    answers.set(id, answer);
    runner.run({ id, name, args });
    return answer.promise;
  };
}

test('with an effect, such a status says that nothing was done: it takes nothing back, and may be tried again', async () => {
  let status = 201;
  const { port, asked } = await serve((response) => json({ order: { number: 1 } }, status)(response));
  const tell = {
    ...named('order_refill').tell,
    when: { 404: 'There is no order of {{args.product}}.', 409: 'This is taken just now.' },
  };
  const cancel = toolAt('order_refill', local(port), {
    name: 'cancel_refill',
    effect: { reverses: ['order_refill'] },
    tell,
  });
  const use = inACall([toolAt('order_refill', local(port), { tell }), cancel]);
  status = 409;
  const taken = await use('order_refill', REFILL);
  expect(taken.response).toEqual({ status: 'error', retryable: true, message: 'This is taken just now.' });
  status = 201;
  expect((await use('order_refill', REFILL)).response).toMatchObject({ status: 'ok', number: 1 });
  status = 404;
  const unknown = await use('cancel_refill', REFILL);
  expect(unknown.response['message']).toBe('There is no order of drops.');
  // What the caller said stays out of the record.
  expect(unknown.cause).toMatch(/^TOOL_ARGUMENTS_INVALID: the tool cancel_refill: .*404; nothing was done$/);
  status = 201;
  expect((await use('order_refill', REFILL)).repeated).toBe(true);
  expect(asked).toHaveLength(3);
});

test('what an effect is about comes from its arguments or from the answer', async () => {
  let number = 4_710;
  const { port, asked } = await serve((response) => json({ order: { number: ++number } })(response));
  const use = inACall([
    toolAt('order_refill', local(port), { effect: { about: '{{result.number}}' } }),
    toolAt('order_refill', local(port), {
      name: 'cancel_refill',
      effect: { reverses: ['order_refill'], about: '{{args.product}}' },
    }),
  ]);
  await use('order_refill', REFILL);
  await use('order_refill', { ...REFILL, quantity: 3 });
  await use('cancel_refill', { product: ' 4711', quantity: 1 });
  expect((await use('order_refill', { ...REFILL, quantity: 3 })).repeated).toBe(true);
  expect((await use('order_refill', REFILL)).repeated).toBeUndefined();
  expect(asked).toHaveLength(4);
});

test('arguments are never more than values', async () => {
  const { port, asked } = await serve(json({ order: {} }));
  const [track, order] = [toolAt('track_parcel', local(port)), toolAt('order_refill', local(port))];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom(
          '../../admin',
          '..',
          '?lang=xx',
          'x&lang=xx#',
          '"},"admin":true,"x":{"',
          '{{secret.orders_api}}',
          'a\r\nX-Admin: 1',
          '//evil.example.com/',
          '@evil.example.com',
        ),
      ),
      async (text) => {
        asked.length = 0;
        const isRefused = (thrown: unknown): undefined => {
          expect(thrown).toEqual(failing('TOOL_ARGUMENTS_INVALID'));
        };
        await use(track, { parcel_number: text }, contextOf()).catch(isRefused);
        await use(order, { ...REFILL, product: text }, contextOf()).catch(isRefused);
        const value = text.trim().toWellFormed();
        for (const one of asked) {
          if (one.method === 'GET') {
            const url = new URL(one.url!, local(port));
            expect(url.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'v1', 'parcels', value]);
            expect([...url.searchParams]).toEqual([['lang', 'en']]);
          } else expect(one.body).toMatchObject({ items: [{ quantity: 2 }], source: 'call CA1' });
          expect(one.headers).not.toHaveProperty('x-admin');
          expect(one.headers.host).toBe(`127.0.0.1:${port}`);
          expect(JSON.stringify(one.body ?? '') + one.url!).not.toContain('hush');
        }
      },
    ),
    { numRuns: 60 },
  );
});

test.each([
  ['no argument', {}],
  ['an empty one', { parcel_number: ' ' }],
  ['another type', { parcel_number: 17 }],
  ['one that is too long', { parcel_number: 'x'.repeat(41) }],
  ['what is not in the enum', { ...PARCEL, language: 'fr' }],
  ['no object', 'P1'],
])('the model is told to mend: %s', async (_, args) => {
  const accepted = toolAt('track_parcel', 'http://127.0.0.1:1').accept(args);
  await expect(accepted).rejects.toEqual(failing('TOOL_ARGUMENTS_INVALID'));
});

test('a value that cannot stand in the path is the model’s to mend; nothing is sent', async () => {
  const { port, asked } = await serve(json({}));
  const run = use(toolAt('track_parcel', local(port)), { parcel_number: '../../admin' }, contextOf());
  await expect(run).rejects.toMatchObject({
    code: 'TOOL_ARGUMENTS_INVALID',
    message: expect.stringMatching(/^parcel_number: /) as string,
  });
  expect(asked).toEqual([]);
});

test.each([
  'http://127.0.0.1',
  'http://localhost',
  'http://[::1]',
  'http://169.254.169.254',
  'http://0x7f.1',
])('a private address is refused unless it is allowed, by number and by name: %s', async (host) => {
  const { port, asked } = await serve(json({}));
  const tool = toolAt('track_parcel', `${host}:${port}`, { allow_private: false });
  await expect(use(tool, PARCEL, contextOf())).rejects.toEqual(failing('ADDRESS_REFUSED'));
  expect(asked).toEqual([]);
});

const raw =
  (status: number, body: string, headers: Record<string, string> = {}): Reply =>
  (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
const HUGE = JSON.stringify({ order: { number: 'x'.repeat(1_100_000) } });

test.each<[string, Reply, string, string]>([
  ['no JSON', raw(200, '<html>'), 'TOOL_UNAVAILABLE', 'TOOL_IN_DOUBT'],
  ['a huge answer', raw(200, HUGE), 'TOOL_UNAVAILABLE', 'TOOL_IN_DOUBT'],
  ['a 400', json({ error: 'bad' }, 400), 'TOOL_REFUSED', 'TOOL_REFUSED'],
  ['a 401', json({}, 401), 'TOOL_REFUSED', 'TOOL_REFUSED'],
  ['a redirection', raw(307, '', { location: 'http://127.0.0.1:1/' }), 'TOOL_REFUSED', 'TOOL_REFUSED'],
  ['one after it was done', raw(303, '', { location: '/done/1' }), 'TOOL_REFUSED', 'TOOL_IN_DOUBT'],
  ['a closed connection', (response) => response.destroy(), '', 'TOOL_IN_DOUBT'],
  ['a 500', json({}, 500), '', 'TOOL_IN_DOUBT'],
])('%s is a fault by what may have been done, and is not sent twice', async (_, reply, looking, doing) => {
  const { port, asked } = await serve(reply);
  const order = toolAt('order_refill', local(port), { repeatable: false });
  await expect(use(order, REFILL, contextOf())).rejects.toEqual(failing(doing));
  expect(asked).toHaveLength(1);
  if (looking === '') return;
  await expect(use(toolAt('track_parcel', local(port)), PARCEL, contextOf())).rejects.toEqual(
    failing(looking),
  );
});

test('a service that never answers is given up before the tool’s own time, and what it did is in doubt', async () => {
  const { port, isAsked } = await serve(() => undefined);
  const clock = new ManualClock();
  const tool = toolAt('order_refill', local(port), { repeatable: false, timeout_ms: 1_000 }, clock);
  const run = use(tool, REFILL, contextOf()).catch((thrown: unknown) => thrown);
  await isAsked;
  clock.advance(999);
  expect(await run).toEqual(failing('TOOL_IN_DOUBT'));
  expect(clock.pending).toBe(0);
});

test('nobody waits any more: a look-up ends at once', async () => {
  const { port, isAsked } = await serve(() => undefined);
  const waiting = new AbortController();
  const run = use(toolAt('track_parcel', local(port)), PARCEL, contextOf({ signal: waiting.signal }));
  const ended = expect(run).rejects.toEqual(expect.objectContaining({ name: 'AbortError' }));
  await isAsked;
  waiting.abort();
  await ended;
});

test('a service that is not there was not asked', async () => {
  /** Waits between attempts are over at once, and no attempt is ever too long. */
  const clock = new ManualClock();
  clock.after = (delayMs, then) => {
    const soon = delayMs < 2_000 ? setImmediate(then) : undefined;
    return () => clearImmediate(soon);
  };
  const gone = toolAt('order_refill', local(await freePort()), { repeatable: false }, clock);
  await expect(use(gone, REFILL, contextOf())).rejects.toEqual(failing('TOOL_UNAVAILABLE'));
});

test('a withheld number is no value, and no argument to mend', async () => {
  const spec = named('track_parcel');
  const request = { ...spec.request, url: 'http://127.0.0.1:1/callers/{{caller}}' };
  const tool = httpTool({ ...spec, request }, { secrets, clock: new ManualClock() });
  await expect(use(tool, PARCEL, contextOf({ caller: '' }))).rejects.toEqual(failing('TOOL_REFUSED'));
});

test('what is told is bounded and plain, whatever comes back', async () => {
  const deep = '['.repeat(5_000) + ']'.repeat(5_000);
  const words = `line\n\n{{secret.orders_api}}\u0000${'y'.repeat(5_000)}`;
  const body = `{"status":{"code":"DELIVERED","expected_on":${deep}},"history":[{"place":${JSON.stringify(words)}}]}`;
  const { port } = await serve(raw(200, body));
  const { tell } = await use(toolAt('track_parcel', local(port)), PARCEL, contextOf());
  expect(JSON.stringify(tell).length).toBeLessThan(2_000);
  expect(JSON.stringify(tell)).not.toContain('hush');
  expect(tell['message']).not.toMatch(/\p{Cc}/u);
});

test.each([{ order: { number: { deep: 1 } } }, { order: { number: null } }, [], 'text', 7, null])(
  'an answer of another shape still gives words to say: %j',
  async (body) => {
    const { port } = await serve(json(body));
    const { tell } = await use(toolAt('order_refill', local(port)), REFILL, contextOf());
    expect(tell['message']).toBe('The refill is ordered. Its number is sent to them by text.');
  },
);

test('every tool of the example is plain data, and can be told to the model', () => {
  expect(structuredClone(example)).toEqual(example);
  for (const spec of example) {
    const { declaration } = httpTool(structuredClone(spec), { secrets, clock: new ManualClock() });
    const schema = toWireSchema({ model: 'any', tool: spec.name }, declaration.parameters);
    expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(spec.parameters));
    expect(schema?.required).toEqual(
      Object.entries(spec.parameters).flatMap(([name, { required }]) => (required ? [name] : [])),
    );
  }
});

test('a secret that is not set is named at once', () => {
  const make = (): unknown => httpTool(example[0]!, { secrets: new Map(), clock: new ManualClock() });
  expect(make).toThrow(failing('TOOL_SOURCE_INVALID'));
  expect(make).toThrow(/track_parcel.*SECRET_ORDERS_API/);
});

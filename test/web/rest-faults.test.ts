import { describe, expect, test } from 'vitest';
import { createRest, type RestRequest } from '../../src/web/rest.ts';
import { freePort } from '../doubles/free-port.ts';
import {
  ATTEMPT_MS,
  CODES,
  openRest,
  reply,
  reset,
  resetInMidBody,
  silentBody,
  silentHeaders,
  WaitingClock,
  type Turn,
} from './rest-rig.ts';

const go = (): AbortSignal => new AbortController().signal;
const get = (more: Partial<RestRequest> = {}): RestRequest => ({
  method: 'GET',
  path: '/a',
  signal: go(),
  ...more,
});
const post = (more: Partial<RestRequest> = {}): RestRequest => ({
  method: 'POST',
  path: '/a',
  json: { a: 'b' },
  signal: go(),
  ...more,
});
const OK = reply(200, { fine: true });

const failures: [what: string, turn: Turn][] = [
  ['a lost connection', reset],
  ['a connection lost in mid-body', resetInMidBody],
  ['a 500', reply(500, { error: 'internal' })],
  ['a 503 without Retry-After', reply(503)],
  ['a 408', reply(408)],
];

describe.each(failures)('after %s', (_, turn) => {
  test('a GET is tried twice more, with growing pauses, and then unavailable', async (context) => {
    const { rest, asked, clock } = await openRest(context, [turn]);
    await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_UNAVAILABLE' });
    expect(asked).toHaveLength(3);
    expect(clock.waits).toEqual([200, 400]);
    expect(clock.pending).toBe(0);
  });

  test('a GET that works on the second attempt is answered', async (context) => {
    const { rest, asked } = await openRest(context, [turn, OK]);
    expect((await rest.ask(get())).body).toEqual({ fine: true });
    expect(asked).toHaveLength(2);
  });

  test('what may be repeated is', async (context) => {
    const { rest, asked } = await openRest(context, [turn, OK]);
    expect((await rest.ask(post({ repeatable: true }))).body).toEqual({ fine: true });
    expect(asked.map(({ body }) => body)).toEqual(['{"a":"b"}', '{"a":"b"}']);
  });

  test('what may not is sent once, and in doubt', async (context) => {
    const { rest, asked } = await openRest(context, [turn, OK]);
    await expect(rest.ask(post())).rejects.toMatchObject({ code: 'CRM_IN_DOUBT' });
    expect(asked).toHaveLength(1);
  });
});

describe.each([
  ['headers', silentHeaders],
  ['a body', silentBody],
])('%s that do not come', (_, silent) => {
  test('end an attempt: a GET is tried again, a POST is in doubt', async (context) => {
    const expire = (): void => clock.advance(ATTEMPT_MS);
    const { rest, asked, clock } = await openRest(context, [silent(() => setImmediate(expire)), OK]);
    expect((await rest.ask(get())).body).toEqual({ fine: true });
    expect(asked).toHaveLength(2);
    const second = await openRest(context, [
      silent(() => setImmediate(() => second.clock.advance(ATTEMPT_MS))),
    ]);
    await expect(second.rest.ask(post())).rejects.toMatchObject({
      code: 'CRM_IN_DOUBT',
      message: expect.stringContaining('5000 ms') as string,
    });
  });

  test('are not waited for when nobody waits any more', async (context) => {
    const controller = new AbortController();
    const turn = silent(() => controller.abort());
    const { rest, asked, clock } = await openRest(context, [turn]);
    await expect(rest.ask(get({ signal: controller.signal }))).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('leave a write that was given up in doubt', async (context) => {
    const controller = new AbortController();
    const { rest } = await openRest(context, [silent(() => controller.abort())]);
    await expect(rest.ask(post({ signal: controller.signal }))).rejects.toMatchObject({
      code: 'CRM_IN_DOUBT',
    });
  });
});

test('whom nobody listens for is unavailable, and nothing was done', async () => {
  const clock = new WaitingClock();
  const baseUrl = `http://127.0.0.1:${await freePort()}`;
  const rest = createRest({ name: 'Shop', baseUrl, codes: CODES, allowPrivate: true, clock });
  await expect(rest.ask(post())).rejects.toMatchObject({
    code: 'CRM_UNAVAILABLE',
    message: 'Shop: POST: ECONNREFUSED',
  });
  expect(clock.waits).toEqual([200, 400]);
});

describe('an answer that cannot be read', () => {
  test.for([
    ['is no JSON', '<html>maintenance</html>'],
    ['is half of it', '{"a":'],
    ['is 2 MB long', JSON.stringify('x'.repeat(2_000_000))],
  ])('and %s: unavailable, or in doubt; not asked for again', async ([, body], context) => {
    const { rest, asked } = await openRest(context, [reply(200, body)]);
    await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_UNAVAILABLE' });
    await expect(rest.ask(post())).rejects.toMatchObject({ code: 'CRM_IN_DOUBT' });
    expect(asked).toHaveLength(2);
  });

  test('an error page stays an error', async (context) => {
    const { rest } = await openRest(context, [reply(400, 'x'.repeat(2_000_000)), reply(403, '<html>')]);
    await expect(rest.ask(post())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
    await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
  });
});

describe('too many requests', () => {
  test.for<[string, number, () => string | undefined, number]>([
    ['429 and seconds', 429, () => '1', 1_000],
    ['429 and a date', 429, () => new Date(Date.UTC(2026, 0, 1) + 2_000).toUTCString(), 2_000],
    ['429 and no time', 429, () => '0', 200],
    ['429 alone', 429, () => undefined, 200],
  ])('%s: waited for, also with a write', async ([, status, after, waitMs], context) => {
    const at = after();
    const busy = reply(status, '', at === undefined ? {} : { 'retry-after': at });
    const { rest, clock } = await openRest(context, [busy, OK]);
    expect((await rest.ask(post())).body).toEqual({ fine: true });
    expect(clock.waits).toEqual([waitMs]);
  });

  test('503 and seconds: waited for, but not with a write, which may have been done behind a gateway', async (context) => {
    const busy = reply(503, '', { 'retry-after': '2' });
    const { rest, clock } = await openRest(context, [busy, OK]);
    expect((await rest.ask(get())).body).toEqual({ fine: true });
    expect(clock.waits).toEqual([2_000]);
    const second = await openRest(context, [busy, OK]);
    await expect(second.rest.ask(post())).rejects.toMatchObject({ code: 'CRM_IN_DOUBT' });
    expect(second.asked).toHaveLength(1);
  });

  test('429 again and again is waited for for two seconds, and then unavailable', async (context) => {
    const { rest, clock, asked } = await openRest(context, [reply(429)]);
    for (const request of [get(), post()])
      await expect(rest.ask(request)).rejects.toMatchObject({ code: 'CRM_UNAVAILABLE' });
    expect(clock.waits).toEqual([200, 400, 800, 600, 200, 400, 800, 600]);
    expect(asked).toHaveLength(10);
  });

  test('each attempt waits for its turn', async (context) => {
    let turns = 0;
    const turn = (): Promise<void> => {
      turns++;
      return Promise.resolve();
    };
    const { rest, asked } = await openRest(context, [reply(429), reply(500), OK]);
    await rest.ask(get({ turn }));
    expect([turns, asked.length]).toEqual([3, 3]);
  });

  test('whose turn never comes asks nothing', async (context) => {
    const { rest, asked } = await openRest(context, [OK]);
    const turn = (): Promise<void> => Promise.reject(new DOMException('', 'AbortError'));
    await expect(rest.ask(post({ turn }))).rejects.toMatchObject({ name: 'AbortError' });
    expect(asked).toEqual([]);
  });

  test('a long wait is none: unavailable at once, and nothing was done', async (context) => {
    const { rest, clock, asked } = await openRest(context, [reply(429, '', { 'retry-after': '10' })]);
    await expect(rest.ask(post())).rejects.toMatchObject({
      code: 'CRM_UNAVAILABLE',
      message: expect.stringContaining('again in 10 s') as string,
    });
    expect([clock.waits, asked.length]).toEqual([[], 1]);
  });

  test('all waits together are bounded', async (context) => {
    const { rest, clock } = await openRest(context, [reply(429, '', { 'retry-after': '1.5' })]);
    await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_UNAVAILABLE' });
    expect(clock.waits).toEqual([1_500]);
  });

  test('waiting ends when nobody waits any more', async (context) => {
    const controller = new AbortController();
    const { rest, asked, clock } = await openRest(context, [reply(429, '', { 'retry-after': '1' }), OK]);
    clock.onWait = () => controller.abort();
    await expect(rest.ask(post({ signal: controller.signal }))).rejects.toMatchObject({ name: 'AbortError' });
    expect([asked.length, clock.pending]).toEqual([1, 0]);
  });
});

describe('a service that fails again and again', () => {
  test('is left alone for some seconds; then one request is its chance', async (context) => {
    const { rest, asked, clock } = await openRest(context, [...Array<Turn>(6).fill(reply(500)), OK]);
    const fails = (request: RestRequest): Promise<void> =>
      expect(rest.ask(request)).rejects.toMatchObject({ code: 'CRM_UNAVAILABLE' });
    await fails(get());
    await fails(get());
    expect(asked).toHaveLength(5);
    await fails(post());
    await fails(get());
    expect(asked).toHaveLength(5);
    clock.advance(5_000);
    await fails(get());
    expect(asked).toHaveLength(6);
    clock.advance(5_000);
    expect((await rest.ask(get())).body).toEqual({ fine: true });
    expect((await rest.ask(post())).body).toEqual({ fine: true });
  });

  test('refusals do not count', async (context) => {
    const { rest, asked } = await openRest(context, [reply(400)]);
    for (let i = 0; i < 8; i++) await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
    expect(asked).toHaveLength(8);
  });
});

test('a signal that has fired asks nobody', async (context) => {
  const { rest, asked } = await openRest(context, [OK]);
  await expect(rest.ask(post({ signal: AbortSignal.abort() }))).rejects.toMatchObject({ name: 'AbortError' });
  expect(asked).toEqual([]);
});

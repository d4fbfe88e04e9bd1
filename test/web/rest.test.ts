import { describe, expect, onTestFinished, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { createRest, type RestRequest } from '../../src/web/rest.ts';
import { CODES, openRest, reply, WaitingClock } from './rest-rig.ts';

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

describe('what is asked is what is sent', () => {
  test('method, path under the base, query, headers, JSON', async (context) => {
    const { rest, asked } = await openRest(context, [reply(201, { id: 7 }, { 'x-id': '7' })], {
      authorize: () => Promise.resolve({ authorization: 'Bearer t' }),
    });
    const answer = await rest.ask(
      post({ query: { q: 'ä b', n: 0, none: undefined }, headers: { 'x-a': '1' } }),
    );
    expect(answer).toMatchObject({ status: 201, body: { id: 7 } });
    expect(answer.headers.get('x-id')).toBe('7');
    expect(asked).toMatchObject([
      {
        line: 'POST /a?q=%C3%A4+b&n=0',
        body: '{"a":"b"}',
        headers: { 'x-a': '1', authorization: 'Bearer t' },
      },
    ]);
    expect(asked[0]?.headers['content-type']).toBe('application/json');
  });

  test('an empty answer has no body', async (context) => {
    const { rest } = await openRest(context, [reply(204)]);
    expect(await rest.ask(post())).toMatchObject({ status: 204, body: undefined });
  });

  test('statuses that are expected are answers, also without JSON', async (context) => {
    const { rest } = await openRest(context, [reply(404, '<html>'), reply(409, { id: 1 })]);
    expect(await rest.ask(get({ expects: [404] }))).toMatchObject({ status: 404, body: undefined });
    expect(await rest.ask(get({ expects: [404, 409] }))).toMatchObject({ status: 409, body: { id: 1 } });
  });

  test('a path that leads elsewhere is not asked for', async (context) => {
    const { rest, asked } = await openRest(context, [OK]);
    await expect(rest.ask(get({ path: '/a/../b' }))).rejects.toMatchObject({ code: 'CRM_REFUSED' });
    expect(asked).toEqual([]);
  });
});

describe('credentials', () => {
  test('after a 401 they are renewed once, and the request is repeated, also a write', async (context) => {
    const renewals: boolean[] = [];
    const { rest, asked } = await openRest(context, [reply(401), OK], {
      authorize: (_, renew) => {
        renewals.push(renew);
        return Promise.resolve({ authorization: renew ? 'Bearer new' : 'Bearer old' });
      },
    });
    expect((await rest.ask(post())).body).toEqual({ fine: true });
    expect(renewals).toEqual([false, true]);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });

  test('a second 401 is a refusal', async (context) => {
    const authorize = (): Promise<Record<string, string>> =>
      Promise.resolve({ authorization: 'Bearer SECRET' });
    const { rest, asked } = await openRest(context, [reply(401, { error: 'invalid_token' })], { authorize });
    const thrown: unknown = await rest.ask(get()).catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({
      code: 'CRM_REFUSED',
      message: 'Shop: GET: it answers 401 (invalid_token); look at the credentials',
    });
    expect(asked).toHaveLength(2);
  });

  test('without any, a 401 is a refusal at once', async (context) => {
    const { rest, asked } = await openRest(context, [reply(401)]);
    await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
    expect(asked).toHaveLength(1);
  });

  test('what authorize throws is thrown', async (context) => {
    const fault = new LivelineError('CRM_REFUSED', 'no token');
    const { rest, asked } = await openRest(context, [OK], { authorize: () => Promise.reject(fault) });
    await expect(rest.ask(get())).rejects.toBe(fault);
    expect(asked).toEqual([]);
  });

  test('one that breaks a header is refused and not quoted', async (context) => {
    const authorize = (): Promise<Record<string, string>> =>
      Promise.resolve({ authorization: 'Bearer SEC\nRET' });
    const { rest } = await openRest(context, [OK], { authorize });
    const thrown = (await rest.ask(get()).catch((caught: unknown) => caught)) as LivelineError;
    expect(thrown.code).toBe('CRM_REFUSED');
    expect(JSON.stringify([thrown.message, thrown.stack, String(thrown.cause)])).not.toMatch(/SEC|RET/);
  });
});

test.each([301, 302, 303])(
  'a write that is answered %d may have been done, and is not sent again',
  async (status) => {
    const { rest, asked } = await openRest({ onTestFinished }, [reply(status, '', { location: '/thanks' })]);
    await expect(rest.ask(post())).rejects.toMatchObject({ code: 'CRM_IN_DOUBT' });
    await expect(rest.ask(post({ repeatable: true }))).rejects.toMatchObject({ code: 'CRM_REFUSED' });
    expect(asked).toHaveLength(2);
  },
);

test.each([307, 308])('a redirection that asks to send it elsewhere is refused: %d', async (status) => {
  const { rest } = await openRest({ onTestFinished }, [reply(status, '', { location: '/there' })]);
  await expect(rest.ask(post())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
});

test('a redirection is refused', async (context) => {
  const { rest, asked } = await openRest(context, [reply(302, '', { location: 'http://127.0.0.1:1/' })]);
  await expect(rest.ask(get())).rejects.toMatchObject({ code: 'CRM_REFUSED' });
  expect(asked).toHaveLength(1);
});

test('this machine is refused unless it is allowed', async (context) => {
  const { rest, asked } = await openRest(context, [OK], { allowPrivate: false });
  await expect(rest.ask(get())).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  expect(asked).toEqual([]);
});

test.each(['ftp://example.com', 'https://u:SECRET@example.com', 'nonsense'])(
  'the base %s is refused',
  (baseUrl) => {
    const make = (): unknown =>
      createRest({ name: 'Shop', baseUrl, codes: CODES, clock: new WaitingClock() });
    expect(make).toThrow(/^(?!.*SECRET).*address of Shop/);
  },
);

test('a refusal tells the code words of the service and not its sentences', async (context) => {
  const body = { category: 'VALIDATION_ERROR', message: 'ana@example.com is taken', code: '+15550100102' };
  const { rest } = await openRest(context, [reply(400, body), reply(400, [{ errorCode: 'INVALID_FIELD' }])]);
  await expect(rest.ask(post({ label: 'create a contact' }))).rejects.toThrow(
    /^Shop: create a contact: it answers 400 \(VALIDATION_ERROR\)$/,
  );
  await expect(rest.ask(post())).rejects.toThrow(/\(INVALID_FIELD\)$/);
});

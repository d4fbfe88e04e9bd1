// Tokens from the real library against stand-ins on loopback: the metadata server of a Google machine, and the token
// server behind a credential file.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { googleToken } from '../../../src/live/gemini/google-token.ts';
import { freePort } from '../../doubles/free-port.ts';
import { freshFolder } from '../../doubles/fresh-folder.ts';
import {
  answering,
  serving,
  SUBJECT_TOKEN,
  useCredentials,
  useFederation,
} from '../../doubles/google-credentials.ts';

beforeEach((context) => {
  // No credentials of whoever runs the tests.
  const home = freshFolder(context);
  vi.stubEnv('HOME', home);
  vi.stubEnv('CLOUDSDK_CONFIG', home);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** A Google machine: every token lives for an hour, and they are numbered. */
async function machine(): Promise<{ asked: number; scopes: string[] }> {
  const seen = { asked: 0, scopes: [] as string[] };
  const host = await serving((request, response) => {
    response.setHeader('metadata-flavor', 'Google');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://machine');
    if (!pathname.endsWith('/token')) return response.end('{}');
    seen.asked += 1;
    seen.scopes.push(searchParams.get('scopes') ?? '');
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify({ access_token: `token-${seen.asked}`, expires_in: 3_600 }));
  });
  vi.stubEnv('GCE_METADATA_HOST', host);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  return seen;
}

async function failure(): Promise<LivelineError> {
  const thrown: unknown = await googleToken('voice-12')().then(
    (token) => `got ${token}`,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(LivelineError);
  const error = thrown as LivelineError;
  expect(error.cause).toBeUndefined();
  expect(error.message).not.toContain(SUBJECT_TOKEN);
  return error;
}

test('a token is kept for as long as it lives, and asked for again before it ends', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const seen = await machine();
  const token = googleToken('voice-12');
  expect(seen.asked).toBe(0);
  expect(await Promise.all([token(), token()])).toEqual(['token-1', 'token-1']);
  vi.setSystemTime(Date.now() + 50 * 60_000);
  expect(await token()).toBe('token-1');
  vi.setSystemTime(Date.now() + 9 * 60_000);
  expect(await token()).toBe('token-2');
  expect(seen.asked).toBe(2);
  expect(new Set(seen.scopes)).toEqual(new Set(['https://www.googleapis.com/auth/cloud-platform']));
});

test('a credential file is changed for a token', async () => {
  const asked: string[] = [];
  useFederation(
    await serving((request, response) => {
      request.on('data', (data: Buffer) => asked.push(data.toString()));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ access_token: 'changed', expires_in: 3_600, token_type: 'Bearer' }));
      });
    }),
  );
  expect(await googleToken('voice-12')()).toBe('changed');
  expect(asked.join()).toContain(SUBJECT_TOKEN);
});

test('credentials that are refused: what to do, and no secret', async () => {
  useFederation(await serving(answering(401, { error: 'invalid_grant', error_description: 'expired' })));
  const error = await failure();
  expect(error.code).toBe('LIVE_REFUSED');
  expect(error.message).toMatch(
    /expired.*GOOGLE_APPLICATION_CREDENTIALS.*gcloud auth application-default login/,
  );
});

test('once the credentials are mended, the next dial has a token', async () => {
  let broken = true;
  useFederation(
    await serving((request, response) =>
      answering(
        broken ? 400 : 200,
        broken ? { error: 'invalid_grant' } : { access_token: 'now', expires_in: 60 },
      )(request, response),
    ),
  );
  const token = googleToken('voice-12');
  await expect(token()).rejects.toMatchObject({ code: 'LIVE_REFUSED' });
  broken = false;
  expect(await token()).toBe('now');
});

test('a token server that nobody answers at may be there again later', async () => {
  useFederation(`127.0.0.1:${await freePort()}`);
  expect(await failure()).toMatchObject({ code: 'LIVE_UNREACHABLE', retryable: true });
});

test('a long answer is cut', async () => {
  useFederation(
    await serving((_request, response) => {
      response.writeHead(403, { 'content-type': 'text/html' });
      response.end(`<html>${'a tunnel has a page of its own '.repeat(1_000)}</html>`);
    }),
  );
  expect((await failure()).message.length).toBeLessThan(600);
});

test.each([
  ['is no JSON', `{"private_key": ${SUBJECT_TOKEN}`],
  ['is of no known kind', JSON.stringify({ type: 'strange', private_key: SUBJECT_TOKEN })],
  ['is no object', '[]'],
])('a credential file that %s', async (_, content) => {
  useCredentials(content);
  const error = await failure();
  expect(error.code).toBe('LIVE_REFUSED');
  expect(error.message).toContain('gcloud auth application-default login');
});

test('a credential file that is not there', async () => {
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/nowhere/credentials.json');
  const error = await failure();
  expect(error.code).toBe('LIVE_REFUSED');
  expect(error.message).toContain('/nowhere/credentials.json');
});

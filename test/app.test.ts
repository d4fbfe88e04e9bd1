import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { startApp } from '../src/app.ts';
import { accessesOf } from '../src/vendors.ts';
import { createLog } from '../src/base/log.ts';
import { readConfig, type Environment } from '../src/config.ts';
import { freshDataDir, sharedDatabaseUrl } from './doubles/databases.ts';

const accesses = (environment: Environment, standIn?: string) =>
  accessesOf(readConfig({ PUBLIC_BASE_URL: 'http://127.0.0.1:1', ...environment }).model, standIn).map(
    (access) => ({
      name: access.name,
      api: access.api,
      host: `${access.url.protocol}//${access.url.host}`,
      model: access.modelPath('m'),
    }),
  );

test('in rehearsal the one way leads to the model that stands in', () => {
  const way = { name: 'the simulated model', api: 'developer', model: 'models/m' };
  expect(accesses({}, 'http://127.0.0.1:2')).toEqual([{ ...way, host: 'ws://127.0.0.1:2' }]);
  expect(accesses({ GEMINI_BASE_URL: 'ws://127.0.0.1:3' }, 'http://127.0.0.1:2')).toEqual([
    { ...way, host: 'ws://127.0.0.1:3' },
  ]);
});

test('a key and its fallback', () => {
  expect(
    accesses({
      GEMINI_API_KEY: 'one',
      GEMINI_FALLBACK_API_KEY: 'two',
      GEMINI_FALLBACK_BASE_URL: 'https://b',
    }),
  ).toEqual([
    {
      name: 'Gemini API',
      api: 'developer',
      host: 'wss://generativelanguage.googleapis.com',
      model: 'models/m',
    },
    { name: 'Gemini API, fallback', api: 'developer', host: 'wss://b', model: 'models/m' },
  ]);
});

test('a project and another region', () => {
  const model = (location: string) => `projects/p-1/locations/${location}/publishers/google/models/m`;
  expect(accesses({ GOOGLE_CLOUD_PROJECT: 'p-1', GEMINI_FALLBACK_LOCATION: 'eu' })).toEqual([
    {
      name: 'Google Cloud (us-central1)',
      api: 'cloud',
      host: 'wss://us-central1-aiplatform.googleapis.com',
      model: model('us-central1'),
    },
    {
      name: 'Google Cloud (eu), fallback',
      api: 'cloud',
      host: 'wss://aiplatform.eu.rep.googleapis.com',
      model: model('eu'),
    },
  ]);
});

describe('detectors of local turn-taking that fail their test', () => {
  async function start({ onTestFinished }: TestContext, more: string) {
    const dir = mkdtempSync(join(tmpdir(), 'liveline-agents-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'desk.yaml');
    writeFileSync(file, `name: Desk\nnumbers: "*"\ngreeting: Hello.\ninstructions: Help.\n${more}`);
    const lines: string[] = [];
    const log = createLog({
      level: 'info',
      secrets: [],
      destination: { write: (line) => void lines.push(line) },
    });
    const config = readConfig({
      PORT: '0',
      AGENTS_DIR: dir,
      DATABASE_URL: await sharedDatabaseUrl(),
      DATA_DIR: freshDataDir({ onTestFinished }),
    });
    const starting = startApp(config, log, {
      localTurnTaking: { usable: false, reason: 'the judge is deaf' },
    });
    return { starting, file, lines };
  }

  test('the server starts without them, and says so in the log', async (context) => {
    const { starting, lines } = await start(context, 'turn_taking: server\n');
    const app = await starting;
    context.onTestFinished(() => app.stop());
    const { status } = await fetch(`http://127.0.0.1:${app.port}/readyz`);
    expect(status).toBe(200);
    expect(app.profiles).toMatchObject([{ name: 'Desk' }]);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({
        level: 'error',
        reason: 'the judge is deaf',
        msg: 'local turn-taking is not available; liveline doctor says more',
      }),
    );
  });

  test('a profile that asks for them is refused, with file and line', async (context) => {
    const { starting, file } = await start(context, 'turn_taking: local\n');
    await expect(starting).rejects.toMatchObject({
      code: 'PROFILE_INVALID',
      message: expect.stringContaining(
        `${file}:5:1  turn_taking: local turn-taking is not available on this machine: the judge is deaf`,
      ) as string,
    });
  });
});

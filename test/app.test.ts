import { expect, test } from 'vitest';
import { accessesOf } from '../src/app.ts';
import { readConfig, type Environment } from '../src/config.ts';

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

import { expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { googleCloudAccess, onCloud } from '../../../src/live/gemini/google-cloud.ts';
import { capabilitiesOf, KNOWN_MODELS } from '../../../src/live/gemini/models.ts';

const PATH = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent';
const access = (options: Partial<Parameters<typeof googleCloudAccess>[0]> = {}) =>
  googleCloudAccess({
    project: 'voice-12',
    location: 'us-central1',
    token: () => Promise.resolve('a-token'),
    name: 'Google Cloud',
    ...options,
  });

test.each([
  ['us-central1', 'us-central1-aiplatform.googleapis.com'],
  ['europe-west4', 'europe-west4-aiplatform.googleapis.com'],
  ['global', 'aiplatform.googleapis.com'],
  ['us', 'aiplatform.us.rep.googleapis.com'],
  ['eu', 'aiplatform.eu.rep.googleapis.com'],
])('in %s it is %s', (location, host) => {
  const way = access({ location });
  expect(way.url.href).toBe(`wss://${host}${PATH}`);
  expect(way.modelPath('gemini-3.8-live')).toBe(
    `projects/voice-12/locations/${location}/publishers/google/models/gemini-3.8-live`,
  );
});

test('a stand-in keeps its own host, and the model its path', () => {
  const way = access({ baseUrl: 'http://127.0.0.1:9090/here', location: 'eu' });
  expect(way.url.href).toBe(`ws://127.0.0.1:9090/here${PATH}`);
  expect(way.modelPath('m')).toContain('/locations/eu/');
  expect(way.api).toBe('cloud');
});

test('every dial asks for the token, and fails as the asking does', async () => {
  const tokens = ['first', 'second'];
  const way = access({
    token: () => {
      const token = tokens.shift();
      return token === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(token);
    },
  });
  expect(await way.headers()).toEqual({ authorization: 'Bearer first' });
  expect(await way.headers()).toEqual({ authorization: 'Bearer second' });
  await expect(way.headers()).rejects.toThrow('no more');
});

test('a token function that throws at once rejects likewise', async () => {
  const way = access({
    token: () => {
      throw new Error('at once');
    },
  });
  await expect(way.headers()).rejects.toThrow('at once');
});

test.each([
  { location: 'evil.example/' },
  { location: '' },
  { location: 'US' },
  { project: 'a/b' },
  { project: '' },
  { baseUrl: 'ftp://model.example' },
])('%j cannot be', (options) => {
  expect(() => access(options)).toThrow(LivelineError);
});

test.each(KNOWN_MODELS)(
  '%s answers there without ids and without scheduling, and is else as it was',
  (model) => {
    const { capabilities } = capabilitiesOf(model);
    const cloud = onCloud(capabilities);
    expect(cloud.answersCarryId).toBe(false);
    expect(cloud.functions.scheduling).toEqual([]);
    expect({
      ...cloud,
      answersCarryId: capabilities.answersCarryId,
      functions: { ...cloud.functions, scheduling: capabilities.functions.scheduling },
    }).toEqual(capabilities);
  },
);

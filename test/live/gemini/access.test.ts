import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { apiKeyAccess } from '../../../src/live/gemini/access.ts';

const PATH = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
const access = (options: { apiKey?: string; baseUrl?: string } = {}) =>
  apiKeyAccess({ apiKey: 'a-key', baseUrl: 'https://model.example', name: 'Gemini API', ...options });

test.each([
  ['https://model.example', `wss://model.example${PATH}`],
  ['http://127.0.0.1:9090/', `ws://127.0.0.1:9090${PATH}`],
  ['wss://model.example/proxy//', `wss://model.example/proxy${PATH}`],
  ['ws://[::1]:1?key=x#y', `ws://[::1]:1${PATH}`],
])('%s is dialled at %s', (baseUrl, url) => {
  expect(access({ baseUrl }).url.href).toBe(url);
});

test('the key travels in a header, never in the address', async () => {
  const way = access();
  expect(await way.headers()).toEqual({ 'x-goog-api-key': 'a-key' });
  expect(way.url.href).not.toContain('a-key');
  expect(way.modelPath('gemini-3.8-live')).toBe('models/gemini-3.8-live');
  expect([way.api, way.name]).toEqual(['developer', 'Gemini API']);
});

describe('what no request can carry is told at once, by the name of the way, without the key', () => {
  test.each([
    ['a line break in the key', { apiKey: 'secret\nkey' }],
    ['a space in the key', { apiKey: 'secret key' }],
    ['a foreign letter in the key', { apiKey: 'secretкey' }],
    ['no key', { apiKey: '' }],
    ['no address', { baseUrl: 'nowhere' }],
    ['an address of another kind', { baseUrl: 'ftp://model.example' }],
  ])('%s', (_, options) => {
    let thrown: unknown;
    try {
      access(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(LivelineError);
    expect(thrown).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^Gemini API: /) as unknown,
    });
    expect(String(thrown)).not.toContain('secret');
  });
});

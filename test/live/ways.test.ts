import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { waysOf, type Way, type WaySettings } from '../../src/live/ways.ts';

const NONE: WaySettings = {
  GEMINI_API_KEY: undefined,
  GEMINI_BASE_URL: undefined,
  GOOGLE_CLOUD_PROJECT: undefined,
  GOOGLE_CLOUD_LOCATION: undefined,
  GEMINI_FALLBACK_API_KEY: undefined,
  GEMINI_FALLBACK_BASE_URL: undefined,
  GEMINI_FALLBACK_LOCATION: undefined,
};
const of = (settings: Partial<WaySettings>) => waysOf({ ...NONE, ...settings });

const byKey = (apiKey: string, baseUrl?: string): Way => ({ by: 'key', apiKey, baseUrl });
const byCloud = (location: string, baseUrl?: string): Way => ({
  by: 'cloud',
  project: 'p',
  location,
  baseUrl,
});

test.each<[string, Partial<WaySettings>, Way[]]>([
  ['nothing', {}, []],
  ['a key', { GEMINI_API_KEY: 'k' }, [byKey('k')]],
  ['a key elsewhere', { GEMINI_API_KEY: 'k', GEMINI_BASE_URL: 'u' }, [byKey('k', 'u')]],
  ['a project', { GOOGLE_CLOUD_PROJECT: 'p' }, [byCloud('us-central1')]],
  ['a project in a place', { GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'eu' }, [byCloud('eu')]],
  ['a second key', { GEMINI_API_KEY: 'k', GEMINI_FALLBACK_API_KEY: 'l' }, [byKey('k'), byKey('l')]],
  [
    'a second key at the stand-in',
    { GEMINI_API_KEY: 'k', GEMINI_BASE_URL: 'u', GEMINI_FALLBACK_API_KEY: 'l' },
    [byKey('k', 'u'), byKey('l', 'u')],
  ],
  [
    'the same key elsewhere',
    { GEMINI_API_KEY: 'k', GEMINI_FALLBACK_BASE_URL: 'v' },
    [byKey('k'), byKey('k', 'v')],
  ],
  [
    'another key elsewhere',
    { GEMINI_API_KEY: 'k', GEMINI_FALLBACK_API_KEY: 'l', GEMINI_FALLBACK_BASE_URL: 'v' },
    [byKey('k'), byKey('l', 'v')],
  ],
  [
    'another region',
    { GOOGLE_CLOUD_PROJECT: 'p', GEMINI_FALLBACK_LOCATION: 'eu' },
    [byCloud('us-central1'), byCloud('eu')],
  ],
  [
    'a key for a project',
    { GOOGLE_CLOUD_PROJECT: 'p', GEMINI_FALLBACK_API_KEY: 'k' },
    [byCloud('us-central1'), byKey('k')],
  ],
])('%s', (_, settings, ways) => {
  expect(of(settings)).toEqual({ ways, faults: [] });
});

describe.each<[string, Partial<WaySettings>, (keyof WaySettings)[]]>([
  ['a key and a project', { GEMINI_API_KEY: 'k', GOOGLE_CLOUD_PROJECT: 'p' }, ['GOOGLE_CLOUD_PROJECT']],
  ['a place without a project', { GOOGLE_CLOUD_LOCATION: 'eu' }, ['GOOGLE_CLOUD_LOCATION']],
  [
    'a region to fall back to, without a project',
    { GEMINI_API_KEY: 'k', GEMINI_FALLBACK_LOCATION: 'eu' },
    ['GEMINI_FALLBACK_LOCATION'],
  ],
  ['a fallback of nothing', { GEMINI_FALLBACK_API_KEY: 'k' }, ['GEMINI_FALLBACK_API_KEY']],
  ['an address that is nobody’s fallback', { GEMINI_FALLBACK_BASE_URL: 'u' }, ['GEMINI_FALLBACK_BASE_URL']],
  [
    'two fallbacks',
    { GOOGLE_CLOUD_PROJECT: 'p', GEMINI_FALLBACK_API_KEY: 'k', GEMINI_FALLBACK_LOCATION: 'eu' },
    ['GEMINI_FALLBACK_LOCATION'],
  ],
  ['the same key again', { GEMINI_API_KEY: 'k', GEMINI_FALLBACK_API_KEY: 'k' }, ['GEMINI_FALLBACK_API_KEY']],
  [
    'the same region again',
    { GOOGLE_CLOUD_PROJECT: 'p', GEMINI_FALLBACK_LOCATION: 'us-central1' },
    ['GEMINI_FALLBACK_LOCATION'],
  ],
  [
    'the same address again',
    { GEMINI_API_KEY: 'k', GEMINI_BASE_URL: 'u', GEMINI_FALLBACK_BASE_URL: 'u' },
    ['GEMINI_FALLBACK_BASE_URL'],
  ],
])('%s', (_, settings, names) => {
  test('is a fault', () => {
    expect(of(settings).faults.map(({ setting }) => setting)).toEqual(names);
  });
});

test('without a fault no two ways are alike, and no setting goes unheard', () => {
  const setting = (...values: string[]) => fc.constantFrom(undefined, undefined, ...values);
  const settings = fc.record({
    GEMINI_API_KEY: setting('key-1', 'key-2'),
    GEMINI_BASE_URL: setting('url-1', 'url-2'),
    GOOGLE_CLOUD_PROJECT: setting('project'),
    GOOGLE_CLOUD_LOCATION: setting('us', 'eu'),
    GEMINI_FALLBACK_API_KEY: setting('key-1', 'key-2'),
    GEMINI_FALLBACK_BASE_URL: setting('url-1', 'url-2'),
    GEMINI_FALLBACK_LOCATION: setting('us', 'eu'),
  });
  fc.assert(
    fc.property(settings, (wanted) => {
      const { ways, faults } = waysOf(wanted);
      const words = faults.map(({ what }) => what).join();
      expect(words).not.toMatch(/key-|url-/);
      for (const { setting } of faults) expect(wanted[setting]).toBeDefined();
      if (faults.length > 0) return;
      expect(new Set(ways.map((way) => JSON.stringify(way))).size).toBe(ways.length);
      const fallen = Object.entries(wanted).some(
        ([name, value]) => name.includes('FALLBACK') && value !== undefined,
      );
      const first = wanted.GEMINI_API_KEY ?? wanted.GOOGLE_CLOUD_PROJECT;
      expect(ways).toHaveLength((first === undefined ? 0 : 1) + (fallen ? 1 : 0));
      const used = JSON.stringify(ways);
      for (const [name, value] of Object.entries(wanted))
        if (value !== undefined && name !== 'GEMINI_BASE_URL') expect(used).toContain(`"${value}"`);
    }),
  );
});

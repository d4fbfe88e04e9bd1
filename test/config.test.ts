import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, type Environment } from '../src/config.ts';

const SID = `AC${'0'.repeat(32)}`;
const production: Environment = {
  GEMINI_API_KEY: 'key-1234',
  PUBLIC_BASE_URL: 'https://voice.example.com',
  TWILIO_ACCOUNT_SID: SID,
  TWILIO_AUTH_TOKEN: 'token-1234',
};

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
}

test('nothing set: a rehearsal on loopback', () => {
  expect(readConfig({})).toMatchObject({
    rehearsal: true,
    http: { host: '127.0.0.1', port: 8080, publicBaseUrl: undefined },
    carrier: { authTokens: [] },
    model: { ways: [], baseUrl: undefined },
    logLevel: 'info',
  });
});

test('a key: the real thing, on every interface', () => {
  expect(readConfig(production)).toMatchObject({
    rehearsal: false,
    http: { host: '0.0.0.0', publicBaseUrl: 'https://voice.example.com' },
    carrier: { accountSid: SID, authTokens: ['token-1234'] },
    model: { ways: [{ by: 'key', apiKey: 'key-1234', baseUrl: undefined }] },
  });
});

test('a Google Cloud project is the real thing as well; a key beside it is the fallback', () => {
  const config = readConfig({
    ...production,
    GEMINI_API_KEY: undefined,
    GOOGLE_CLOUD_PROJECT: 'voice-12',
    GOOGLE_CLOUD_LOCATION: 'eu',
    GEMINI_FALLBACK_API_KEY: 'key-1234',
  });
  expect(config).toMatchObject({ rehearsal: false, http: { host: '0.0.0.0' } });
  expect(config.model.ways).toEqual([
    { by: 'cloud', project: 'voice-12', location: 'eu', baseUrl: undefined },
    { by: 'key', apiKey: 'key-1234', baseUrl: undefined },
  ]);
});

test('in rehearsal, another server is still a server', () => {
  expect(readConfig({ GEMINI_BASE_URL: 'ws://127.0.0.1:9090/' })).toMatchObject({
    rehearsal: true,
    model: { ways: [], baseUrl: 'ws://127.0.0.1:9090' },
  });
});

test('a faulty key is named once, and what goes with it is not called alone', () => {
  expect(
    problemsOf({ ...production, GEMINI_API_KEY: 'a secret key', GEMINI_FALLBACK_API_KEY: 'other' }),
  ).toEqual(['GEMINI_API_KEY is not a key: it has a space or a foreign letter in it']);
});

test('tokens in rotation, a trailing slash and empty variables are understood', () => {
  const config = readConfig({
    ...production,
    TWILIO_AUTH_TOKEN: 'new, old,',
    PUBLIC_BASE_URL: 'https://a.example/',
    PORT: '',
  });
  expect(config.carrier.authTokens).toEqual(['new', 'old']);
  expect(config.http).toMatchObject({ publicBaseUrl: 'https://a.example', port: 8080 });
});

test('a node is reached on its own machine, or where it says', () => {
  expect(readConfig({}).node).toEqual({
    host: '127.0.0.1',
    port: 0,
    mostCalls: undefined,
    takesCallsAlone: true,
  });
  const node = {
    NODE_ADDRESS: 'http://10.0.0.5:8081',
    CALLS_PER_NODE: '40',
    CALLS_WITHOUT_DATABASE: 'refuse',
  };
  expect(readConfig({ ...production, ...node }).node).toEqual({
    host: '10.0.0.5',
    port: 8081,
    mostCalls: 40,
    takesCallsAlone: false,
  });
  expect(readConfig({ ...production, NODE_ADDRESS: 'http://[fd00::5]' }).node).toMatchObject({
    ...{ host: '[fd00::5]', port: 0 },
  });
  expect(problemsOf({ NODE_ADDRESS: 'http://10.0.0.5:8081' })).toEqual([
    expect.stringMatching(/^NODE_ADDRESS needs TWILIO_AUTH_TOKEN/),
  ]);
  for (const everywhere of ['http://0.0.0.0:8081', 'http://[::]:8081', 'http://0:8081'])
    expect(problemsOf({ ...production, NODE_ADDRESS: everywhere })).toEqual([
      expect.stringMatching(/^NODE_ADDRESS is where the other nodes reach this one/),
    ]);
  expect(problemsOf({ ...production, NODE_ADDRESS: 'https://10.0.0.5', CALLS_PER_NODE: '0' })).toEqual([
    expect.stringMatching(/^NODE_ADDRESS is not an address/),
    expect.stringMatching(/^CALLS_PER_NODE is "0"/),
  ]);
});

test('port 0 is a port, not an absence', () => {
  expect(readConfig({ PORT: '0' }).http.port).toBe(0);
});

test.each(['http://127.0.0.1:8080', 'http://localhost:8080', 'http://[::1]:8080'])(
  'a key can be tried at %s, without a carrier',
  (publicBaseUrl) => {
    const config = readConfig({ GEMINI_API_KEY: 'key-1234', PUBLIC_BASE_URL: publicBaseUrl });
    expect(config).toMatchObject({ rehearsal: false, http: { publicBaseUrl }, carrier: { authTokens: [] } });
  },
);

test('the configuration cannot be changed afterwards', () => {
  const config = readConfig(production);
  expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
  expect(() => Object.assign(config.carrier.authTokens, { 0: 'x' })).toThrow(TypeError);
});

test('every fault is reported together, each with its name, none with a secret', () => {
  const problems = problemsOf({
    ...production,
    PORT: '80800',
    PUBLIC_BASE_URL: 'http://voice.example.com',
    TWILIO_ACCOUNT_SID: 'AC-nonsense',
    GEMINI_BASE_URL: 'ftp://somewhere',
    OPERATOR_TOKEN: 'short',
    LOG_LEVEL: 'loud',
    TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
  });
  expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual(
    [
      'GEMINI_BASE_URL',
      'LOG_LEVEL',
      'OPERATOR_TOKEN',
      'PORT',
      'PUBLIC_BASE_URL',
      'TWILIO_ACCOUNT_SID',
      'TWILIO_API_KEY',
    ].sort(),
  );
  expect(problems.join()).not.toMatch(/short|token-1234|key-1234/);
});

describe.each<[string, Environment, RegExp]>([
  ['a port that is no number', { PORT: '8o80' }, /PORT is "8o80"; it takes a whole number/],
  ['a negative port', { PORT: '-1' }, /PORT/],
  [
    'a token to look on, and none to act',
    { VIEWER_TOKEN: 'v'.repeat(16) },
    /VIEWER_TOKEN is for those who only look on: set OPERATOR_TOKEN beside it/,
  ],
  [
    'one token for both',
    { OPERATOR_TOKEN: 'o'.repeat(16), VIEWER_TOKEN: 'o'.repeat(16) },
    /VIEWER_TOKEN is the OPERATOR_TOKEN/,
  ],
  ['a public URL with a path', { ...production, PUBLIC_BASE_URL: 'https://a.example/voice' }, /without path/],
  ['an address for other servers with TLS', { NODE_ADDRESS: 'https://10.0.0.5:8081' }, /NODE_ADDRESS.*http:/],
  ['an address for other servers with a path', { NODE_ADDRESS: 'http://10.0.0.5/node' }, /without path/],
  ['a public URL that is none', { ...production, PUBLIC_BASE_URL: 'voice.example.com' }, /begins with https/],
  [
    'no public URL in production',
    { ...production, PUBLIC_BASE_URL: undefined },
    /PUBLIC_BASE_URL must be set/,
  ],
  [
    'a token without an account',
    { ...production, TWILIO_ACCOUNT_SID: undefined },
    /TWILIO_ACCOUNT_SID must be set/,
  ],
  [
    'a public address without a token, in production',
    { ...production, TWILIO_AUTH_TOKEN: undefined },
    /TWILIO_AUTH_TOKEN must be set beside PUBLIC_BASE_URL/,
  ],
  [
    'a public address without a token, in rehearsal',
    { PUBLIC_BASE_URL: 'https://a.example' },
    /TWILIO_AUTH_TOKEN must be set beside PUBLIC_BASE_URL/,
  ],
  [
    'no public URL, with a Google Cloud project',
    { GOOGLE_CLOUD_PROJECT: 'mine' },
    /PUBLIC_BASE_URL must be set beside GEMINI_API_KEY or GOOGLE_CLOUD_PROJECT/,
  ],
  [
    'a Google Cloud project beside a key',
    { ...production, GOOGLE_CLOUD_PROJECT: 'mine' },
    /^GOOGLE_CLOUD_PROJECT and GEMINI_API_KEY are two ways/,
  ],
  [
    'a location that is an address',
    {
      ...production,
      GEMINI_API_KEY: undefined,
      GOOGLE_CLOUD_PROJECT: 'p',
      GOOGLE_CLOUD_LOCATION: 'x.example/',
    },
    /^GOOGLE_CLOUD_LOCATION is not a Google Cloud location/,
  ],
  [
    'a project that is a path',
    { ...production, GEMINI_API_KEY: undefined, GOOGLE_CLOUD_PROJECT: 'a/b' },
    /^GOOGLE_CLOUD_PROJECT is not the id of a project/,
  ],
  [
    'a fallback in rehearsal',
    { GEMINI_FALLBACK_API_KEY: 'key-1234' },
    /^GEMINI_FALLBACK_API_KEY is nobody's fallback/,
  ],
  [
    'a fallback that is the same',
    { ...production, GEMINI_FALLBACK_API_KEY: 'key-1234' },
    /^GEMINI_FALLBACK_API_KEY leads where the calls go already/,
  ],
  [
    'a fallback at no address',
    { ...production, GEMINI_FALLBACK_BASE_URL: 'ftp://x' },
    /^GEMINI_FALLBACK_BASE_URL is not an address/,
  ],
])('%s', (_name, environment, expected) => {
  test('is named', () => {
    const problems = problemsOf(environment);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});

test('workers: one process unless more are asked for; auto is one per processor', () => {
  const of = (LIVELINE_WORKERS?: string): number => readConfig({ LIVELINE_WORKERS }).http.workers;
  expect([of(), of(''), of('3'), of('24')]).toEqual([1, 1, 3, 24]);
  expect(of('auto')).toBe(Math.min(availableParallelism(), 24));
  for (const wrong of ['0', '25', 'many', '-1', '1.5'])
    expect(problemsOf({ LIVELINE_WORKERS: wrong })).toEqual([
      `LIVELINE_WORKERS is "${wrong}"; it takes auto or a whole number from 1 to 24`,
    ]);
});

test('secrets for files of tools and of a CRM, by names in lower case', () => {
  const { secrets } = readConfig({ SECRET_ORDERS_API: ' s3cret ', SECRET_EMPTY: '', OTHER_SECRET: 'x' });
  expect([...secrets]).toEqual([['orders_api', 's3cret']]);
});

test('.env.example explains every setting that is read, and no other', () => {
  const read = new Set<string>();
  const salesforce = { CRM: 'salesforce' };
  for (const settings of [
    ...[{}, { CRM: 'hubspot' }, salesforce],
    { ...salesforce, SALESFORCE_PRIVATE_KEY_FILE: '/no/such/file' },
  ])
    problemsOf(
      new Proxy<Environment>(settings, {
        get(of, name) {
          if (typeof name === 'string') read.add(name);
          return Reflect.get(of, name) as unknown;
        },
      }),
    );
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const explained = [...text.matchAll(/^([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
  expect(explained.toSorted()).toEqual([...read].toSorted());
});

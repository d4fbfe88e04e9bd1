import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import type { LocalTurnTaking } from '../../src/audio/self-check.ts';
import { examine, lacking } from '../../src/cli/checks.ts';
import type { Finding } from '../../src/cli/finding.ts';
import { closing } from '../../src/cli/doctor.ts';
import { readConfig, type Environment } from '../../src/config.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import { sharedDatabaseUrl } from '../doubles/databases.ts';
import { freePort } from '../doubles/free-port.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { answering, serving, useFederation } from '../doubles/google-credentials.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;

async function findings(
  environment: Environment,
  localTurnTaking?: LocalTurnTaking,
): Promise<ReadonlyMap<string, Finding>> {
  const found = new Map<string, Finding>();
  for await (const finding of examine(
    readConfig({ PORT: '0', DATA_DIR: '/nonexistent/liveline', ...environment }),
    localTurnTaking,
  ))
    found.set(finding.what, finding);
  return found;
}

/** A server on loopback that says the same to whoever asks. */
async function saying({ onTestFinished }: TestContext, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const nobody = async (): Promise<string> => `http://127.0.0.1:${await freePort()}`;

function agentsDir(profile: string): string {
  const dir = freshFolder({ onTestFinished });
  writeFileSync(join(dir, 'desk.yaml'), profile);
  return dir;
}
const DESK = 'name: Desk\nnumbers: "*"\ngreeting: Hello.\ninstructions: Help.\n';

test('nothing set: no fault, and every setting of a real call is named', async () => {
  const found = await findings({});
  expect([...found.values()].filter(({ verdict }) => verdict === 'fault')).toEqual([]);
  const words = closing(readConfig({}), 0);
  expect(words).toMatch(/^Ready to rehearse\. For a real call set:\n {2}GEMINI_API_KEY {6}a key from/);
  expect(words.match(/^ {2}\w+/gm)).toEqual([
    '  GEMINI_API_KEY',
    '  TWILIO_ACCOUNT_SID',
    '  TWILIO_AUTH_TOKEN',
    '  PUBLIC_BASE_URL',
  ]);
});

test('a key tried on this machine lacks the carrier; with all set nothing is lacking', () => {
  const local = { GEMINI_API_KEY: 'key', PUBLIC_BASE_URL: 'http://127.0.0.1:8080' };
  expect([...lacking(readConfig(local)).keys()]).toEqual([
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'PUBLIC_BASE_URL',
  ]);
  const whole = {
    GEMINI_API_KEY: 'key',
    PUBLIC_BASE_URL: 'https://voice.example.com',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: 'token',
  };
  expect(closing(readConfig(whole), 0)).toBe('Nothing stands in the way of a call.');
  expect(closing(readConfig(whole), 2)).toBe('Mend these 2 faults first.');
});

test('a public address that nobody answers is a fault, with its cause', async () => {
  const found = await findings({ PUBLIC_BASE_URL: await nobody() });
  expect(found.get('public address')).toMatchObject({
    verdict: 'fault',
    says: expect.stringContaining('ECONNREFUSED') as unknown,
  });
});

test.for<[number, string, Finding['verdict']]>([
  [200, '{"status":"alive","calls":0}', 'ok'],
  [200, '{"status":"ok"}', 'fault'],
  [200, '<html>A tunnel has a page of its own</html>', 'fault'],
  [502, '{"status":"alive"}', 'fault'],
])('a public address that answers %i %s', async ([status, body, verdict], context) => {
  const found = await findings({ PUBLIC_BASE_URL: await saying(context, status, body) });
  expect(found.get('public address')).toMatchObject({ verdict });
});

test.for<[string, number, object, Finding['verdict'], RegExp]>([
  ['takes', 200, { sid: ACCOUNT, status: 'active' }, 'ok', /takes the credentials of AC0+; .* one token/],
  [
    'refuses',
    401,
    { code: 20_003, status: 401, message: 'Authenticate' },
    'fault',
    /20003\); compare TWILIO/,
  ],
  ['cannot serve', 503, { status: 503, message: 'later' }, 'fault', /busy or failing \(HTTP 503\)$/],
])('credentials that Twilio %s', async ([, status, body, verdict, says], context) => {
  const found = await findings({
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: 'a-token-of-the-tests',
    TWILIO_API_BASE_URL: await saying(context, status, JSON.stringify(body)),
  });
  expect(found.get('Twilio')).toMatchObject({ verdict, says: expect.stringMatching(says) as unknown });
  expect(JSON.stringify([...found])).not.toContain('a-token-of-the-tests');
});

test('the model is tried with the real setup of every profile', async ({ onTestFinished }) => {
  const model = await startModel({ script: [], apiKey: 'the-right-key' });
  onTestFinished(() => model.close());
  const settings = {
    AGENTS_DIR: agentsDir(`${DESK}voice: Puck\ntools: [end_call]\n`),
    GEMINI_BASE_URL: model.url,
    PUBLIC_BASE_URL: 'http://127.0.0.1:1',
  };
  const right = await findings({ ...settings, GEMINI_API_KEY: 'the-right-key' });
  expect(right.get('model')).toMatchObject({ verdict: 'ok' });
  expect(model.sessions[0]!.setup).toMatchObject({
    generationConfig: { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Puck' } } } },
    systemInstruction: { parts: [{ text: 'Help.' }] },
    tools: [{ functionDeclarations: [{ name: 'end_call' }] }],
  });

  const wrong = await findings({ ...settings, GEMINI_API_KEY: 'the-wrong-key' });
  expect(wrong.get('model')).toMatchObject({
    verdict: 'fault',
    says: expect.stringContaining('Desk') as unknown,
  });
  expect(wrong.get('model')!.says).not.toContain('the-wrong-key');
});

test('the fallback is tried as the first way is, whatever became of that', async ({ onTestFinished }) => {
  const model = await startModel({ script: [], apiKey: 'the-right-key' });
  onTestFinished(() => model.close());
  const settings = {
    AGENTS_DIR: agentsDir(DESK),
    GEMINI_BASE_URL: model.url,
    PUBLIC_BASE_URL: 'http://127.0.0.1:1',
  };
  const right = { ...settings, GEMINI_API_KEY: 'the-right-key', GEMINI_FALLBACK_API_KEY: 'the-wrong-key' };
  const fallen = await findings(right);
  expect(fallen.get('model')).toMatchObject({ verdict: 'ok' });
  expect(fallen.get('model fallback')).toMatchObject({
    verdict: 'fault',
    says: expect.stringMatching(/^Desk cannot talk .*\(HTTP 401/) as unknown,
  });
  const wrong = { ...settings, GEMINI_API_KEY: 'the-wrong-key', GEMINI_FALLBACK_API_KEY: 'the-right-key' };
  const saved = await findings(wrong);
  expect(saved.get('model')).toMatchObject({ verdict: 'fault' });
  expect(saved.get('model fallback')).toMatchObject({ verdict: 'ok' });
  expect(JSON.stringify([...fallen, ...saved])).not.toMatch(/the-(?:right|wrong)-key/);
});

test('Google Cloud is tried with the token of this machine', async ({ onTestFinished }) => {
  const model = await startModel({ script: [], apiKey: 'the-token' });
  onTestFinished(() => model.close());
  const settings = {
    AGENTS_DIR: agentsDir(DESK),
    GOOGLE_CLOUD_PROJECT: 'voice-12',
    GEMINI_BASE_URL: model.url,
    PUBLIC_BASE_URL: 'http://127.0.0.1:1',
  };
  useFederation(await serving(answering(200, { access_token: 'the-token', expires_in: 3_600 })));
  expect((await findings(settings)).get('model')).toEqual({
    what: 'model',
    verdict: 'ok',
    says: `Google Cloud (project voice-12, us-central1, ${model.url}) talks with every profile`,
  });
  expect(model.sessions[0]!.setup?.model).toBe(
    'projects/voice-12/locations/us-central1/publishers/google/models/gemini-3.8-live',
  );
  useFederation(await serving(answering(400, { error: 'invalid_grant' })));
  expect((await findings(settings)).get('model')).toMatchObject({
    verdict: 'fault',
    says: expect.stringMatching(/gcloud auth application-default login/) as unknown,
  });
});

test('a profile that its model does not take is a fault without a key, too', async () => {
  const dir = agentsDir(`${DESK}model: gemini-3.1-flash-live-preview\nvoice: en-us-tavi\n`);
  expect((await findings({ AGENTS_DIR: dir })).get('model')).toMatchObject({
    verdict: 'fault',
    says: expect.stringMatching(/Desk: model gemini-3\.1-flash-live-preview .* voice/) as unknown,
  });
});

test('without a profile nothing is said of the model', async () => {
  const found = await findings({ AGENTS_DIR: agentsDir('name: 1'), GEMINI_BASE_URL: await nobody() });
  expect(found.get('profiles')).toMatchObject({ verdict: 'fault' });
  expect(found.get('model')).toMatchObject({ verdict: 'note' });
});

test.each([
  ['', 'local works on this machine; no profile asks for it'],
  ['turn_taking: local\n', 'local works on this machine; asked for by Desk'],
])('local turn-taking is tried, and who asks for it is named: %j', async (more, says) => {
  const found = await findings({ AGENTS_DIR: agentsDir(DESK + more) });
  expect(found.get('turn-taking')).toEqual({ verdict: 'ok', what: 'turn-taking', says });
});

test('of profiles with faults it is not said that none asks for it', async () => {
  const found = await findings({ AGENTS_DIR: agentsDir(`${DESK}turn_taking: local\nvolume: 11\n`) });
  expect(found.get('profiles')).toMatchObject({ verdict: 'fault' });
  expect(found.get('turn-taking')).toEqual({
    verdict: 'ok',
    what: 'turn-taking',
    says: 'local works on this machine; who asks for it is not known, as the profiles have faults',
  });
});

test.each<[string, { profiles: Finding['verdict']; turnTaking: Finding['verdict']; who: RegExp }]>([
  ['', { profiles: 'ok', turnTaking: 'note', who: /\nno profile asks for it; use/ }],
  ['turn_taking: local\n', { profiles: 'fault', turnTaking: 'fault', who: /\nasked for by Desk; use/ }],
  ['volume: 11\n', { profiles: 'fault', turnTaking: 'note', who: /\nwho asks for it is not known/ }],
])(
  'without local turn-taking, what to do is said, and who asks for it is at fault: %j',
  async (more, { profiles, turnTaking, who }) => {
    const found = await findings(
      { AGENTS_DIR: agentsDir(DESK + more) },
      { usable: false, reason: 'the judge is deaf' },
    );
    const { verdict, says } = found.get('turn-taking')!;
    expect(verdict).toBe(turnTaking);
    expect(says).toMatch(/not available on this machine: the judge is deaf\n/);
    expect(says).toMatch(who);
    expect(says).toMatch(/use turn_taking: server in every profile; install Liveline anew/);
    expect(found.get('profiles')).toMatchObject({ verdict: profiles });
    if (turnTaking === 'fault')
      expect(found.get('profiles')!.says).toMatch(/desk\.yaml:5:1 {2}turn_taking: local turn-taking is not/);
  },
);

test('the database: one that is to be made, one that answers, one that does not', async () => {
  expect((await findings({})).get('database')).toMatchObject({
    verdict: 'note',
    says: expect.stringContaining('the first start makes it') as string,
  });
  expect((await findings({ DATABASE_URL: await sharedDatabaseUrl() })).get('database')).toMatchObject({
    verdict: 'ok',
    says: expect.stringMatching(/PostgreSQL \d+/) as string,
  });
  const nowhere = `postgres://user:a-password@127.0.0.1:${await freePort()}/calls`;
  const lost = (await findings({ DATABASE_URL: nowhere })).get('database');
  expect(lost).toMatchObject({ verdict: 'fault', says: expect.stringContaining('ECONNREFUSED') as string });
  expect(lost?.says).not.toContain('a-password');
});

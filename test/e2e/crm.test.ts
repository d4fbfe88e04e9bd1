// Who calls is looked up while it rings: in time, late, withheld, and where the records are away.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import { CONTACTS } from '../contracts/crm-world.ts';
import { migratedDatabaseUrl } from '../doubles/databases.ts';
import { freePort } from '../doubles/free-port.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { openRestCrm, TOKEN, type RestCrmServer } from '../doubles/rest-crm/server.ts';
import { openDesk, type Desk } from './desk.ts';
import { wav } from './rig.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 });

type Context = Pick<TestContext, 'onTestFinished'>;

const ANA = CONTACTS.find(({ name }) => name === 'Ana Moreno')!;
const KNOWN = (name: string): string => `- name: "${name}"`;
const PROFILE = [
  'greeting: Hello {{contact.first_name | there}}.',
  'instructions: You speak with {{contact.first_name | a stranger}}.',
  'tools: [look_up_contact, end_call]',
].join('\n');
const SCRIPT: ScriptSource = {
  name: 'who-am-i',
  greeting: { say: 'Hello.' },
  turns: [
    { hears: 'Who am I?', steps: [{ call: { name: 'look_up_contact' } }, { say: 'This is what I know.' }] },
  ],
};

/**
 * The environment of a server whose CRM is a REST service at this address. Its database is its own: servers that share one
 * also tell their CRM of each other's calls.
 */
async function restCrm(baseUrl: string, context: Context): Promise<Record<string, string>> {
  const example = readFileSync(new URL('../../fixtures/crm/example.yaml', import.meta.url), 'utf8');
  const file = join(freshFolder(context), 'crm.yaml');
  const described = example
    .replace('https://crm.example.com/v2', baseUrl)
    .replace('allow_private: false', 'allow_private: true');
  writeFileSync(file, described);
  return { CRM: file, SECRET_CRM_TOKEN: TOKEN, DATABASE_URL: await migratedDatabaseUrl(context) };
}

async function restServer(context: Context): Promise<RestCrmServer> {
  const server = await openRestCrm({ contacts: CONTACTS, appointments: [], objects: [] });
  context.onTestFinished(() => server.close());
  return server;
}

const instructionsOf = ({ model }: Desk, session: number): string =>
  model.sessions[session]?.setup?.systemInstruction?.parts?.[0]?.text ?? '';
const promptsOf = ({ model }: Desk): string[] =>
  model.sessions[0]!.events.flatMap((event) => (event.type === 'prompted' ? [event.text] : []));
const askedWho = ({ asked }: RestCrmServer) => asked.filter(({ url }) => url.includes('/people?phone='));

test.concurrent(
  'a known caller is known before the first word; a stranger is greeted as one',
  async (context) => {
    const desk = await openDesk(context, { profile: PROFILE, script: SCRIPT });
    const known = desk.place();
    await known.until('agentQuiet');
    known.hangUp();
    await known.done;
    expect(desk.told(known, 'caller-looked-up')).toMatchObject([
      { found: true, inTime: true, name: 'Ada Moreno' },
    ]);
    const types = desk.notices.filter(({ callId }) => callId === known.callSid).map(({ type }) => type);
    expect(types.indexOf('caller-looked-up')).toBeLessThan(types.indexOf('session-ready'));
    expect(types.indexOf('caller-looked-up')).toBeLessThan(types.indexOf('transcript'));
    expect(instructionsOf(desk, 0)).toMatch(/^You speak with Ada\./);
    expect(instructionsOf(desk, 0)).toContain(KNOWN('Ada Moreno'));
    expect(instructionsOf(desk, 0)).toContain('- last order: a night guard, ready to be picked up');
    expect(promptsOf(desk)).toEqual([expect.stringMatching(/in these words: Hello Ada\.$/)]);

    const stranger = desk.place({ from: '+15550199999' });
    await stranger.until('agentStarted');
    stranger.hangUp();
    await stranger.done;
    expect(desk.told(stranger, 'caller-looked-up')).toMatchObject([{ found: false, inTime: true }]);
    expect(instructionsOf(desk, 1)).toMatch(/^You speak with a stranger\./);
    expect(instructionsOf(desk, 1)).not.toContain('The records know');
    const greeted = await desk.model.sessions[1]!.until('prompted');
    expect(greeted.text).toMatch(/in these words: Hello there\.$/);

    expect((await desk.record(known)).events).toContainEqual(
      expect.objectContaining({
        type: 'caller-looked-up',
        facts: expect.objectContaining({ found: true, inTime: true, name: 'Ada Moreno' }) as object,
      }),
    );
  },
);

test.concurrent('a withheld number is not looked up', async (context) => {
  const server = await restServer(context);
  const environment = await restCrm(server.baseUrl, context);
  const desk = await openDesk(context, { profile: PROFILE, script: SCRIPT, environment });
  const withheld = desk.place({ from: 'anonymous' });
  await withheld.until('agentStarted');
  withheld.hangUp();
  await withheld.done;
  expect(desk.told(withheld, 'caller-looked-up')).toEqual([]);
  expect(askedWho(server)).toEqual([]);
  expect(instructionsOf(desk, 0)).toMatch(/^You speak with a stranger\./);
  // The same server asks for whoever shows a number.
  const shown = desk.place({ from: ANA.phone! });
  await shown.until('agentStarted');
  shown.hangUp();
  await shown.done;
  expect(askedWho(server)).toHaveLength(1);
  expect(instructionsOf(desk, 1)).toMatch(/^You speak with Ana\./);
});

test.concurrent(
  'records that answer after 2.5 s: the call is answered without them, and the model is told once',
  async (context) => {
    const server = await restServer(context);
    let answeredAtMs = Infinity;
    server.fault = ({ url }, response) => {
      if (!url.includes('/people?phone=')) return false;
      setTimeout(() => {
        answeredAtMs = performance.now();
        const { id, name, phone, facts } = ANA;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ people: [{ id, display_name: name, mobile: phone, notes: facts }] }));
      }, 2_500);
      return true;
    };
    const environment = await restCrm(server.baseUrl, context);
    const desk = await openDesk(context, { profile: PROFILE, script: SCRIPT, environment });
    const call = desk.place({ from: ANA.phone! });
    const answered = await call.until('answered');
    const wasAnsweredAtMs = performance.now();
    expect(answered.atMs).toBeGreaterThan(1_400);
    expect(answeredAtMs, 'the phone was answered before the records').toBe(Infinity);
    const session = await desk.model.session(1);
    const note = await session.until('prompted', ({ text }) => text.includes(KNOWN(ANA.name)));
    expect(answeredAtMs).toBeGreaterThan(wasAnsweredAtMs);
    expect(note.text).toContain('- preference: mornings');
    await call.until('agentQuiet');
    call.say(wav('caller/yes'));
    await session.until('said', ({ text }) => text === 'This is what I know.');
    call.hangUp();
    await call.done;

    expect(instructionsOf(desk, 0)).toMatch(/^You speak with a stranger\./);
    expect(promptsOf(desk).filter((text) => text.includes(KNOWN(ANA.name)))).toHaveLength(1);
    const inOrder = session.events.map(({ type }) => type);
    expect(inOrder.filter((type) => type === 'replied' || type === 'speechEnded')).toEqual([
      'replied',
      'speechEnded',
      'replied',
    ]);
    expect(desk.told(call, 'barge-in')).toEqual([]);
    expect(desk.told(call, 'caller-looked-up')).toMatchObject([
      { found: true, inTime: false, name: ANA.name },
    ]);
  },
);

test.concurrent.for<[string, (context: Context) => Promise<string>, RegExp]>([
  ['refuse the connection', async () => `http://127.0.0.1:${await freePort()}/v2`, /^CRM_UNAVAILABLE: /],
  [
    'answer 503',
    async (context) => {
      const server = await restServer(context);
      server.fault = (_, response) => {
        response.writeHead(503, { 'content-type': 'text/html' });
        response.end('<h1>Down for maintenance</h1>');
        return true;
      };
      return server.baseUrl;
    },
    // By then it has failed so often that it is left alone.
    /^CRM_UNAVAILABLE: .*(503|failed several times in a row)/,
  ],
])('records that %s: the call goes on, and says so when asked', async ([, baseUrlOf, cause], context) => {
  const environment = await restCrm(await baseUrlOf(context), context);
  const desk = await openDesk(context, { profile: PROFILE, script: SCRIPT, environment });
  const call = desk.place({ from: ANA.phone! });
  await call.until('agentQuiet');
  call.say(wav('caller/yes'));
  const session = desk.model.sessions[0]!;
  const { answer } = await session.until('toolAnswered');
  await session.until('said', ({ text }) => text === 'This is what I know.');
  call.hangUp();
  await call.done;

  const because = expect.stringMatching(cause) as string;
  expect(desk.told(call, 'caller-looked-up')).toMatchObject([{ found: false, cause: because }]);
  expect(answer.response).toMatchObject({
    ...{ status: 'error', retryable: true },
    message: expect.stringContaining('cannot be reached right now') as string,
  });
  const record = await desk.record(call);
  expect(record.tools).toMatchObject([{ tool: 'look_up_contact', state: 'done', cause: because }]);
  expect(record.events).toContainEqual(
    expect.objectContaining({
      type: 'caller-looked-up',
      facts: expect.objectContaining({ found: false, cause: because }) as object,
    }),
  );
  expect(desk.log.join('')).not.toContain(TOKEN);
});

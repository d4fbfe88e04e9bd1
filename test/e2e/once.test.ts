// What a tool does in the world is done once: however often, under whichever id, and to whichever server the model says it.
import { sql } from 'kysely';
import twilio from 'twilio';
import { expect, test, vi, type TestContext } from 'vitest';
import type { ModelOptions } from '../../src/simulator/model/server.ts';
import type { ScriptSource } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { freshDatabaseUrl } from '../doubles/databases.ts';
import { ledger, openDesk, rowsOf, scriptFrom, writingTool, type Desk } from './desk.ts';
import { ACCOUNT, AUTH_TOKEN, wav, world } from './rig.ts';

const { getExpectedTwilioSignature } = twilio;

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const WRITE = { name: 'write_line', args: { text: 'Two tickets for Ada.' } };
/** As a model may spell the same thing when it says it again. */
const AGAIN = { name: 'write_line', args: { text: ' Two tickets  for Ada. ' } };
const FIRST = 'They are yours.';
const LAST = 'That is all.';
const SAID = { say: LAST };
const GREETING = { say: 'Hello.' };
const TOOLS = 'tools: [./my-tools.ts]';

type Context = Pick<TestContext, 'onTestFinished'>;

/** On whichever socket. */
const said = ({ model }: Desk, words: string): Promise<void> =>
  vi.waitFor(
    () => {
      const all = model.sessions.flatMap(({ events }) => events);
      expect(all).toContainEqual(expect.objectContaining({ type: 'said', text: words }));
    },
    { timeout: 30_000, interval: 50 },
  );

const calls = ({ place }: Desk): PhoneCall =>
  place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });

/** The caller says a word after the greeting, and hangs up when the model has come to its last. */
async function asked(desk: Desk, call = calls(desk)): Promise<PhoneCall> {
  await said(desk, LAST);
  call.hangUp();
  await call.done;
  return call;
}

const effectsOf = ({ databaseUrl }: Pick<Desk, 'databaseUrl'>, callSid: string) =>
  rowsOf(
    databaseUrl,
    sql<{ tool: string; state: string }>`
      select tool, state from liveline.tool_effects where call_id = ${callSid}`,
  );

/** The first result, and the same for whoever asked again. */
function givenOnce([first, ...more]: ReturnType<typeof doneIn>, times: number): void {
  expect(first).toMatchObject({ tool: 'write_line', response: { status: 'ok', by: first!.id } });
  expect(first?.repeated).toBeUndefined();
  expect(more).toHaveLength(times - 1);
  for (const again of more) {
    expect(again).toMatchObject({ repeated: true, response: first!.response });
    expect(again.id).not.toBe(first!.id);
  }
}

const doneIn = ({ told }: Desk, call: PhoneCall) => told(call, 'tool-done');

const open = async (context: Context, script: Partial<ScriptSource>, takesMs = 0, model = {}) => {
  const { file, lines } = ledger(context);
  const files = writingTool({ ledger: file, takesMs });
  const source = { name: 'twice', greeting: GREETING, ...script };
  return { desk: await openDesk(context, { profile: TOOLS, files, script: source, model }), lines };
};

const OTHER = { name: 'write_line', args: { text: 'Three tickets for Ada.' } };

test.concurrent('called twice in one message, and once more afterwards: written once', async (context) => {
  const steps = [{ call: [WRITE, AGAIN] }, { call: WRITE }, { call: OTHER }, SAID];
  const { desk, lines } = await open(context, { turns: [{ hears: 'Yes.', steps }] }, 300);
  const call = await asked(desk);
  expect(lines(), 'what was asked for in other words is done, too').toEqual([
    WRITE.args.text,
    OTHER.args.text,
  ]);
  const done = doneIn(desk, call);
  givenOnce(done.slice(0, 3), 3);
  givenOnce(done.slice(3), 1);
  const effect = { tool: 'write_line', state: 'done' };
  expect(await effectsOf(desk, call.callSid)).toEqual([effect, effect]);
  const { tools } = await desk.record(call);
  expect(tools.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
  const repeated = tools.map((tool) => tool.repeated);
  // Of two calls in one message either may reach the database first.
  expect(repeated.slice(0, 2).toSorted()).toEqual([false, true]);
  expect(repeated.slice(2)).toEqual([true, false]);
});

const CLOSED = 'close:on=tool-running,after=100ms';

test.concurrent.for<[string, Partial<ModelOptions>]>([
  ['takes the conversation up where it was', { handles: 'always', faults: [CLOSED] }],
  ['is a new one and was told of it', { faults: [CLOSED, 'unknown-handle'] }],
  ['has forgotten everything', { faults: [CLOSED, 'forget'] }],
])(
  'the socket closes while the tool runs; the model that comes back %s, and calls again: written once',
  async ([, model], context) => {
    const again = { hears: 'Yes.', steps: [{ call: AGAIN }, SAID] };
    const turns = [{ hears: 'Yes.', steps: [{ call: WRITE }, { say: FIRST }] }, again];
    const { desk, lines } = await open(context, { turns, otherwise: again }, 1_500, model);
    const call = calls(desk);
    await said(desk, FIRST);
    call.say(wav('caller/yes'));
    await asked(desk, call);
    expect(desk.model.sessions.length).toBeGreaterThan(1);
    expect(lines()).toEqual([WRITE.args.text]);
    const ids = desk.told(call, 'tool-called').map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    givenOnce(doneIn(desk, call), ids.length);
    expect(await effectsOf(desk, call.callSid)).toEqual([{ tool: 'write_line', state: 'done' }]);
  },
);

test.concurrent(
  'the caller speaks, the call is cancelled, and the model calls again: written once',
  async (context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: 'tools: [./my-tools.ts, { name: write_line, behavior: blocking }]',
      files: writingTool({ ledger: file, takesMs: 3_500 }),
      script: {
        name: 'impatient',
        greeting: GREETING,
        turns: [
          { hears: 'Yes.', steps: [{ call: WRITE }, { say: 'This is never said.' }] },
          { hears: 'No, wait. Yes.', steps: [{ call: AGAIN }, SAID] },
        ],
      },
    });
    const call = calls(desk);
    const session = await desk.model.session(1);
    await session.until('called');
    call.say(wav('caller/no'));
    await session.until('toolsCancelled');
    await session.until('said', ({ text }) => text === LAST);
    call.hangUp();
    await call.done;

    expect(lines()).toEqual([WRITE.args.text]);
    const [first, second] = desk.told(call, 'tool-called').map(({ id }) => id);
    expect(desk.told(call, 'tool-cancelled')).toMatchObject([{ id: first }]);
    expect(desk.told(call, 'tool-done')).toMatchObject([
      { id: second, repeated: true, response: { status: 'ok', by: first } },
    ]);
    // Whoever asked again was answered with it: no note beside.
    expect(desk.told(call, 'tool-late')).toMatchObject([{ id: first, told: false }]);
    expect(await effectsOf(desk, call.callSid)).toEqual([{ tool: 'write_line', state: 'done' }]);
    expect((await desk.record(call)).tools.map(({ state }) => state)).toEqual(['cancelled', 'done']);
  },
);

test.concurrent('send_text, twice in one message and once more: one text', async (context) => {
  const text = { name: 'send_text', args: { body: 'Your table is booked.' } };
  const steps = [{ call: [text, text] }, { call: text }, SAID];
  const desk = await openDesk(context, {
    profile: 'tools: [send_text]',
    script: { name: 'texts', greeting: GREETING, turns: [{ hears: 'Yes.', steps }] },
  });
  const call = await asked(desk);
  expect(desk.network.texts).toMatchObject([
    { from: '+15550100100', to: '+15550100123', body: 'Your table is booked.' },
  ]);
  expect(desk.told(call, 'tool-done').map(({ response, repeated }) => [response, repeated])).toEqual([
    [expect.objectContaining({ status: 'ok' }), undefined],
    [expect.objectContaining({ status: 'ok' }), true],
    [expect.objectContaining({ status: 'ok' }), true],
  ]);
});

test.concurrent('two servers that take the same call up at once: written once', async (context) => {
  const { file, lines } = ledger(context);
  const DATABASE_URL = await freshDatabaseUrl(context);
  // Without a greeting the first text that a model is told, which asks for one, gets this turn.
  const script = { name: 'at-once', turns: [{ steps: [{ call: WRITE }, SAID] }] };
  const one = await openDesk(context, {
    // Of what is written down one of both would hear that the other has the call, and let go of it.
    profile: `${TOOLS}\nkeep_records_days: off`,
    files: writingTool({ ledger: file, takesMs: 800 }),
    script,
    environment: { DATABASE_URL },
  });
  const other = await world(context, { script: scriptFrom(script) }, { AGENTS_DIR: one.dir, DATABASE_URL });
  const CallSid = `CA${'c'.repeat(32)}`;
  const form = { CallSid, AccountSid: ACCOUNT, From: 'anonymous', To: '+15550100100' };
  const fields = { ...form, CallStatus: 'ringing', Direction: 'inbound', ApiVersion: '2010-04-01' };
  const servers = [one, other];
  await Promise.all(
    servers.map(async ({ app }) => {
      const url = `${app.publicBaseUrl}/twilio/voice`;
      const headers = { 'x-twilio-signature': getExpectedTwilioSignature(AUTH_TOKEN, url, fields) };
      const response = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
      expect(response.status).toBe(200);
    }),
  );
  const answers = await Promise.all(
    servers.map(async ({ model }) => (await (await model.session(1)).until('toolAnswered')).answer),
  );
  expect(lines()).toEqual([WRITE.args.text]);
  expect(answers[0]!.response).toMatchObject({ status: 'ok' });
  expect(answers[1]!.response).toEqual(answers[0]!.response);
  const done = servers.flatMap(({ notices }) =>
    notices.flatMap((notice) => (notice.type === 'tool-done' ? [notice.repeated === true] : [])),
  );
  expect(done.sort()).toEqual([false, true]);
  expect(await effectsOf(one, CallSid)).toEqual([{ tool: 'write_line', state: 'done' }]);
});

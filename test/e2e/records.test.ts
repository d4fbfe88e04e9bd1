// What is kept of a whole call, as its notices told it; and that nothing is kept where nothing may be.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { sql } from 'kysely';
import { expect, test, vi, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { costMicroUsd } from '../../src/records/cost.ts';
import { callPage, callRecord, type CallRecord } from '../../src/records/record.ts';
import { NO_USAGE, usageSum } from '../../src/records/usage.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { freshDatabaseUrl, freshDataDir, TEST_DATA_DIR } from '../doubles/databases.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { agentsWith, wav, world, type World } from './rig.ts';
import { filesWith, openReady, tablesWith } from './traces.ts';

/** A whole call takes 38 s, and a busy machine its time. */
vi.setConfig({ testTimeout: 120_000 });

type Context = Pick<TestContext, 'onTestFinished'>;

const CALLER = '+15550100123';
const CLI = resolve(import.meta.dirname, '../../src/cli.ts');
/** From the phone's clock to the server's: the answer's way, and two frames. A busy machine takes a while. */
const APART_MS = 500;

/** Greeting, question, an answer that is interrupted, a tool, an answer, goodbye. */
const wholeCall = (place: World['place']): PhoneCall =>
  place({
    from: CALLER,
    script: [
      { say: wav('caller/hello-opening-hours') },
      { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
      { say: wav('caller/thanks-goodbye') },
    ],
  });

async function get(app: World['app'], path: string): Promise<unknown> {
  const answer = await fetch(`${app.publicBaseUrl}${path}`);
  expect(answer.status, path).toBe(200);
  return answer.json();
}

/** Resolves once its end is in the database, and the CRM knows of it. */
async function recordOf(app: World['app'], id: string): Promise<CallRecord> {
  await vi.waitFor(async () => expect(await app.records.get(callId(id))).toMatchObject({ crmLog: 'done' }), {
    timeout: 15_000,
  });
  return callRecord.parse(await get(app, `/api/v1/calls/${id}`));
}

async function liveline(context: Context, args: readonly string[], env: Record<string, string>) {
  // Away from the project, so that no .env of its own is read.
  const cwd = freshFolder(context);
  const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH: process.env['PATH'], ...env } });
  context.onTestFinished(() => void child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

test.concurrent(
  'a whole call: its record is what was told of it, over HTTP and in a terminal',
  async (context) => {
    const databaseUrl = await freshDatabaseUrl(context);
    const { app, place, told } = await world(context, {}, { DATABASE_URL: databaseUrl });
    const call = wholeCall(place);
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', errors: [] });
    const record = await recordOf(app, call.callSid);
    const [started] = told(call, 'call-started');
    const [ended] = told(call, 'call-ended');

    expect(record).toMatchObject({
      ...{ id: call.callSid, from: CALLER, to: '+15550100100', direction: 'inbound', lostWrites: 0 },
      ...{ profile: started!.profile, profileVersion: started!.profileVersion, model: started!.model },
      ...{ outcome: 'agent-hung-up', startedAt: new Date(started!.startedMs).toISOString() },
      durationMs: Math.round(ended!.durationMs),
    });
    const lastedMs = Date.parse(record.endedAt!) - Date.parse(record.startedAt);
    expect(Math.abs(lastedMs - record.durationMs!)).toBeLessThanOrEqual(1);
    expect(Math.abs(outcome.durationMs - record.durationMs!)).toBeLessThan(2 * APART_MS);

    // Turns: as last told.
    const final = new Map(told(call, 'transcript').map(({ entry }) => [entry.n, entry]));
    expect(record.turns).toEqual(
      [...final.values()].map((entry) => ({
        ...{ n: entry.n, who: entry.who, text: entry.text, state: entry.state, atMs: Math.round(entry.atMs) },
        heard: entry.who === 'agent' ? entry.heard : entry.text,
      })),
    );
    expect(record.turns.map(({ who, state }) => `${who} ${state}`)).toEqual([
      ...['agent done', 'caller done', 'agent cut', 'caller done'],
      ...['agent done', 'caller done', 'agent done'],
    ]);
    const cut = record.turns.find(({ state }) => state === 'cut')!;
    expect(cut.heard).toMatch(/^On Saturdays we are open/);
    expect(cut.text.startsWith(cut.heard) && cut.text.length > cut.heard.length).toBe(true);

    // Times: in order, within the call, and a caller's turn begins when they began to speak.
    const times = record.turns.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(record.durationMs!);
    const answeredAtMs = call.events.find(({ type }) => type === 'answered')!.atMs;
    const began = call.events.filter(({ type }) => type === 'said').map(({ atMs }) => atMs - answeredAtMs);
    const turnsBegan = record.turns.filter(({ who }) => who === 'caller').map(({ atMs }) => atMs);
    expect(turnsBegan).toHaveLength(began.length);
    for (const [n, atMs] of turnsBegan.entries())
      expect(Math.abs(atMs - began[n]!), `caller's turn ${n}`).toBeLessThan(APART_MS);

    expect(record.tools).toMatchObject([
      { tool: 'look_up_contact', args: {}, response: { status: 'ok', name: 'Ada Moreno' }, state: 'done' },
      {
        tool: 'end_call',
        args: { reason: 'the caller said goodbye' },
        response: { status: 'ok' },
        state: 'done',
      },
    ]);
    expect(record.tools.map(({ id, response }) => ({ id, response }))).toEqual(
      told(call, 'tool-done').map(({ id, response }) => ({ id, response })),
    );
    for (const { calledMs, doneMs } of record.tools) {
      expect(calledMs).toBeGreaterThan(cut.atMs);
      expect(doneMs).toBeGreaterThanOrEqual(calledMs);
    }

    const [bargeIn, ...more] = told(call, 'barge-in');
    expect(more).toEqual([]);
    expect(record.events.filter(({ type }) => type === 'barge-in')).toEqual([
      {
        ...{ type: 'barge-in', atMs: Math.round(bargeIn!.atMs) },
        facts: {
          turn: bargeIn!.turn,
          heardMs: Math.round(bargeIn!.heardMs),
          sentMs: Math.round(bargeIn!.sentMs),
        },
      },
    ]);
    expect(record.events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['line-opened', 'session-ready']),
    );

    const used = told(call, 'tokens-used');
    expect(used.length).toBeGreaterThan(2);
    expect(record.usage).toEqual(used.reduce((sum, { usage }) => usageSum(sum, usage), NO_USAGE));
    const micro = used.map(({ usage, atMs }) =>
      costMicroUsd(record.model, usage, started!.startedMs + atMs)!,
    );
    expect(record.costUsd).toBeCloseTo(micro.reduce((sum, one) => sum + one, 0) / 1e6, 9);
    expect(record.costUsd).toBeGreaterThan(0);

    // The other ways to it.
    expect(await get(app, '/api/v1/calls/last')).toEqual(record);
    const page = callPage.parse(await get(app, `/api/v1/calls?number=${CALLER}`));
    expect(page).toMatchObject({ calls: [{ id: record.id, costUsd: record.costUsd }], next: null });
    expect(await get(app, '/api/v1/calls?number=%2B15550100199')).toEqual({ calls: [], next: null });
    const metrics = await (await fetch(`${app.publicBaseUrl}/metrics`)).text();
    const figure = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
    // The call, its turns, its tools twice, its events, usages and end; turns may have been written more than once.
    const least = 2 + record.turns.length + 2 * record.tools.length + record.events.length + used.length;
    expect(figure('liveline_records_written_total')).toBeGreaterThanOrEqual(least);
    expect(figure('liveline_records_lost_total')).toBe(0);

    const env = { DATABASE_URL: databaseUrl, DATA_DIR: freshDataDir(context) };
    const [shown, listed, exported] = await Promise.all([
      liveline(context, ['calls', 'show', 'last'], env),
      liveline(context, ['calls', 'list', '--json'], env),
      liveline(context, ['calls', 'export'], env),
    ]);
    expect({ code: shown.code, err: shown.err }).toEqual({ code: 0, err: '' });
    const flat = shown.out.replace(/\s+/g, ' ');
    for (const words of [call.callSid, CALLER, 'look_up_contact', 'Ada Moreno', 'agent hung up'])
      expect(flat).toContain(words);
    expect(flat).toContain(`$${record.costUsd!.toFixed(4)}`);
    expect(flat).toContain('Sorry, one moment, could you check my appointment please?');
    expect(JSON.parse(listed.out)).toEqual(page);
    expect(
      exported.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([record]);
  },
);

test.concurrent('keep_records_days: off leaves nothing of a call in any table', async (context) => {
  const databaseUrl = await freshDatabaseUrl(context);
  const agentsDir = agentsWith('keep_records_days: "off"', context);
  const { app, place, told } = await world(context, {}, { DATABASE_URL: databaseUrl, AGENTS_DIR: agentsDir });
  const database = await openReady(context, databaseUrl, TEST_DATA_DIR);
  // A sample customer has the number.
  const before = (await tablesWith(database, [CALLER, CALLER.slice(1)])).found;
  const call = wholeCall(place);
  await call.done;
  // What was told of it was all that there is to keep.
  expect(told(call, 'transcript').length).toBeGreaterThan(5);
  expect(told(call, 'call-ended')).toHaveLength(1);
  await app.stop();
  const { found, tables } = await tablesWith(database, [call.callSid, CALLER, CALLER.slice(1), 'Saturdays']);
  expect(found).toEqual(before);
  expect(tables).toBeGreaterThanOrEqual(5);
});

test.concurrent('transcription off: a record without a word of either', async (context) => {
  const databaseUrl = await freshDatabaseUrl(context);
  const agentsDir = agentsWith('transcription: { caller: "off", agent: "off" }', context);
  const { app, place } = await world(context, {}, { DATABASE_URL: databaseUrl, AGENTS_DIR: agentsDir });
  const call = wholeCall(place);
  await call.done;
  const record = await recordOf(app, call.callSid);
  expect(record).toMatchObject({ turns: [], outcome: 'agent-hung-up' });
  expect(record.tools.map(({ tool }) => tool)).toEqual(['look_up_contact', 'end_call']);
  const database = await openReady(context, databaseUrl, TEST_DATA_DIR);
  const { found } = await tablesWith(database, [
    'Saturday',
    'How can I help',
    'one moment',
    'thanks a lot',
    'lovely day',
  ]);
  expect(found).toEqual([]);
  expect((await tablesWith(database, [call.callSid])).found.length).toBeGreaterThan(2);
});

test.concurrent('forget: after the call, neither number nor words in any table or file', async (context) => {
  const dataDir = freshDataDir(context);
  // Its own embedded database, so that its files are all there are.
  const { app, place } = await world(context, {}, { DATABASE_URL: undefined, DATA_DIR: dataDir });
  const call = wholeCall(place);
  await call.done;
  await recordOf(app, call.callSid);
  const traces = [
    CALLER,
    CALLER.slice(1),
    'when are you open on Saturdays',
    'check my appointment',
    'Ada Moreno',
  ];
  const database = await openReady(context, undefined, dataDir);
  await sql`checkpoint`.execute(database.sql);
  // The search sees what is there.
  expect((await tablesWith(database, traces)).found.length).toBeGreaterThanOrEqual(traces.length);
  const before = filesWith(dataDir, traces);
  for (const trace of traces) expect(before.found.join('\n')).toContain(trace);

  const { code, out, err } = await liveline(context, ['forget', CALLER, '--yes'], { DATA_DIR: dataDir });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/1 call/);

  expect((await tablesWith(database, [...traces, call.callSid])).found).toEqual([]);
  const answer = await fetch(`${app.publicBaseUrl}/api/v1/calls/${call.callSid}`);
  expect(answer.status).toBe(404);
  await app.stop();
  const after = filesWith(dataDir, traces);
  expect(after.found).toEqual([]);
  expect(after.files).toBeGreaterThan(100);
});

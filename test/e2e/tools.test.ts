// Tools of every kind in whole calls: what they do to the world, what the record says of them, how new ones come, and what
// the caller hears while one takes long.
import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { migratedDatabaseUrl } from '../doubles/databases.ts';
import { referenceServer } from '../tools/mcp/rig.ts';
import { ledger, openDesk, rowsOf, writingTool, type Desk } from './desk.ts';
import { parcels } from './parcels.ts';
import { wav } from './rig.ts';
import { longestSilenceMs } from './silence.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const GREETING = { say: 'Hello.' };
const SAID = { say: 'That is all.' };
const WRITE = { name: 'write_line', args: { text: 'A line.' } };

/** One call of which the caller says a word after the greeting, until the model has come to its last. */
async function asked(desk: Desk, session: number): Promise<PhoneCall> {
  const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
  await (await desk.model.session(session)).until('said', ({ text }) => text === SAID.say);
  call.hangUp();
  await call.done;
  return call;
}

test.concurrent(
  'an appointment that a tool books is in the database, in the record, and in the next call',
  async (context) => {
    const book = {
      name: 'book_appointment',
      args: { date: '{{today+7}}', time: '10:00', about: 'a cleaning' },
    };
    const past = {
      name: 'book_appointment',
      args: { date: '2020-01-06', time: '10:00', about: 'a cleaning' },
    };
    const list = { name: 'list_appointments', args: {} };
    const script = (name: string, steps: object[]) => ({ steps: [...steps, SAID], hears: name });
    const desk = await openDesk(context, {
      profile: 'time_zone: America/New_York\ntools: [book_appointment, list_appointments]',
      script: {
        name: 'books',
        greeting: GREETING,
        turns: [script('Book it.', [{ call: book }, { call: past }, { call: list }])],
      },
      environment: { DATABASE_URL: await migratedDatabaseUrl(context) },
    });
    const appointments = () =>
      rowsOf(
        desk.databaseUrl,
        sql<{ name: string; about: string; startsAt: Date }>`
          select c.name, a.about, a.starts_at as "startsAt" from liveline.crm_appointments a
          join liveline.crm_contacts c on c.id = a.contact_id and c.rehearsal = a.rehearsal
          where a.about = 'a cleaning' and a.status = 'booked' and c.name = 'Ada Moreno'`,
      );
    expect(await appointments()).toEqual([]);
    const first = await asked(desk, 1);

    const [booked, ...more] = await appointments();
    expect(more).toEqual([]);
    const { tools } = await desk.record(first);
    const [done, refused, listed] = tools;
    const date = (done?.args as { date: string }).date;
    const clock = new Intl.DateTimeFormat('sv-SE', {
      ...({ timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' } as const),
    });
    expect(clock.format(booked!.startsAt)).toBe(`${date} 10:00`);
    expect(done).toMatchObject({
      ...{ tool: 'book_appointment', args: { time: '10:00', about: 'a cleaning' } },
      response: { status: 'ok', message: expect.stringMatching(/^Booked for Ada Moreno: /) as string },
      ...{ state: 'done', cause: null, repeated: false },
    });
    for (const { calledMs, doneMs } of tools) expect(doneMs!).toBeGreaterThanOrEqual(calledMs);
    expect(refused).toMatchObject({
      ...{ args: { date: '2020-01-06' }, response: { status: 'error' }, state: 'done' },
      cause: expect.stringMatching(/^TOOL_/) as string,
    });
    expect(listed).toMatchObject({ response: { found: 2, name: 'Ada Moreno' } });

    const next = await asked(desk, 2);
    const [again, , stillListed] = (await desk.record(next)).tools;
    // In another call it is asked for anew: she has it already, and it is not booked twice.
    expect(again).toMatchObject({
      repeated: false,
      response: { message: expect.stringMatching(/^Already booked for Ada Moreno: /) as string },
    });
    expect(await appointments()).toEqual([booked]);
    expect(stillListed!.response).toMatchObject({
      found: 2,
      appointments: expect.arrayContaining([expect.objectContaining({ about: 'a cleaning' })]) as object[],
    });
  },
);

test.concurrent('one tool of each kind is called in one call', async (context) => {
  const { file, lines } = ledger(context);
  const { asks, file: described } = await parcels(context);
  const everything = JSON.stringify([referenceServer('everything'), 'stdio']);
  const calls = [
    { name: 'look_up_contact', args: {} },
    { name: 'track_parcel', args: { parcel_number: 'a/b 7' } },
    WRITE,
    { name: 'echo', args: { message: 'Is anybody there?' } },
    // Known to the server, and not allowed to the agent.
    { name: 'get-env', args: {} },
  ];
  const desk = await openDesk(context, {
    profile: [
      'tools:',
      '  - look_up_contact',
      '  - ./tools/parcels.yaml',
      '  - ./my-tools.ts',
      `  - { mcp: everything, command: ${process.execPath}, args: ${everything}, tools: [echo, get-sum] }`,
    ].join('\n'),
    files: { ...writingTool({ ledger: file }), 'tools/parcels.yaml': described },
    script: {
      name: 'all-kinds',
      greeting: GREETING,
      turns: [{ hears: 'Do it all.', steps: [{ call: calls }, SAID] }],
    },
    environment: { SECRET_ORDERS_API: 'the-key-of-the-orders' },
  });
  const call = await asked(desk, 1);
  const done = new Map(desk.told(call, 'tool-done').map(({ tool, response }) => [tool, response]));
  expect(Object.fromEntries(done)).toEqual({
    look_up_contact: expect.objectContaining({ status: 'ok', name: 'Ada Moreno' }) as object,
    track_parcel: expect.objectContaining({
      ...{ status: 'ok', state: 'on its way', arrives: 'Friday' },
      message: 'The parcel a/b 7 is on its way.',
    }) as object,
    write_line: expect.objectContaining({ status: 'ok', edition: 'first' }) as object,
    echo: expect.objectContaining({ status: 'ok' }) as object,
  });
  expect(JSON.stringify(done.get('echo'))).toContain('Is anybody there?');
  expect(asks).toEqual([
    { url: '/v1/parcels/a%2Fb%207?lang=en', authorization: 'Bearer the-key-of-the-orders' },
  ]);
  expect(lines()).toEqual(['A line.']);
  expect(desk.log.join('')).not.toContain('the-key-of-the-orders');
  expect((await desk.record(call)).tools.map(({ tool, state }) => `${tool} ${state}`).sort()).toEqual([
    'echo done',
    'look_up_contact done',
    'track_parcel done',
    'write_line done',
  ]);
});

test.concurrent(
  'a module that changes is new for the next call and old for the one that runs; one that fails to load changes nothing',
  async (context) => {
    const { file, lines } = ledger(context);
    const edition = (name: string): string => writingTool({ ledger: file, edition: name })['my-tools.ts']!;
    const desk = await openDesk(context, {
      profile: 'tools: [./my-tools.ts]',
      files: writingTool({ ledger: file }),
      script: {
        name: 'reloads',
        greeting: GREETING,
        turns: [{ hears: 'Write.', steps: [{ call: WRITE }, SAID] }],
      },
    });
    const saying = (words: string): Promise<string> =>
      vi.waitFor(
        () => {
          const found = desk.log.filter((line) => line.includes(words));
          expect(found).toHaveLength(1);
          return found.at(-1)!;
        },
        { timeout: 20_000, interval: 50 },
      );
    const editionOf = (call: PhoneCall) => desk.told(call, 'tool-done').map(({ response }) => response);
    const was = desk.app.profiles[0]!.version;

    const running = desk.place({ patienceMs: 40_000 });
    await running.until('agentQuiet');
    desk.write('my-tools.ts', edition('second'));
    await saying('the profiles changed: new calls take them');
    const is = desk.app.profiles[0]!.version;
    expect(is).not.toBe(was);
    running.say(wav('caller/yes'));
    await (await desk.model.session(1)).until('said', ({ text }) => text === SAID.say);
    running.hangUp();
    await running.done;
    expect(editionOf(running)).toMatchObject([{ edition: 'first' }]);
    expect(editionOf(await asked(desk, 2))).toMatchObject([{ edition: 'second' }]);

    desk.write('my-tools.ts', 'export default () => { throw new Error("half written"); };');
    const fault = await saying('the profiles changed and have faults');
    expect(fault).toMatch(/my-tools\.ts: its default export failed: half written/);
    expect(desk.app.profiles[0]!.version).toBe(is);
    expect(editionOf(await asked(desk, 3))).toMatchObject([{ edition: 'second' }]);
    expect(lines()).toHaveLength(3);
  },
);

/** Beyond what the profile bears: the line's way, and the soft beginning of a comfort sound. */
const LEEWAY_MS = 600;

test.concurrent.for([
  { takesMs: 10_000, deadAirMs: 4_000, more: '' },
  { takesMs: 6_000, deadAirMs: 1_500, more: 'dead_air_ms: 1500' },
])(
  'a blocking tool that takes $takesMs ms: no silence is longer than $deadAirMs ms',
  async ({ takesMs, deadAirMs, more }, context) => {
    const { file, lines } = ledger(context);
    const desk = await openDesk(context, {
      profile: `tools: [./my-tools.ts, { name: write_line, behavior: blocking }]\n${more}`,
      files: writingTool({ ledger: file, takesMs }),
      script: {
        name: 'slow',
        greeting: GREETING,
        turns: [{ hears: 'Write.', steps: [{ call: WRITE }, SAID] }],
      },
    });
    const call = desk.place({ script: [{ say: wav('caller/yes') }], patienceMs: 30_000 });
    const session = await desk.model.session(1);
    const { atMs: calledMs } = await session.until('called');
    const { atMs: doneMs } = await session.until('toolAnswered');
    await session.until('generationComplete', ({ atMs }) => atMs > doneMs);
    const silenceMs = longestSilenceMs(call, calledMs, performance.now());
    call.hangUp();
    await call.done;

    expect(doneMs - calledMs, 'it was waited for').toBeGreaterThanOrEqual(takesMs);
    expect(silenceMs).toBeLessThanOrEqual(deadAirMs + LEEWAY_MS);
    // It was silence that was filled, and not talk.
    expect(silenceMs).toBeGreaterThan(deadAirMs / 2);
    expect(lines()).toEqual([WRITE.args.text]);
    expect(desk.told(call, 'watchdog')).toEqual([]);
    expect(desk.told(call, 'tool-done')).toMatchObject([{ response: { status: 'ok' } }]);
    expect((await desk.record(call)).turns.at(-1)).toMatchObject({ who: 'agent', text: SAID.say });
  },
);

// A message left by a caller, from the beep to the people who are told of it: kept, listed, heard, written down, mailed, posted,
// and deleted at the carrier. And messages that are none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { startApp } from '../../../src/app.ts';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import { createLog } from '../../../src/base/log.ts';
import { readConfig } from '../../../src/config.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { freshDataDir, migratedDatabaseUrl } from '../../doubles/databases.ts';
import { NEVER_LATE } from '../../doubles/never-late.ts';
import type { Desk } from '../desk.ts';
import { ACCOUNT, AUTH_TOKEN, durationMs, wav } from '../rig.ts';
import { hook, mailbox } from './deliveries.ts';
import { over, pageOf, shown } from './messages.ts';
import { openOffice, routedTo, saidTo, YES } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const SPOKEN = 'This is Ada, please call me back.';
const BEEP = 'Say it after the beep.';
const closed = (more: string): string => `
hours: { dates: { 2020-01-01: '09:00-10:00' } }
closed: { greeting: We are closed., then: voicemail }
voicemail: { greeting: ${BEEP}${more} }
`;
const HEARS = {
  name: 'takes down',
  greeting: { say: 'Hello.' },
  turns: [{ hears: SPOKEN, steps: [{ say: 'Thank you.' }] }],
};

/** The carrier was told of a recording, or that there is none. */
const reported = (call: PhoneCall): Promise<unknown> => call.until('posted', ({ to }) => to === 'recording');

test.concurrent('a message: kept, listed, heard, written down, mailed and posted', async (context) => {
  const { url: smtp, mails } = await mailbox(context);
  const { url, posts } = await hook(context);
  const dataDir = freshDataDir(context);
  const desk = await openOffice(context, {
    profile: closed(`, transcribe: on, deliver_to: [desk@example.com, '${url}']`),
    script: HEARS,
    environment: {
      DATA_DIR: dataDir,
      SMTP_URL: smtp,
      MAIL_FROM: 'voicemail@example.com',
      WEBHOOK_PRIVATE: 'on',
    },
  });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(wav('caller/leave-a-message'));
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server', streams: 0 });
  expect(saidTo(call)).toEqual([`We are closed. ${BEEP}`, 'Thank you for your message.']);
  expect(routedTo(desk, call)).toEqual(['voicemail', 'goodbye']);

  const entry = await over(desk, call);
  expect(entry).toMatchObject({
    ...{ callId: call.callSid, profile: 'Desk', from: call.from, to: call.to, rehearsal: true },
    ...{ sound: 'kept', words: 'done', transcript: SPOKEN },
    deliveries: [
      { to: 'desk@example.com', state: 'done' },
      { to: url, state: 'done' },
    ],
  });
  const file = readFileSync(
    join(
      dataDir,
      'voicemail',
      readdirSync(join(dataDir, 'voicemail')).find((name) => name.includes(entry.id))!,
    ),
  );
  const soundUrl = `${desk.app.publicBaseUrl}/api/v1/voicemails/${entry.id}/sound`;
  const sound = await fetch(soundUrl);
  expect(sound.headers.get('content-type')).toMatch(/^audio\/wav/);
  expect(Buffer.from(await sound.arrayBuffer()).equals(file)).toBe(true);
  const { channels, sampleRateHz } = readWav(file);
  const keptMs = (channels[0]!.length / sampleRateHz) * 1_000;
  // The carrier takes a silence of five seconds for its end, and leaves it in.
  const saidMs = durationMs('caller/leave-a-message');
  expect(keptMs).toBeGreaterThan(saidMs + 4_500);
  expect(keptMs).toBeLessThan(saidMs + 6_500);

  expect(mails).toHaveLength(1);
  expect(mails[0]).toContain(SPOKEN);
  const attached = /filename=voicemail-[^\r\n]*\.wav[\s\S]*?\r\n\r\n([\sA-Za-z\d+/=]+?)\r\n--/.exec(
    mails[0]!,
  )?.[1];
  expect(Buffer.from(attached ?? '', 'base64').equals(file)).toBe(true);
  expect(posts).toMatchObject([{ id: entry.id, callId: call.callSid, transcript: SPOKEN, soundUrl }]);
  expect(desk.network.recordingSids, 'at the carrier').toEqual([]);

  expect(await desk.record(call)).toMatchObject({ outcome: 'closed' });
  const lines = await shown(context, desk, dataDir, call);
  expect(lines.join('\n')).toContain(SPOKEN);
  expect(lines.join('\n')).toContain(entry.id);
});

test.concurrent('whoever hangs up while it records has left a message all the same', async (context) => {
  const desk = await openOffice(context, { profile: closed(''), script: HEARS });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(wav('caller/leave-a-message'), 'message');
  await call.until('saidEnd');
  call.hangUp();
  await call.done;
  const entry = await over(desk, call);
  expect(entry).toMatchObject({ sound: 'kept', words: 'off', transcript: null, deliveries: [] });
  expect(entry.seconds).toBeGreaterThan(durationMs('caller/leave-a-message') / 1_000 - 0.5);
  await vi.waitFor(() => expect(desk.network.recordingSids).toEqual([]), { timeout: 20_000 });
});

test.concurrent(
  'a server that is stopped in mid-message, and started again after the callback: the message arrives',
  async (context) => {
    const { url: smtp, mails } = await mailbox(context);
    const environment = {
      ...{ DATABASE_URL: await migratedDatabaseUrl(context), DATA_DIR: freshDataDir(context) },
      ...{ SMTP_URL: smtp, MAIL_FROM: 'voicemail@example.com' },
    };
    const profile = closed(', deliver_to: [desk@example.com]');
    const desk = await openOffice(context, { profile, script: HEARS, environment });
    const call = desk.place({ patienceMs: 60_000 });
    await call.until('recording');
    call.say(wav('caller/leave-a-message'), 'message');
    await desk.app.stop();
    await call.until('saidEnd');
    call.hangUp();
    await call.done;
    expect(call.events).toContainEqual(
      expect.objectContaining({ type: 'posted', to: 'recording', status: 0 }),
    );
    expect(desk.network.recordingSids, 'at the carrier').toHaveLength(1);

    const again = await startAgain(context, desk, environment);
    const entry = await over(again, call);
    expect(entry).toMatchObject({
      ...{ callId: call.callSid, profile: 'Desk', from: call.from, to: call.to, sound: 'kept' },
      deliveries: [{ to: 'desk@example.com', state: 'done' }],
    });
    const saidS = durationMs('caller/leave-a-message') / 1_000;
    expect(entry.seconds).toBeGreaterThan(saidS - 0.5);
    // When it was spoken, and not when it was found.
    const { startedAt } = await again.record(call);
    const behindS = (Date.parse(entry.recordedAt) - Date.parse(startedAt)) / 1_000;
    expect(behindS).toBeGreaterThan(0);
    expect(behindS).toBeLessThan(call.elapsedMs / 1_000);
    expect(mails).toHaveLength(1);
    await vi.waitFor(() => expect(desk.network.recordingSids).toEqual([]), { timeout: 20_000 });
    expect(await pageOf(again, call)).toHaveLength(1);
  },
);

/** Another process of the same installation, between the same two. */
async function startAgain(
  context: Pick<TestContext, 'onTestFinished'>,
  desk: Desk,
  environment: Readonly<Record<string, string>>,
): Promise<Desk> {
  const log: string[] = [];
  const app = await startApp(
    readConfig({
      ...{ PORT: '0', AGENTS_DIR: desk.dir, GEMINI_BASE_URL: desk.model.url },
      ...{ TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: AUTH_TOKEN },
      ...{ TWILIO_API_BASE_URL: desk.network.url, ...environment },
    }),
    createLog({
      level: 'debug',
      secrets: [AUTH_TOKEN],
      destination: { write: (line) => void log.push(line) },
    }),
    { loopLag: NEVER_LATE },
  );
  context.onTestFinished(() => app.stop());
  const record: Desk['record'] = ({ callSid }) =>
    vi.waitFor(async () => {
      const found = await fetch(`${app.publicBaseUrl}/api/v1/calls/${callSid}`);
      return (await found.json()) as CallRecord;
    });
  return { ...desk, app, log, record };
}

test.concurrent.for([
  { end: 'the # key', box: '', press: true },
  { end: 'the greatest length', box: ', max_seconds: 5', press: false },
])('$end ends a message, and it is kept', async ({ box, press }, context) => {
  const desk = await openOffice(context, { profile: closed(box), script: HEARS });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(wav('caller/leave-a-message'));
  // As somebody would who has more to say.
  if (press) await call.until('saidEnd').then(() => call.press('#'));
  else call.say(wav('caller/book-a-cleaning'));
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server' });
  expect(saidTo(call).at(-1)).toBe('Thank you for your message.');
  const { seconds, sound } = await over(desk, call);
  expect(sound).toBe('kept');
  expect(seconds, 'no silence behind it').toBeLessThan(
    press ? durationMs('caller/leave-a-message') / 1_000 + 2 : 5.5,
  );
});

test.concurrent(
  'a model that is away when the words are to be written down: the message comes without them',
  async (context) => {
    const { url, mails } = await mailbox(context);
    const desk = await openOffice(context, {
      profile: `fallback: { within_s: 2, steps: [voicemail] }\nvoicemail: { greeting: ${BEEP}, transcribe: on, deliver_to: [desk@example.com] }`,
      faults: ['refuse-upgrade:status=401,times=always'],
      environment: { SMTP_URL: url, MAIL_FROM: 'voicemail@example.com' },
    });
    const call = desk.place({ patienceMs: 30_000 });
    await call.until('recording');
    call.say(wav('caller/leave-a-message'));
    await call.done;
    const entry = await over(desk, call);
    expect(entry).toMatchObject({ sound: 'kept', words: 'failed', transcript: null });
    expect(entry.deliveries).toMatchObject([{ state: 'done' }]);
    expect(mails).toHaveLength(1);
    expect(mails[0]).toContain('It could not be written down.');
  },
);

/** A tone at about -20 dB, or one that nobody would call sound. */
function tone(ms: number, amplitude: number): Uint8Array {
  const samples = Int16Array.from({ length: ms * 8 }, (_, i) => Math.round(amplitude * Math.sin(i / 3)));
  return writeWav({ format: { ...MULAW_8K }, channels: [samples] });
}

test.concurrent('less than a second is no message, and is not left at the carrier', async (context) => {
  const desk = await openOffice(context, { profile: closed(''), script: HEARS });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(tone(200, 3_000), 'click');
  await call.until('saidEnd');
  call.hangUp();
  await call.done;
  await vi.waitFor(
    () => expect(desk.log.join('\n')).toContain('a message of less than a second was dropped'),
    { timeout: 20_000 },
  );
  await vi.waitFor(() => expect(desk.network.recordingSids).toEqual([]), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await pageOf(desk, call)).toEqual([]), { timeout: 20_000 });
});

test.concurrent('silence is no message', async (context) => {
  const desk = await openOffice(context, { profile: closed(', transcribe: on'), script: HEARS });
  const call = desk.place({ patienceMs: 30_000 });
  await reported(call);
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server' });
  await vi.waitFor(() => expect(desk.log.join('\n')).toContain('left none'), { timeout: 20_000 });
  expect(saidTo(call)).toEqual([`We are closed. ${BEEP}`, 'Goodbye.']);
  expect(await pageOf(desk, call)).toEqual([]);
  expect(desk.model.sessions, 'no model listened to it').toEqual([]);
});

test.concurrent('a hum that is no speech is kept for people, and shown to no model', async (context) => {
  const desk = await openOffice(context, { profile: closed(', transcribe: on'), script: HEARS });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(tone(3_000, 40));
  await call.done;
  expect(await over(desk, call)).toMatchObject({ sound: 'kept', words: 'none', transcript: null });
  expect(desk.model.sessions).toEqual([]);
});

test.concurrent('the agent lets the caller go to the voicemail', async (context) => {
  const desk = await openOffice(context, {
    profile: `voicemail: { greeting: ${BEEP} }\ntools: [take_voicemail]`,
    script: {
      name: 'lets go',
      greeting: { say: 'Hello.' },
      turns: [
        {
          hears: 'I would rather leave a message.',
          steps: [{ call: { name: 'take_voicemail', args: {} } }, { say: 'After the beep, then.' }],
        },
      ],
    },
  });
  const call = desk.place({ script: [YES], patienceMs: 30_000 });
  await call.until('recording');
  call.say(wav('caller/leave-a-message'));
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server', streams: 1 });
  expect(saidTo(call)).toEqual([BEEP, 'Thank you for your message.']);
  const heard = desk
    .told(call, 'transcript')
    .flatMap(({ entry }) => (entry.who === 'agent' ? [entry.heard] : []));
  expect(heard.join(' ')).toContain('After the beep, then.');
  expect(await over(desk, call)).toMatchObject({ sound: 'kept', words: 'off' });
  const record = await desk.record(call);
  expect(record).toMatchObject({ outcome: 'voicemail' });
  expect(record.tools).toMatchObject([{ tool: 'take_voicemail', state: 'done' }]);
});

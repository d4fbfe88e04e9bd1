// Callers who say nothing: asked, said goodbye to, and not mistaken for silent while it is not their turn. And calls that
// last for too long.
import { expect, test, vi } from 'vitest';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { ledger, writingTool, type Desk } from '../desk.ts';
import { wav } from '../rig.ts';
import { ANSWER, atPhone, openOffice, YES } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const ASK_MS = 5_000;
const SILENCE = `silence: { ask_after_s: ${ASK_MS / 1_000} }`;
/** Nobody hangs up for want of patience. */
const PATIENT = { patienceMs: 300_000 };
/** What a line of the model and the notice of its end may be apart. */
const GRACE_MS = 1_500;

const ASKED = 'Are you still there?';
/** A model that is told something speaks to it by the next of these too. */
const script = (...answers: ScriptSource['turns'] & object[]): ScriptSource => ({
  name: 'asks',
  greeting: { say: 'Hello.' },
  turns: answers,
  otherwise: { steps: [{ say: ASKED }] },
});

const timesOf = (desk: Desk, call: PhoneCall): number[] =>
  desk.told(call, 'caller-silent').map(({ times }) => times);

const heardOf = (desk: Desk, call: PhoneCall): string[] => {
  const turns = new Map(
    desk
      .told(call, 'transcript')
      .flatMap(({ entry }) => (entry.who === 'agent' ? [[entry.n, entry.heard]] : [])),
  );
  return [...turns.values()];
};

const prompts = (desk: Desk): string[] =>
  desk.model.sessions.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'prompted' ? [event.text] : [])),
  );

/** Since when nothing was heard, before this. */
const quietSince = (call: PhoneCall, beforeMs: number): number =>
  Math.max(
    ...call.events.flatMap((event) =>
      event.type === 'agentQuiet' && event.endedAtMs < beforeMs ? [event.endedAtMs] : [],
    ),
  );

test.concurrent('asked once, and then said goodbye to', async (context) => {
  const desk = await openOffice(context, { profile: SILENCE, script: script() });
  const call = desk.place(PATIENT);
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server' });
  const [, asked, goodbye, ...more] = prompts(desk);
  expect(asked).toContain('had said nothing for 5 seconds');
  expect(goodbye).toContain('say goodbye kindly');
  expect(more).toEqual([]);
  expect(timesOf(desk, call)).toEqual([1, 2]);
  expect(heardOf(desk, call).slice(1), 'asked, and the goodbye heard to its end').toEqual([ASKED, ASKED]);
  for (const { atMs } of desk.told(call, 'caller-silent')) {
    const atPhoneMs = atPhone(desk, call, atMs);
    expect(atPhoneMs - quietSince(call, atPhoneMs)).toBeGreaterThan(ASK_MS - GRACE_MS);
  }
  const record = await desk.record(call);
  expect(record).toMatchObject({ outcome: 'caller-silent' });
  expect(record.events.filter(({ type }) => type === 'caller-silent')).toHaveLength(2);
});

test.concurrent('whoever answers is listened to, and asked anew before any goodbye', async (context) => {
  const desk = await openOffice(context, {
    profile: SILENCE,
    script: script({ steps: [{ say: ASKED }] }, { hears: 'Yes.', steps: [{ say: ANSWER }] }),
  });
  const call = desk.place(PATIENT);
  const session = await desk.model.session(1);
  await session.until('said', ({ text }) => text === ASKED);
  await call.until(
    'agentQuiet',
    ({ atMs }) => atMs > atPhone(desk, call, desk.told(call, 'caller-silent')[0]!.atMs),
  );
  call.say(wav('caller/yes'));
  await session.until('said', ({ text }) => text === ANSWER);
  const outcome = await call.done;
  expect(outcome.hungUpBy).toBe('server');
  expect(timesOf(desk, call)).toEqual([1, 1, 2]);
  expect(heardOf(desk, call)).toContain(ANSWER);
});

test.concurrent('a word in the goodbye calls it off', async (context) => {
  const desk = await openOffice(context, {
    profile: SILENCE,
    script: script(
      { steps: [{ say: ASKED }] },
      { steps: [{ say: 'Then goodbye, and thank you for calling our office today.' }] },
      { hears: 'Yes.', steps: [{ say: ANSWER }] },
    ),
  });
  const call = desk.place(PATIENT);
  await vi.waitFor(() => expect(timesOf(desk, call)).toEqual([1, 2]), { timeout: 30_000 });
  call.say(wav('caller/yes'));
  const session = await desk.model.session(1);
  await session.until('said', ({ text }) => text === ANSWER);
  await vi.waitFor(() => expect(timesOf(desk, call).length).toBe(3), { timeout: 30_000 });
  expect(timesOf(desk, call)[2], 'the silence begins anew').toBe(1);
  expect(call.ended).toBe(false);
  call.hangUp();
  await call.done;
  expect(await desk.record(call)).toMatchObject({ outcome: 'caller-hung-up' });
});

test.concurrent('off: nobody is asked', async (context) => {
  const desk = await openOffice(context, { profile: 'silence: { ask_after_s: "off" }', script: script() });
  const call = desk.place({ ...PATIENT, script: [{ hangUp: true, when: { afterMs: 25_000 } }] });
  await call.done;
  expect(timesOf(desk, call)).toEqual([]);
  expect(prompts(desk)).toHaveLength(1);
});

test.concurrent(
  'a tool that runs, the agent’s own talk, and a note are not the caller’s silence',
  async (context) => {
    const { file } = ledger(context);
    const LONG = Array.from(
      { length: 6 },
      (_, n) => `This is sentence number ${n + 1} of a long answer.`,
    ).join(' ');
    const WRITE = { name: 'write_line', args: { text: 'A line.' } };
    const desk = await openOffice(context, {
      profile: `${SILENCE}\ntools: [./my-tools.ts, { name: write_line, behavior: blocking }]`,
      // In real time: three times as long on the clock of the call.
      files: writingTool({ ledger: file, takesMs: 3_000 }),
      script: script({ hears: 'Yes.', steps: [{ call: WRITE }, { say: LONG }] }),
    });
    const call = desk.place({ ...PATIENT, script: [YES] });
    const session = await desk.model.session(1);
    const calledAt = await session.until('called');
    const said = await session.until('said', ({ text }) => text === LONG);
    expect(said.atMs - calledAt.atMs, 'the tool took longer than silence may').toBeGreaterThan(ASK_MS);
    const spoke = await call.until('agentQuiet', ({ spokeMs }) => spokeMs > ASK_MS);
    expect(timesOf(desk, call)).toEqual([]);
    const note = await fetch(`${desk.app.publicBaseUrl}/api/v1/calls/${call.callSid}/notes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'They are a member.', answer: true }),
    });
    expect(note.status).toBe(202);
    await vi.waitFor(() => expect(timesOf(desk, call)).toEqual([1]), { timeout: 30_000 });
    const [silent] = desk.told(call, 'caller-silent');
    const silentAtMs = atPhone(desk, call, silent!.atMs);
    expect(silentAtMs, 'the answer to the note came in between').toBeGreaterThan(spoke.endedAtMs + ASK_MS);
    expect(silentAtMs - quietSince(call, silentAtMs)).toBeGreaterThan(ASK_MS - GRACE_MS);
    call.hangUp();
    await call.done;
  },
);

test.concurrent.for([
  {
    model: 'says goodbye and ends the call',
    steps: [{ call: { name: 'end_call', args: {} } }],
    lastsMs: 60_000,
  },
  { model: 'goes on talking', steps: [], lastsMs: 120_000 },
])('a call that has lasted for its time: a model that $model', async ({ steps, lastsMs }, context) => {
  const desk = await openOffice(context, {
    profile: 'silence: { ask_after_s: "off" }\nlimits: { call_minutes: 1 }\ntools: [end_call]',
    script: {
      name: 'lasts',
      greeting: { say: 'Hello.' },
      otherwise: { steps: [{ say: 'Our time is up.' }, ...steps] },
    },
    speed: 5,
  });
  const call = desk.place(PATIENT);
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server' });
  const [, warning, ...more] = prompts(desk);
  expect(warning).toContain('The time for this call is up.');
  expect(more).toEqual([]);
  expect(heardOf(desk, call).slice(1)).toEqual(['Our time is up.']);
  const [ended] = desk.told(call, 'call-ended');
  expect(ended!.durationMs).toBeGreaterThan(lastsMs - GRACE_MS);
  expect(ended!.durationMs, 'far below the next limit').toBeLessThan(lastsMs + 30_000);
  expect(await desk.record(call)).toMatchObject({
    outcome: steps.length > 0 ? 'agent-hung-up' : 'time-limit',
  });
});

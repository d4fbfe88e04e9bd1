// The faults that wait for a chance: what of an upgrade, a setup, a resume or a reply goes wrong.
import { expect, test } from 'vitest';
import { connect, MODEL, refused, statusOf } from '../socket-rig.ts';
import { faulty, PLAYED_MS, THINK_MS, type Faulty } from './fault-rig.ts';

/** A conversation that was greeted and dropped: what is needed to resume it. */
async function dropped({ join }: Faulty): Promise<string> {
  const caller = await join();
  await caller.greet();
  await caller.pass(PLAYED_MS);
  caller.client.socket.terminate();
  await (await caller.session()).until('closed');
  return caller.handle();
}
const resuming = (handle: string): object => ({ setup: { model: MODEL, sessionResumption: { handle } } });

test('refuse-upgrade: so many upgrades get the status, and no socket is counted', async () => {
  const { model, acted } = await faulty(['refuse-upgrade:status=429,times=2']);
  for (let times = 0; times < 2; times++) expect(await statusOf(connect(model))).toBe(429);
  expect(model.sessions).toEqual([]);
  expect(await refused(model, {})).toMatchObject({ code: 1_007 });
  expect(acted).toHaveLength(2);
});

test('refuse-upgrade on an earlier moment, and on the upgrade itself', async () => {
  const later = await faulty(['refuse-upgrade:on=ready']);
  await later.join();
  expect(await statusOf(connect(later.model))).toBe(503);
  const itself = await faulty(['refuse-upgrade:on=upgrade']);
  expect(await statusOf(connect(itself.model))).toBe(503);
});

test('never-ready: one setup is not answered, the next one is', async () => {
  const { join, clock } = await faulty(['never-ready:on=setup']);
  const caller = await join();
  await caller.pass(60_000);
  expect(caller.messages).toEqual([]);
  expect(clock.pending).toBe(0);
  expect((await caller.session()).events).toMatchObject([
    { type: 'setup' },
    { type: 'fault', fault: 'never-ready' },
  ]);
  expect((await join()).story()).toEqual(['ready']);
});

test('refuse-setup: one setup is closed, the next one is not', async () => {
  const { join } = await faulty(['refuse-setup:code=1008,reason=not now']);
  expect(await (await join()).client.closed).toEqual({ code: 1_008, reason: 'not now' });
  expect((await join()).story()).toEqual(['ready']);
});

test.each([
  ['refuse-handle:times=2', 2, 1_011, 'Internal error encountered.'],
  ['refuse-handle:code=1008,reason=no', 1, 1_008, 'no'],
  ['unknown-handle', 1, 1_008, 'Requested entity was not found.'],
])('%s: %i attempts to resume are closed, the next one is not', async (fault, attempts, code, reason) => {
  const rig = await faulty([fault]);
  const handle = await dropped(rig);
  for (let attempt = 0; attempt < attempts; attempt++)
    expect(await refused(rig.model, resuming(handle))).toEqual({ code, reason });
  expect(rig.acted).toHaveLength(attempts);
  const caller = await rig.dial();
  await caller.tell(resuming(handle));
  await caller.pass(THINK_MS);
  expect(caller.story()).toEqual(['ready']);
});

test('forget: the resume is accepted and the model greets as if it had never spoken; otherwise it goes on', async () => {
  for (const [faults, said] of [
    [['forget'], 'Good day to you.'],
    [[], 'One moment.'],
  ] as const) {
    const rig = await faulty(faults);
    const resumed = await rig.join(await dropped(rig));
    expect(await (await rig.model.session(2)).until('setup')).toMatchObject({ resumed: true });
    await resumed.greet();
    await resumed.pass(PLAYED_MS);
    expect(resumed.said()).toBe(said);
  }
});

test.each(['empty-turn:nth=2', 'empty-turn:on=thinking'])(
  '%s: a bare turnComplete, and the answer is still owed',
  async (fault) => {
    const { join } = await faulty([fault]);
    const caller = await join();
    await caller.greet();
    await caller.pass(PLAYED_MS);
    const greeted = caller.messages.length;
    await caller.speak();
    await caller.pass(PLAYED_MS);
    expect(caller.story(greeted)).toEqual(['turnComplete']);
    await caller.speak();
    await caller.pass(PLAYED_MS);
    expect(caller.said(greeted)).toBe('One moment.');
  },
);

test('ignore-short: what is shorter gets no answer, what is longer does', async () => {
  const { join, acted } = await faulty(['ignore-short:under=500ms']);
  const caller = await join();
  for (const ms of [480, 100]) {
    await caller.speak(ms);
    await caller.pass(PLAYED_MS);
  }
  expect(caller.story()).toEqual(['ready']);
  expect(acted).toHaveLength(2);
  await caller.speak(500);
  await caller.pass(PLAYED_MS);
  expect(caller.said()).toBe('One moment.');
});

test.each(['duplicate-tool-calls', 'duplicate-tool-calls:on=tool-running'])(
  '%s: the same ids twice, and one answer will do',
  async (fault) => {
    const { join } = await faulty([fault]);
    const caller = await join();
    await caller.speak();
    await caller.pass(PLAYED_MS);
    const calls = caller.messages.filter(({ toolCall }) => toolCall);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual(calls[1]);
    await caller.answer();
    await caller.pass(PLAYED_MS);
    expect(caller.said()).toBe('One moment. I have found you.');
  },
);

test('double-sentence: sound and words of one line come twice, and the reply goes on', async () => {
  const { join } = await faulty(['double-sentence']);
  const caller = await join();
  await caller.speak();
  await caller.pass(PLAYED_MS);
  const sounds = caller.messages.flatMap(
    ({ serverContent }) => serverContent?.modelTurn?.parts?.[0]?.inlineData?.data ?? [],
  );
  expect(sounds.length).toBeGreaterThan(2);
  expect(sounds.slice(sounds.length / 2)).toEqual(sounds.slice(0, sounds.length / 2));
  await caller.answer();
  await caller.pass(PLAYED_MS);
  expect(caller.said()).toBe('One moment. One moment. I have found you.');
});

test('double-turn: what a reply said comes again as a turn of its own, once, without its call', async () => {
  const { join } = await faulty(['double-turn']);
  const caller = await join();
  await caller.speak();
  await caller.pass(PLAYED_MS);
  const asked = caller.messages.length;
  await caller.answer();
  await caller.pass(4 * PLAYED_MS);
  const whole = 'One moment. I have found you.';
  expect(caller.said()).toBe(whole + whole);
  const turn = ['speech', 'generationComplete', 'turnComplete'];
  expect(caller.story(asked)).toEqual([...turn, ...turn]);
});

test('double-turn: no repetition is repeated, none follows a reply that was cut, and the next question is answered', async () => {
  const { join, acted } = await faulty(['double-turn:times=always']);
  const caller = await join();
  await caller.greet();
  await caller.pass(THINK_MS);
  await caller.speak();
  expect(caller.story().slice(-2)).toEqual(['interrupted', 'turnComplete']);
  expect(acted).toEqual([]);
  await caller.pass(PLAYED_MS);
  await caller.answer();
  await caller.pass(PLAYED_MS);
  const before = caller.messages.length;
  await caller.speak();
  await caller.pass(4 * PLAYED_MS);
  expect(caller.said(before)).toBe('Second answer.Second answer.');
});

test('needless-interrupt: who speaks into silence is told to have interrupted, once, and is answered', async () => {
  const { join } = await faulty(['needless-interrupt']);
  const caller = await join();
  await caller.tell({ realtimeInput: { activityStart: {} } });
  expect(caller.story()).toEqual(['ready', 'interrupted', 'turnComplete']);
  await caller.tell({ realtimeInput: { activityEnd: {} } });
  await caller.pass(PLAYED_MS);
  expect(caller.said()).toBe('One moment.');
  await caller.answer();
  await caller.pass(2 * PLAYED_MS);
  const before = caller.messages.length;
  await caller.speak();
  await caller.pass(2 * PLAYED_MS);
  expect(caller.story(before)).not.toContain('interrupted');
});

test('needless-interrupt: a reply that is really interrupted is no chance', async () => {
  const { join, acted } = await faulty(['needless-interrupt']);
  const caller = await join();
  await caller.greet();
  await caller.pass(THINK_MS);
  await caller.speak();
  expect(caller.story().filter((type) => type === 'interrupted')).toHaveLength(1);
  expect(acted).toEqual([]);
});

// The faults that are done to a living socket: what its client gets of them.
import { expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { scriptOf } from '../../../../src/simulator/model/script.ts';
import { MODEL, prompt } from '../socket-rig.ts';
import { faulty, PLAYED_MS, THINK_MS } from './fault-rig.ts';

test('mute: what is said meanwhile is lost, what is said afterwards comes', async () => {
  const { join } = await faulty(['mute:on=greeting,for=10s']);
  const caller = await join();
  await caller.greet();
  await caller.pass(10_000 + THINK_MS - 1);
  expect(caller.story()).toEqual(['ready', 'speech']);
  // The words that go with the first sound.
  expect(caller.said()).toBe('Good day to');
  await caller.pass(1);
  await caller.speak();
  await caller.pass(PLAYED_MS);
  expect(caller.said()).toBe('Good day toOne moment.');
});

test('mute without an end: not a word more on this socket, and the next one is well', async () => {
  const { join } = await faulty(['mute:on=ready']);
  const caller = await join();
  const before = caller.messages.length;
  await caller.greet();
  await caller.pass(60_000);
  expect(caller.messages).toHaveLength(before);
  const next = await join();
  await next.greet();
  await next.pass(PLAYED_MS);
  expect(next.said()).toBe('Good day to you.');
});

test('stall: nothing for so long, and then everything in order', async () => {
  const told = async (faults: string[]): Promise<string[]> => {
    const { join } = await faulty(faults);
    const caller = await join();
    await caller.greet();
    await caller.pass(THINK_MS);
    const begun = caller.messages.length;
    await caller.pass(2_999);
    if (faults.length > 0) expect(caller.messages).toHaveLength(begun);
    await caller.pass(PLAYED_MS);
    return caller.messages.map((message) =>
      JSON.stringify({ ...message, sessionResumptionUpdate: undefined }),
    );
  };
  expect(await told(['stall:on=greeting,for=3s'])).toEqual(await told([]));
});

test('cancel-tools: the call is cancelled, a late answer is let go, and the reply goes on', async () => {
  const { join } = await faulty(['cancel-tools:after=200ms']);
  const caller = await join();
  await caller.speak();
  await caller.pass(PLAYED_MS);
  const id = caller.callId();
  const cancelled = caller.messages.flatMap(({ toolCallCancellation }) => toolCallCancellation?.ids ?? []);
  expect(cancelled).toEqual([id]);
  expect(caller.said()).toBe('One moment. I have found you.');
  await caller.answer();
  expect(await (await caller.session()).until('toolAnswered')).toMatchObject({ late: true });
  expect(caller.story().slice(-4)).toEqual([
    'toolCallsCancelled',
    'speech',
    'generationComplete',
    'turnComplete',
  ]);
});

test('cancel-tools with nothing to cancel says nothing', async () => {
  const { join } = await faulty(['cancel-tools:on=ready']);
  expect((await join()).story()).toEqual(['ready']);
});

test('merged: fewer messages that say the same', async () => {
  const conversation = async (faults: string[]) => {
    const { join } = await faulty(faults);
    const caller = await join();
    await caller.greet();
    await caller.pass(PLAYED_MS);
    await caller.speak();
    await caller.pass(PLAYED_MS);
    await caller.answer();
    await caller.pass(PLAYED_MS);
    await caller.pass(100);
    return caller;
  };
  const [plain, merged] = [await conversation([]), await conversation(['merged:on=upgrade'])];
  expect(merged.story()).toEqual(plain.story());
  expect(merged.said()).toBe(plain.said());
  const sound = ({ messages }: typeof plain): string[] =>
    messages.flatMap(
      ({ serverContent }) =>
        serverContent?.modelTurn?.parts?.map((part) => part.inlineData?.data ?? '') ?? [],
    );
  expect(sound(merged)).toEqual(sound(plain));
  expect(merged.messages.length).toBeLessThan(plain.messages.length / 2);
  expect(merged.messages[0]).toHaveProperty('sessionResumptionUpdate');
  expect(
    merged.messages.some(({ serverContent: content }) => content?.generationComplete && content.turnComplete),
  ).toBe(true);
});

test.each([
  ['text-frames', 'binary', [true, false]],
  ['binary-frames', 'text', [false, true]],
] as const)('%s: from one message to the next', async (fault, frames, expected) => {
  const { join } = await faulty([{ fault, on: 'greeting' }], { frames });
  const caller = await join();
  await caller.greet();
  await caller.pass(PLAYED_MS);
  expect(caller.client.binary.filter((is, at, all) => is !== all[at - 1])).toEqual(expected);
});

test('slow-reader: what is sent meanwhile is read afterwards', async () => {
  const { join, clock } = await faulty(['slow-reader:on=idle,for=5s']);
  const caller = await join();
  await caller.greet();
  clock.advance(PLAYED_MS);
  await caller.client.next(({ serverContent }) => serverContent?.turnComplete);
  const session = await caller.session();
  caller.client.send(prompt('are you there?'));
  // A second client's round trip: time enough for the first one's words to have been read, were anybody reading.
  await join();
  expect(session.events.filter(({ type }) => type === 'prompted')).toHaveLength(1);
  clock.advance(5_000);
  await session.until('prompted', ({ text }) => text === 'are you there?');
});

test('slow-reader: a socket that is closed meanwhile ends all the same', async () => {
  const { dial, clock } = await faulty(['slow-reader:on=setup,for=60m', 'close:on=setup,after=1s']);
  const caller = await dial();
  const session = await caller.session();
  caller.client.send({ setup: { model: MODEL } });
  await session.until('setup');
  clock.advance(1_000);
  expect((await caller.client.closed).code).toBe(1_011);
  await session.until('closed');
  expect(clock.pending).toBe(0);
});

test('a fault that acts is written into the diary and the log, and told, also when the script asked for it', async () => {
  const logged: unknown[] = [];
  const log = { ...silentLog, info: (facts: object) => void logged.push(facts), child: () => silentLog };
  const script = scriptOf({ name: 'x', faults: [{ fault: 'stall', for: '1s' }] }, '.');
  const { join, acted, model } = await faulty(['text-frames'], { script, log: log as typeof silentLog });
  const events = (await (await join()).session()).events.filter(({ type }) => type === 'fault');
  expect(model.faults.map(({ fault }) => fault)).toEqual(['stall', 'text-frames']);
  expect(events).toMatchObject([
    { fault: 'stall', as: 'stall:for=1s' },
    { fault: 'text-frames', as: 'text-frames' },
  ]);
  expect(acted).toEqual(['stall:for=1s', 'text-frames']);
  expect(logged).toEqual(acted.map((fault) => ({ modelSession: 1, fault })));
});

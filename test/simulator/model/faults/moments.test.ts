// At which moment of a conversation a fault acts, and how the socket ends.
import { expect, test } from 'vitest';
import type { Trigger } from '../../../../src/simulator/model/faults/terms.ts';
import { faulty, PLAYED_MS, SETUP_MS, THINK_MS, type Caller } from './fault-rig.ts';

/** Every moment there is, one after the other; on a socket that is gone nothing more happens. */
async function converse(caller: Caller): Promise<void> {
  await caller.greet();
  for (const ms of [THINK_MS, PLAYED_MS]) await caller.pass(ms);
  await caller.speak();
  for (const ms of [THINK_MS, PLAYED_MS]) await caller.pass(ms);
  await caller.answer();
  for (const ms of [THINK_MS, PLAYED_MS]) await caller.pass(ms);
}

test.each<[Trigger, string | undefined]>([
  ['upgrade', undefined],
  ['setup', 'setup'],
  ['ready', 'ready'],
  ['greeting', 'said'],
  ['caller-speaking', 'speechStarted'],
  ['thinking', 'speechEnded'],
  ['agent-speaking', 'said'],
  ['tool-running', 'called'],
  ['idle', 'turnComplete'],
])('on %s: a close comes right after it', async (on, before) => {
  const { join, acted, clock } = await faulty([{ fault: 'close', code: 1_013, reason: 'enough', on }]);
  const caller = await join();
  await converse(caller);
  expect(await caller.client.closed).toEqual({ code: 1_013, reason: 'enough' });
  const session = await caller.session();
  await session.until('closed');
  const types = session.events.map(({ type }) => type);
  const at = types.indexOf('fault');
  expect([types[at - 1], ...types.slice(at)]).toEqual([before, 'fault', 'closed']);
  expect(acted).toEqual([`close:code=1013,reason=enough${on === 'ready' ? '' : `,on=${on}`}`]);
  expect(clock.pending).toBe(0);
});

test.each<[Trigger, number, string[], string]>([
  ['greeting', 1, ['ready', 'speech'], 'Good day to'],
  ['agent-speaking', 2, ['turnComplete', 'speech'], 'Good day to you.One moment.'],
  ['tool-running', 2, ['speech', 'toolCalls'], 'Good day to you.One moment.'],
  ['idle', 1, ['generationComplete', 'turnComplete'], 'Good day to you.'],
])('on %s: what made the moment was sent, and nothing after it', async (on, replies, last, said) => {
  const { join } = await faulty([{ fault: 'drop', on }]);
  const caller = await join();
  await converse(caller);
  expect((await caller.client.closed).code).toBe(1_006);
  expect(caller.story().slice(-2)).toEqual(last);
  expect(caller.story().filter((type) => type === 'speech')).toHaveLength(replies);
  expect(caller.said()).toBe(said);
  // The handle of a turn comes with its end.
  expect(caller.messages.at(-1)?.sessionResumptionUpdate !== undefined).toBe(on === 'idle');
});

test('with `after` it comes so much later, and `nth` counts over all sockets', async () => {
  const { join } = await faulty(['drop:on=ready,nth=2,after=300ms']);
  const first = await join();
  const second = await join();
  await first.pass(299);
  expect(second.client.socket.readyState).toBe(WebSocket.OPEN);
  await second.pass(1);
  expect((await second.client.closed).code).toBe(1_006);
  const third = await join();
  await third.pass(10_000);
  for (const { client } of [first, third]) expect(client.socket.readyState).toBe(WebSocket.OPEN);
});

test('a reply speaks once, however many sounds it has', async () => {
  const { join } = await faulty([{ fault: 'drop', on: 'agent-speaking', nth: 2 }]);
  const caller = await join();
  await converse(caller);
  expect(caller.client.socket.readyState).toBe(WebSocket.OPEN);
  await caller.speak();
  await caller.pass(THINK_MS);
  expect((await caller.client.closed).code).toBe(1_006);
});

test('a socket that is gone takes the delays of its faults with it', async () => {
  const { join, acted, clock } = await faulty(['close:on=ready,after=5s', 'mute:on=ready,for=5s']);
  const caller = await join();
  caller.client.socket.terminate();
  await (await caller.session()).until('closed');
  expect(clock.pending).toBe(0);
  expect(acted).toEqual(['mute:for=5s']);
});

test('a conversation without faults ends as it should, which the others are measured by', async () => {
  const { join, acted } = await faulty([]);
  const caller = await join();
  await converse(caller);
  expect(caller.story()).toEqual([
    ...['ready', 'speech', 'generationComplete', 'turnComplete'],
    ...['speech', 'toolCalls', 'speech', 'generationComplete', 'turnComplete'],
  ]);
  expect(caller.said()).toBe('Good day to you.One moment. I have found you.');
  expect(acted).toEqual([]);
});

test.each<[string, string | undefined, number, string]>([
  ['go-away:timeLeft=9.5s', '9.5s', 1_006, ''],
  ['go-away:timeLeft=9.5s,code=1011,reason=over', '9.5s', 1_011, 'over'],
  ['go-away:timeLeft=9.5s,sent=false', undefined, 1_006, ''],
])('%s: told %s, closed with %i', async (fault, timeLeft, code, reason) => {
  const { join, clock } = await faulty([fault]);
  const caller = await join();
  await caller.pass(9_500 - 1);
  expect(caller.messages.at(-1)?.goAway?.timeLeft).toBe(timeLeft);
  expect(caller.client.socket.readyState).toBe(WebSocket.OPEN);
  await caller.pass(1);
  expect(await caller.client.closed).toEqual({ code, reason });
  expect(clock.pending).toBe(0);
});

test('go-away without a cut, again and again', async () => {
  const { join } = await faulty(['go-away:cut=false,every=60s,timeLeft=10s']);
  const caller = await join();
  await caller.pass(180_000);
  expect(caller.messages.filter(({ goAway }) => goAway)).toHaveLength(3);
  expect(caller.client.socket.readyState).toBe(WebSocket.OPEN);
});

test('with `every`, every socket is cut so long after it became ready', async () => {
  const { join, clock } = await faulty(['go-away:every=120s,timeLeft=5s']);
  for (let sockets = 0; sockets < 3; sockets++) {
    const caller = await join();
    await caller.pass(124_999);
    expect(caller.client.socket.readyState).toBe(WebSocket.OPEN);
    await caller.pass(1);
    expect((await caller.client.closed).code).toBe(1_006);
    expect(clock.pending).toBe(0);
  }
});

test('the setup takes its time also when a fault waits for it', async () => {
  const { dial, acted } = await faulty(['close:on=upgrade,after=1s']);
  const caller = await dial();
  await caller.pass(999);
  expect(acted).toEqual([]);
  await caller.pass(SETUP_MS);
  expect((await caller.client.closed).code).toBe(1_011);
});

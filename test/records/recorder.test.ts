import { expect, test } from 'vitest';
import { callId, toolCallId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices, type NoticeBody } from '../../src/call/notices.ts';
import { startRecorder } from '../../src/records/recorder.ts';
import type { RecordWrite } from '../../src/records/write.ts';
import type { TokenUsage } from '../../src/live/session.ts';
import { ENDED, STARTED } from './told-call.ts';

const USED: TokenUsage = {
  ...{ promptTokens: 100, responseTokens: 10, totalTokens: 110, cachedTokens: 0 },
  ...{ thoughtTokens: 0, toolUseTokens: 0, prompt: { audio: 100 }, response: { audio: 10 } },
};
const LOOK_UP = { id: toolCallId('t1'), tool: 'look_up_contact' };

function recording(logsCalls = true) {
  const notices = new Notices(silentLog);
  const writes: RecordWrite[] = [];
  const stop = startRecorder({
    notices,
    node: 'node-1',
    rehearsal: true,
    logsCalls,
    write: (write) => {
      // As a spool on disk would give it back.
      expect(JSON.parse(JSON.stringify(write))).toEqual(write);
      writes.push(write);
    },
  });
  const tell = (body: NoticeBody, atMs = 0, id = 'CA1'): void =>
    notices.publish({ ...body, callId: callId(id), atMs });
  return { tell, stop, writes, kinds: () => writes.map(({ is }) => is) };
}

const callerTurn = (n: number, text: string, state: 'open' | 'done'): NoticeBody => ({
  type: 'transcript',
  entry: { n, who: 'caller', atMs: 10.6, text, state },
});

test('a call is written as it starts', () => {
  const { tell, writes } = recording();
  tell(STARTED);
  expect(writes).toEqual([
    {
      ...{ is: 'call', callId: 'CA1', node: 'node-1', rehearsal: true },
      ...{ profile: 'reception', profileVersion: 'v1', model: 'gemini-3.8-live', direction: 'inbound' },
      ...{ from: '+15550100123', to: '+15550100100' },
      ...{ startedAt: '2026-11-03T09:00:00.000Z', keptUntil: '2027-02-01T09:00:00.000Z' },
      logged: true,
    },
  ]);
});

test('kept for ever has no end; kept for no day leaves nothing', () => {
  const { tell, writes } = recording();
  tell({ ...STARTED, keepDays: 'forever' }, 0, 'CA1');
  tell({ ...STARTED, keepDays: 0 }, 0, 'CA2');
  tell(callerTurn(0, 'my secret', 'done'), 1, 'CA2');
  tell({ type: 'tokens-used', turn: turnId(1), usage: USED }, 2, 'CA2');
  tell(ENDED, 3, 'CA2');
  expect(writes).toMatchObject([{ callId: 'CA1', keptUntil: null }]);
});

test('a turn is written once it is complete, and again when more of its words come', () => {
  const { tell, writes } = recording();
  tell(STARTED);
  tell(callerTurn(0, 'When', 'open'));
  tell(callerTurn(0, 'When are', 'open'));
  tell(callerTurn(0, 'When are you open', 'done'));
  tell(callerTurn(0, 'When are you open?', 'done'));
  const agent = { n: 1, who: 'agent', atMs: 900, turn: turnId(1), text: 'From nine to five.' } as const;
  tell({ type: 'transcript', entry: { ...agent, state: 'open', heard: '' } });
  tell({ type: 'transcript', entry: { ...agent, state: 'cut', heard: 'From nine' } });
  expect(writes.slice(1)).toEqual([
    {
      ...{ callId: 'CA1', is: 'turn', n: 0, who: 'caller', atMs: 11, state: 'done' },
      ...{ text: 'When are you open', heard: 'When are you open' },
    },
    {
      ...{ callId: 'CA1', is: 'turn', n: 0, who: 'caller', atMs: 11, state: 'done' },
      ...{ text: 'When are you open?', heard: 'When are you open?' },
    },
    {
      ...{ callId: 'CA1', is: 'turn', n: 1, who: 'agent', atMs: 900, state: 'cut' },
      ...{ text: 'From nine to five.', heard: 'From nine' },
    },
  ]);
});

test('what is open when the call ends is written as far as it got, before the end', () => {
  const { tell, writes } = recording();
  tell(STARTED);
  tell(callerTurn(0, 'Good', 'open'));
  tell(callerTurn(0, 'Goodbye', 'open'));
  tell({ type: 'tool-called', ...LOOK_UP, args: {} }, 20_000);
  tell(ENDED, 30_000.4);
  expect(writes.slice(2)).toMatchObject([
    { is: 'turn', text: 'Goodbye', state: 'open' },
    {
      is: 'tool-over',
      id: 't1',
      state: 'cancelled',
      response: null,
      cause: null,
      repeated: false,
      doneMs: 30_000,
    },
    { is: 'end' },
  ]);
});

test('tools: called, done, cancelled; only the first end of each counts', () => {
  const { tell, writes } = recording();
  tell(STARTED);
  tell({ type: 'tool-called', ...LOOK_UP, args: { number: '+15550100123' } }, 1_000.7);
  tell({ type: 'tool-called', id: toolCallId('t2'), tool: 'take_message', args: undefined }, 1_001);
  tell({ type: 'tool-done', ...LOOK_UP, response: { name: 'Ada' } }, 1_500);
  tell({ type: 'tool-done', ...LOOK_UP, response: { name: 'Bob' } }, 1_600);
  tell({ type: 'tool-cancelled', id: toolCallId('t2') }, 1_700);
  tell({ type: 'tool-cancelled', id: toolCallId('t2') }, 1_701);
  tell({ type: 'tool-done', id: toolCallId('never'), tool: 'x', response: {} }, 1_702);
  const { callId: _, ...called } = writes[1]!;
  expect(called).toEqual({
    ...{ is: 'tool', ...LOOK_UP, calledMs: 1_001 },
    args: { number: '+15550100123' },
  });
  expect(writes.slice(2)).toMatchObject([
    { is: 'tool', id: 't2', args: null },
    { is: 'tool-over', id: 't1', state: 'done', response: { name: 'Ada' }, doneMs: 1_500 },
    {
      is: 'tool-over',
      id: 't2',
      state: 'cancelled',
      response: null,
      cause: null,
      repeated: false,
      doneMs: 1_700,
    },
  ]);
});

test('what is used after a hand-over is paid at the price of the new agent’s model', () => {
  const { tell, writes } = recording();
  tell(STARTED);
  tell({ type: 'tokens-used', turn: turnId(1), usage: USED }, 1_000);
  tell(
    { type: 'handed-over', from: 'Desk', to: 'Billing', model: 'a-model-without-a-price', reason: 'x' },
    1_500,
  );
  tell({ type: 'tokens-used', turn: turnId(2), usage: USED }, 2_000);
  tell({ type: 'handed-over', from: 'Billing', to: 'Desk', model: STARTED.model, reason: 'x' }, 2_500);
  tell({ type: 'tokens-used', turn: turnId(3), usage: USED }, 3_000);
  const costs = writes.flatMap((write) => (write.is === 'usage' ? [write.costMicroUsd] : []));
  expect(costs).toEqual([420, null, 420]);
});

test('the end holds the sums of all turns, the watchdog as it is then, and the time', () => {
  const { tell, writes } = recording();
  const watchdog = { 'no answer': { reminded: 1 } };
  tell(STARTED);
  tell({ type: 'tokens-used', turn: turnId(1), usage: USED }, 1_000);
  tell({ type: 'tokens-used', turn: turnId(2), usage: { ...USED, promptTokens: 200 } }, 2_000);
  tell({ ...ENDED, watchdog }, 30_000.4);
  watchdog['no answer'].reminded = 9;
  const [, first, second, end] = writes;
  expect(first).toMatchObject({ is: 'usage', n: 0, turn: 1, atMs: 1_000, usage: USED, costMicroUsd: 420 });
  expect(second).toMatchObject({ is: 'usage', n: 1, turn: 2, costMicroUsd: 720 });
  expect(end).toEqual({
    ...{ callId: 'CA1', is: 'end', outcome: 'caller-hung-up', durationMs: 30_000 },
    endedAt: '2026-11-03T09:00:30.000Z',
    watchdog: { 'no answer': { reminded: 1 } },
    usage: {
      ...{ promptTokens: 300, responseTokens: 20, totalTokens: 220, cachedTokens: 0 },
      ...{ thoughtTokens: 0, toolUseTokens: 0, prompt: { audio: 200 }, response: { audio: 20 } },
    },
    costMicroUsd: 1_140,
  });
});

test('a model without known prices has tokens and no cost', () => {
  const { tell, writes } = recording();
  tell({ ...STARTED, model: 'gemini-next' });
  tell({ type: 'tokens-used', turn: turnId(1), usage: USED }, 1_000);
  tell(ENDED, 2_000);
  expect(writes.slice(1)).toMatchObject([
    { is: 'usage', costMicroUsd: null },
    { is: 'end', costMicroUsd: null, usage: { promptTokens: 100 } },
  ]);
});

test.each<[NoticeBody, Record<string, unknown>]>([
  [{ type: 'line-opened' }, {}],
  [{ type: 'line-lost' }, {}],
  [
    { type: 'departed', to: 'billing', reason: 'an\0 invoice' },
    { to: 'billing', reason: 'an� invoice' },
  ],
  [
    { type: 'handed-over', from: 'Desk', to: 'Billing', model: 'm', reason: 'an\0 invoice' },
    { from: 'Desk', to: 'Billing', model: 'm', reason: 'an� invoice' },
  ],
  [{ type: 'returned', why: 'nobody answered' }, { why: 'nobody answered' }],
  [{ type: 'caller-silent', times: 2 }, { times: 2 }],
  [{ type: 'recording', is: 'broke-off' }, { is: 'broke-off' }],
  [{ type: 'operator-took-over', by: 'desk' }, { by: 'desk' }],
  [
    { type: 'operator-gave-back', by: 'desk', forMs: 4_200.4, note: 'calm\0 again' },
    { by: 'desk', forMs: 4_200, note: 'calm� again' },
  ],
  [
    { type: 'greeting-played', from: 'cache', ms: 3_000.2 },
    { from: 'cache', ms: 3_000 },
  ],
  [{ type: 'session-ready', afterMs: 311.9 }, { afterMs: 312 }],
  [
    { type: 'session-failed', code: 'LIVE_CLOSED', message: 'gone' },
    { code: 'LIVE_CLOSED', message: 'gone' },
  ],
  [
    { type: 'session-switching', planned: true, why: 'its time is up' },
    { planned: true, why: 'its time is up' },
  ],
  [
    { type: 'session-switched', memory: 'told', gapMs: 500.5, setupMs: 300 },
    { memory: 'told', gapMs: 501, setupMs: 300 },
  ],
  [
    { type: 'watchdog', saw: 'stalled', did: 'renewed' },
    { saw: 'stalled', did: 'renewed' },
  ],
  [
    { type: 'sound-over-agent', is: 'speech', afterMs: 120 },
    { is: 'speech', afterMs: 120 },
  ],
  [
    { type: 'told', text: 'be brief', answer: false },
    { text: 'be brief', answer: false },
  ],
  [
    { type: 'barge-in', turn: turnId(3), heardMs: 800.4, sentMs: 2_000 },
    { turn: 3, heardMs: 800, sentMs: 2_000 },
  ],
  [{ type: 'digit', digit: '5' }, { digit: '5' }],
])('$type is an event with its facts', (body, facts) => {
  const { tell, writes } = recording();
  tell(STARTED);
  tell({ type: 'line-opened' }, 1);
  tell(body, 42.4);
  expect(writes[2]).toEqual({ callId: 'CA1', is: 'event', n: 1, atMs: 42, type: body.type, facts });
});

test('a call that nobody answered is a record: a beginning, and an end that says why', () => {
  const { tell, writes } = recording();
  const refused = { ...STARTED, type: 'call-refused', why: 'lines-busy' } as const;
  tell(refused, 0, 'CA1');
  expect(writes).toMatchObject([
    { is: 'call', callId: 'CA1', profile: 'reception', from: '+15550100123' },
    { is: 'end', callId: 'CA1', outcome: 'lines-busy', durationMs: 0, costMicroUsd: 0 },
  ]);
  tell({ ...refused, keepDays: 0 }, 0, 'CA2');
  expect(writes).toHaveLength(2);
});

test('the CRM is told of a call as its profile says, of none that was refused, and of none without a CRM', () => {
  const { tell, writes } = recording();
  tell(STARTED, 0, 'CA1');
  tell({ ...STARTED, logCalls: false }, 0, 'CA2');
  tell({ ...STARTED, type: 'call-refused', why: 'lines-busy' }, 0, 'CA3');
  const calls = writes.filter((write) => write.is === 'call');
  expect(calls.map(({ logged }) => logged)).toEqual([true, false, false]);
  const nobody = recording(false);
  nobody.tell(STARTED, 0, 'CA1');
  expect(nobody.writes).toMatchObject([{ logged: false }]);
});

/** As another process takes the call up. */
const { type: _, ...BEGUN } = STARTED;
const REJOINED = {
  ...{ ...BEGUN, type: 'call-rejoined', node: 'b', planned: false, gapMs: 300.4, rejoins: 1, fence: 2 },
} satisfies NoticeBody;

test('a call that another process had: this one has it now, and numbers what it adds behind all of that one', () => {
  const { tell, writes } = recording();
  tell(REJOINED, 5_000);
  tell({ type: 'recording', is: 'left-behind' }, 5_000);
  tell({ type: 'tokens-used', turn: turnId(1), usage: USED }, 6_000);
  tell(ENDED, 30_000);
  expect(writes).toMatchObject([
    { is: 'call', startedAt: '2026-11-03T09:00:00.000Z' },
    { is: 'moved', node: 'node-1', fence: 2 },
    { is: 'event', n: 200_000, type: 'call-rejoined', facts: { planned: false, gapMs: 300, rejoins: 1 } },
    { is: 'event', n: 200_001, type: 'recording', facts: { is: 'left-behind' } },
    { is: 'usage', n: 200_000 },
    { is: 'end', fence: 2 },
  ]);
});

test('a call that another process goes on with: nothing more is written of it, and no end', () => {
  const { tell, kinds } = recording();
  tell(STARTED);
  tell({ type: 'call-moved' }, 5_000);
  tell(callerTurn(0, 'When are you open?', 'done'), 5_001);
  tell(ENDED, 5_002);
  expect(kinds()).toEqual(['call']);
});

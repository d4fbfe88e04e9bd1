import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { boardAfter, EMPTY_BOARD, type Board, type Change } from '../../src/console/board.ts';
import type { BoardEntry, BoardNotice } from '../../src/console/board-notice.ts';
import { lastSaid, MOST_ITEMS, stageOf, viewAfter, type CallView } from '../../src/console/call-view.ts';

const NODE = 'node-a';
const CALL = 'CA1';
type Facts = BoardNotice extends infer Each ? (Each extends unknown ? Omit<Each, 'callId'> : never) : never;
const told = (facts: Facts, callId = CALL, node = NODE): Change => ({
  ...{ is: 'told', node },
  notice: { ...facts, callId } as BoardNotice,
});
const started: Facts = {
  ...{ type: 'call-started', atMs: 0, profile: 'reception', direction: 'inbound' },
  ...{ from: '+15550100123', to: '+15550100100', startedMs: 1_000 },
};
const agent = (n: number, atMs: number, more: Partial<Extract<BoardEntry, { who: 'agent' }>>): Facts => ({
  ...{ type: 'transcript', atMs },
  entry: { n, atMs, who: 'agent', text: '', state: 'open', heard: '', ...more },
});
const caller = (n: number, atMs: number, text: string): Facts => ({
  ...{ type: 'transcript', atMs },
  entry: { n, atMs, who: 'caller', text, state: 'open' },
});
const boardOf = (...changes: readonly Change[]): Board => changes.reduce(boardAfter, EMPTY_BOARD);
const callOf = (...facts: readonly Facts[]): CallView =>
  boardOf(...[started, ...facts].map((each) => told(each))).calls.get(CALL)!;

test('a call appears with who calls whom, and goes once it has left', () => {
  expect(callOf()).toMatchObject({
    ...{ callId: CALL, node: NODE, profile: 'reception', from: '+15550100123', name: null, line: 'none' },
    ...{ model: 'opening', items: [] },
  });
  const over = boardOf(
    told(started),
    told({ type: 'call-ended', atMs: 5, reason: 'line-lost', durationMs: 5 }),
  );
  expect(over.calls.get(CALL)).toMatchObject({ ended: { reason: 'line-lost', durationMs: 5 } });
  expect(boardAfter(over, { is: 'left', callId: CALL }).calls.size).toBe(0);
});

test('words stand as they were heard: a turn grows in its place, and what was cut keeps what nobody heard apart', () => {
  const call = callOf(
    agent(0, 100, { text: 'Hello, how' }),
    agent(0, 100, { text: 'Hello, how can I help?' }),
    caller(1, 900, 'When are you open?'),
    agent(0, 100, { text: 'Hello, how can I help?', state: 'cut', heard: 'Hello,' }),
  );
  expect(call.items).toMatchObject([
    { is: 'said', who: 'agent', text: 'Hello, how can I help?', heard: 'Hello,', state: 'cut', atMs: 100 },
    { is: 'said', who: 'caller', heard: 'When are you open?' },
  ]);
  expect(lastSaid(call)).toMatchObject({ who: 'caller' });
});

test('words that are understood late stand where they were said', () => {
  const call = callOf(
    agent(0, 100, { text: 'Hello' }),
    agent(2, 3_000, { text: 'Open' }),
    caller(1, 900, 'When?'),
  );
  expect(call.items.map(({ key }) => key)).toEqual(['said-0', 'said-1', 'said-2']);
});

test('a tool shows its arguments, its result and how long it took; or that it was cancelled', () => {
  const args = { number: 7 };
  const call = callOf(
    { type: 'tool-called', atMs: 100, id: 'a', tool: 'look_up_contact', args },
    { type: 'tool-called', atMs: 200, id: 'b', tool: 'send_text', args: {} },
    { type: 'tool-done', atMs: 350, id: 'a', response: { status: 'ok' }, cause: 'late' },
    { type: 'tool-cancelled', atMs: 400, id: 'b' },
  );
  expect(call.items).toMatchObject([
    { tool: 'look_up_contact', args, state: 'done', response: { status: 'ok' }, cause: 'late', tookMs: 250 },
    { tool: 'send_text', state: 'cancelled', response: null, tookMs: 200 },
  ]);
});

test.each([
  [[], 'connecting'],
  [[{ type: 'line-opened', atMs: 1 }], 'talking'],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'line-lost', atMs: 2 },
    ],
    'line-lost',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'departed', atMs: 2, to: 'billing', reason: '' },
    ],
    'elsewhere',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'operator-took-over', atMs: 2, by: 'Ada' },
    ],
    'operator',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'session-switching', atMs: 2, planned: false, why: 'closed' },
    ],
    'reconnecting',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'session-switching', atMs: 2, planned: false, why: 'closed' },
      { type: 'session-switched', atMs: 3, memory: 'kept', gapMs: 1 },
    ],
    'talking',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'session-failed', atMs: 2, code: 'LIVE_CLOSED', message: 'gone' },
    ],
    'without-model',
  ],
  [
    [
      { type: 'line-opened', atMs: 1 },
      { type: 'tool-called', atMs: 2, id: 'a', tool: 't', args: {} },
    ],
    'tool',
  ],
] satisfies [Facts[], string][])('%j: the call is %s', (facts, stage) => {
  expect(stageOf(callOf(...facts))).toBe(stage);
});

test('the calls of a node are replaced as a whole, and go with it; those of others stay', () => {
  const theirs = callOf();
  const board = boardOf(told(started, 'CA2', 'node-b'), told(started), {
    is: 'calls',
    node: 'node-b',
    calls: [{ ...theirs, callId: 'CA3', node: 'node-b' }],
  });
  expect([...board.calls.keys()]).toEqual([CALL, 'CA3']);
  expect([...boardAfter(board, { is: 'gone', node: 'node-b' }).calls.keys()]).toEqual([CALL]);
});

const atMs = fc.integer({ min: 0, max: 10_000 });
const text = fc.constantFrom('', 'Hello', 'Hello there', 'Hello there, friend');
const entry = fc.oneof(
  fc.record({
    n: fc.nat(5),
    atMs,
    who: fc.constant('caller' as const),
    text,
    state: fc.constantFrom('open', 'done'),
  }),
  fc.record({
    ...{ n: fc.nat(5), atMs, who: fc.constant('agent' as const), text },
    ...{ state: fc.constantFrom('open', 'done', 'cut'), heard: fc.constantFrom('', 'Hello') },
  }),
) as fc.Arbitrary<BoardEntry>;
const facts = fc.oneof(
  fc.constant(started),
  fc.record({ type: fc.constant('transcript' as const), atMs, entry }),
  fc.record({
    type: fc.constant('tool-called' as const),
    atMs,
    id: fc.constantFrom('a', 'b'),
    tool: text,
    args: text,
  }),
  fc.record({ type: fc.constant('tool-done' as const), atMs, id: fc.constantFrom('a', 'b'), response: text }),
  fc.record({ type: fc.constantFrom('line-opened' as const, 'line-lost' as const), atMs }),
  fc.record({ type: fc.constant('digit' as const), atMs, digit: fc.constantFrom('1', '2') }),
  fc.record({ type: fc.constant('call-ended' as const), atMs, reason: text, durationMs: atMs }),
) as fc.Arbitrary<Facts>;
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(facts, fc.constantFrom('CA1', 'CA2')).map(([fact, id]) => told(fact, id)),
  },
  {
    weight: 1,
    arbitrary: fc.record({ is: fc.constant('left' as const), callId: fc.constantFrom('CA1', 'CA2') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('answered' as const),
      callId: fc.constantFrom('CA1', 'CA2'),
      atMs,
      ms: atMs,
    }),
  },
);

test('a page that comes at any moment sees what one sees that was there all along', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.nat(60), (changes, at) => {
      const whole = boardOf(...changes);
      const before = boardOf(...changes.slice(0, at));
      const snapshot = JSON.parse(JSON.stringify([...before.calls])) as [string, CallView][];
      const page: Board = { ...EMPTY_BOARD, calls: new Map(snapshot) };
      expect([...changes.slice(at).reduce(boardAfter, page).calls]).toEqual(
        JSON.parse(JSON.stringify([...whole.calls])),
      );
    }),
  );
});

test('whatever is told: items have their own keys, stand in the order of their times, and are not too many', () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 60 }), (all) => {
      const { items } = callOf(...all);
      expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      expect(items.map((item) => item.atMs)).toEqual(items.map((item) => item.atMs).sort((a, b) => a - b));
    }),
  );
  const keys = Array.from({ length: MOST_ITEMS + 50 }, (_, n): Facts => ({
    type: 'digit',
    atMs: n,
    digit: '1',
  }));
  const long = keys.reduce((view, each) => viewAfter(view, { ...each, callId: CALL }), callOf());
  expect([long.items.length, long.itemsBefore, long.items.at(-1)?.atMs]).toEqual([
    MOST_ITEMS,
    50,
    MOST_ITEMS + 49,
  ]);
});

import { expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { boardAfter, EMPTY_BOARD, type Board, type Change, type NodeView } from '../../src/console/board.ts';
import type { CallCommand, CommandAnswer } from '../../src/console/call-commands.ts';
import type { Levels } from '../../src/console/live-messages.ts';
import { Nodes } from '../../src/console/nodes.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

/** Nodes on one wire, which hands every text to all of them, its sender too. */
function wired(...names: readonly string[]) {
  const clock = new ManualClock();
  const sent: { from: string; is: string; calls?: readonly { items: readonly unknown[] }[] }[] = [];
  let isCut = false;
  const nodes = names.map((name) => nodeOf(name));

  function nodeOf(name: string) {
    const view: NodeView = {
      ...{ node: name, name, calls: 0, capacity: null, isDraining: false, hearsOthers: true },
      ...{ firstWords: null, answers: null },
    };
    const now: { own: Board; board: Board } = { own: EMPTY_BOARD, board: EMPTY_BOARD };
    const levels: Levels[] = [];
    const nodes: Nodes = new Nodes({
      ...{ node: name, clock, log: silentLog },
      send: (text) => {
        sent.push(JSON.parse(text) as (typeof sent)[0]);
        if (!isCut) for (const each of all()) each.nodes.onText(text);
      },
      own: () => ({ view, calls: [...now.own.calls.values()] }),
      onChange: (change) => void (now.board = boardAfter(now.board, change)),
      onLevels: (told) => void levels.push(told),
      carryOut: ({ callId }: CallCommand): CommandAnswer =>
        now.own.calls.has(callId) ? { ok: true } : { fault: 'no-such-call' },
    });
    return {
      ...{ name, nodes, levels },
      calls: (): string[] => [...now.board.calls.keys()],
      others: (): string[] =>
        [...now.board.nodes.values()].map(({ name, isSilent }) => (isSilent ? `${name} is silent` : name)),
      begin(call: string): void {
        const change: Change = {
          ...{ is: 'told', node: name },
          notice: {
            ...{ type: 'call-started', callId: call, atMs: 0, profile: 'p', direction: 'inbound' },
            ...{ from: 'a', to: 'b', startedMs: 0 },
          },
        };
        now.own = boardAfter(now.own, change);
        nodes.tell(change);
      },
      types(call: string): void {
        const notice = { type: 'digit', callId: call, atMs: 0, digit: '1' } as const;
        now.own = boardAfter(now.own, { is: 'told', node: name, notice });
      },
    };
  }
  function all() {
    return nodes;
  }
  return { clock, nodes, sent, cut: (cut: boolean) => void (isCut = cut) };
}

test('who looks sees the calls that others have, and those that begin', () => {
  const { clock, nodes } = wired('a', 'b', 'c');
  const [a, b, c] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
  b.begin('CA1');
  a.nodes.look(true);
  expect([a.others(), a.calls()]).toEqual([['b', 'c'], ['CA1']]);
  c.begin('CA2');
  clock.advance(100);
  expect(a.calls()).toEqual(['CA1', 'CA2']);
  expect(b.calls()).toEqual([]);
});

test('while nobody looks, nothing is said', () => {
  const { clock, nodes, sent } = wired('a', 'b');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  b.begin('CA1');
  b.nodes.tellLevels({ CA1: [1, 1] });
  clock.advance(60_000);
  expect(sent).toEqual([]);
  a.nodes.look(true);
  b.nodes.tellLevels({ CA1: [1, 0] });
  expect(a.levels).toEqual([{ CA1: [1, 0] }]);
  a.nodes.look(false);
  expect([a.others(), a.calls()]).toEqual([[], []]);
  const before = sent.length;
  b.begin('CA2');
  clock.advance(60_000);
  expect(sent.length).toBe(before);
});

test('what was lost on the way is asked for again', () => {
  const { clock, nodes, cut } = wired('a', 'b');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  a.nodes.look(true);
  cut(true);
  b.begin('CA1');
  clock.advance(100);
  cut(false);
  expect(a.calls()).toEqual([]);
  b.begin('CA2');
  clock.advance(100);
  expect(a.calls()).toEqual(['CA1', 'CA2']);
});

test('of a node that stops nothing is shown any more, of one that falls silent that it is; and who is not heard of looks no more', () => {
  const { clock, nodes, cut } = wired('a', 'b', 'c');
  const [a, b, c] = nodes as [(typeof nodes)[0], (typeof nodes)[0], (typeof nodes)[0]];
  b.begin('CA1');
  c.begin('CA2');
  a.nodes.look(true);
  c.nodes.close();
  expect(a.calls()).toEqual(['CA1']);
  expect(b.nodes.isLookedAt).toBe(true);
  cut(true);
  clock.advance(40_000);
  expect([a.others(), a.calls(), b.nodes.isLookedAt]).toEqual([['b is silent'], [], false]);
  cut(false);
  clock.advance(10_000);
  expect([a.others(), a.calls(), b.nodes.isLookedAt]).toEqual([['b'], ['CA1'], true]);
  cut(true);
  clock.advance(700_000);
  expect(a.others()).toEqual([]);
});

test('however much follows what was lost, all is asked for once until it has come', () => {
  const { clock, nodes, sent, cut } = wired('a', 'b');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  a.nodes.look(true);
  cut(true);
  b.begin('CA1');
  clock.advance(100);
  cut(false);
  const isOf = (type: string) => sent.filter(({ is }) => is === type).length;
  const alls = isOf('all');
  // What answers is on its way for long.
  const changesOf = (n: number): string => JSON.stringify({ is: 'changes', from: 'b', n, changes: [] });
  cut(true);
  for (let n = 5; n < 50; n += 1) a.nodes.onText(changesOf(n));
  expect(isOf('ask')).toBe(1);
  expect(isOf('all')).toBe(alls);
  cut(false);
  clock.advance(10_000);
  expect([isOf('ask'), a.calls()]).toEqual([2, ['CA1']]);
});

test('what many calls have said so far is told in bounds', () => {
  const { nodes, sent } = wired('a', 'b');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  for (let n = 0; n < 1_000; n += 1) {
    b.begin(`CA${n}`);
    for (let digit = 0; digit < 20; digit += 1) b.types(`CA${n}`);
  }
  a.nodes.look(true);
  expect(a.calls()).toHaveLength(1_000);
  expect(sent.find(({ is }) => is === 'all')!.calls!.every(({ items }) => items.length === 5)).toBe(true);
});

test('a way that was lost ends the view of others, and what is there comes again with it', () => {
  const { nodes } = wired('a', 'b');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  b.begin('CA1');
  a.nodes.look(true);
  a.nodes.onLost();
  expect([a.others(), a.calls()]).toEqual([['b is silent'], []]);
  a.nodes.onOpen();
  expect([a.others(), a.calls()]).toEqual([['b'], ['CA1']]);
});

test('a command goes to whoever has the call; of a call that nobody has, nobody answers', async () => {
  const { clock, nodes } = wired('a', 'b', 'c');
  const [a, b] = nodes as [(typeof nodes)[0], (typeof nodes)[0]];
  b.begin('CA1');
  expect(await a.nodes.carryOut({ callId: callId('CA1'), act: 'hang-up' })).toEqual({ ok: true });
  const unknown = a.nodes.carryOut({ callId: callId('CA9'), act: 'hang-up' });
  clock.advance(2_000);
  expect(await unknown).toEqual({ fault: 'no-answer' });
  const lost = a.nodes.carryOut({ callId: callId('CA9'), act: 'hang-up' });
  a.nodes.onLost();
  expect(await lost).toEqual({ fault: 'out-of-reach' });
});

test('what another version says is left out', () => {
  const { nodes } = wired('a', 'b');
  const [a] = nodes as [(typeof nodes)[0]];
  a.nodes.look(true);
  for (const text of ['', 'no JSON', '{}', '{"is":"new","from":"b"}', '{"is":"all","from":"b"}'])
    a.nodes.onText(text);
  expect(a.others()).toEqual(['b']);
});

// What is told of attempts while the database is away: kept in order, written once it is back, and bounded.
import { expect, test } from 'vitest';
import { createLog } from '../../src/base/log.ts';
import { unwrittenAttempts } from '../../src/campaign/unwritten.ts';
import { SECOND_MS, rig } from './rig.ts';

const away = (): Error => Object.assign(new Error('gone'), { code: '57P01' });

function open() {
  const lines: string[] = [];
  const log = createLog({
    level: 'error',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const unwritten = unwrittenAttempts(log);
  const written: number[] = [];
  const state = { fails: undefined as Error | undefined };
  const add = (n: number): void =>
    unwritten.add(`attempt-${n}`, () => {
      if (state.fails) return Promise.reject(state.fails);
      written.push(n);
      return Promise.resolve();
    });
  return { unwritten, written, state, add, lines };
}

test('kept in order while the database is away', async () => {
  const { unwritten, written, state, add } = open();
  state.fails = away();
  for (const n of [1, 2, 3]) add(n);
  await expect(unwritten.write()).rejects.toThrow('gone');
  state.fails = undefined;
  add(4);
  await Promise.all([unwritten.write(), unwritten.write()]);
  expect(written).toEqual([1, 2, 3, 4]);
});

test('what the database refuses is said, and holds up nothing', async () => {
  const { unwritten, written, state, add, lines } = open();
  state.fails = Object.assign(new Error('too long'), { code: '22001' });
  add(1);
  await unwritten.write();
  state.fails = undefined;
  add(2);
  await unwritten.write();
  expect(written).toEqual([2]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('attempt-1');
});

test('what somebody else holds is overtaken by the others, and written later', async () => {
  const { unwritten, written, add, lines } = open();
  let isHeld = true;
  unwritten.add('held', () => {
    if (isHeld) return Promise.reject(Object.assign(new Error('held'), { code: '55P03' }));
    written.push(0);
    return Promise.resolve();
  });
  for (const n of [1, 2]) add(n);
  await unwritten.write();
  add(3);
  await unwritten.write();
  expect(written).toEqual([1, 2, 3]);
  isHeld = false;
  await unwritten.write();
  expect(written).toEqual([1, 2, 3, 0]);
  expect(lines).toEqual([]);
});

test('bounded: the oldest goes, and it is said which', async () => {
  const { unwritten, written, state, add, lines } = open();
  state.fails = away();
  for (let n = 0; n <= 10_000; n += 1) add(n);
  state.fails = undefined;
  await unwritten.write();
  expect(written).toHaveLength(10_000);
  expect(written[0]).toBe(1);
  expect(lines[0]).toContain('attempt-0');
});

test('a status that comes while the database is away counts once it is back', async (context) => {
  const { campaign, node, one, optionsOf, store, carrier, clock, attempts } = await rig(context);
  await one.dialler.close(0);
  const state = { isAway: false };
  const other = node(
    optionsOf({
      store: {
        ...store,
        told: (of, nowMs) => (state.isAway ? Promise.reject(away()) : store.told(of, nowMs)),
      },
    }),
  );
  await campaign();
  await other.dialler.look();
  const { attempt, id } = carrier.calls[0]!;
  state.isAway = true;
  other.placed.news.status({ attempt, id, status: 'completed' });
  other.placed.facts.spoke(id, 300);
  clock.advance(SECOND_MS);
  await other.dialler.look();
  expect(await attempts()).toEqual(['1 placed queued']);
  state.isAway = false;
  await other.dialler.look();
  clock.advance(3 * SECOND_MS);
  await other.dialler.look();
  expect(await attempts()).toEqual(['1 over completed human']);
});

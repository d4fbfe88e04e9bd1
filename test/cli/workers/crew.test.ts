// The crew: who is started, told and replaced, when workers come, die, refuse and are told to stop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { Crew, pauseMs, type Order, type WorkerNews } from '../../../src/cli/workers/crew.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

interface Started {
  readonly number: number;
  readonly news: WorkerNews;
  readonly orders: (Order | 'kill')[];
}

function crewOf(size: number) {
  const clock = new ManualClock();
  const started: Started[] = [];
  const over: number[] = [];
  const crew = new Crew({
    ...{ size, clock, log: silentLog, onOver: (code) => void over.push(code) },
    start: (number, news) => {
      const one: Started = { number, news, orders: [] };
      started.push(one);
      return {
        pid: started.length,
        tell: (order) => void one.orders.push(order),
        kill: () => void one.orders.push('kill'),
      };
    },
  });
  return { clock, started, over, crew, numbers: () => started.map(({ number }) => number) };
}

/** All of them serve. */
function working(size: number) {
  const all = crewOf(size);
  all.crew.begin();
  all.started[0]!.news.ready();
  for (const { news } of all.started.slice(1)) news.ready();
  return all;
}

describe('the beginning', () => {
  test('the first comes alone; the others once it serves', () => {
    const { crew, started, numbers } = crewOf(3);
    crew.begin();
    expect(numbers()).toEqual([1]);
    started[0]!.news.ready();
    expect(numbers()).toEqual([1, 2, 3]);
  });

  test('the first refuses: its code is what the whole exits with, and no other is tried', () => {
    const { crew, started, over, clock } = crewOf(3);
    crew.begin();
    started[0]!.news.gone(2, null);
    clock.advance(600_000);
    expect(over).toEqual([2]);
    expect(started).toHaveLength(1);
  });

  test('the first is killed before it serves: that says nothing of its successor', () => {
    const { crew, started, over, clock } = crewOf(1);
    crew.begin();
    started[0]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    expect(started).toHaveLength(2);
    expect(over).toEqual([]);
  });
});

describe('one that dies', () => {
  test('is replaced at once, by its number; the others hear nothing', () => {
    const { started, clock, numbers } = working(3);
    started[1]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    expect(numbers()).toEqual([1, 2, 3, 2]);
    expect(started.map(({ orders }) => orders)).toEqual([[], [], [], []]);
  });

  test('again and again soon after its start: with longer and longer pauses, never of more than 30 s', () => {
    const { started, clock } = working(1);
    const pauses: number[] = [];
    for (let dead = 0; dead < 10; dead += 1) {
      const before = started.length;
      started.at(-1)!.news.gone(1, null);
      let waitedMs = 0;
      for (; started.length === before; waitedMs += 100) clock.advance(waitedMs === 0 ? 0 : 100);
      pauses.push(waitedMs - 100);
      started.at(-1)!.news.ready();
    }
    expect(pauses).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    clock.advance(10_000);
    started.at(-1)!.news.gone(1, null);
    const before = started.length;
    clock.advance(0);
    expect(started.length, 'it had served for 10 s').toBe(before + 1);
  });

  test('and whose successor refuses while others serve: it is tried again, and nobody else is touched', () => {
    const { started, clock, over } = working(2);
    started[0]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    started[2]!.news.gone(1, null);
    clock.advance(500);
    expect(started).toHaveLength(4);
    expect(started[1]!.orders).toEqual([]);
    expect(over).toEqual([]);
  });

  test('and nobody serves any more, and its successor refuses: the whole ends with its code', () => {
    const { started, clock, over } = working(1);
    started[0]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    started[1]!.news.gone(1, null);
    expect(over).toEqual([1]);
  });
});

describe('told to stop', () => {
  test('all drain; a second time all end at once; it is over when the last is gone, with 0', () => {
    const { crew, started, over } = working(2);
    crew.stop();
    crew.stop();
    expect(started.map(({ orders }) => orders)).toEqual([
      ['drain', 'now'],
      ['drain', 'now'],
    ]);
    started[0]!.news.gone(0, null);
    expect(over).toEqual([]);
    started[1]!.news.gone(0, null);
    expect(over).toEqual([0]);
    expect(started).toHaveLength(2);
  });

  test('one that could not end cleanly is told by the code', () => {
    const { crew, started, over } = working(2);
    crew.stop();
    started[0]!.news.gone(1, null);
    started[1]!.news.gone(0, null);
    expect(over).toEqual([1]);
  });

  test('one that does not go is killed after 50 s', () => {
    const { crew, started, over, clock } = working(2);
    crew.stop();
    started[0]!.news.gone(0, null);
    clock.advance(50_000);
    expect(started[1]!.orders).toEqual(['drain', 'kill']);
    started[1]!.news.gone(null, 'SIGKILL');
    expect(over).toEqual([1]);
  });

  test('while one waits to be started again: it is not', () => {
    const { crew, started, over, clock } = working(1);
    started[0]!.news.gone(1, null);
    crew.stop();
    clock.advance(600_000);
    expect(over).toEqual([0]);
    expect(started).toHaveLength(1);
  });
});

describe('renewed', () => {
  test('one after the other, each once another serves in its place; numbers are taken again', () => {
    const { crew, started, numbers } = working(2);
    crew.renew();
    expect(numbers()).toEqual([1, 2, 3]);
    expect(started[0]!.orders, 'its successor does not serve yet').toEqual([]);
    started[2]!.news.ready();
    expect(started[0]!.orders).toEqual(['retire']);
    expect(numbers(), 'the next waits until it is gone').toEqual([1, 2, 3]);
    started[0]!.news.gone(0, null);
    expect(numbers()).toEqual([1, 2, 3, 1]);
    started[3]!.news.ready();
    expect(started[1]!.orders).toEqual(['retire']);
    started[1]!.news.gone(0, null);
    expect(numbers()).toEqual([1, 2, 3, 1]);
  });

  test('again, once all were: all of them again', () => {
    const { crew, started, numbers } = working(1);
    crew.renew();
    started[1]!.news.ready();
    started[0]!.news.gone(0, null);
    crew.renew();
    expect(numbers()).toEqual([1, 2, 1]);
    started[2]!.news.ready();
    expect(started[1]!.orders).toEqual(['retire']);
  });

  test('again while it is under way: who was there by then, each once', () => {
    const { crew, started, numbers } = working(2);
    crew.renew();
    crew.renew();
    expect(numbers(), 'one at a time').toEqual([1, 2, 3]);
    for (let goes = 0; goes < 3; goes += 1) {
      started[goes + 2]!.news.ready();
      expect(started[goes]!.orders).toEqual(['retire']);
      started[goes]!.news.gone(0, null);
    }
    expect(started).toHaveLength(5);
    expect(started.slice(3).map(({ orders }) => orders)).toEqual([[], []]);
  });

  test('what is new refuses: the old stay', () => {
    const { crew, started, clock } = working(2);
    crew.renew();
    started[2]!.news.gone(1, null);
    clock.advance(600_000);
    expect(started).toHaveLength(3);
    expect([started[0]!.orders, started[1]!.orders]).toEqual([[], []]);
  });

  test('the successor is killed as it starts: another one is', () => {
    const { crew, started, clock } = working(1);
    crew.renew();
    started[1]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    started[2]!.news.ready();
    expect(started[0]!.orders).toEqual(['retire']);
  });

  test('the old one dies before its successor serves: the rest are renewed all the same', () => {
    const { crew, started, clock, numbers } = working(2);
    crew.renew();
    started[0]!.news.gone(null, 'SIGKILL');
    clock.advance(0);
    expect(numbers(), 'its successor is there').toEqual([1, 2, 3]);
    started[2]!.news.ready();
    expect(numbers()).toEqual([1, 2, 3, 1]);
    started[3]!.news.ready();
    expect(started[1]!.orders).toEqual(['retire']);
  });

  test('one that does not leave is killed after 50 s, and the next is renewed', () => {
    const { crew, started, clock, numbers } = working(2);
    crew.renew();
    started[2]!.news.ready();
    clock.advance(50_000);
    expect(started[0]!.orders).toEqual(['retire', 'kill']);
    started[0]!.news.gone(null, 'SIGKILL');
    expect(numbers()).toEqual([1, 2, 3, 1]);
  });

  test('told to stop meanwhile: all of them', () => {
    const { crew, started, over } = working(1);
    crew.renew();
    started[1]!.news.ready();
    crew.stop();
    expect(started.map(({ orders }) => orders)).toEqual([['retire', 'drain'], ['drain']]);
    started[0]!.news.gone(0, null);
    started[1]!.news.gone(0, null);
    expect(over).toEqual([0]);
    expect(started).toHaveLength(2);
  });
});

test('whatever comes: no two of one number, never more than one beyond the size, and all of them in the end', () => {
  const happenings = fc.array(
    fc.oneof(
      fc.record({ is: fc.constantFrom('ready', 'killed', 'left', 'refused'), of: fc.nat(9) }),
      fc.record({ is: fc.constant('renew' as const), of: fc.constant(0) }),
      fc.record({ is: fc.constant('wait' as const), of: fc.nat(40_000) }),
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), happenings, (size, all) => {
      const { crew, started, over, clock } = crewOf(size);
      const stages = new Map<Started, 'starting' | 'ready'>();
      const there = (): Started[] => started.filter((one) => stages.get(one) !== undefined);
      const look = (): void => {
        for (const one of started.slice(stages.size + gone.size)) stages.set(one, 'starting');
        const numbers = there().map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        expect(numbers.length).toBeLessThanOrEqual(size + 1);
      };
      const gone = new Set<Started>();
      const go = (one: Started, code: number | null): void => {
        stages.delete(one);
        gone.add(one);
        one.news.gone(code, code === null ? 'SIGKILL' : null);
      };
      const happens = ({ is, of }: { is: string; of: number }): void => {
        const one = there()[of % Math.max(1, there().length)];
        if (is === 'renew') crew.renew();
        else if (is === 'wait') clock.advance(of);
        else if (!one) return;
        else if (is === 'killed') go(one, null);
        else if (is === 'left' && one.orders.includes('retire')) go(one, 0);
        else if (stages.get(one) !== 'starting') return;
        else if (is === 'refused') go(one, 1);
        else if (is === 'ready') {
          stages.set(one, 'ready');
          one.news.ready();
        }
      };
      crew.begin();
      look();
      for (const happening of all) {
        happens(happening);
        look();
        if (over.length > 0 || started.some(({ orders }) => orders.includes('now'))) return;
      }
      // From here on nothing goes wrong.
      for (let turns = 0; turns < 50; turns += 1) {
        for (const one of there()) {
          if (one.orders.includes('retire')) go(one, 0);
          else if (stages.get(one) === 'starting') happens({ is: 'ready', of: there().indexOf(one) });
          look();
        }
        clock.advance(30_000);
        look();
      }
      expect([...stages.values()]).toEqual(Array.from({ length: size }, () => 'ready'));
    }),
  );
});

test('the pauses', () => {
  expect([0, 1, 2, 3, 7, 100].map(pauseMs)).toEqual([0, 500, 1_000, 2_000, 30_000, 30_000]);
});

// What follows the end of a connection: how often, when, where and with which memory it is dialled again.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Doing, Ending } from '../../../src/live/gemini/close-policy.ts';
import {
  afterEnding,
  afterRenewal,
  FIRST_TRY,
  type Circumstances,
  type Next,
  type Tries,
} from '../../../src/live/gemini/reconnect.ts';

const closed = (code: number): Ending => ({ is: 'closed', code, reason: '' });
const REFUSED: Ending = { is: 'refused', status: 401, words: '' };
const TIMED_OUT: Ending = { is: 'timed-out', waitedFor: 'the upgrade', afterMs: 5_000 };
const usual: Circumstances = { doing: 'talking', healthyMs: 60_000, ways: 1, leftMs: 30_000, random: 0.5 };

const dialled = (next: Next): Extract<Next, { do: 'dial' }> => {
  if (next.do !== 'dial') throw new Error('given up');
  return next;
};
const end = (tries: Tries, ending: Ending, circumstances: Partial<Circumstances> = {}): Next =>
  afterEnding(tries, ending, { ...usual, ...circumstances });

/** The same ending again and again, from the first dial on, until given up. */
function untilGivenUp(ending: Ending, circumstances: Partial<Circumstances>) {
  const dials: Extract<Next, { do: 'dial' }>[] = [];
  let tries = FIRST_TRY;
  let doing: Doing = 'starting';
  for (;;) {
    const next = end(tries, ending, { doing, healthyMs: 0, ...circumstances });
    if (next.do === 'give-up') return dials;
    dials.push(next);
    if (dials.length > 100) throw new Error('endless');
    tries = next.tries;
    doing = circumstances.doing ?? (next.resume ? 'resuming' : 'starting');
  }
}

test('after a talk the first dial is at once, and resumes', () => {
  expect(end(FIRST_TRY, closed(1011))).toMatchObject({ do: 'dial', resume: true, afterMs: 0 });
});

test('a first dial that failed has no handle: the next one resumes nothing', () => {
  expect(end(FIRST_TRY, closed(1011), { doing: 'starting', healthyMs: 0 })).toMatchObject({
    ...{ do: 'dial', resume: false },
    tries: { resumes: 0 },
  });
});

describe('how often and when', () => {
  test('on the only way ten times, ever later', () => {
    const waits = untilGivenUp(closed(1006), {}).map(({ afterMs }) => afterMs);
    expect(waits).toEqual([0, 250, 500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
  });

  test('while another way is left three times; there ten times; never back', () => {
    const dials = untilGivenUp(closed(1006), { ways: 2 });
    expect(dials.map(({ tries }) => tries.way)).toEqual([0, 0, 0, ...Array<number>(11).fill(1)]);
    expect(dials[3]).toMatchObject({ resume: false, afterMs: 0 });
  });

  test('what would be refused again is not dialled again here', () => {
    expect(end(FIRST_TRY, REFUSED)).toEqual({ do: 'give-up' });
    expect(untilGivenUp(REFUSED, { ways: 3 }).map(({ tries }) => tries.way)).toEqual([1, 2]);
  });

  test('a wait that is longer than what is left: the other way at once, or the end', () => {
    const tries = { ...FIRST_TRY, failures: 2 };
    const late = { doing: 'starting', healthyMs: 0 } as const;
    expect(end(tries, closed(1006), { ...late, leftMs: 500 })).toMatchObject({ do: 'dial', afterMs: 500 });
    expect(end(tries, closed(1006), { ...late, leftMs: 499 })).toEqual({ do: 'give-up' });
    expect(end(tries, closed(1006), { ...late, leftMs: -1, ways: 2 })).toMatchObject({
      tries: { way: 1 },
      afterMs: 0,
    });
  });

  test('a first dial that was never answered leads to the other way at once; the only way is tried again', () => {
    const first = { doing: 'starting', healthyMs: 0, leftMs: 5_000 } as const;
    expect(end(FIRST_TRY, TIMED_OUT, { ...first, ways: 2 })).toMatchObject({ tries: { way: 1 } });
    expect(end(FIRST_TRY, TIMED_OUT, first)).toMatchObject({ tries: { way: 0 } });
    expect(end({ ...FIRST_TRY, way: 1 }, TIMED_OUT, { ...first, ways: 2 })).toMatchObject({
      tries: { way: 1 },
    });
  });

  test('a handle that is never answered leads to a new session on the same way', () => {
    const ending: Ending = { is: 'timed-out', waitedFor: 'setupComplete', afterMs: 5_000 };
    expect(end(FIRST_TRY, ending, { doing: 'resuming', healthyMs: 0, ways: 2 })).toMatchObject({
      tries: { way: 0 },
      resume: false,
    });
  });

  test('the wait is spread by a quarter both ways', () => {
    const tries = { ...FIRST_TRY, failures: 3 };
    const at = (random: number): number =>
      dialled(end(tries, closed(1006), { doing: 'starting', healthyMs: 0, random })).afterMs;
    expect([at(0), at(0.5), at(1)]).toEqual([750, 1_000, 1_250]);
  });
});

describe('which memory', () => {
  test('a handle that is refused is used three times in a row, then a new session is started', () => {
    const first = dialled(end(FIRST_TRY, closed(1011)));
    const uses = [first.resume];
    let { tries, resume } = first;
    for (let count = 0; count < 4; count += 1) {
      const doing = resume ? 'resuming' : 'starting';
      ({ tries, resume } = dialled(end(tries, closed(1011), { doing, healthyMs: 0 })));
      uses.push(resume);
    }
    expect(uses).toEqual([true, true, true, false, false]);
  });

  test('so is one that is taken and then breaks the talk', () => {
    const uses = untilGivenUp(closed(1011), { doing: 'talking', healthyMs: 9_999 }).map(
      ({ resume }) => resume,
    );
    expect(uses.slice(0, 5)).toEqual([true, true, true, false, false]);
  });

  test('the dial of a planned renewal counts as one of the three', () => {
    let tries = afterRenewal({ ...FIRST_TRY, resumes: 2, failures: 7 }, 540_000);
    expect(tries).toEqual({ ...FIRST_TRY, failures: 1, resumes: 1 });
    const uses: boolean[] = [];
    const waits: number[] = [];
    for (let count = 0; count < 3; count += 1) {
      const next = dialled(end(tries, closed(1011), { doing: 'resuming', healthyMs: 0 }));
      uses.push(next.resume);
      waits.push(next.afterMs);
      ({ tries } = next);
    }
    expect([uses, waits]).toEqual([
      [true, true, false],
      [250, 500, 1_000],
    ]);
  });

  test('words that are at fault: one new session, then the next way or the end', () => {
    const anew = dialled(end(FIRST_TRY, closed(1007)));
    expect(anew).toMatchObject({ resume: false, tries: { restarted: true, way: 0 } });
    expect(end(anew.tries, closed(1007), { healthyMs: 100 })).toEqual({ do: 'give-up' });
    expect(end(anew.tries, closed(1007), { healthyMs: 100, ways: 2 })).toMatchObject({ tries: { way: 1 } });
    expect(end(anew.tries, closed(1007), { doing: 'starting', healthyMs: 0 })).toEqual({ do: 'give-up' });
    expect(end(anew.tries, closed(1007), { healthyMs: 10_000 })).toMatchObject({ do: 'dial' });
  });
});

describe('health', () => {
  const worn: Tries = { way: 1, failures: 9, resumes: 3, restarted: true };

  test('ten seconds of it, and not less, make all tries new; the way stays', () => {
    expect(end(worn, closed(1011), { healthyMs: 10_000, ways: 2 })).toEqual({
      do: 'dial',
      tries: { way: 1, failures: 1, resumes: 1, restarted: false },
      resume: true,
      afterMs: 0,
    });
    expect(end(worn, closed(1011), { healthyMs: 9_999, ways: 2 })).toMatchObject({
      tries: { failures: 10, resumes: 3, restarted: true },
      resume: false,
    });
  });

  test('a planned end too', () => {
    expect(afterRenewal(worn, 10_000)).toEqual({ way: 1, failures: 1, resumes: 1, restarted: false });
    expect(afterRenewal(worn, 9_999)).toEqual({ ...worn, resumes: 4 });
  });
});

test('whatever goes wrong, it ends: bounded dials, bounded resumes, rising ways', () => {
  const ending = fc.oneof(
    fc.constantFrom(1000, 1005, 1006, 1007, 1008, 1011, 4000).map(closed),
    fc.constantFrom(401, 429, 500, 503).map((status): Ending => ({ is: 'refused', status, words: '' })),
    fc.constantFrom<Ending>(
      TIMED_OUT,
      { is: 'timed-out', waitedFor: 'setupComplete', afterMs: 5_000 },
      { is: 'dead', afterMs: 90_000 },
      { is: 'broken', cause: 'x' },
      { is: 'unauthorised', cause: 'x' },
    ),
  );
  const failure = fc.record({
    ending,
    ready: fc.boolean(),
    healthyMs: fc.integer({ min: 0, max: 9_999 }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(failure, { minLength: 40, maxLength: 40 }),
      (ways, failures) => {
        let tries = FIRST_TRY;
        let resuming = false;
        let handles = 0;
        let dials = 0;
        for (const { ending: why, ready, healthyMs, random } of failures) {
          const doing: Doing = ready ? 'talking' : resuming ? 'resuming' : 'starting';
          const next = end(tries, why, { doing, healthyMs: ready ? healthyMs : 0, ways, random });
          if (next.do === 'give-up') return;
          dials += 1;
          handles = next.resume ? handles + 1 : 0;
          expect(handles).toBeLessThanOrEqual(3);
          expect(next.tries.way).toBeGreaterThanOrEqual(tries.way);
          expect(next.tries.way).toBeLessThan(ways);
          if (next.tries.way !== tries.way) expect(next.resume).toBe(false);
          ({ tries } = next);
          resuming = next.resume;
        }
        throw new Error(`not given up after ${dials} dials`);
      },
    ),
    { numRuns: 1_000, seed: 1 },
  );
});

test('with the same luck, no wait on a way is shorter than the one before it', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
      const waits = untilGivenUp(closed(1006), { random }).map(({ afterMs }) => afterMs);
      expect(waits).toEqual([...waits].sort((one, other) => one - other));
    }),
    { numRuns: 50, seed: 1 },
  );
});

import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import type { JsonObject } from '../../../src/live/session.ts';
import { createMemoryEffects } from '../../../src/tools/effects/memory.ts';
import type { Effects } from '../../../src/tools/effects/effects.ts';
import type { Tool } from '../../../src/tools/tool.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { HARD_LIMIT_MS, ok, rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

const effect: Partial<Tool> = { effect: {} };
const booked = { tell: { message: 'Booked.' } };

describe('[TO4] what comes late', () => {
  const leave = {
    cancelled: (rig: ReturnType<typeof rigOf>) => rig.cancel('a'),
    'timed-out': (rig: ReturnType<typeof rigOf>) => rig.clock.advance(TIMEOUT_MS),
  };
  const after = ['cancelled', 'timed-out'] as const;

  test.each(
    after.flatMap((why) =>
      (
        [
          [effect, 'tell'],
          [{ ...effect, lateResult: 'drop' }, 'drop'],
          [{ lateResult: 'tell' }, 'tell'],
        ] as const
      ).map(([more, tell]) => ({ why, more, tell })),
    ),
  )('after it was $why, of a tool with $more: $tell', async ({ why, more, tell }) => {
    const { slow, started } = slowTool(more);
    const rig = rigOf([slow]);
    rig.run('slow', 'a');
    await settle();
    leave[why](rig);
    expect(started.get('a')!.context.signal.aborted).toBe(false);
    rig.cancel('a');
    rig.clock.advance(10_000);
    started.get('a')!.resolve({ ...booked, then: { type: 'hangUp' } });
    await settle();
    expect(rig.late).toEqual([
      { id: 'a', name: 'slow', response: { ...ok, message: 'Booked.' }, after: why, tell },
    ]);
    expect(rig.done).toHaveLength(why === 'cancelled' ? 0 : 1);
    expect(rig.clock.pending).toBe(0);
  });

  test.each(after)('a tool that only looks is aborted at once when it is %s, and never late', async (why) => {
    const { slow, started } = slowTool();
    const rig = rigOf([slow]);
    rig.run('slow', 'a');
    await settle();
    leave[why](rig);
    expect(started.get('a')!.context.signal.aborted).toBe(true);
    started.get('a')!.resolve(booked);
    await settle();
    expect(rig.late).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  test.each(after)('a failure too, with its cause, after it was %s', async (why) => {
    const { slow, started } = slowTool(effect);
    const rig = rigOf([slow]);
    rig.run('slow', 'a');
    await settle();
    leave[why](rig);
    started.get('a')!.reject(new LivelineError('CRM_CONFLICT', 'taken'));
    await settle();
    expect(rig.late).toMatchObject([
      { after: why, tell: 'tell', cause: 'CRM_CONFLICT: taken', response: { status: 'error' } },
    ]);
  });

  test('a looking tool whose late result is told ends at the last limit', async () => {
    const { slow, started } = slowTool({ lateResult: 'tell' });
    const { clock, late, run, cancel } = rigOf([slow]);
    run('slow', 'a');
    await settle();
    cancel('a');
    clock.advance(HARD_LIMIT_MS);
    await settle();
    expect(started.get('a')!.context.signal.aborted).toBe(true);
    expect(late).toMatchObject([{ cause: expect.stringMatching(/^TOOL_TIMED_OUT/) as string }]);
    expect(clock.pending).toBe(0);
  });

  test('who cancels and asks again is answered once: the repetition gets the result, the late one is dropped', async () => {
    const { slow, started } = slowTool(effect);
    const { done, late, run, cancel } = rigOf([slow]);
    run('slow', 'a');
    await settle();
    cancel('a');
    run('slow', 'b');
    await settle();
    started.get('a')!.resolve(booked);
    await settle();
    expect(done).toMatchObject([{ id: 'b', repeated: true, response: { message: 'Booked.' } }]);
    expect(late).toMatchObject([{ id: 'a', tell: 'drop' }]);
    expect([...started.keys()]).toEqual(['a']);
  });

  test('unless the repetition was cancelled as well', async () => {
    const { slow, started } = slowTool(effect);
    const { done, late, run, cancel } = rigOf([slow]);
    run('slow', 'a');
    run('slow', 'b');
    await settle();
    cancel('a');
    cancel('b');
    await settle();
    started.get('a')!.resolve(booked);
    await settle();
    expect(done).toEqual([]);
    expect(late).toMatchObject([{ id: 'a', tell: 'tell' }]);
  });

  test('a receiver that throws harms nobody', async () => {
    const { slow, started } = slowTool(effect);
    const rig = rigOf([slow], {
      onDone: () => {
        rig.runner.cancel(started.get('a')!.context.toolCallId);
        throw new Error('the call is confused');
      },
    });
    rig.run('slow', 'a');
    await settle();
    rig.clock.advance(TIMEOUT_MS);
    started.get('a')!.resolve(booked);
    await settle();
    expect(rig.late).toMatchObject([{ id: 'a', after: 'timed-out' }]);
  });
});

describe('cancelled before it began, nothing is done', () => {
  test('while the arguments are checked', async () => {
    const gate = Promise.withResolvers<undefined>();
    let runs = 0;
    const count = tool(
      'count',
      () => {
        runs += 1;
        return Promise.resolve(booked);
      },
      {
        ...effect,
        accept: async () => {
          await gate.promise;
          return {};
        },
      },
    );
    const { clock, done, run, cancel } = rigOf([count]);
    run('count', 'a');
    run('count', 'b');
    run('count', 'c');
    await settle();
    cancel('a');
    clock.advance(TIMEOUT_MS);
    run('count', 'd');
    gate.resolve(undefined);
    await settle();
    expect(runs).toBe(1);
    expect(done.map(({ id, response }) => [id, response['status']])).toEqual([
      ['b', 'error'],
      ['c', 'error'],
      ['d', 'ok'],
    ]);
  });
});

describe('close', () => {
  test('[TO3] finishes effects that were asked for, tells nobody, and resolves when they are done', async () => {
    const { slow, started } = slowTool(effect);
    const { slow: look, started: looking } = slowTool({ lateResult: 'tell' }, 'look');
    const { clock, done, late, lines, run, runner } = rigOf([slow, look]);
    run('slow', 'a', { n: 1 });
    run('slow', 'b', { n: 2 });
    run('look', 'c');
    await settle();
    run('slow', 'd', { n: 3 });
    let isClosed = false;
    const closing = runner.close().then(() => (isClosed = true));
    expect(['a', 'b'].map((id) => started.get(id)!.context.signal.aborted)).toEqual([false, false]);
    expect(looking.get('c')!.context.signal.aborted).toBe(true);
    clock.advance(TIMEOUT_MS);
    started.get('a')!.resolve(booked);
    await settle();
    expect(isClosed).toBe(false);
    started.get('b')!.reject(new Error('gone'));
    await settle();
    started.get('d')!.resolve(booked);
    await closing;
    expect([...started.keys()]).toEqual(['a', 'b', 'd']);
    expect([done, late]).toEqual([[], []]);
    expect(lines.filter((line) => line.includes('after the call had ended; nobody was told'))).toHaveLength(
      3,
    );
    expect(lines.filter((line) => line.includes('it is given up, and has changed nothing'))).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test.each(['checked', 'claimed'])(
    '[TO3] what was asked for just before the hang-up, and is only being %s, is done',
    async (stage) => {
      const gate = Promise.withResolvers<undefined>();
      const clock = new ManualClock();
      const memory = createMemoryEffects(clock);
      const effects: Effects = {
        ...memory,
        async claim(key, limitMs) {
          if (stage === 'claimed') await gate.promise;
          return memory.claim(key, limitMs);
        },
      };
      const written: unknown[] = [];
      const write = tool(
        'write',
        (args) => {
          written.push(args);
          return Promise.resolve(booked);
        },
        {
          ...effect,
          async accept(args) {
            if (stage === 'checked') await gate.promise;
            return args as JsonObject;
          },
        },
      );
      const { done, lines, run, runner } = rigOf([write], { clock, effects });
      run('write', 'a', { message: 'Call my wife.' });
      await settle();
      const closing = runner.close();
      gate.resolve(undefined);
      await closing;
      expect(written).toEqual([{ message: 'Call my wife.' }]);
      expect(done).toEqual([]);
      expect(lines.join('')).toContain('tool was done after the call had ended');
      expect(clock.pending).toBe(0);
    },
  );

  test('is bounded: after 8 s what is at work is let go of, and what has not begun never is; the log says so', async () => {
    const { slow, started } = slowTool({ ...effect, timeoutMs: 20_000 });
    const clock = new ManualClock();
    const effects = createMemoryEffects(clock);
    const { lines, run, runner } = rigOf([slow], { clock, effects });
    for (const id of ['a', 'b', 'c', 'd', 'e']) run('slow', id, { id });
    await settle();
    let isClosed = false;
    const closing = runner.close().then(() => (isClosed = true));
    clock.advance(7_999);
    await settle();
    expect(isClosed).toBe(false);
    clock.advance(1);
    await closing;
    expect(lines.filter((line) => line.includes('is waited for no longer'))).toHaveLength(4);
    expect(lines.filter((line) => /"toolCallId":"e".*could not be begun in time/.test(line))).toHaveLength(1);
    // The others are not broken off: what ends well after all is written down.
    const other = rigOf([slow], { clock, effects });
    started.get('a')!.resolve(booked);
    await settle();
    other.run('slow', 'again', { id: 'a' });
    other.run('slow', 'at work', { id: 'b' });
    await settle();
    expect(other.done).toMatchObject([{ id: 'again', repeated: true }]);
    expect([...started.keys()]).toEqual(['a', 'b', 'c', 'd']);
    clock.advance(HARD_LIMIT_MS * 2);
    await settle();
    expect(started.get('b')!.context.signal.aborted).toBe(true);
    expect(started.has('e')).toBe(false);
    await other.runner.close();
    expect(clock.pending).toBe(0);
  });

  test('tells nobody of what was late before, either', async () => {
    const { slow, started } = slowTool(effect);
    const { late, run, cancel, runner } = rigOf([slow]);
    run('slow', 'a');
    await settle();
    cancel('a');
    const closing = runner.close();
    started.get('a')!.resolve(booked);
    await closing;
    expect(late).toEqual([]);
  });

  test('from within an answer does no harm', async () => {
    const { slow, started } = slowTool(effect);
    const rig = rigOf([slow], { onDone: () => void rig.runner.close() });
    rig.run('slow', 'a');
    await settle();
    rig.clock.advance(TIMEOUT_MS);
    started.get('a')!.resolve(booked);
    await settle();
    await rig.runner.close();
    expect(rig.late).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });
});

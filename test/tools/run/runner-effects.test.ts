import { describe, expect, test } from 'vitest';
import { LivelineError, type ErrorCode } from '../../../src/base/errors.ts';
import { createMemoryEffects } from '../../../src/tools/effects/memory.ts';
import type { Effects } from '../../../src/tools/effects/effects.ts';
import type { ToolResult } from '../../../src/tools/tool.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { HARD_LIMIT_MS, ok, rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

/** Books what it is told and says how often it did; fails as long as `failure` says so. */
function booking(name = 'book', reverses: readonly string[] = []) {
  const state = { keys: [] as string[], failure: undefined as Error | undefined };
  const book = tool(
    name,
    (_, { effectKey }) => {
      state.keys.push(effectKey);
      if (state.failure !== undefined) return Promise.reject(state.failure);
      return Promise.resolve({ tell: { message: `Done, number ${state.keys.length}.` } });
    },
    { effect: { reverses } },
  );
  return { book, state };
}

const messages = (done: readonly { response: object }[]): unknown[] =>
  done.map(({ response }) => 'message' in response && response.message);

describe('[TO3] an effect is done once for the same arguments', () => {
  test('a repetition gets the first result, and is told apart; other arguments are another effect', async () => {
    const { book, state } = booking();
    const { done, run } = rigOf([book]);
    run('book', 'a', { who: 'Ada', when: 'Monday' });
    await settle();
    run('book', 'b', { when: ' Monday ', who: 'Ada' });
    await settle();
    run('book', 'c', { when: 'Tuesday', who: 'Ada' });
    await settle();
    expect(messages(done)).toEqual(['Done, number 1.', 'Done, number 1.', 'Done, number 2.']);
    expect(done.map(({ repeated }) => repeated)).toEqual([undefined, true, undefined]);
    expect(state.keys).toHaveLength(2);
    expect(new Set(state.keys).size).toBe(2);
  });

  test('duplicates at the same time join the first, also one of another runner of this call', async () => {
    const clock = new ManualClock();
    const effects = createMemoryEffects(clock);
    const { slow, started } = slowTool({ effect: {} });
    const one = rigOf([slow], { clock, effects });
    const other = rigOf([slow], { clock, effects });
    one.run('slow', 'a');
    one.run('slow', 'b');
    await settle();
    other.run('slow', 'c');
    await settle();
    expect([...started.keys()]).toEqual(['a']);
    started.get('a')!.resolve({ tell: { message: 'Booked.' }, then: { type: 'hangUp' } });
    await settle();
    clock.advance(500);
    await settle();
    const answer = {
      name: 'slow',
      response: { ...ok, message: 'Booked.' },
      then: { type: 'hangUp' },
    };
    expect(one.done).toEqual([
      { id: 'a', ...answer },
      { id: 'b', ...answer, repeated: true },
    ]);
    expect(other.done).toEqual([{ id: 'c', ...answer, repeated: true }]);
    expect(clock.pending).toBe(0);
  });

  test('who joined one that was given up before it began does it instead', async () => {
    const clock = new ManualClock();
    const memory = createMemoryEffects(clock);
    const gate = Promise.withResolvers<undefined>();
    const effects: Effects = {
      claim: async (key, limitMs) => {
        await gate.promise;
        return memory.claim(key, limitMs);
      },
      settle: (key, settlement) => memory.settle(key, settlement),
    };
    const { book, state } = booking();
    const { done, run, cancel } = rigOf([book], { clock, effects });
    run('book', 'a');
    run('book', 'b');
    await settle();
    cancel('a');
    gate.resolve(undefined);
    await settle();
    expect(done).toEqual([{ id: 'b', name: 'book', response: { ...ok, message: 'Done, number 1.' } }]);
    expect(state.keys).toHaveLength(1);
  });

  test('what was taken back is done anew, under another key; and taking back too', async () => {
    const { book, state } = booking('book');
    const { book: cancel, state: cancelled } = booking('cancel', ['book']);
    const { done, run } = rigOf([book, cancel]);
    for (const [n, name] of ['book', 'cancel', 'cancel', 'book', 'book', 'cancel'].entries()) {
      run(name, `${n}`, { when: 'Monday' });
      await settle();
    }
    expect(done.map(({ repeated }) => repeated ?? false)).toEqual([false, false, true, false, true, false]);
    expect(state.keys.map((key) => key.slice(-2))).toEqual(['/0', '/1']);
    expect(cancelled.keys.map((key) => key.slice(-2))).toEqual(['/0', '/1']);
    expect(state.keys[0]).toMatch(/^CA1\/book\/[0-9a-f]{64}\/0$/);
  });
});

describe('an effect that failed', () => {
  test.each<ErrorCode>([
    'CRM_UNAVAILABLE',
    'CRM_CONFLICT',
    'CRM_REFUSED',
    'TOOL_ARGUMENTS_INVALID',
    'TOOL_UNAVAILABLE',
    'CARRIER_UNREACHABLE',
  ])('is tried again, under the same key, where %s says that nothing was done', async (code) => {
    const { book, state } = booking();
    const { done, run } = rigOf([book]);
    state.failure = new LivelineError(code, 'not today');
    run('book', 'a');
    await settle();
    state.failure = undefined;
    run('book', 'b');
    await settle();
    expect(done).toMatchObject([
      { id: 'a', response: { status: 'error' }, cause: `${code}: not today` },
      { id: 'b', response: { status: 'ok' } },
    ]);
    expect(done[1]!.repeated).toBeUndefined();
    expect(state.keys[0]).toBe(state.keys[1]);
  });

  test.each([
    new LivelineError('CRM_IN_DOUBT', 'no answer'),
    new LivelineError('TOOL_IN_DOUBT', 'no answer'),
    new LivelineError('TOOL_TIMED_OUT', 'slow'),
    new Error('socket hang up'),
  ])('is not begun again where nobody knows whether it was done: %s', async (failure) => {
    const { book, state } = booking();
    const { done, run } = rigOf([book]);
    state.failure = failure;
    run('book', 'a');
    await settle();
    state.failure = undefined;
    run('book', 'b');
    await settle();
    expect(state.keys).toHaveLength(1);
    expect(done).toHaveLength(2);
    for (const { response } of done) {
      expect(response).toMatchObject({ status: 'error', retryable: false });
      expect(response['message']).toMatch(/may or may not have been done/);
    }
    expect(done[1]!.cause).toMatch(/^TOOL_IN_DOUBT: /);
  });

  test('the words of a foreign error are for the record of the call, and stay out of answer and log', async () => {
    const { book, state } = booking();
    const { done, lines, run } = rigOf([book]);
    state.failure = new SyntaxError('Ada Moreno is no JSON');
    run('book', 'a');
    await settle();
    expect(done[0]!.cause).toContain('SyntaxError: Ada Moreno is no JSON');
    expect(JSON.stringify([done[0]!.response, lines])).not.toContain('Moreno');
  });

  test('where effects cannot be asked, nothing is done', async () => {
    const away = (): Promise<never> => Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'away'));
    const { book, state } = booking();
    const { done, run } = rigOf([book], { effects: { claim: away, settle: away } });
    run('book', 'a');
    run('book', 'b');
    await settle();
    expect(done).toMatchObject([{ cause: 'DATABASE_UNAVAILABLE: away' }, { response: { status: 'error' } }]);
    expect(state.keys).toEqual([]);
  });

  test('where the result cannot be kept, it is still told, and the log says what that means', async () => {
    const memory = createMemoryEffects(new ManualClock());
    const effects: Effects = { ...memory, settle: () => Promise.reject(new Error('disk full')) };
    const { book } = booking();
    const { done, lines, run, runner } = rigOf([book], { effects });
    run('book', 'a');
    await settle();
    expect(done).toMatchObject([{ response: ok }]);
    expect(lines.join('')).toMatch(/"level":"error".*could not be kept/);
    await runner.close();
  });
});

describe('what an effect says of itself', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no tell', {}],
    ['a circle', { tell: circle }],
    ['a big integer', { tell: { n: 1n } }],
    ['a text', { tell: 'done' }],
  ])('%s: it is done all the same, and never twice', async (_, result) => {
    let times = 0;
    const odd = tool(
      'odd',
      () => {
        times += 1;
        return Promise.resolve(result as ToolResult);
      },
      { effect: {} },
    );
    const { done, run } = rigOf([odd]);
    run('odd', 'a');
    await settle();
    run('odd', 'b');
    await settle();
    expect(times).toBe(1);
    expect(done).toMatchObject([
      { response: ok, cause: expect.stringMatching(/^TypeError: /) as string },
      { response: ok, repeated: true },
    ]);
    expect(done[0]!.response['message']).toMatch(/is done/);
  });

  test('too much: it is done, and too long to tell', async () => {
    const long = tool('long', () => Promise.resolve({ tell: { text: 'x'.repeat(16_000) } }), { effect: {} });
    const { done, run } = rigOf([long]);
    run('long');
    await settle();
    expect(done).toMatchObject([
      { response: ok, cause: expect.stringMatching(/^TOOL_RESULT_TOO_LARGE/) as string },
    ]);
    expect(done[0]!.response['message']).toMatch(/too long to tell/);
    expect(done[0]!.response).not.toHaveProperty('text');
  });
});

test('an effect that never settles is in doubt at the last limit, for whoever asks again', async () => {
  const { slow, started } = slowTool({ effect: {} });
  const { clock, done, late, run } = rigOf([slow]);
  run('slow', 'a');
  await settle();
  clock.advance(TIMEOUT_MS);
  expect(done).toMatchObject([{ id: 'a', response: { status: 'error' } }]);
  clock.advance(HARD_LIMIT_MS - TIMEOUT_MS - 1);
  expect(started.get('a')!.context.signal.aborted).toBe(false);
  clock.advance(1);
  expect(started.get('a')!.context.signal.aborted).toBe(true);
  await settle();
  run('slow', 'b');
  await settle();
  expect(late).toMatchObject([{ id: 'a', cause: expect.stringMatching(/^TOOL_IN_DOUBT/) as string }]);
  expect(done).toMatchObject([
    { id: 'a' },
    { id: 'b', cause: expect.stringMatching(/^TOOL_IN_DOUBT/) as string },
  ]);
  expect([...started.keys()]).toEqual(['a']);
  expect(clock.pending).toBe(0);
});

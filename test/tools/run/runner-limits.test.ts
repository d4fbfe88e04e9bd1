import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { MOST_RESPONSE_CHARACTERS } from '../../../src/tools/run/answer.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import { ok, rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `n${n}`);

describe('at once', () => {
  test('run four; the others wait, in order', async () => {
    const { slow, started } = slowTool();
    const { done, run } = rigOf([slow]);
    for (const id of numbered(7)) run('slow', id);
    await settle();
    expect([...started.keys()]).toEqual(numbered(4));
    started.get('n2')!.resolve({ tell: {} });
    started.get('n0')!.reject(new Error('gone'));
    await settle();
    expect([...started.keys()]).toEqual(numbered(6));
    expect(done.map(({ id }) => id)).toEqual(['n2', 'n0']);
  });

  test('one that waits can be cancelled, and its place goes to the next', async () => {
    const { slow, started } = slowTool();
    const { run, cancel } = rigOf([slow]);
    for (const id of numbered(6)) run('slow', id);
    cancel('n4');
    await settle();
    started.get('n0')!.resolve({ tell: {} });
    await settle();
    expect([...started.keys()]).toEqual(['n0', 'n1', 'n2', 'n3', 'n5']);
  });

  test('whose time is up while it waits was not begun, and the model learns that', async () => {
    const { slow, started } = slowTool({ effect: {} });
    const { clock, done, run } = rigOf([slow]);
    for (const id of numbered(5)) run('slow', id, { id });
    await settle();
    clock.advance(TIMEOUT_MS);
    await settle();
    expect(done.find(({ id }) => id === 'n4')!.cause).toMatch(/^TOO_MANY_TOOLS: the turn of slow/);
    expect([...started.keys()]).toEqual(numbered(4));
  });

  test('an aborted tool that goes on regardless keeps no place', async () => {
    const { slow, started } = slowTool();
    const { run, cancel } = rigOf([slow]);
    for (const id of numbered(4)) run('slow', id);
    await settle();
    for (const id of numbered(4)) cancel(id);
    run('slow', 'next');
    await settle();
    expect(started.has('next')).toBe(true);
  });

  test.each(['timed out', 'was cancelled'])('an effect that %s goes on, and keeps no place', async (how) => {
    const { slow, started } = slowTool({ effect: {} });
    const endCall = tool('end_call', () => Promise.resolve({ tell: {}, then: { type: 'hangUp' } }));
    const { clock, done, run, cancel } = rigOf([slow, endCall]);
    for (const id of numbered(4)) run('slow', id, { id });
    await settle();
    clock.advance(TIMEOUT_MS - 1);
    run('end_call', 'end');
    await settle();
    expect(done).toEqual([]);
    if (how === 'timed out') clock.advance(1);
    else for (const id of numbered(4)) cancel(id);
    await settle();
    expect(done.at(-1)).toMatchObject({ id: 'end', then: { type: 'hangUp' } });
    expect([...started.values()].some(({ context }) => context.signal.aborted)).toBe(false);
    // Whoever gives a place back late gives back no second one.
    for (const { resolve } of started.values()) resolve({ tell: {} });
    await settle();
    for (const n of [1, 2, 3, 4, 5]) run('slow', `next ${n}`, { n });
    await settle();
    expect([...started.keys()].filter((id) => id.startsWith('next'))).toHaveLength(4);
  });

  test('more than sixteen are refused, in words, until some are done', async () => {
    const { slow, started } = slowTool();
    const { done, run } = rigOf([slow]);
    for (const id of numbered(18)) run('slow', id);
    await settle();
    expect(done).toMatchObject(
      ['n16', 'n17'].map((id) => ({
        id,
        response: { status: 'error', retryable: true },
        cause: expect.stringMatching(/^TOO_MANY_TOOLS: 16 tools/) as string,
      })),
    );
    started.get('n0')!.resolve({ tell: {} });
    await settle();
    run('slow', 'again');
    await settle();
    expect(done).toHaveLength(3);
  });

  test('duplicates of an effect that wait for the first do not stop it', async () => {
    const { slow, started } = slowTool({ effect: {} });
    const { done, run } = rigOf([slow]);
    for (const id of numbered(9)) run('slow', id);
    await settle();
    started.get('n0')!.resolve({ tell: {} });
    await settle();
    expect(done.map(({ id, repeated }) => [id, repeated ?? false])).toEqual(
      numbered(9).map((id, n) => [id, n > 0]),
    );
    expect(started.size).toBe(1);
  });
});

describe('every answer has status, retryable and message', () => {
  test.each([
    [{}, {}, /Nothing was found/],
    [{ sum: 3 }, {}, /This is what there is/],
    [{ message: ' ' }, {}, /This is what there is/],
    [{ message: 7 }, {}, /This is what there is/],
    [{}, { effect: {} }, /It is done/],
    [{ sum: 3 }, { effect: {} }, /It is done/],
    [{ status: 'error', retryable: true, message: 'Own words.' }, {}, /^Own words\.$/],
  ] as const)('%j of %j', async (tell, more, message) => {
    const { done, run } = rigOf([tool('tell', () => Promise.resolve({ tell }), more)]);
    run('tell');
    await settle();
    expect(done[0]!.response).toMatchObject(ok);
    expect(done[0]!.response['message']).toMatch(message);
    expect(done[0]!.cause).toBeUndefined();
  });
});

describe('size', () => {
  test('up to the limit is told, beyond it is not', async () => {
    const without = JSON.stringify({ text: '', ...ok, message: 'm' }).length;
    const of = (characters: number) =>
      tool(`of-${characters}`, () =>
        Promise.resolve({ tell: { text: 'x'.repeat(characters - without), message: 'm' } }),
      );
    const { done, run } = rigOf([of(MOST_RESPONSE_CHARACTERS), of(MOST_RESPONSE_CHARACTERS + 1)]);
    run(`of-${MOST_RESPONSE_CHARACTERS}`, 'a');
    run(`of-${MOST_RESPONSE_CHARACTERS + 1}`, 'b');
    await settle();
    expect(done).toMatchObject([
      { id: 'a', response: ok },
      { id: 'b', response: { status: 'error', retryable: false } },
    ]);
    expect(done[1]!.cause).toMatch(/^TOOL_RESULT_TOO_LARGE: of-16001 told 16001 characters/);
  });

  test('a failure has bounded words as well', async () => {
    const wordy = tool('wordy', () =>
      Promise.reject(new LivelineError('TOOL_ARGUMENTS_INVALID', 'x'.repeat(99_999))),
    );
    const { done, run } = rigOf([wordy]);
    run('wordy');
    await settle();
    expect(done[0]!.response['message']).toHaveLength(2_000);
  });
});

describe('the facts of a refusal', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  test.each<[string, Record<string, unknown>, object]>([
    ['are told beside its words', { times: ['9:30'] }, { times: ['9:30'] }],
    ['never win over them', { status: 'ok', message: 'no' }, {}],
    ['are left out when they are too long', { text: 'x'.repeat(16_000) }, {}],
    ['are left out when they are a circle', circle, {}],
    ['are left out when they are no JSON', { n: 1n }, {}],
  ])('%s', async (_, facts, told) => {
    const refuse = tool('refuse', () => Promise.reject(new ToolRefusal('Not then.', facts)));
    const { done, run } = rigOf([refuse]);
    run('refuse');
    await settle();
    expect(done.map(({ response }) => response)).toEqual([
      { status: 'error', retryable: true, message: 'Not then.', ...told },
    ]);
  });
});

test('arguments that never get checked are given up when the time is up', async () => {
  const stuck = tool('stuck', () => Promise.resolve({ tell: {} }), {
    accept: () => new Promise(() => undefined),
  });
  const { clock, done, run, runner } = rigOf([stuck]);
  run('stuck');
  await settle();
  clock.advance(TIMEOUT_MS);
  await runner.close();
  expect(done).toMatchObject([{ cause: expect.stringMatching(/^TOOL_TIMED_OUT/) as string }]);
  expect(clock.pending).toBe(0);
});

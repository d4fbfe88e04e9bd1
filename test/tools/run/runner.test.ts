import { describe, expect, test } from 'vitest';
import { endCall } from '../../../src/tools/built-in/end-call.ts';
import { ok, rigOf, settle, slowTool, TIMEOUT_MS, tool } from './runner-rig.ts';

describe('a tool that works', () => {
  test('is answered once, under its id and name, with status ok; never in the same tick', async () => {
    const { clock, done, run } = rigOf([tool('add', () => Promise.resolve({ tell: { sum: 3 } }))]);
    run('add');
    expect(done).toEqual([]);
    await settle();
    expect(done).toEqual([
      { id: 'fc-1', name: 'add', response: { ...ok, sum: 3, message: expect.any(String) as string } },
    ]);
    clock.advance(TIMEOUT_MS * 2);
    await settle();
    expect(done).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('gets the arguments and the context of its call', async () => {
    let seen: unknown;
    const { run } = rigOf([
      tool('spy', (args, context) => {
        seen = { args, callId: context.callId, toolCallId: context.toolCallId, caller: context.caller };
        return Promise.resolve({ tell: {} });
      }),
    ]);
    run('spy', 'fc-7', { a: 1 });
    await settle();
    expect(seen).toEqual({ args: { a: 1 }, callId: 'CA1', toolCallId: 'fc-7', caller: '+15550100123' });
  });

  test('hands on what it asks of the call', async () => {
    const { done, run } = rigOf([endCall]);
    run('end_call');
    await settle();
    expect(done).toMatchObject([{ response: { status: 'ok' }, then: { type: 'hangUp' } }]);
  });

  test('may not decide the status, nor change its answer afterwards', async () => {
    const tell: Record<string, unknown> = { status: 'maybe', retryable: 1, message: 'One.', list: [1] };
    const { done, run } = rigOf([tool('sly', () => Promise.resolve({ tell }))]);
    run('sly');
    await settle();
    (tell['list'] as number[]).push(2);
    expect(done[0]!.response).toEqual({ ...ok, message: 'One.', list: [1] });
  });

  test('runs beside others; each answers when it is done', async () => {
    const { slow, started } = slowTool();
    const { done, run } = rigOf([slow]);
    run('slow', 'a');
    run('slow', 'b');
    await settle();
    started.get('b')!.resolve({ tell: {} });
    await settle();
    started.get('a')!.resolve({ tell: {} });
    await settle();
    expect(done.map(({ id }) => id)).toEqual(['b', 'a']);
  });
});

describe('time', () => {
  test('is up exactly at its limit: aborted, answered, and whatever comes later is dropped', async () => {
    const { slow, started } = slowTool();
    const { clock, done, run } = rigOf([slow]);
    run('slow');
    await settle();
    clock.advance(TIMEOUT_MS - 1);
    expect(done).toEqual([]);
    expect(started.get('fc-1')!.context.signal.aborted).toBe(false);
    clock.advance(1);
    expect(done).toMatchObject([{ id: 'fc-1', response: { status: 'error', retryable: true } }]);
    expect(started.get('fc-1')!.context.signal.aborted).toBe(true);
    started.get('fc-1')!.resolve({ tell: { late: true } });
    await settle();
    expect(done).toHaveLength(1);
  });

  test('a rejection after the limit is dropped too', async () => {
    const { slow, started } = slowTool();
    const { clock, done, run } = rigOf([slow]);
    run('slow');
    await settle();
    clock.advance(TIMEOUT_MS);
    started.get('fc-1')!.reject(new Error('aborted'));
    await settle();
    expect(done).toHaveLength(1);
  });

  test('the signal of a tool that is done never fires', async () => {
    const { slow, started } = slowTool();
    const { clock, run, runner } = rigOf([slow]);
    run('slow');
    await settle();
    started.get('fc-1')!.resolve({ tell: {} });
    await settle();
    clock.advance(TIMEOUT_MS * 2);
    await runner.close();
    expect(started.get('fc-1')!.context.signal.aborted).toBe(false);
  });
});

describe('cancel and close', () => {
  test('a cancelled tool is aborted and never reported', async () => {
    const { slow, started } = slowTool();
    const { clock, done, run, cancel } = rigOf([slow]);
    run('slow');
    await settle();
    cancel('fc-1');
    expect(started.get('fc-1')!.context.signal.aborted).toBe(true);
    started.get('fc-1')!.resolve({ tell: {} });
    clock.advance(TIMEOUT_MS * 2);
    await settle();
    expect(done).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('cancelled in the tick it started, also one that is done at once or unknown', async () => {
    const { done, run, cancel } = rigOf([tool('quick', () => Promise.resolve({ tell: {} }))]);
    run('quick', 'a');
    run('nobody', 'b');
    cancel('a');
    cancel('b');
    await settle();
    expect(done).toEqual([]);
  });

  test('cancelling what never ran, or is done, does nothing', async () => {
    const { done, run, cancel } = rigOf([tool('quick', () => Promise.resolve({ tell: {} }))]);
    cancel('fc-1');
    run('quick');
    await settle();
    cancel('fc-1');
    expect(done).toHaveLength(1);
  });

  test('close cancels all, twice is once, and nothing runs afterwards', async () => {
    const { slow, started } = slowTool();
    const { clock, done, run, runner } = rigOf([slow]);
    run('slow', 'a');
    run('slow', 'b');
    await settle();
    const closing = runner.close();
    expect(runner.close()).toBe(closing);
    run('slow', 'c');
    expect([...started.values()].map(({ context }) => context.signal.aborted)).toEqual([true, true]);
    started.get('a')!.resolve({ tell: {} });
    started.get('b')!.reject(new Error('gone'));
    await closing;
    expect(done).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

test('an id runs once, whether it runs still, is done, or was cancelled', async () => {
  let runs = 0;
  const { done, run, cancel } = rigOf([
    tool('count', () => {
      runs += 1;
      return Promise.resolve({ tell: {} });
    }),
  ]);
  run('count', 'a');
  run('count', 'a');
  await settle();
  run('count', 'a');
  run('count', 'b');
  cancel('b');
  run('count', 'b');
  await settle();
  // The second was cancelled before it began.
  expect(runs).toBe(1);
  expect(done).toHaveLength(1);
});

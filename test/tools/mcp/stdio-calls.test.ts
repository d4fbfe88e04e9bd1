// Calls that go wrong at a server over stdio: real processes, a clock of the test's own.
import { describe, expect, onTestFinished, test } from 'vitest';
import { toolCallId } from '../../../src/base/ids.ts';
import type { ToolDone } from '../../../src/tools/run/runner.ts';
import type { Effect } from '../../../src/tools/tool.ts';
import { contextOf, use } from '../rig.ts';
import { rigOf as callOf } from '../run/runner-rig.ts';
import { LOOKS, offer, rigOf, scripted } from './rig.ts';

const AWAY = 'MCP server is away';
const CONNECTED = 'MCP server connected';

describe('a call that goes wrong', () => {
  const offered = [
    ...['hang', 'exit', 'fail', 'fault', 'refuse', 'huge', 'nonsense', 'find'].map((name) => offer(name)),
    ...['seen', 'pid'].map((name) => offer(name, LOOKS)),
  ];
  const tools = ['hang', 'exit', 'fail', 'fault', 'refuse', 'huge', 'nonsense', 'find', 'seen', 'pid'];

  test('the tool says that it failed: in doubt where it acts, with its words for the model and not for the log', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const failed = await rig.run('fail').catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({
      code: 'TOOL_IN_DOUBT',
      said: 'no booking for Ada Moreno',
      cause: { message: 'isError', said: 'no booking for Ada Moreno' },
    });
    await expect(rig.run('fault')).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
    expect((failed as Error).message).toBe('tool fail of MCP server books says that it failed');
    await expect(rig.run('refuse')).rejects.toMatchObject({ code: 'TOOL_REFUSED' });
  });

  test.each(['fail', 'fault'])(
    '%s: what may have acted before it failed is not done a second time',
    async (name) => {
      const rig = rigOf({ onTestFinished }, { by: scripted({ tools: offered }), tools });
      await rig.logged(CONNECTED);
      const told: ToolDone[] = [];
      const called = Promise.withResolvers<undefined>();
      const { runner } = callOf(rig.server.tools, {
        clock: rig.clock,
        onDone: (done) => {
          told.push(done);
          if (told.length === 2) called.resolve(undefined);
          else runner.run({ id: toolCallId('fc-2'), name, args: {} });
        },
      });
      runner.run({ id: toolCallId('fc-1'), name, args: {} });
      await called.promise;
      expect(told[0]?.response).toMatchObject({
        retryable: false,
        service_said: expect.any(String) as string,
      });
      expect(told[1]?.response).toMatchObject({
        retryable: false,
        message: expect.stringMatching(/may or may not/) as string,
      });
      const { tell } = await rig.run('seen');
      expect((tell['result'] as { calls: string[] }).calls).toEqual([name, 'seen']);
    },
  );

  test('whether it acts is for the profile to say, also of what its failures mean', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const fail = rig.tool('fail');
    const failing = (effect: Effect | undefined) => use({ ...fail, effect }, {}, contextOf());
    await expect(failing(undefined)).rejects.toMatchObject({ code: 'TOOL_REFUSED' });
    await expect(failing({})).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
    const marked = { ...rig.tool('exit'), effect: undefined };
    await expect(use(marked, {}, contextOf())).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    const reader = { ...rig.tool('seen'), effect: {} };
    rig.clock.advance(500);
    await rig.logged(CONNECTED, 2);
    const aborter = new AbortController();
    aborter.abort();
    await expect(use(reader, {}, contextOf({ signal: aborter.signal }))).rejects.toMatchObject({
      code: 'TOOL_IN_DOUBT',
    });
  });

  test('arguments that are not as the model was told never reach it', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const bad = rig.run('find', { text: 5 });
    await expect(bad).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
    await expect(bad).rejects.toThrow(/^text: .*Call it once more/);
    expect(await rig.run('seen')).toMatchObject({ tell: { result: { calls: ['seen'] } } });
  });

  test('cancelled: the server is told, and others are served meanwhile', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const aborter = new AbortController();
    const hanging = rig.run('hang', {}, { signal: aborter.signal });
    hanging.catch(() => undefined);
    expect(await rig.run('find', { text: 'Ada' })).toMatchObject({ tell: { result: { text: 'Ada' } } });
    aborter.abort();
    await expect(hanging).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
    const { tell } = await rig.run('seen');
    expect((tell['result'] as { cancelled: number[] }).cancelled).toHaveLength(1);
    await expect(rig.run('find', {}, { signal: aborter.signal })).rejects.toMatchObject({
      code: 'TOOL_IN_DOUBT',
    });
  });

  test('no signal and no answer: it ends all the same', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const hanging = rig.run('hang');
    hanging.catch(() => undefined);
    await rig.run('seen');
    rig.clock.advance(120_000);
    await expect(hanging).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
  });

  test('a server that has hung over a call is let go', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered, atPing: 'silent' }), tools });
    await rig.logged(CONNECTED);
    const hanging = rig.run('hang').catch((thrown: unknown) => thrown);
    await rig.run('seen');
    rig.clock.advance(120_000);
    expect(await hanging).toMatchObject({ code: 'TOOL_IN_DOUBT' });
    rig.clock.advance(10_000);
    await rig.logged(AWAY);
  });

  test('an answer that is too large, or none that can be read, ends neither the server nor other calls', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const before = await rig.run('pid');
    await expect(rig.run('nonsense')).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
    const huge = rig.run('huge');
    huge.catch(() => undefined);
    await rig.run('seen');
    expect(await rig.run('pid')).toEqual(before);
    rig.clock.advance(120_000);
    await expect(huge).rejects.toMatchObject({ code: 'TOOL_IN_DOUBT' });
  });

  test('the server dies in the middle: in doubt if the tool may act, and unavailable until it is back', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: offered }), tools });
    await rig.logged(CONNECTED);
    const [acting, looking] = await Promise.allSettled([rig.run('exit'), rig.run('seen')]);
    expect(acting).toMatchObject({ reason: { code: 'TOOL_IN_DOUBT' } });
    expect(looking).toMatchObject({ reason: { code: 'TOOL_UNAVAILABLE' } });
    expect([rig.server.state, rig.names()]).toEqual(['away', tools]);
    await expect(rig.run('find')).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    const held = rig.tool('find');
    rig.clock.advance(500);
    await rig.logged(CONNECTED, 2);
    expect(rig.server.state).toBe('connected');
    expect(rig.tool('find').declaration).toEqual(held.declaration);
    expect(await rig.run('find', { text: 'again' })).toMatchObject({ tell: { result: { text: 'again' } } });
  });
});

// A server over stdio, scripted to behave well and badly: real processes, a clock of the test's own.
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive, LOOKS, offer, pidIn, rigOf, scripted } from './rig.ts';

const AWAY = 'MCP server is away';
const CONNECTED = 'MCP server connected';

describe('a server that behaves', () => {
  test('its allowed tools are told and called; the others do not exist', async (context) => {
    const by = scripted({ tools: [offer('find'), offer('delete_everything')] });
    const rig = rigOf(context, { by, tools: ['find'] });
    expect([rig.server.state, rig.names()]).toEqual(['connecting', []]);
    await rig.server.ready(60_000);
    expect([rig.server.state, rig.names()]).toEqual(['connected', ['find']]);
    expect(rig.tool('find')).toMatchObject({ timeoutMs: 10_000, declaration: { description: 'Does find.' } });
    expect(await rig.run('find', { text: 'Ada' })).toEqual({
      tell: { message: 'Here is what was found.', result: { text: 'Ada' } },
    });
  });

  test('all pages of its list are read, and a tool that it lacks is named with those that there are', async (context) => {
    const by = scripted({ tools: ['a', 'b', 'c', 'd', 'e'].map((name) => offer(name)), pageSize: 2 });
    const rig = rigOf(context, { by, tools: ['e', 'missing', 'a'] });
    await rig.logged(CONNECTED);
    expect(rig.names()).toEqual(['e', 'a']);
    expect(await rig.logged('missing')).toContain('is not offered; there are a, b, c, d, e');
  });

  test('a changed list is taken over for later calls', async (context) => {
    const by = scripted({ tools: [offer('change')] });
    const rig = rigOf(context, { by, tools: ['change', 'added'] });
    await rig.logged(CONNECTED);
    await rig.run('change');
    rig.clock.advance(300);
    await rig.logged('its tool change is not offered');
    expect(rig.names()).toEqual(['added']);
    expect(rig.lines.filter((line) => line.includes('its tool change is not offered'))).toHaveLength(1);
  });

  test('it gets the environment it is given, with secrets, and nothing else of ours', async (context) => {
    process.env['LIVELINE_TEST_OF_LEAKS'] = 'leaked';
    context.onTestFinished(() => {
      delete process.env['LIVELINE_TEST_OF_LEAKS'];
    });
    const env = { TOKEN: 'Bearer {{ secret.books }}' };
    const by = { ...scripted({ tools: [offer('environment', LOOKS)] }), env };
    const rig = rigOf(context, { by, tools: ['environment'] }, { books: 's3cret' });
    await rig.logged(CONNECTED);
    const { tell } = await rig.run('environment');
    const seen = tell['result'] as Record<string, string>;
    expect(seen['TOKEN']).toBe('Bearer s3cret');
    expect(seen['PATH']).toBe(process.env['PATH']);
    expect(Object.keys(seen)).not.toContain('LIVELINE_TEST_OF_LEAKS');
  });

  test('what it says is logged openly until a call could have told it of a caller', async (context) => {
    const rig = rigOf(context, { by: scripted({ tools: [offer('speak')] }), tools: ['speak'] });
    expect(await rig.logged('MCP server says')).toContain('"said":"the scripted server starts"');
    await rig.logged(CONNECTED);
    await rig.run('speak');
    expect(await rig.logged('MCP server says', 2)).toContain('"pii":{"said":"[24 characters]"}');
  });

  test('closing ends the process, also one that does not want to', async (context) => {
    const by = scripted({ tools: [offer('find')], atSigterm: 'stay' });
    const rig = rigOf(context, { by, tools: ['find'] });
    const pid = pidIn(await rig.logged(CONNECTED));
    const closed = rig.server.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAlive(pid)).toBe(true);
    rig.clock.advance(2_000);
    await closed;
    expect(isAlive(pid)).toBe(false);
    rig.clock.advance(60_000);
    expect([rig.server.state, rig.clock.pending]).toEqual(['away', 0]);
    await expect(rig.run('find')).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  });
});

describe('a server that does not behave', () => {
  test('garbage on its output is passed over', async (context) => {
    const rig = rigOf(context, {
      by: scripted({ atStart: 'garbage', tools: [offer('find')] }),
      tools: ['find'],
    });
    await rig.logged(CONNECTED);
    expect(rig.names()).toEqual(['find']);
  });

  test('one that says nothing is given up after its time, and tried again; nobody waits', async (context) => {
    const rig = rigOf(context, { by: scripted({ atStart: 'silent' }), tools: ['find'] });
    const ready = rig.server.ready(1_500);
    rig.clock.advance(1_500);
    await ready;
    await rig.logged('the scripted server starts');
    rig.clock.advance(8_500);
    expect(await rig.logged(AWAY)).toContain('took longer than 10000 ms');
    rig.clock.advance(500);
    await rig.logged('the scripted server starts', 2);
    expect(rig.server.state).toBe('away');
  });

  test.each([
    ['dies at once', { atStart: 'exit' }],
    ['dies while it is asked for its tools', { atList: 'exit' }],
    ['lists what cannot be read', { atList: 'garbled' }],
    ['has a list without end', { atList: 'endless', tools: [offer('find')], pageSize: 1 }],
  ] as const)('one that %s is tried again, later each time, and warned of once', async (_, script) => {
    const rig = rigOf({ onTestFinished }, { by: scripted(script), tools: ['find'] });
    for (const [nth, delayMs] of [500, 1_000, 2_000].entries()) {
      expect(await rig.logged(AWAY, nth + 1)).toContain(`"againInMs":${delayMs}`);
      rig.clock.advance(delayMs);
    }
    await rig.logged(AWAY, 4);
    expect(rig.lines.filter((line) => line.includes('"level":"warn"'))).toHaveLength(1);
    expect([rig.server.state, rig.names()]).toEqual(['away', []]);
  });

  test('one that hangs while it lists its tools is given up', async (context) => {
    const rig = rigOf(context, { by: scripted({ atList: 'silent' }), tools: ['find'] });
    await rig.logged('the scripted server starts');
    // The handshake and then the list: the clock goes until both had their time.
    while (!rig.lines.some((line) => line.includes(AWAY))) {
      rig.clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(rig.server.state).toBe('away');
  });

  test('one that does not answer when it is idle is let go and started anew', async (context) => {
    const rig = rigOf(context, {
      by: scripted({ atPing: 'silent', tools: [offer('find')] }),
      tools: ['find'],
    });
    const first = pidIn(await rig.logged(CONNECTED));
    rig.clock.advance(30_000);
    rig.clock.advance(10_000);
    await rig.logged(AWAY);
    rig.clock.advance(500);
    expect(pidIn(await rig.logged(CONNECTED, 2))).not.toBe(first);
  });

  test('a program that there is not', async (context) => {
    const by = { command: '/there/is/no/such/program', args: [], env: {} };
    const rig = rigOf(context, { by, tools: ['find'] });
    expect(await rig.logged(AWAY)).toContain('ENOENT');
    await rig.server.close();
    expect(rig.clock.pending).toBe(0);
  });
});

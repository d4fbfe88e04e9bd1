// Processes of servers over stdio: none outlives what started it.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test, type TestContext } from 'vitest';
import type { Script } from '../../doubles/mcp/scripted-server.ts';
import { isAlive, LOOKS, offer, pidIn, rigOf, scripted } from './rig.ts';

const HOST = fileURLToPath(new URL('../../doubles/mcp/host.ts', import.meta.url));
const AWAY = 'MCP server is away';
const CONNECTED = 'MCP server connected';

describe('no process outlives what started it', () => {
  /** As `npx some-server` does: a shell that starts the server and waits for it. */
  const wrapped = (script: Script): { command: string; args: string[]; env: Record<string, string> } => {
    const { command, args } = scripted(script);
    return { command: '/bin/sh', args: ['-c', '"$@"; exit $?', 'sh', command, ...args], env: {} };
  };
  const tools = [offer('pid', LOOKS), offer('find')];

  /** Resolves when there is no such process any more, or the test has taken too long. */
  async function gone(pid: number, { signal }: TestContext): Promise<void> {
    while (isAlive(pid) && !signal.aborted) await new Promise((resolve) => setImmediate(resolve));
  }

  test('closing ends a server that was started through a shell', async (context) => {
    const rig = rigOf(context, { by: wrapped({ tools, atSigterm: 'stay' }), tools: ['pid'] });
    const leader = pidIn(await rig.logged(CONNECTED));
    const { tell } = await rig.run('pid');
    const { pid } = tell['result'] as { pid: number };
    expect(pid).not.toBe(leader);
    const closed = rig.server.close();
    rig.clock.advance(2_000);
    await closed;
    await gone(pid, context);
  });

  test('when the shell is killed, the server that it started goes with it, and a new one comes', async (context) => {
    const rig = rigOf(context, { by: wrapped({ tools, atSigterm: 'stay' }), tools: ['pid'] });
    const leader = pidIn(await rig.logged(CONNECTED));
    const { tell } = await rig.run('pid');
    process.kill(leader, 'SIGKILL');
    await gone((tell['result'] as { pid: number }).pid, context);
    await rig.logged(AWAY);
    rig.clock.advance(500);
    await rig.logged(CONNECTED, 2);
    const closed = rig.server.close();
    await new Promise((resolve) => setImmediate(resolve));
    rig.clock.advance(2_000);
    await closed;
  });

  test('closing while it is still being connected', async (context) => {
    const rig = rigOf(context, { by: scripted({ atStart: 'silent' }), tools: ['find'] });
    await rig.logged('the scripted server starts');
    await Promise.all([rig.server.close(), rig.server.close()]);
    rig.clock.advance(60_000);
    expect([rig.server.state, rig.clock.pending]).toEqual(['away', 0]);
    expect(rig.lines.filter((line) => line.includes(AWAY))).toEqual([]);
    await rig.server.ready(1_000);
  });

  test('our own process ends without closing it', async (context) => {
    const { command, args } = scripted({ tools, atSigterm: 'stay' });
    const { stdout } = await promisify(execFile)(process.execPath, [HOST, command, ...args]);
    await gone(pidIn(stdout), context);
  });
});

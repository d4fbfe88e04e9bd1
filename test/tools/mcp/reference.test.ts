// The protocol's own reference servers as sources of tools, over both transports, and killed in the middle of a call.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, type TestContext } from 'vitest';
import { toWireSchema } from '../../../src/live/gemini/schema.ts';
import { pidIn, referenceServer, rigOf, started, type McpRig } from './rig.ts';

const AWAY = 'MCP server is away';
const CONNECTED = 'MCP server connected';
const SLOW = 'trigger-long-running-operation';
const TOOLS = [
  ...['echo', 'get-sum', 'get-structured-content', 'get-tiny-image', 'get-resource-links'],
  ...['get-resource-reference', 'get-annotated-message', SLOW],
];
const PRELOAD = new URL('../../doubles/mcp/loopback-only.ts', import.meta.url).href;

/** The reference server behind an address; `port` 0: any. */
async function serve({ onTestFinished }: Pick<TestContext, 'onTestFinished'>, port = 0) {
  const child = spawn(
    process.execPath,
    ['--import', PRELOAD, referenceServer('everything'), 'streamableHttp'],
    { env: { PORT: String(port) }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  for await (const line of createInterface({ input: child.stderr })) {
    const [, found] = /^port=(\d+)$/.exec(line) ?? [];
    if (found !== undefined) return { port: Number(found), kill };
  }
  throw new Error('the reference server did not start');
}

const at = (port: number): { url: string; headers: Record<string, string> } => ({
  url: `http://127.0.0.1:${port}/mcp`,
  headers: { 'x-key': '{{secret.books}}' },
});

/** Starts a call that takes long, and comes back when the server has it: what was asked after it is answered. */
async function inMidCall(rig: McpRig): Promise<{ slow: Promise<unknown> }> {
  const slow = rig.run(SLOW, { duration: 600, steps: 1 }).catch((thrown: unknown) => thrown);
  await rig.run('echo', { message: 'are you there?' });
  return { slow };
}

async function usedAsTools(rig: McpRig): Promise<void> {
  expect(rig.names()).toEqual(TOOLS);
  for (const { declaration } of rig.server.tools)
    toWireSchema({ model: 'any', tool: declaration.name }, declaration.parameters);
  expect(await rig.run('echo', { message: 'Ada' })).toEqual({ tell: { message: 'Echo: Ada' } });
  expect(await rig.run('get-sum', { a: 2, b: 40 })).toEqual({
    tell: { message: 'The sum of 2 and 40 is 42.' },
  });
  const weather = await rig.run('get-structured-content', { location: 'Chicago' });
  expect(weather).toMatchObject({ tell: { result: { conditions: 'Light rain / drizzle' } } });
  const image = await rig.run('get-tiny-image');
  expect(image).toMatchObject({ tell: { not_shown: ['image (image/png)'] } });
  expect(JSON.stringify(image).length).toBeLessThan(300);
  const links = await rig.run('get-resource-links', { count: 2 });
  expect(links.tell['not_shown']).toHaveLength(2);
  const bad = rig.run('get-structured-content', { location: 'Atlantis' });
  await expect(bad).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
  expect(rig.tool('echo').effect).toBeUndefined();
}

describe('the server "everything"', () => {
  test('over stdio: its tools are used; killed in mid-call, it comes back', async (context) => {
    const rig = rigOf(context, { by: started(referenceServer('everything'), 'stdio'), tools: TOOLS });
    const pid = pidIn(await rig.logged(CONNECTED));
    await usedAsTools(rig);
    const { slow } = await inMidCall(rig);
    process.kill(pid, 'SIGKILL');
    expect(await slow).toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    expect([rig.server.state, rig.names()]).toEqual(['away', TOOLS]);
    await expect(rig.run('echo', { message: 'x' })).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    rig.clock.advance(500);
    await rig.logged(CONNECTED, 2);
    expect(await rig.run('echo', { message: 'back' })).toEqual({ tell: { message: 'Echo: back' } });
  });

  test('over streamable HTTP: its tools are used; killed in mid-call, it is found again', async (context) => {
    const first = await serve(context);
    const rig = rigOf(context, { by: at(first.port), tools: TOOLS }, { books: 'k3y' });
    await rig.logged(CONNECTED);
    await usedAsTools(rig);
    const { slow } = await inMidCall(rig);
    await first.kill();
    expect(await slow).toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    await rig.logged(AWAY);
    await expect(rig.run('echo', { message: 'x' })).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
    rig.clock.advance(500);
    await rig.logged(AWAY, 2);
    await serve(context, first.port);
    rig.clock.advance(1_000);
    await rig.logged(CONNECTED, 2);
    expect(await rig.run('echo', { message: 'back' })).toEqual({ tell: { message: 'Echo: back' } });
  });

  test('over streamable HTTP: a cancelled call leaves the connection as it is', async (context) => {
    const { port } = await serve(context);
    const rig = rigOf(context, { by: at(port), tools: TOOLS }, { books: 'k3y' });
    await rig.logged(CONNECTED);
    const aborter = new AbortController();
    const slow = rig.run(SLOW, { duration: 600, steps: 1 }, { signal: aborter.signal });
    slow.catch(() => undefined);
    await rig.run('echo', { message: 'x' });
    aborter.abort();
    await expect(slow).rejects.toMatchObject({ code: 'TOOL_TIMED_OUT' });
    expect(await rig.run('echo', { message: 'y' })).toEqual({ tell: { message: 'Echo: y' } });
    expect(rig.server.state).toBe('connected');
  });

  test('an address on this machine is refused unless private ones are allowed', async (context) => {
    const { port } = await serve(context);
    const settings = { by: at(port), tools: TOOLS, allowPrivate: false };
    const rig = rigOf(context, settings, { books: 'k3y' });
    expect(await rig.logged(AWAY)).toContain('private');
    expect(rig.names()).toEqual([]);
  });
});

describe('the server "filesystem"', () => {
  test('reads and writes within its folder, and says no outside', async (context) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'liveline-mcp-')));
    context.onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'hours.txt'), 'Open from nine to five.');
    const tools = ['read_text_file', 'write_file', 'move_file', 'edit_file', 'list_directory'];
    const rig = rigOf(context, { by: started(referenceServer('filesystem'), folder), tools });
    await rig.logged(CONNECTED);
    expect(rig.names()).toEqual(tools);
    const effects = Object.fromEntries(tools.map((name) => [name, rig.tool(name).effect]));
    expect(effects).toMatchObject({
      read_text_file: undefined,
      move_file: {},
      write_file: { reverses: ['write_file'] },
    });
    const read = await rig.run('read_text_file', { path: join(folder, 'hours.txt') });
    expect(JSON.stringify(read)).toContain('Open from nine to five.');
    await rig.run('write_file', { path: join(folder, 'note.txt'), content: 'Call Ada back.' });
    expect(readFileSync(join(folder, 'note.txt'), 'utf8')).toBe('Call Ada back.');
    const outside = rig.run('read_text_file', { path: fileURLToPath(import.meta.url) });
    await expect(outside).rejects.toMatchObject({ code: 'TOOL_REFUSED' });
  });
});

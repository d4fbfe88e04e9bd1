// A server over streamable HTTP that answers badly, over real sockets and on a clock of the test's own.
import { expect, onTestFinished, test, type TestContext } from 'vitest';
import { scriptedHttp, type ScriptedHttp } from '../../doubles/mcp/scripted-http.ts';
import { rigOf, type McpRig } from './rig.ts';

const NAMES = ['good', 'cut', 'half', 'broken', 'busy', 'seeOther', 'away', 'huge', 'page'];

async function connected(
  context: Pick<TestContext, 'onTestFinished'>,
): Promise<{ http: ScriptedHttp; rig: McpRig }> {
  const http = await scriptedHttp(context);
  const by = { url: http.url, headers: { authorization: 'Bearer {{secret.books}}' } };
  const tools = NAMES.flatMap((name) => [name, `look_${name}`]);
  const rig = rigOf(context, { by, tools }, { books: 's3cret' });
  await rig.logged('MCP server connected');
  return { http, rig };
}

test('headers with secrets are sent with every request, and the session is ended', async (context) => {
  const { http, rig } = await connected(context);
  expect(await rig.run('good')).toEqual({ tell: { message: 'Done well.' } });
  expect(http.headers().authorization).toBe('Bearer s3cret');
  await rig.server.close();
  expect(http.seen.at(-1)).toBe('DELETE');
  expect(rig.clock.pending).toBe(0);
  expect(rig.lines.join('\n')).not.toContain('s3cret');
});

test.each([
  ['cut off before the answer', 'cut', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
  ['a gateway that gives up', 'broken', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
  ['too many requests', 'busy', 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
  ['a redirection to what was done', 'seeOther', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
  ['a redirection elsewhere', 'away', 'TOOL_UNAVAILABLE', 'TOOL_UNAVAILABLE'],
  ['an answer that is too large', 'huge', 'TOOL_IN_DOUBT', 'TOOL_RESULT_TOO_LARGE'],
  ['a page for people', 'page', 'TOOL_IN_DOUBT', 'TOOL_UNAVAILABLE'],
])('%s: said as it is for a tool that acts, and for one that looks', async (_, name, acting, looking) => {
  const { http, rig } = await connected({ onTestFinished });
  await expect(rig.run(name)).rejects.toMatchObject({ code: acting });
  await expect(rig.run(`look_${name}`)).rejects.toMatchObject({ code: looking });
  expect(await rig.run('good')).toEqual({ tell: { message: 'Done well.' } });
  expect([rig.server.state, http.seen.filter((seen) => seen === name)]).toEqual(['connected', [name]]);
});

test('a stream that breaks in the middle of an answer ends the call at its limit, not the server', async (context) => {
  const { rig } = await connected(context);
  const half = rig.run('half').catch((thrown: unknown) => thrown);
  await rig.logged('MCP server says');
  // By then the server was asked whether it is there, and has said so.
  for (let times = 0; times < 3; times += 1) await rig.run('good');
  rig.clock.advance(120_000);
  expect(await half).toMatchObject({ code: 'TOOL_IN_DOUBT' });
  expect(await rig.run('good')).toEqual({ tell: { message: 'Done well.' } });
});

test('a session that the server has forgotten is made anew', async (context) => {
  const { http, rig } = await connected(context);
  http.forgetSessions();
  await expect(rig.run('good')).rejects.toMatchObject({ code: 'TOOL_UNAVAILABLE' });
  await rig.logged('MCP server is away');
  rig.clock.advance(500);
  await rig.logged('MCP server connected', 2);
  expect(await rig.run('good')).toEqual({ tell: { message: 'Done well.' } });
  expect(http.seen.filter((seen) => seen === 'good')).toHaveLength(2);
});

test('one that has gone quietly is missed, and found again', async (context) => {
  const { http, rig } = await connected(context);
  http.forgetSessions();
  rig.clock.advance(30_000);
  await rig.logged('MCP server is away');
  expect(rig.server.state).toBe('away');
  rig.clock.advance(500);
  await rig.logged('MCP server connected', 2);
});

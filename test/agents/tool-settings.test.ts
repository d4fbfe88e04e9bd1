// The tools of profiles: every way to list them, in files as authors write them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadProfiles } from '../../src/agents/load.ts';
import { toolFilesOf } from '../../src/agents/tool-files.ts';
import type { Profile } from '../../src/agents/profile.ts';

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'liveline-tools-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

const profile = (tools: string): string =>
  `name: Desk\nnumbers: '*'\ninstructions: Help.\ngreeting: Hello.\ntools: ${tools}\n`;

async function loaded(files: Record<string, string>): Promise<{ dir: string; profile: Profile }> {
  const dir = folder(files);
  const [first] = await loadProfiles(dir);
  return { dir, profile: first! };
}

const faultOf = async (files: Record<string, string>): Promise<string> => {
  const dir = folder(files);
  const thrown: unknown = await loadProfiles(dir).catch((caught: unknown) => caught);
  return (thrown as Error).message.replaceAll(`${dir}/`, '');
};

test('a module alone, and in a list; its version is that of its text', async () => {
  const alone = await loaded({ 'desk.yaml': profile('./my-tools.ts'), 'my-tools.ts': 'one' });
  const file = join(alone.dir, 'my-tools.ts');
  expect(alone.profile.tools).toEqual([{ is: 'module', file, version: expect.any(String) as string }]);
  expect(toolFilesOf(alone.profile)).toEqual([file]);
  const listed = await loaded({ 'desk.yaml': profile('[end_call, my-tools.ts]'), 'my-tools.ts': 'two' });
  expect(listed.profile.tools).toMatchObject([{ is: 'named', name: 'end_call' }, { is: 'module' }]);
  const versions = [alone, listed].map(
    ({ profile: { tools } }) => tools.flatMap((tool) => (tool.is === 'module' ? tool.version : []))[0],
  );
  expect(new Set(versions).size).toBe(2);
  expect(new Set([alone.profile.version, listed.profile.version]).size).toBe(2);
});

test('the version of a profile is another when a file of tools is, though the profile is the same', async () => {
  const one = await loaded({ 'desk.yaml': profile('./my-tools.ts'), 'my-tools.ts': 'one' });
  const two = await loaded({ 'desk.yaml': profile('./my-tools.ts'), 'my-tools.ts': 'two' });
  expect(two.profile.version).not.toBe(one.profile.version);
});

test('a tool with all settings', async () => {
  const settings =
    '[{ name: end_call, behavior: blocking, timeout_ms: 2000, late_result: drop, announce: One moment }]';
  expect((await loaded({ 'desk.yaml': profile(settings) })).profile.tools).toEqual([
    {
      ...{ is: 'named', name: 'end_call', behavior: 'blocking', timeoutMs: 2_000 },
      ...{ lateResult: 'drop', announce: 'One moment' },
    },
  ]);
});

test('a server that is started, and one that is reached', async () => {
  const list = `
  - { mcp: files, command: npx, args: [-y, server], env: { TOKEN: '{{secret.files}}' }, tools: [read_file] }
  - { mcp: rooms, url: 'https://tools.example.com/mcp', tools: [free_rooms], timeout_ms: 3000 }
  - { mcp: mine, url: 'http://127.0.0.1:9/mcp', allow_private: true, tools: [x] }`;
  expect((await loaded({ 'desk.yaml': profile(list) })).profile.tools).toEqual([
    {
      is: 'mcp',
      server: {
        ...{ name: 'files', tools: ['read_file'], allowPrivate: true, timeoutMs: 10_000 },
        by: { command: 'npx', args: ['-y', 'server'], env: { TOKEN: '{{secret.files}}' } },
      },
    },
    {
      is: 'mcp',
      server: {
        ...{ name: 'rooms', tools: ['free_rooms'], allowPrivate: false, timeoutMs: 3_000 },
        by: { url: 'https://tools.example.com/mcp', headers: {} },
      },
    },
    expect.objectContaining({ server: expect.objectContaining({ allowPrivate: true }) as object }),
  ]);
});

test.each([
  ['[./gone.ts]', 'desk.yaml:5:9  tools[0]: gone.ts does not exist'],
  ['./gone.yaml', 'desk.yaml:5:1  tools[0]: gone.yaml does not exist'],
  ['[{ mcp: files, command: npx }]', 'desk.yaml:5:9  tools[0].tools: expected a list, but it is missing'],
  ['[{ mcp: files, command: npx, tools: [] }]', 'tools[0].tools: expected the names of the tools'],
  ['[{ mcp: files, url: ftp://x, tools: [a] }]', 'tools[0].url: expected an address such as https://'],
  ['[{ name: end_call, timeout_ms: 99 }]', 'tools[0].timeout_ms: expected milliseconds, from 100 to 120000'],
  ['[./a.ts, ./a.ts]', 'tools: expected every tool once'],
])('%s is told where it stands', async (tools, words) => {
  expect(await faultOf({ 'desk.yaml': profile(tools), 'a.ts': '' })).toContain(words);
});

test('a name that only a file could have is left for the file to settle', async () => {
  const { profile: read } = await loaded({
    'desk.yaml': profile('[./my-tools.ts, { name: tell_weather, timeout_ms: 500 }]'),
    'my-tools.ts': '',
  });
  expect(read.tools[1]).toEqual({ is: 'named', name: 'tell_weather', timeoutMs: 500 });
});

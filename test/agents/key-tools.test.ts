// Tools that a profile's keys run: what is known of them once its files are read, and in which words.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyToolFaults, needsOf, whyNotByKey } from '../../src/agents/key-tools.ts';
import { loadProfiles } from '../../src/agents/load.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { toolNames } from '../../src/tools/entries.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const found = (tools: unknown, tool = 'opt_out'): string[] =>
  keyToolFaults(
    profileSchema().parse({
      ...{ name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' },
      ...(tools !== undefined && { tools }),
      ...{ keypad: { shortcuts: { 1: 'hang_up', 9: { tool } } } },
    }),
  ).map(({ path, words }) => `${path.join('.')}: ${words}`);

describe('a tool that is not listed', () => {
  test.each<[string, unknown, string?]>([
    ['of several', ['end_call']],
    ['of none', []],
    ['where no tools are written', undefined],
    ['built in, which no module has', ['./desk.ts']],
    ['misspelt', ['opt_out', { name: 'end_call' }], 'optout'],
    ['of a server that is asked for others', ['end_call', { mcp: 'desk', command: 'desk', tools: ['look'] }]],
    ['called as what every object has', ['end_call'], 'constructor'],
  ])('%s', (_, tools, tool) =>
    expect(found(tools, tool)).toEqual([expect.stringMatching(/not among tools/)]),
  );

  test.each<[string, unknown, string?]>([
    ['by name', ['end_call', 'opt_out']],
    ['with settings', [{ name: 'opt_out', timeout_ms: 9_000 }]],
    ['of a server', [{ mcp: 'desk', url: 'https://desk.example.com/', tools: ['look'] }], 'look'],
    ['perhaps in a module', ['end_call', './desk.ts'], 'optout'],
  ])('but not one that is: %s', (_, tools, tool) => expect(found(tools, tool)).toEqual([]));
});

test('built-in tools that a key can run, and those that need to be told something', () => {
  const byKey = toolNames.filter((name) => found([name], name).length === 0);
  expect(byKey).toEqual([
    ...['look_up_contact', 'update_contact', 'list_appointments', 'find_order'],
    ...['opt_out', 'take_voicemail', 'end_call'],
  ]);
  expect(found(['send_digits'], 'send_digits')).toEqual([
    'keypad.shortcuts.9.tool: a key cannot run "send_digits": it needs digits, which a key does not give; leave the tool to the agent',
  ]);
});

test('neither can one for which the caller types, whatever its arguments', () => {
  const declaration = { name: 'pay', description: '', parameters: { type: 'object', required: [] } };
  expect(whyNotByKey(needsOf({ declaration }))).toBeUndefined();
  expect(
    whyNotByKey(needsOf({ declaration: { ...declaration, parameters: {} }, secrets: [] })),
  ).toBeUndefined();
  expect(whyNotByKey(needsOf({ declaration, secrets: ['card'] }))).toMatch(/the caller types for it/);
});

test('named with file, line, key and tool, also where the tool is in a file', async (context) => {
  const dir = freshFolder(context);
  await mkdir(join(dir, 'tools'));
  await writeFile(
    join(dir, 'a.yaml'),
    `name: A
numbers: '*'
instructions: Help.
greeting: Hello.
tools: [end_call, { name: news, timeout_ms: 9000 }, ./tools/desk.yaml]
keypad:
  shortcuts:
    '6': { tool: track }
    '7': { tool: pay }
    '8': { tool: news }
    '9': { tool: opt_out }
`,
  );
  await writeFile(
    join(dir, 'tools/desk.yaml'),
    `- name: pay
  description: Pays.
  secrets: { card: { ask: card } }
  request: { url: 'https://api.example.com/?card={{keypad.card}}' }
  tell: { message: Done. }
- name: track
  description: Tracks.
  parameters: { number: { type: string, description: Which., required: true } }
  request: { url: 'https://api.example.com/{{args.number}}' }
  tell: { message: Done. }
- name: news
  description: Tells news.
  parameters: { about: { type: string, description: Of what. } }
  request: { url: 'https://api.example.com/news' }
  tell: { message: Done. }
`,
  );
  const faults = await loadProfiles(dir).then(
    () => [],
    (thrown: unknown) => (thrown as Error).message.split('\n  ').slice(1),
  );
  expect(faults.map((fault) => fault.replace(`${dir}/`, ''))).toEqual([
    expect.stringMatching(
      /^a\.yaml:8:\d+ {2}keypad\.shortcuts\.6\.tool: a key cannot run "track": it needs number,/,
    ),
    expect.stringMatching(
      /^a\.yaml:9:\d+ {2}keypad\.shortcuts\.7\.tool: a key cannot run "pay": the caller types for it,/,
    ),
    expect.stringMatching(
      /^a\.yaml:11:\d+ {2}keypad\.shortcuts\.9\.tool: "opt_out" is not among tools: end_call, news, pay, track;/,
    ),
  ]);
});

// Whether profiles can be answered with, as far as their keys go: tools that they lead to are there, and can be run by a key.
import { describe, expect, test } from 'vitest';
import type { KeypadMenu } from '../../src/agents/keypad-menu.ts';
import { profileSchema, type Profile } from '../../src/agents/profile.ts';
import { prepareTools } from '../../src/call/profile-checks.ts';
import { readHttpTools } from '../../src/tools/http/http-tools-file.ts';
import { Catalogue } from '../../src/tools/catalogue.ts';
import { silentLog } from '../../src/base/log.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const FILE = `
- name: pay
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
`;
const MCP = {
  name: 'away',
  tools: ['rooms'],
  by: { command: 'none', args: [], env: {} },
  allowPrivate: false,
};

const profile = (tool: string, more: Partial<Profile> = {}): Profile => ({
  ...profileSchema().parse({ name: 'Desk', numbers: '*', instructions: 'Help.', greeting: 'Hello.' }),
  keypad: { shortcuts: { 5: { do: 'tool', name: tool } }, pauseMs: 2_500, finishKey: '#' },
  tools: [
    { is: 'http', file: 'tools.yaml', specs: readHttpTools('tools.yaml', FILE) },
    { is: 'named', name: 'opt_out' },
  ],
  ...more,
});

async function check(...profiles: Profile[]): Promise<string> {
  const all = new Catalogue({ secrets: new Map(), clock: new ManualClock(), log: silentLog });
  const without = (list: Profile['tools']): Profile['tools'] => list.filter(({ is }) => is !== 'mcp');
  const catalogue: Parameters<typeof prepareTools>[1] = {
    prepare: (list) => all.prepare(without(list)),
    toolsOf: (list) => all.toolsOf(without(list)),
  };
  try {
    await prepareTools(profiles, catalogue);
    return '';
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

describe('a shortcut to a tool', () => {
  test.each(['opt_out', 'news'])('that can be run by itself: %s', async (name) => {
    expect(await check(profile(name))).toBe('');
  });

  test.each([
    ['that is not listed', 'optout', /Desk: keypad\.shortcuts\.5 runs the tool "optout".*add it to tools/],
    [
      'that needs arguments',
      'track',
      /Desk: keypad\.shortcuts\.5 cannot run the tool "track": it needs number/,
    ],
    ['for which the caller types', 'pay', /Desk: .*shortcuts\.5 cannot run the tool "pay": the caller types/],
  ])('%s', async (_, name, words) => expect(await check(profile(name))).toMatch(words));

  test('all of them together, of every profile', async () => {
    const message = await check(profile('pay'), { ...profile('track'), name: 'Other' });
    expect(message).toMatch(/Desk: keypad/);
    expect(message).toMatch(/Other: keypad/);
  });

  test('of a server that is away is not judged, another one is', async () => {
    const tools: Profile['tools'] = [{ is: 'mcp', server: { ...MCP, timeoutMs: 1_000 } }];
    expect(await check(profile('rooms', { tools }))).toBe('');
    expect(await check(profile('halls', { tools }))).toMatch(/runs the tool "halls"/);
  });
});

test('a key of the menu that leads to a tool which the profile does not have; the agent asks for what a tool needs', async () => {
  const menu: KeypadMenu = {
    start: 'main',
    menus: [
      {
        ...{ name: 'main', say: '', otherwise: { to: 'tool', name: 'nothing' } },
        options: [
          { key: '1', name: 'pay', spoken: 'pay', leads: { to: 'tool', name: 'pay' } },
          {
            ...{ key: '2', name: 'claim', spoken: 'claim' },
            leads: { to: 'say', text: 'Yes.', then: { to: 'tool', name: 'claim' } },
          },
        ],
      },
    ],
  };
  const message = await check(profile('opt_out', { menu: { file: 'menus/a.yaml', menu } }));
  expect(message.split('\n  ').slice(1)).toEqual([
    'Desk: menus/a.yaml: key 2 of main leads to the tool "claim", which this profile does not list; add it to tools',
    'Desk: menus/a.yaml: otherwise of main leads to the tool "nothing", which this profile does not list; add it to tools',
  ]);
});

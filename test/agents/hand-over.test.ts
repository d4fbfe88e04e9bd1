import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { handOverFaults, type HandsOver } from '../../src/agents/hand-over-settings.ts';
import { loadProfiles } from '../../src/agents/load.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { messageOf } from '../../src/base/errors.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const profile = (name: string, number: string, more = ''): string =>
  `name: ${name}\nnumbers: ['${number}']\ninstructions: Help.\ngreeting: Hello.\n${more}`;

const to = (...agents: string[]): string =>
  `hand_over_to:\n${agents.map((agent, n) => `  a${n}: { agent: ${agent}, description: For ${agent}. }\n`).join('')}`;

function folder(context: TestContext, files: Record<string, string>): string {
  const dir = freshFolder(context);
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

async function faultsOf(context: TestContext, files: Record<string, string>): Promise<string[]> {
  const dir = folder(context, files);
  const said = await loadProfiles(dir).then(
    () => '',
    (thrown: unknown) => messageOf(thrown),
  );
  return said
    .split('\n  ')
    .slice(1)
    .map((line) => line.replace(`${dir}/`, ''));
}

test('in the order of the file; loops are allowed', async (context) => {
  const dir = folder(context, {
    'a.yaml': profile('A', '+15550100101', to('B', 'C')),
    'b.yaml': profile('B', '+15550100102', to('A')),
    'c.yaml': profile('C', '+15550100103'),
  });
  const [a, b, c] = await loadProfiles(dir);
  expect(a?.handOverTo).toEqual([
    { name: 'a0', agent: 'B', description: 'For B.' },
    { name: 'a1', agent: 'C', description: 'For C.' },
  ]);
  expect(b?.handOverTo).toHaveLength(1);
  expect(c?.handOverTo).toEqual([]);
});

test('a profile that is not there, or itself, is named with its place and those that there are', async (context) => {
  expect(
    await faultsOf(context, {
      'a.yaml': profile('A', '+15550100101', to('B', 'Bb', 'A')),
      'b.yaml': profile('B', '+15550100102'),
    }),
  ).toEqual([
    'a.yaml:7:9  hand_over_to.a1.agent: there is no profile of the name "Bb"; there are: A, B',
    'a.yaml:8:9  hand_over_to.a2.agent: expected another profile: callers would be handed to this one itself',
  ]);
});

test('one that has faults of its own is there all the same', async (context) => {
  expect(
    await faultsOf(context, {
      'a.yaml': profile('A', '+15550100101', to('B')),
      'b.yaml': profile('B', '+15550100102', 'voise: Kore\n'),
    }),
  ).toEqual(['b.yaml:5:1  voise: there is no such field']);
});

test('both keep a record, or neither', async (context) => {
  const off = 'keep_records_days: off\n';
  const [fault, ...none] = await faultsOf(context, {
    'a.yaml': profile('A', '+15550100101', to('B')),
    'b.yaml': profile('B', '+15550100102', off),
  });
  expect(fault).toMatch(
    /^a\.yaml:6:9 {2}hand_over_to\.a0\.agent: .*keep_records_days is "off" in only one of "A" and "B"$/,
  );
  expect(none).toEqual([]);
  expect(
    await faultsOf(context, {
      'a.yaml': profile('A', '+15550100101', off + to('B')),
      'b.yaml': profile('B', '+15550100102', off),
    }),
  ).toEqual([]);
});

test.each([
  ['a key that is no name', { Billing: { agent: 'B', description: 'b' } }],
  ['no agent', { billing: { description: 'b' } }],
  ['no description', { billing: { agent: 'B' } }],
  ['a field more', { billing: { agent: 'B', description: 'b', voice: 'Kore' } }],
  ['a list', [{ agent: 'B' }]],
])('%s is refused', (_what, hand_over_to) => {
  const least = { name: 'A', numbers: '*', instructions: 'Help.', greeting: 'Hello.' };
  expect(profileSchema().safeParse(least).success).toBe(true);
  expect(profileSchema().safeParse({ ...least, hand_over_to }).success).toBe(false);
});

test('whatever the profiles, every target is either fine or named once', () => {
  const name = fc.constantFrom('A', 'B', 'C', 'D');
  const days = fc.constantFrom<HandsOver['keepRecordsDays']>(0, 90, 'forever');
  const all = fc.uniqueArray(fc.record({ name, keepRecordsDays: days, targets: fc.uniqueArray(name) }), {
    selector: (one) => one.name,
    minLength: 1,
  });
  fc.assert(
    fc.property(all, (profiles) => {
      const names = new Set<string>(profiles.map((one) => one.name));
      for (const { name: own, keepRecordsDays, targets } of profiles) {
        const handOverTo = targets.map((agent) => ({ name: agent.toLowerCase(), agent, description: 'x' }));
        const faults = handOverFaults({ name: own, keepRecordsDays, handOverTo }, names, profiles);
        const bad = targets.filter((agent) => {
          const there = profiles.find((one) => one.name === agent);
          const isKept = (days: HandsOver['keepRecordsDays']): boolean => days !== 0;
          return !there || agent === own || isKept(there.keepRecordsDays) !== isKept(keepRecordsDays);
        });
        expect(faults.map(({ path }) => path[1])).toEqual(bad.map((agent) => agent.toLowerCase()));
      }
    }),
  );
});

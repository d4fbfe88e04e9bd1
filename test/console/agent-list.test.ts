// What operators are told of agents: whose faults, and which change.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadProfiles } from '../../src/agents/load.ts';
import { readProfileTexts } from '../../src/agents/profile-texts.ts';
import { agentList } from '../../src/console/agent-view.ts';
import { agentListOf } from '../../src/console/agent-list.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

const text = (name: string, numbers: string, more = ''): string =>
  `name: ${name}\nnumbers: ${numbers}\ninstructions: Help.\ngreeting: Hello.\n${more}`;

test('an agent has its own faults and its own change; the rest belongs to all', async (context) => {
  const dir = freshFolder(context);
  const write = (file: string, content: string): void => writeFileSync(join(dir, file), content);
  write('a.yaml', text('Ada', '"*"', 'tools: [end_call]\n'));
  write('b.yaml', text('Bea', '["+15550100100"]'));
  const profiles = await loadProfiles(dir);
  const texts = await readProfileTexts(dir);
  const loaded = { texts, readMs: 1_000, before: undefined, failed: undefined };

  const first = agentList.parse(agentListOf(profiles, loaded));
  expect(first).toMatchObject({ faults: [], failedAt: null, added: [], removed: [] });
  expect(first.agents).toMatchObject([
    { name: 'Ada', numbers: '*', tools: ['end_call'], file: join(dir, 'a.yaml'), change: null },
    { name: 'Bea', numbers: ['+15550100100'], tools: [], version: profiles[1]!.version, isRecorded: false },
  ]);

  write('a.yaml', text('Ada', '"*"', 'voice: 7\n'));
  const failed = {
    ...{ atMs: 2_000, texts: await readProfileTexts(dir) },
    faults: [
      `${join(dir, 'a.yaml')}:5:1  voice: expected text`,
      `${join(dir, 'c.yaml')}:1:1  no`,
      'the disk is full',
    ],
  };
  const waiting = agentListOf(profiles, { ...loaded, failed });
  expect(waiting.agents.map(({ faults }) => faults)).toEqual([
    [{ file: join(dir, 'a.yaml'), line: 5, column: 1, words: 'voice: expected text' }],
    [],
  ]);
  expect(waiting.faults.map(({ file, line, words }) => [file, line, words])).toEqual([
    [join(dir, 'c.yaml'), 1, 'no'],
    [null, null, 'the disk is full'],
  ]);
  expect(waiting.agents[0]!.change).toMatchObject({ kind: 'waiting', at: '1970-01-01T00:00:02.000Z' });
  expect(waiting.agents[0]!.change!.lines.slice(-2)).toEqual([
    { is: 'removed', text: 'tools: [end_call]', line: 5 },
    { is: 'added', text: 'voice: 7', line: 5 },
  ]);
  expect(waiting.agents[1]!.change).toBeNull();
});

test('what was taken is told against what was before, and who came and went', async (context) => {
  const dir = freshFolder(context);
  writeFileSync(join(dir, 'a.yaml'), text('Ada', '"*"', 'language: de-DE\n'));
  const texts = await readProfileTexts(dir);
  const before = [
    { ...texts[0]!, text: text('Ada', '"*"') },
    { file: join(dir, 'z.yaml'), name: 'Zoe', text: '' },
  ];
  const told = agentListOf(await loadProfiles(dir), { texts, readMs: 3_000, before, failed: undefined });
  expect(told).toMatchObject({ added: [], removed: ['Zoe'] });
  expect(told.agents[0]!.change).toMatchObject({ kind: 'taken', at: '1970-01-01T00:00:03.000Z' });
  expect(told.agents[0]!.change!.lines.at(-1)).toEqual({ is: 'added', text: 'language: de-DE', line: 5 });
});

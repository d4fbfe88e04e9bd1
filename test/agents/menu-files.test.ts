// The menu that a profile names: found, read, held against the profile, and seen when it changes.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { otherFilesOf } from '../../src/agents/holiday-files.ts';
import { loadProfiles } from '../../src/agents/load.ts';
import { LivelineError } from '../../src/base/errors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'menus-'));
  await mkdir(join(folder, 'menus'));
});
afterEach(() => rm(folder, { recursive: true }));

const profile = (more = ''): Promise<void> =>
  writeFile(
    join(folder, 'desk.yaml'),
    `name: Desk\nnumbers: '*'\ninstructions: Help.\ngreeting: Hello.\nmenu: ./menus/desk.yaml\n${more}`,
  );
const menu = (...options: readonly string[]): Promise<void> =>
  writeFile(
    join(folder, 'menus', 'desk.yaml'),
    `start: main\nmenus:\n  main:\n    options:\n${options.map((one, at) => `      ${at + 1}: { name: n${at + 1}, spoken: w${at + 1}, ${one} }\n`).join('')}`,
  );
/** Without where the folder is. */
async function faults(): Promise<string[]> {
  const thrown: unknown = await loadProfiles(folder).catch((caught: unknown) => caught);
  const lines = thrown instanceof LivelineError ? thrown.message.split('\n  ').slice(1) : [];
  return lines.map((line) => line.replaceAll(join(folder, '/'), ''));
}

test('a menu is read with its profile, and is among the files whose change is seen', async () => {
  await profile();
  await menu('hang_up: true');
  const [before] = await loadProfiles(folder);
  expect(before?.menu).toEqual({
    file: join(folder, 'menus', 'desk.yaml'),
    menu: {
      start: 'main',
      menus: [
        {
          ...{ name: 'main', say: '', otherwise: undefined },
          options: [{ key: '1', name: 'n1', spoken: 'w1', leads: { to: 'hang-up' } }],
        },
      ],
    },
  });
  expect(otherFilesOf(before!)).toEqual([join(folder, 'menus', 'desk.yaml')]);

  await menu('hang_up: true', 'say: Open from eight to six');
  const [after] = await loadProfiles(folder);
  expect(after?.version).not.toBe(before?.version);
  expect(after?.menu?.menu?.menus[0]?.options).toHaveLength(2);
});

describe('a profile is at fault', () => {
  test('whose menu is not there, at the place where it names it', async () => {
    await profile();
    expect(await faults()).toEqual(['desk.yaml:5:1  menu: menus/desk.yaml does not exist']);
  });

  test('whose menu is no text', async () => {
    await profile();
    await writeFile(join(folder, 'menus', 'desk.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(await faults()).toEqual([
      'desk.yaml:5:1  menu: menus/desk.yaml is not text in UTF-8; save it in that encoding',
    ]);
  });

  test('whose menu is a folder', async () => {
    await profile();
    await mkdir(join(folder, 'menus', 'desk.yaml'));
    const [fault, ...more] = await faults();
    expect(fault).toMatch(/^desk\.yaml:5:1 {2}menu: menus\/desk\.yaml/);
    expect(more).toEqual([]);
  });

  test('whose menu has faults, and stops callers: with the places in the menu', async () => {
    await profile();
    await menu('menu: gone', 'hang_up: true');
    expect(await faults()).toEqual([
      'desk.yaml:5:1  menu: menus/desk.yaml:5:34  menus.main.options.1.menu: there is no menu "gone"; there are main',
    ]);
    await writeFile(join(folder, 'menus', 'desk.yaml'), 'start: main\nmenu: {}\n');
    expect(await faults()).toEqual([
      'desk.yaml:5:1  menu: menus/desk.yaml:1:1  menus: expected record, but it is missing',
      'desk.yaml:5:1  menu: menus/desk.yaml:2:1  menu: there is no such field',
    ]);
  });

  test('whose menu leads to what it does not have', async () => {
    await profile();
    await menu(
      'destination: desk',
      'say: Wait, voicemail: true',
      'agent: billing',
      'tool: take_message',
      'hang_up: true',
    );
    const at = 'desk.yaml:5:1  menu:';
    expect(await faults()).toEqual([
      `${at} key 1 of main leads to destination "desk", which this profile does not have; add it to destinations`,
      `${at} key 2 of main leads to voicemail, which this profile does not have; write voicemail`,
      `${at} key 3 of main leads to agent "billing", which this profile does not have; add it to hand_over_to`,
      `${at} key 4 of main leads to tool "take_message", which this profile does not have; add it to tools`,
    ]);
  });

  test('whose menu leads those who press nothing to what it does not have', async () => {
    await profile();
    await writeFile(
      join(folder, 'menus', 'desk.yaml'),
      'start: main\nmenus:\n  main:\n    options:\n      1: { name: a, spoken: a, hang_up: true }\n    otherwise: { destination: desk }\n',
    );
    expect(await faults()).toEqual([
      'desk.yaml:5:1  menu: otherwise of main leads to destination "desk", which this profile does not have; add it to destinations',
    ]);
  });
});

test('a profile that has what its menu leads to', async () => {
  await profile(
    [
      "destinations: { desk: { to: '+12025550111', description: Callers. } }",
      'voicemail: {}',
      'hand_over_to: { billing: { agent: Billing, description: Bills. } }',
      'tools: [take_message, ./tools/pay.yaml]',
    ].join('\n'),
  );
  await writeFile(
    join(folder, 'billing.yaml'),
    "name: Billing\nnumbers: ['+12025550104']\ninstructions: Help.\ngreeting: Hello.\n",
  );
  await mkdir(join(folder, 'tools'));
  await writeFile(
    join(folder, 'tools', 'pay.yaml'),
    '- name: pay\n  description: Pays a bill.\n  request: { url: https://pay.example.com/v1 }\n  tell: { message: Paid. }\n',
  );
  await menu('destination: desk', 'voicemail: true', 'agent: billing', 'tool: take_message', 'tool: pay');
  expect(await faults()).toEqual([]);
});

test('the tools of a module are known only once it runs', async () => {
  await profile('tools: [./mine.ts]\n');
  await writeFile(join(folder, 'mine.ts'), 'export default [];\n');
  await menu('tool: whatever', 'hang_up: true');
  expect(await faults()).toEqual([]);
});

test('the sample of a billing line has a menu, every option of which is reached by key and by voice', async () => {
  const profiles = await loadProfiles(join(import.meta.dirname, '../../fixtures/agents'));
  const sample = profiles.find(({ name }) => name === 'Northwind billing');
  expect(sample?.menu?.menu?.menus.map(({ name, options }) => [name, options.length])).toEqual([
    ['main', 8],
    ['pay_bill', 5],
    ['information', 5],
  ]);
  expect(sample?.keypad.shortcuts).toEqual({ '0': { do: 'destination', name: 'operator' } });
});

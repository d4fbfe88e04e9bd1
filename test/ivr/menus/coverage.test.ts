// Two menus as companies have them, imported, written and read again: every path, by key and by voice.
import { describe, expect, test } from 'vitest';
import { menuProblems } from '../../../src/agents/keypad-menu-check.ts';
import { readKeypadMenu, readMenuFile } from '../../../src/agents/keypad-menu-file.ts';
import { keypadMenuSchema } from '../../../src/agents/keypad-menu.ts';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { choicesOf } from '../../../src/ivr/menus/choices.ts';
import { coverageOf } from '../../../src/ivr/menus/coverage.ts';
import { inWords } from '../../../src/ivr/menus/in-words.ts';
import { startOf, whereTo, whereToByName, type Went } from '../../../src/ivr/menus/where-to.ts';
import { menuYaml } from '../../../src/ivr/menus/written.ts';
import { harbour, northwind } from './import-rig.ts';

describe.each<[string, Carried, object, number]>([
  ['TwiML documents', northwind(), { menus: 8, paths: 44, byKey: 44, byVoice: 44, withProblems: 2 }, 14],
  ['a Studio flow', harbour(), { menus: 8, paths: 41, byKey: 41, byVoice: 41, withProblems: 0 }, 0],
])('%s', (_, old, totals, destinations) => {
  const { menu } = old;
  const coverage = coverageOf(menu, old);

  test('are covered', () => {
    expect(coverage.totals).toEqual(totals);
    expect(coverage.losses).toEqual([]);
    expect(coverage.problems).toEqual([]);
    expect(menuProblems(menu)).toEqual([]);
    if (destinations > 0) expect(old.destinations).toHaveLength(destinations);
    expect(Math.max(...coverage.rows.map(({ keys = '' }) => keys.split(' ').length))).toBe(3);
  });

  test('have a path of keys to every option, which leads to the option that is chosen by its name', () => {
    const names = new Set(choicesOf(menu).map(({ name }) => name));
    for (const { keys = '', byVoice = '' } of coverage.rows) {
      let went: Went = whereTo(menu, startOf(menu), keys[0]!);
      for (const key of keys.split(' ').slice(1)) went = whereTo(menu, went.place, key);
      expect(went.option?.name, keys).toBe(byVoice);
      expect(whereToByName(menu, startOf(menu), byVoice)?.place, keys).toEqual(went.place);
      expect(names.has(byVoice), keys).toBe(true);
    }
    expect(names.size).toBe(coverage.rows.length);
  });

  test('are the same menu once they were written and read', () => {
    expect(readKeypadMenu('m.yaml', menuYaml(menu))).toEqual(menu);
    expect(readMenuFile('m.yaml', menuYaml(menu)).problems).toEqual([]);
  });

  test('are told to the agent, each option by its name and its key', () => {
    const text = inWords(menu);
    for (const page of menu.menus)
      for (const { key, name } of page.options) expect(text).toContain(`- ${name} [key ${key}]`);
  });
});

test('what needs a tool of one’s own is named with its option', () => {
  expect(Object.fromEntries(northwind().remarks)).toEqual({
    balance: ['collects digits: needs a tool, such as "account_number"'],
    give_meter_reading: ['collects digits: needs a tool, such as "meter_reading"'],
  });
});

test('rows are in the order in which a caller would walk them', () => {
  expect(
    coverageOf(harbour().menu)
      .rows.slice(0, 8)
      .map(({ keys }) => keys),
  ).toEqual([...['1', '1 1', '1 1 1', '1 1 2', '1 1 3', '1 1 4', '1 1 9', '1 2']]);
  expect(
    coverageOf(northwind().menu)
      .rows.slice(-2)
      .map(({ keys }) => keys),
  ).toEqual(['0', '*']);
});

test('a path that nobody is told of, one that no key leads to, and a name that is there twice', () => {
  const menu = keypadMenuSchema.parse({
    start: 'main',
    menus: {
      main: { options: { 1: { name: 'a', spoken: 'a', hang_up: true }, 2: { name: 'b', voicemail: true } } },
      lost: {
        options: {
          1: { name: 'c', spoken: 'c', hang_up: true },
          2: { name: 'a', spoken: 'd', repeat: true },
        },
      },
    },
  });
  const { rows, totals, isWhole } = coverageOf(menu);
  expect(rows.map(({ keys, byVoice, problems }) => [keys, byVoice, problems.length])).toEqual([
    ['1', 'a', 0],
    ['2', undefined, 1],
    [undefined, undefined, 1],
    [undefined, undefined, 2],
  ]);
  expect(totals).toEqual({ menus: 2, paths: 4, byKey: 2, byVoice: 1, withProblems: 3 });
  expect(isWhole).toBe(false);
});

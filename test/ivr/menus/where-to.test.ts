// Where keys and names lead in a menu.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema, KEYS } from '../../../src/agents/keypad-menu.ts';
import {
  optionsByName,
  pathsOf,
  placeOf,
  startOf,
  whereTo,
  whereToByName,
  type MenuPlace,
} from '../../../src/ivr/menus/where-to.ts';

const MENU = keypadMenuSchema.parse({
  start: 'main',
  menus: {
    main: {
      options: {
        1: { name: 'bills', menu: 'bills' },
        2: { name: 'hours', say: 'From eight to six.' },
        3: { name: 'news', say: 'Nothing new.', menu: 'bills' },
      },
      otherwise: { menu: 'help' },
    },
    bills: {
      options: {
        1: { name: 'pay', menu: 'pay' },
        8: { name: 'home', menu: 'main' },
        9: { name: 'bills_back', back: true },
        '*': { name: 'bills_again', repeat: true },
      },
    },
    pay: {
      options: {
        1: { name: 'card', tool: 'pay' },
        2: { name: 'on', menu: 'bills' },
        9: { name: 'pay_back', back: true },
      },
    },
    help: { options: { 1: { name: 'desk', destination: 'desk' }, 2: { name: 'more', menu: 'more' } } },
    more: { options: { 9: { name: 'more_back', back: true } } },
    lost: { options: { 1: { name: 'nobody', hang_up: true } } },
  },
});

/** Where a caller is who pressed these, as `main>bills`. */
function pressed(keys: string, from: MenuPlace = startOf(MENU)): string {
  const place = Array.from(keys).reduce((at, key) => whereTo(MENU, at, key).place, from);
  return [...place.before, place.page].join('>');
}

test.each([
  ['', 'main'],
  ['1', 'main>bills'],
  ['3', 'main>bills'],
  ['2', 'main'],
  ['11', 'main>bills>pay'],
  ['119', 'main>bills'],
  ['1199', 'main'],
  ['11999', 'main>help'],
  ['1*', 'main>bills'],
  ['17', 'main>bills'],
  ['112', 'main>bills>pay>bills'],
  ['1128', 'main'],
  ['7', 'main>help'],
  ['729', 'main>help'],
])('keys %j', (keys, place) => expect(pressed(keys)).toBe(place));

test('a key that the page does not have is no option, and leads where the page says', () => {
  expect(whereTo(MENU, startOf(MENU), '7')).toMatchObject({
    option: undefined,
    leads: { to: 'menu', name: 'help' },
  });
  expect(whereTo(MENU, 'bills', '7')).toMatchObject({ option: undefined, leads: { to: 'repeat' } });
  expect(whereTo(MENU, { page: 'gone', before: [] }, '1').leads).toEqual({ to: 'repeat' });
});

test('whoever goes round in circles a hundred times comes back to the start by "back" all the same', () => {
  const round = pressed('1' + '12'.repeat(100));
  expect(round.split('>')).toHaveLength(51);
  const long: MenuPlace = { page: 'bills', before: round.split('>').slice(0, -1) };
  expect(pressed('9'.repeat(long.before.length), long)).toBe('main');
});

describe('by voice', () => {
  test.each([
    ['pay', '', 'main>bills>pay'],
    ['card', '', 'main>bills>pay'],
    ['bills_back', '', 'main'],
    ['pay_back', '', 'main>bills'],
    ['more_back', '', 'main>help'],
    ['more', '', 'main>help>more'],
    ['pay_back', '112', 'main>bills'],
    ['bills_back', '112', 'main>bills>pay'],
  ])('%s, once %j was pressed', (name, keys, place) => {
    const from = Array.from(keys).reduce((at, key) => whereTo(MENU, at, key).place, startOf(MENU));
    const went = whereToByName(MENU, from, name)?.place;
    expect([...(went?.before ?? []), went?.page].join('>')).toBe(place);
  });

  test('what is not there, or that no key leads to', () => {
    expect(whereToByName(MENU, startOf(MENU), 'gone')).toBeUndefined();
    expect(whereToByName(MENU, startOf(MENU), 'nobody')).toBeUndefined();
    expect(optionsByName(MENU).has('nobody')).toBe(false);
  });
});

test('paths are those of keys, one that a page does not have among them', () => {
  expect([...pathsOf(MENU)].map(([page, keys]) => `${page} ${keys.join(' ')}`)).toEqual([
    'main ',
    'bills 1',
    'help other',
    'pay 1 1',
    'more other 2',
  ]);
  expect(pressed('72')).toBe('main>help>more');
  expect(placeOf(MENU, 'more')).toEqual({ page: 'more', before: ['main', 'help'] });
});

test('whatever is pressed, a caller is at a page that is there, and began at the start', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Array.from(KEYS)), { maxLength: 120 }), (keys) => {
      const [first, ...more] = pressed(keys.join('')).split('>');
      expect(first).toBe('main');
      for (const page of more) expect(['bills', 'pay', 'help', 'more']).toContain(page);
    }),
  );
});

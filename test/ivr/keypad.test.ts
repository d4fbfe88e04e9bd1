// Keys become groups, shortcuts or options of a menu, each once.
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema } from '../../src/agents/keypad-menu.ts';
import {
  MOST_KEYS,
  NO_KEYS,
  actsAlone,
  press,
  type Keypad,
  type KeypadRules,
  type Pressed,
} from '../../src/ivr/keypad.ts';

const MENU = keypadMenuSchema.parse({
  start: 'main',
  menus: {
    main: {
      options: {
        '1': { name: 'billing', menu: 'billing' },
        '2': { name: 'outage', destination: 'outages' },
        '0': { name: 'hours', say: 'We are open from eight to six.' },
      },
    },
    billing: { options: { '1': { name: 'invoice', tool: 'send_invoice' }, '9': { name: 'up', back: true } } },
  },
});
const RULES: KeypadRules = {
  ...{ pauseMs: 2_500, finishKey: '#' },
  shortcuts: { '0': { do: 'destination', name: 'desk' }, '9': { do: 'tool', name: 'opt_out' } },
};

function type(keys: string, rules: KeypadRules = RULES, from: Keypad = NO_KEYS) {
  let keypad = from;
  const seen: Pressed[] = [];
  for (const key of Array.from(keys)) {
    const next = press(keypad, key, rules);
    keypad = next.keypad;
    if (next.pressed.is !== 'more') seen.push(next.pressed);
  }
  return { keypad, seen };
}

/** In short: what was told, done or chosen. */
const short = (pressed: Pressed): string =>
  pressed.is === 'group'
    ? pressed.keys
    : pressed.is === 'action'
      ? `${pressed.key}!`
      : pressed.is === 'option'
        ? (pressed.went.option?.name ?? '')
        : '';
const shortly = (keys: string, rules?: KeypadRules): string[] => type(keys, rules).seen.map(short);

test.each([
  ['4711#', ['4711']],
  ['12##', ['12', '#']],
  ['0', ['0!']],
  ['10#0', ['10', '0!']],
  ['*9#9', ['*9', '9!']],
])('%s', (keys, expected) => expect(shortly(keys)).toEqual(expected));

test('without a finish key a group ends by its length or by time alone', () => {
  const rules = { ...RULES, finishKey: undefined };
  expect(shortly('12#3', rules)).toEqual([]);
  expect(shortly('1'.repeat(MOST_KEYS + 1), rules)).toEqual(['1'.repeat(MOST_KEYS)]);
});

describe('with a menu', () => {
  const rules = { ...RULES, menu: MENU };

  test('keys walk it, and it comes before the shortcuts', () => {
    expect(shortly('11', rules)).toEqual(['billing', 'invoice']);
    expect(shortly('19', rules)).toEqual(['billing', 'up']);
    expect(shortly('0', rules)).toEqual(['hours']);
  });

  test('a key that the page does not have is a shortcut, or told', () => {
    expect(shortly('9', rules)).toEqual(['9!']);
    expect(shortly('54#', rules)).toEqual(['54']);
  });

  test('a key that the page does not have does what the page says of all others, where it says so', () => {
    const [main, billing] = MENU.menus;
    const otherwise = { to: 'voicemail' } as const;
    const menu = { ...MENU, menus: [main!, { ...billing!, otherwise }] };
    const { seen } = type('15', { ...rules, menu });
    expect(seen.at(-1)).toMatchObject({
      is: 'option',
      key: '5',
      went: { option: undefined, leads: otherwise },
    });
    expect(type('1#', { ...rules, finishKey: undefined, menu }).seen.at(-1)).toMatchObject({
      ...{ is: 'option', key: '#' },
    });
    expect(shortly('10', { ...rules, menu }), 'a shortcut was written for this key').toEqual([
      'billing',
      '0!',
    ]);
    expect(shortly('54#', { ...rules, menu }), 'not in another page').toEqual(['54']);
    const asked = { ...type('1', { ...rules, menu }).keypad, asked: true };
    expect(type('55#', { ...rules, menu }, asked).seen.map(short)).toEqual(['55']);
  });

  test('a finish key that is pressed once too often, or too late, is none of all other keys', () => {
    const [main, ...others] = MENU.menus;
    const menu = { ...MENU, menus: [{ ...main!, otherwise: { to: 'voicemail' } as const }, ...others] };
    const asked: Keypad = { ...NO_KEYS, asked: true };
    expect(type('4711##', { ...rules, menu }, asked).seen.map(short)).toEqual(['4711', '#']);
    expect(type('#', { ...rules, menu }).seen.map(short)).toEqual(['#']);
    expect(type('*', { ...rules, menu }).seen.at(-1)).toMatchObject({ is: 'option', key: '*' });
    const listed = { ...main!, options: [{ ...main!.options[0]!, key: '#' }], otherwise: main!.otherwise };
    expect(shortly('#', { ...rules, menu: { ...MENU, menus: [listed, ...others] } })).toEqual(['billing']);
    const shortcuts = { '#': { do: 'hang-up' } } as const;
    expect(shortly('#', { ...rules, shortcuts, menu })).toEqual(['#!']);
  });

  test('a key acts by itself as an option of the page, or else as a shortcut', () => {
    expect(['1', '0', '9', '5', '#'].map((key) => actsAlone(NO_KEYS, key, rules))).toEqual([
      ...['option', 'option', 'shortcut', undefined, undefined],
    ]);
    expect(actsAlone({ ...NO_KEYS, keys: '42' }, '9', rules), 'whatever is before it').toBe('shortcut');
    expect(actsAlone({ ...NO_KEYS, asked: true }, '9', rules)).toBeUndefined();
    const menu = {
      ...MENU,
      menus: MENU.menus.map((page) => ({ ...page, otherwise: { to: 'voicemail' } as const })),
    };
    expect(actsAlone(NO_KEYS, '5', { ...rules, menu }), 'all others may be a number').toBeUndefined();
  });

  test('who typed something else is where they were', () => {
    expect(shortly('1571#1', rules)).toEqual(['billing', '571', 'invoice']);
  });

  test('who was asked to type is not led anywhere', () => {
    const asked: Keypad = { ...NO_KEYS, asked: true };
    const { keypad, seen } = type('1204#', rules, asked);
    expect(seen.map(short)).toEqual(['1204']);
    expect(type('1', rules, keypad).seen.map(short)).toEqual(['billing']);
  });
});

// Keys become groups, shortcuts or options of a menu, each once.
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema } from '../../src/agents/keypad-menu.ts';
import {
  MOST_KEYS,
  NO_KEYS,
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

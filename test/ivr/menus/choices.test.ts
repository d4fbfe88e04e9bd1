// What the agent is told of an option that was chosen, and what the call does then.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema } from '../../../src/agents/keypad-menu.ts';
import { CAME_FROM, choicesOf, placeChosen } from '../../../src/ivr/menus/choices.ts';
import { askedFor } from '../../../src/agents/keypad-menu-words.ts';
import { inWords, leadsInWords } from '../../../src/ivr/menus/in-words.ts';
import { startOf, whereTo } from '../../../src/ivr/menus/where-to.ts';

const MENU = keypadMenuSchema.parse({
  start: 'main',
  menus: {
    main: {
      say: 'For the desk, press 1.',
      options: {
        1: { name: 'desk', destination: 'desk' },
        2: { name: 'message', spoken: 'leave a message', voicemail: true },
        3: { name: 'bye', spoken: 'end the call', say: 'Thank you.', hang_up: true },
        4: { name: 'bills', spoken: 'my bill', agent: 'billing' },
        5: { name: 'hours', spoken: 'opening hours', say: 'From eight to six.' },
        6: { name: 'pay', spoken: 'pay', tool: 'pay_by_card', say: 'Have your card ready.' },
        7: { name: 'more', spoken: 'more', menu: 'more' },
        '*': { name: 'again', spoken: 'that again', repeat: true },
      },
    },
    more: { options: { 9: { name: 'back', spoken: 'go back', back: true } } },
  },
});
const choice = (wanted: string) => choicesOf(MENU).find(({ name }) => name === wanted);
const MAIN =
  'They are at "main" now. In one short sentence, ask which of these they want: the desk (key 1); ';

test.each([
  [
    'desk',
    'The caller is connected',
    { type: 'transfer', destination: 'desk', reason: 'desk', briefing: '' },
  ],
  ['message', 'The caller can leave a message', { type: 'voicemail' }],
  ['bye', 'Say this: "Thank you." The call ends', { type: 'hangUp' }],
  ['bills', 'Another agent takes over', { type: 'handOver', agent: 'billing', reason: 'my bill' }],
  ['hours', 'Say this: "From eight to six."', { type: 'atPage', page: 'main' }],
  ['pay', 'Say this: "Have your card ready." Now call pay_by_card', { type: 'atPage', page: 'main' }],
  [
    'more',
    'They are at "more" now. In one short sentence, ask which of these they want: go back (key 9).',
    { type: 'atPage', page: 'more' },
  ],
  ['again', MAIN, { type: 'atPage', page: 'main' }],
  // Where that is only the call knows.
  ['back', 'They go back to the menu that they came from', { type: 'atPage', page: CAME_FROM }],
])('%s', (name, message, then) => {
  expect(choice(name)?.message.startsWith(message), choice(name)?.message).toBe(true);
  expect(choice(name)?.then).toEqual(then);
});

test('the agent reads the menu page by page, and how callers ask for each option', () => {
  const lines = inWords(MENU).split('\n');
  expect(lines.slice(0, 3).join(' ')).toContain('call choose_option with the name that stands first');
  expect(lines.slice(3)).toEqual([
    'Menu main (callers begin here):',
    '- desk [key 1] the desk: connects with desk',
    '- message [key 2] leave a message: voicemail',
    '- bye [key 3] end the call: says "Thank you.", then ends the call',
    '- bills [key 4] my bill: agent billing',
    '- hours [key 5] opening hours: says "From eight to six."',
    '- pay [key 6] pay: tool pay_by_card, after "Have your card ready."',
    '- more [key 7] more: menu more',
    '- again [key *] that again: says the menu again',
    'Menu more:',
    '- back [key 9] go back: the menu before',
  ]);
});

describe('what a page says of all other keys', () => {
  const menu = keypadMenuSchema.parse({
    start: 'main',
    menus: {
      main: {
        options: {
          1: { name: 'bills', spoken: 'my bill', menu: 'bills' },
          2: { name: 'main_anything_else', spoken: 'anything', say: 'Well.' },
        },
        otherwise: { say: 'One moment.', destination: 'desk' },
      },
      bills: { options: { 9: { name: 'back', spoken: 'back', back: true } }, otherwise: { menu: 'main' } },
      gone: { options: { 1: { name: 'end', hang_up: true } }, otherwise: { voicemail: true } },
      again: { options: { 1: { name: 'stop', hang_up: true } }, otherwise: { repeat: true } },
    },
  });

  test('is chosen by a name of its own', () => {
    const found = choicesOf(menu).filter(({ name }) => name.includes('anything_else'));
    expect(found.map(({ name, then }) => [name, then])).toEqual([
      ['main_anything_else', { type: 'atPage', page: 'main' }],
      [
        'main_anything_else_',
        { type: 'transfer', destination: 'desk', reason: 'anything else', briefing: '' },
      ],
      ['bills_anything_else', { type: 'atPage', page: 'main' }],
    ]);
    expect(found[1]?.message).toContain('Say this: "One moment."');
    expect(found[2]?.message).toContain('They are at "main" now');
  });

  test('brings the caller as far as such a key would have', () => {
    const from = { page: 'bills', before: ['main', 'other'] };
    const help = {
      ...menu,
      menus: menu.menus.map((page) => ({ ...page, otherwise: { to: 'menu', name: 'gone' } as const })),
    };
    expect(placeChosen(help, from, 'gone')).toEqual({ page: 'gone', before: ['main', 'other', 'bills'] });
    expect(placeChosen(menu, from, 'again'), 'no key leads there').toEqual({
      page: 'again',
      before: ['main'],
    });
  });

  test('is read by the agent, unless it is the page once more', () => {
    const lines = inWords(menu)
      .split('\n')
      .filter((line) => line.includes('any other key'));
    expect(lines).toEqual([
      '- main_anything_else_ [any other key] anything else: says "One moment.", then connects with desk',
      '- bills_anything_else [any other key] anything else: menu main',
    ]);
    const again = { ...menu, start: 'again' };
    expect(inWords(again)).not.toContain('any other key');
    expect(choicesOf(again).map(({ name }) => name)).toEqual(['stop']);
  });
});

test('wherever a caller is, back undoes the step before, by voice as by key', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...Array.from('1234567*9')), { maxLength: 20 }), (keys) => {
      let place = startOf(MENU);
      for (const key of keys) {
        const before = place;
        place = whereTo(MENU, place, key).place;
        expect(placeChosen(MENU, before, place.page).page).toBe(place.page);
        if (place.before.length > before.before.length)
          expect(placeChosen(MENU, place, CAME_FROM)).toEqual(before);
        else expect(placeChosen(MENU, startOf(MENU), CAME_FROM)).toEqual(startOf(MENU));
      }
    }),
  );
});

test('where nobody has written how callers ask, what the menu says tells it, or nobody knows', () => {
  const [main] = MENU.menus;
  expect(askedFor(main!, main!.options[0]!)).toBe('the desk');
  expect(askedFor({ ...main!, say: '' }, main!.options[0]!)).toBe('');
  expect(leadsInWords({ to: 'tool', name: 't' })).toBe('tool t');
});

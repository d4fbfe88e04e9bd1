// A menu file becomes a menu, or faults with the place of each.
import { describe, expect, test } from 'vitest';
import { menuFaultLine, readKeypadMenu, readMenuFile } from '../../src/agents/keypad-menu-file.ts';
import type { Leads } from '../../src/agents/keypad-menu.ts';

const faultsOf = (text: string): string[] => readMenuFile('m.yaml', text).faults.map(menuFaultLine);
const withOption = (fields: string): string =>
  `start: main\nmenus:\n  main:\n    options:\n      1: { name: a, spoken: a, ${fields} }\n`;

describe('where an option leads', () => {
  test.each<[string, Leads]>([
    ['menu: main', { to: 'menu', name: 'main' }],
    ['destination: desk', { to: 'destination', name: 'desk' }],
    ['voicemail: true', { to: 'voicemail' }],
    ['hang_up: true', { to: 'hang-up' }],
    ['repeat: true', { to: 'repeat' }],
    ['back: true', { to: 'back' }],
    ['tool: find_order', { to: 'tool', name: 'find_order' }],
    ['tool: find_order, say: Wait', { to: 'tool', name: 'find_order', say: 'Wait' }],
    ['agent: billing', { to: 'agent', name: 'billing' }],
    ['say: From eight to six', { to: 'say', text: 'From eight to six', then: undefined }],
    ['say: Bye, hang_up: true', { to: 'say', text: 'Bye', then: { to: 'hang-up' } }],
    ['say: Bye, agent: b', { to: 'say', text: 'Bye', then: { to: 'agent', name: 'b' } }],
  ])('%s', (fields, leads) => {
    const { menu, faults } = readMenuFile('m.yaml', withOption(fields));
    expect(faults).toEqual([]);
    expect(menu?.menus[0]?.options).toEqual([{ key: '1', name: 'a', spoken: 'a', leads }]);
  });
});

test('the keys of a page are in the order in which they are read out, whatever their order in the file', () => {
  const keys = ["'#'", '0', "'*'", '9', '1'];
  const lines = keys.map((key, at) => `      ${key}: { name: n${at}, repeat: true }`).join('\n');
  const { menu } = readMenuFile('m.yaml', `start: main\nmenus:\n  main:\n    options:\n${lines}\n`);
  expect(menu?.menus[0]?.options.map(({ key }) => key)).toEqual(['1', '9', '0', '*', '#']);
});

describe('a fault has its place', () => {
  test.each([
    ['', ['m.yaml:1:1  the file is empty; expected start and menus']],
    ['start: main\nmenus: {}\nextra: 1\n', ['m.yaml:3:1  extra: there is no such field']],
    ['menus: {}\n', ['m.yaml:1:1  start: expected string, but it is missing']],
    [
      withOption('destination: a, voicemail: true'),
      [
        'm.yaml:5:7  menus.main.options.1: expected one way: menu, destination, voicemail, hang_up, repeat, back, tool, agent, or say; there are 2',
      ],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      1: { name: a }\n',
      [
        'm.yaml:5:7  menus.main.options.1: expected one way: menu, destination, voicemail, hang_up, repeat, back, tool, agent, or say',
      ],
    ],
    [
      withOption('voicemail: false'),
      ['m.yaml:5:32  menus.main.options.1.voicemail: expected true; leave it out otherwise'],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      12: { name: a, repeat: true }\n',
      ['m.yaml:5:7  menus.main.options.12: expected one key: a digit, "*" or "#"'],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      1: { name: go back, back: true }\n',
      [
        'm.yaml:5:12  menus.main.options.1.name: expected a name of letters, digits and _, such as opening_hours',
      ],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      1: { name: a, back: true }\n      "1": { name: b, back: true }\n',
      ['m.yaml:6:7  this key is there twice; give one of them another'],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      *: { name: a, back: true }\n',
      ['m.yaml:5:8  expected quotes around what starts with a star: "*"'],
    ],
    [
      'start: main\nmenus:\n  main:\n    options:\n      #: { name: a, back: true }\n',
      ['m.yaml:5:7  expected quotes around the key: "#"; without them this line is a comment'],
    ],
  ])('%j', (text, faults) => expect(faultsOf(text)).toEqual(faults));

  test('of every option at once, in the order of the file', () => {
    const text =
      'start: main\nmenus:\n  main:\n    options:\n      1: { name: 1a, back: true }\n      2: { back: true }\n';
    expect(faultsOf(text)).toEqual([
      'm.yaml:5:12  menus.main.options.1.name: expected a name of letters, digits and _, such as opening_hours',
      'm.yaml:6:7  menus.main.options.2.name: expected string, but it is missing',
    ]);
  });

  test('whatever else a file may hold', () => {
    for (const text of [
      '[]',
      '7',
      '"text"',
      '{',
      'a: *gone',
      'start: [main]',
      'menus: { main: null }',
      '\u0000',
    ])
      expect(faultsOf(text), text).not.toEqual([]);
  });
});

test('a menu that stops callers is not read, and one that only leaves something unsaid is', () => {
  expect(() =>
    readKeypadMenu('m.yaml', `${withOption('menu: gone')}      2: { name: b, spoken: b, hang_up: true }\n`),
  ).toThrow(
    'm.yaml has faults:\n  m.yaml:5:32  menus.main.options.1.menu: there is no menu "gone"; there are main',
  );
  const unspoken = 'start: main\nmenus:\n  main:\n    options:\n      1: { name: a, hang_up: true }\n';
  expect(readMenuFile('m.yaml', unspoken).problems.map(({ kind }) => kind)).toEqual(['unspoken']);
  expect(readKeypadMenu('m.yaml', unspoken).start).toBe('main');
});

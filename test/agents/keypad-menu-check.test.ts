// What a check finds in a menu, and that it agrees with callers who press every key there is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  menuProblems,
  pagesWithoutEnd,
  reachablePages,
  stopsCallers,
  wayOf,
} from '../../src/agents/keypad-menu-check.ts';
import {
  keypadMenuSchema,
  KEYS,
  type KeypadMenu,
  type Leads,
  type MenuPage,
} from '../../src/agents/keypad-menu.ts';

type Options = Record<string, Record<string, unknown>>;
const page = (options: Options, more: object = {}): object => ({ say: 'Welcome.', options, ...more });
const menuOf = (menus: Record<string, object>): KeypadMenu =>
  keypadMenuSchema.parse({ start: 'main', menus });
const found = (menus: Record<string, object>): string[] =>
  menuProblems(menuOf(menus)).map(({ kind, path }) => `${kind} ${path.join('.')}`);
const END = { name: 'desk', spoken: 'the desk', destination: 'desk' };

describe('a check names', () => {
  test.each<[string, Record<string, object>, string[]]>([
    ['nothing in a menu that is whole', { main: page({ 1: END }) }, []],
    ['a start that is not there', { other: page({ 1: END }) }, ['dead-end start', 'unreachable menus.other']],
    [
      'a key that leads nowhere',
      { main: page({ 1: END, 2: { name: 'b', spoken: 'b', menu: 'gone' } }) },
      ['dead-end menus.main.options.2.menu'],
    ],
    [
      'a key that leads nowhere once something was said',
      { main: page({ 1: END, 2: { name: 'b', spoken: 'b', say: 'Wait.', menu: 'gone' } }) },
      ['dead-end menus.main.options.2.menu'],
    ],
    [
      'no key, or a wrong one, that leads nowhere',
      { main: page({ 1: END }, { otherwise: { menu: 'gone' } }) },
      ['dead-end menus.main.otherwise.menu'],
    ],
    [
      'a page without keys',
      { main: page({ 1: END, 2: { name: 'b', spoken: 'b', menu: 'empty' } }), empty: { say: 'Nothing.' } },
      ['dead-end menus.empty'],
    ],
    [
      'a loop without a way out',
      {
        main: page({ 1: END, 2: { name: 'b', spoken: 'b', menu: 'round' } }),
        round: page({ 1: { name: 'c', spoken: 'c', menu: 'again' } }),
        again: page({
          1: { name: 'd', spoken: 'd', menu: 'round' },
          2: { name: 'e', spoken: 'e', repeat: true },
        }),
      },
      ['no-end menus.round', 'no-end menus.again'],
    ],
    [
      'no loop that "back" leads out of',
      {
        main: page({ 1: END, 2: { name: 'b', spoken: 'b', menu: 'round' } }),
        round: page({ 1: { name: 'c', spoken: 'c', back: true } }),
      },
      [],
    ],
    [
      'a start from which only "back" leads, as there is nothing before it',
      { main: page({ 1: { name: 'c', spoken: 'c', back: true } }) },
      ['no-end menus.main'],
    ],
    [
      'a page that no key leads to',
      { main: page({ 1: END }), lost: page({ 1: { name: 'b', spoken: 'b', hang_up: true } }) },
      ['unreachable menus.lost'],
    ],
    [
      'an option that nobody is told of, unless the page says its key',
      {
        main: page(
          { 1: { name: 'a', hang_up: true }, 2: { name: 'b', voicemail: true } },
          { say: 'To end the call, press 1.' },
        ),
      },
      ['unspoken menus.main.options.2'],
    ],
    [
      'a name that two options have',
      { main: page({ 1: END, 2: { name: 'desk', spoken: 'b', hang_up: true } }) },
      ['twice menus.main.options.2.name'],
    ],
    [
      'words that lead to two places, however they are written',
      { main: page({ 1: END, 2: { name: 'b', spoken: 'The DESK!', hang_up: true } }) },
      ['same-words menus.main.options.2.spoken'],
    ],
    [
      'an option of which only the key is said',
      { main: page({ 1: { name: 'a', hang_up: true } }, { say: 'Welcome. Press 1.' }) },
      ['unspoken menus.main.options.1'],
    ],
    [
      'words that are read out and lead to two places, written or not',
      {
        main: page(
          {
            1: { name: 'a', destination: 'cards' },
            2: { name: 'b', spoken: 'refunds', menu: 'more' },
          },
          { say: 'For payments press 1.' },
        ),
        more: page(
          { 1: { name: 'c', destination: 'others' }, 2: { name: 'd', spoken: 'Payments', hang_up: true } },
          { say: 'For payments press 1.' },
        ),
      },
      ['same-words menus.more.options.1', 'same-words menus.more.options.2.spoken'],
    ],
    [
      'keys that are said and are not there, each',
      { main: page({ 1: END }, { say: 'For the desk press 1. For bills press 2. For repairs press 3.' }) },
      ['unlisted menus.main.say', 'unlisted menus.main.say'],
    ],
    [
      'no key that is said where all others lead somewhere, and none that is said for nothing',
      {
        main: page(
          { 1: END, 2: { name: 'b', spoken: 'b', menu: 'more' } },
          {
            say: 'For bills press 3.',
            otherwise: { voicemail: true },
          },
        ),
        more: page({ 1: { ...END, name: 'c' } }, { say: 'Press 3.' }),
      },
      [],
    ],
    ['no words that lead to one place twice', { main: page({ 1: END, 2: { ...END, name: 'b' } }) }, []],
  ])('%s', (_, menus, problems) => expect(found(menus)).toEqual(problems));

  test('a page, and a key, that is there twice: by hand, as no file can hold one', () => {
    const one: MenuPage = {
      ...{ name: 'main', say: '', otherwise: undefined },
      options: [
        { key: '1', name: 'a', spoken: 'a', leads: { to: 'hang-up' } },
        { key: '1', name: 'b', spoken: 'b', leads: { to: 'voicemail' } },
      ],
    };
    const twice = menuProblems({ start: 'main', menus: [one, { ...one, options: [] }] });
    expect(twice.map(({ kind, path }) => `${kind} ${path.join('.')}`)).toEqual([
      'twice menus.main.options.1',
      'twice menus.main',
      'dead-end menus.main',
      'unreachable menus.main',
    ]);
    expect(twice.map(stopsCallers)).toEqual([true, true, true, false]);
  });
});

const NAMES = ['main', 'p1', 'p2', 'p3'];
const leads: fc.Arbitrary<Leads> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...NAMES).map((name): Leads => ({ to: 'menu', name })) },
  { weight: 3, arbitrary: fc.constant<Leads>({ to: 'back' }) },
  fc.constantFrom<Leads>({ to: 'repeat' }, { to: 'destination', name: 'desk' }, { to: 'menu', name: 'gone' }),
  fc.constantFrom<Leads>(
    { to: 'say', text: 'Then.', then: { to: 'menu', name: 'p3' } },
    { to: 'say', text: 'So.', then: undefined },
  ),
);
const pages = fc.tuple(
  ...NAMES.map((name) =>
    fc
      .record({ options: fc.array(leads, { maxLength: 3 }), otherwise: fc.option(leads, { nil: undefined }) })
      .map(({ options, otherwise }): MenuPage => ({
        ...{ name, say: '', otherwise },
        options: options.map((one, at) => ({
          key: KEYS[at]!,
          name: `${name}_${at}`,
          spoken: '',
          leads: one,
        })),
      })),
  ),
);

/** Further than any way out of four pages takes a caller. */
const DEEPEST = 8;

/** Every place that callers get to, by the pages that they came through, and from which of them an end can be reached. */
function pressEverything(menus: readonly MenuPage[]): { places: Map<string, string[]>; free: Set<string> } {
  const nexts = new Map<string, string[]>();
  const free = new Set<string>();
  const waiting = [['main']];
  for (const trail of waiting) {
    const at = trail.join('>');
    if (nexts.has(at)) continue;
    const reached: string[] = [];
    nexts.set(at, reached);
    const here = menus.find(({ name }) => name === trail.at(-1))!;
    for (const one of [
      ...here.options.map((option) => option.leads),
      ...(here.otherwise ? [here.otherwise] : []),
    ]) {
      const way = wayOf(one);
      if (way === 'end') free.add(at);
      let next = way === 'back' && trail.length > 1 ? trail.slice(0, -1) : trail;
      if (typeof way === 'object' && way.page !== trail.at(-1) && NAMES.includes(way.page))
        next = way.page === 'main' ? ['main'] : [...trail, way.page];
      if (next.length > DEEPEST) continue;
      reached.push(next.join('>'));
      waiting.push(next);
    }
  }
  for (let before = -1; before < free.size;) {
    before = free.size;
    for (const [at, reached] of nexts) if (reached.some((next) => free.has(next))) free.add(at);
  }
  return { places: nexts, free };
}

test('pages are reachable, and without an end, exactly where pressing every key says so', () => {
  fc.assert(
    fc.property(pages, (menus) => {
      const menu: KeypadMenu = { start: 'main', menus };
      const { places, free } = pressEverything(menus);
      const pageAt = (at: string): string => at.split('>').at(-1)!;
      const reached = new Set([...places.keys()].map(pageAt));
      expect(new Set(reachablePages(menu).map(({ name }) => name))).toEqual(reached);
      const shallow = [...places.keys()].filter((at) => at.split('>').length <= DEEPEST / 2 + 1);
      const stuck = new Set(shallow.filter((at) => !free.has(at)).map(pageAt));
      expect(new Set(pagesWithoutEnd(menu).map(({ name }) => name))).toEqual(stuck);
    }),
    { numRuns: 150 },
  );
});

// Whether a keypad menu leads every caller somewhere: dead ends, loops without a way out, pages that nobody reaches, options that
// nobody is told of, keys that are said and are not there, and names that two share. Pure; knows no file.
import { pageOf, type KeypadMenu, type Leads, type MenuOption, type MenuPage } from './keypad-menu.ts';
import { askedFor, choicesIn } from './keypad-menu-words.ts';

export interface MenuProblem {
  readonly kind: 'dead-end' | 'no-end' | 'unreachable' | 'unspoken' | 'twice' | 'same-words' | 'unlisted';
  readonly page: string;
  /** Of the option it is about; undefined: the page, or its `otherwise`. */
  readonly key: string | undefined;
  /** The field in the file. */
  readonly path: readonly string[];
  /** What is wrong, and what to do. */
  readonly words: string;
}

/** With these a caller would be stuck, or it would be chance where they get: such a menu is not used. */
export const stopsCallers = ({ kind }: MenuProblem): boolean =>
  kind === 'dead-end' || kind === 'no-end' || kind === 'twice';

/** What is left of leads once everything was said. */
export type Way = 'end' | 'stay' | 'back' | { readonly page: string };

export function wayOf(leads: Leads): Way {
  switch (leads.to) {
    case 'menu':
      return { page: leads.name };
    case 'repeat':
      return 'stay';
    case 'back':
      return 'back';
    case 'say':
      return leads.then === undefined ? 'end' : wayOf(leads.then);
    default:
      return 'end';
  }
}

/** Of its keys, and of all that is no key of it. */
export const waysFrom = ({ options, otherwise }: MenuPage): Way[] =>
  [...options.map(({ leads }) => leads), ...(otherwise ? [otherwise] : [])].map(wayOf);

const pagesFrom = (menu: KeypadMenu, page: MenuPage): MenuPage[] =>
  waysFrom(page).flatMap((way) => (typeof way === 'object' ? (pageOf(menu, way.page) ?? []) : []));

/** Every page that keys lead to, the start first, those that take fewer keys before the others. */
export function reachablePages(menu: KeypadMenu): MenuPage[] {
  const start = pageOf(menu, menu.start);
  const reached = new Set(start ? [start] : []);
  for (const page of reached) for (const next of pagesFrom(menu, page)) reached.add(next);
  return [...reached];
}

/**
 * The reachable pages on which a caller can be without any keys that lead to an end. `back` leads to where the caller came from,
 * so a page that knows no end itself may be left by it, unless they came from a page that is stuck too.
 */
export function pagesWithoutEnd(menu: KeypadMenu): MenuPage[] {
  const reachable = reachablePages(menu);
  const free = new Set(reachable.filter((page) => waysFrom(page).includes('end')));
  for (let before = -1; before < free.size;) {
    before = free.size;
    for (const page of reachable) if (pagesFrom(menu, page).some((next) => free.has(next))) free.add(page);
  }
  const hasBack = (page: MenuPage): boolean => page.name !== menu.start && waysFrom(page).includes('back');
  const stuck = new Set(reachable.filter((page) => !free.has(page) && !hasBack(page)));
  for (const page of stuck) for (const next of pagesFrom(menu, page)) if (!free.has(next)) stuck.add(next);
  return reachable.filter((page) => stuck.has(page));
}

/** In the order of the file. */
export function menuProblems(menu: KeypadMenu): MenuProblem[] {
  const found: MenuProblem[] = [];
  if (pageOf(menu, menu.start) === undefined)
    found.push({
      ...{ kind: 'dead-end', page: menu.start, key: undefined, path: ['start'] },
      words: `there is no menu "${menu.start}"; ${namesOf(menu)}`,
    });
  const withoutEnd = new Set(pagesWithoutEnd(menu));
  const reachable = new Set(reachablePages(menu));
  const taken = { names: new Map<string, Seen>(), words: new Map<string, Seen>(), pages: new Set<string>() };
  for (const page of menu.menus) {
    const at = { page: page.name, key: undefined, path: ['menus', page.name] };
    if (taken.pages.has(page.name))
      found.push({
        ...at,
        kind: 'twice',
        words: 'another menu has this name already; give one of them another',
      });
    taken.pages.add(page.name);
    if (page.options.length === 0)
      found.push({ ...at, kind: 'dead-end', words: 'no key does anything here; give it options' });
    else if (withoutEnd.has(page))
      found.push({
        ...{ ...at, kind: 'no-end' },
        words:
          'no keys lead from here to an end, so callers go round in circles; give it a key that leads to a destination, ' +
          'voicemail, hang_up, a tool, an agent, or only says something',
      });
    if (!reachable.has(page))
      found.push({
        ...at,
        kind: 'unreachable',
        words: 'no key leads here; lead one here, or leave the menu out',
      });
    found.push(...ofLeads(menu, page.otherwise, { ...at, path: [...at.path, 'otherwise'] }));
    found.push(...ofOptions(menu, page, taken));
    found.push(...ofSaid(page));
  }
  return found;
}

interface Seen {
  readonly page: string;
  readonly option: MenuOption;
}
interface Taken {
  readonly names: Map<string, Seen>;
  readonly words: Map<string, Seen>;
}

function* ofOptions(menu: KeypadMenu, page: MenuPage, { names, words }: Taken): Generator<MenuProblem> {
  const keys = new Set<string>();
  for (const option of page.options) {
    const { key, name, spoken, leads } = option;
    const at = { page: page.name, key, path: ['menus', page.name, 'options', key] };
    yield* ofLeads(menu, leads, at);
    if (keys.has(key))
      yield { ...at, kind: 'twice', words: `key ${key} is there twice; give one of them another` };
    keys.add(key);
    const named = names.get(name);
    if (named)
      yield {
        ...{ ...at, kind: 'twice', path: [...at.path, 'name'] },
        words: `${placeOf(named)} is called "${name}" already; give one of them another name`,
      };
    else names.set(name, { page: page.name, option });
    const asked = folded(spoken) || folded(askedFor(page, { ...option, spoken: '' }));
    if (asked === '') {
      yield {
        ...{ ...at, kind: 'unspoken' },
        words: `neither spoken nor what the menu says tells callers of key ${key}; write spoken: how they would ask for it`,
      };
      continue;
    }
    const other = words.get(asked);
    if (other === undefined) words.set(asked, { page: page.name, option });
    else if (JSON.stringify(other.option.leads) !== JSON.stringify(leads))
      yield {
        ...{ ...at, kind: 'same-words', path: spoken === '' ? at.path : [...at.path, 'spoken'] },
        words: `${placeOf(other)} is asked for in the same words and leads elsewhere; say in spoken which one is meant`,
      };
  }
}

const folded = (words: string): string =>
  words
    .toLocaleLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** What it says of keys that it does not have. */
function* ofSaid({ name, say, options, otherwise }: MenuPage): Generator<MenuProblem> {
  // Every key of such a page leads somewhere.
  if (otherwise !== undefined) return;
  for (const { key, words } of choicesIn(say))
    if (words !== '' && !options.some((option) => option.key === key))
      yield {
        ...{ kind: 'unlisted', page: name, key: undefined, path: ['menus', name, 'say'] },
        words: `it says key ${key} is for "${words}", and has no such key; give it one, unless a shortcut of the profile has it`,
      };
}

function* ofLeads(
  menu: KeypadMenu,
  leads: Leads | undefined,
  at: Omit<MenuProblem, 'kind' | 'words'>,
): Generator<MenuProblem> {
  const way = leads === undefined ? 'stay' : wayOf(leads);
  if (typeof way === 'object' && pageOf(menu, way.page) === undefined)
    yield {
      ...{ ...at, kind: 'dead-end', path: [...at.path, 'menu'] },
      words: `there is no menu "${way.page}"; ${namesOf(menu)}`,
    };
}

const placeOf = ({ page, option }: Seen): string => `key ${option.key} of ${page}`;
const namesOf = ({ menus }: KeypadMenu): string =>
  menus.length === 0 ? 'the file has none' : `there are ${menus.map(({ name }) => name).join(', ')}`;

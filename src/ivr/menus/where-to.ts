// Where a key leads from the page that a caller is at. Pure; what is then done is not known here.
import { reachablePages, wayOf, waysFrom } from '../../agents/keypad-menu-check.ts';
import { pageOf, type KeypadMenu, type Leads, type MenuOption } from '../../agents/keypad-menu.ts';

/** Where a caller is in a menu. */
export interface MenuPlace {
  /** The name of a page. */
  readonly page: string;
  /** The pages they came through, the start first; `back` leads to the last of them. */
  readonly before: readonly string[];
}

export interface Went {
  /** Undefined: the page has no such key. */
  readonly option: MenuOption | undefined;
  /** What is to be done; for menu, repeat and back only the new page is to be told. */
  readonly leads: Leads;
  /** Where the caller is from now on. */
  readonly place: MenuPlace;
}

/** Callers who go round in circles come back through no more pages than these, the start among them. */
const MOST_BEFORE = 50;

export const startOf = ({ start }: KeypadMenu): MenuPlace => ({ page: start, before: [] });

/** A bare page is one whose `back` leads to where it is reached with the fewest keys. */
export function whereTo(menu: KeypadMenu, from: MenuPlace | string, key: string): Went {
  const place = typeof from === 'string' ? placeOf(menu, from) : from;
  const page = pageOf(menu, place.page);
  const option = page?.options.find((one) => one.key === key);
  const leads = option?.leads ?? page?.otherwise ?? { to: 'repeat' };
  return { option, leads, place: after(menu, place, leads) };
}

/** By voice, from wherever the caller is. Undefined: there is no such option. */
export function whereToByName(menu: KeypadMenu, from: MenuPlace, name: string): Went | undefined {
  const found = optionsByName(menu).get(name);
  if (found === undefined) return undefined;
  const place = found.page === from.page ? from : placeOf(menu, found.page);
  return { option: found.option, leads: found.option.leads, place: after(menu, place, found.option.leads) };
}

function after(menu: KeypadMenu, place: MenuPlace, leads: Leads): MenuPlace {
  const way = wayOf(leads);
  if (way === 'back') {
    const page = place.before.at(-1);
    return page === undefined ? place : { page, before: place.before.slice(0, -1) };
  }
  if (typeof way === 'string' || way.page === place.page || !pageOf(menu, way.page)) return place;
  // Whoever is at the start again begins anew.
  if (way.page === menu.start) return startOf(menu);
  const before = [...place.before, place.page];
  return {
    page: way.page,
    before: before.length <= MOST_BEFORE ? before : [before[0]!, ...before.slice(1 - MOST_BEFORE)],
  };
}

/** On the way with the fewest keys. */
export function placeOf(menu: KeypadMenu, page: string): MenuPlace {
  const before = new Map<string, readonly string[]>([[menu.start, []]]);
  for (const reached of reachablePages(menu)) {
    const trail = [...(before.get(reached.name) ?? []), reached.name];
    for (const way of waysFrom(reached))
      if (typeof way === 'object' && !before.has(way.page)) before.set(way.page, trail);
  }
  return { page, before: before.get(page) ?? (page === menu.start ? [] : [menu.start]) };
}

export interface NamedOption {
  readonly page: string;
  readonly option: MenuOption;
}

/** Every option that keys lead to, by its name; of two with one name the first. */
export function optionsByName(menu: KeypadMenu): ReadonlyMap<string, NamedOption> {
  const named = new Map<string, NamedOption>();
  for (const page of reachablePages(menu))
    for (const option of page.options)
      if (!named.has(option.name)) named.set(option.name, { page: page.name, option });
  return named;
}

/** In a path of keys: any that the page does not have. */
export const OTHER = 'other';

/** The keys from the start to each page that keys lead to; of several ways the shortest. */
export function pathsOf(menu: KeypadMenu): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>([[menu.start, []]]);
  for (const { name, options, otherwise } of reachablePages(menu))
    for (const { key, leads } of [...options, ...(otherwise ? [{ key: OTHER, leads: otherwise }] : [])]) {
      const way = wayOf(leads);
      const path = paths.get(name);
      if (path && typeof way === 'object' && !paths.has(way.page)) paths.set(way.page, [...path, key]);
    }
  return paths;
}

// The keypad: of the keys that a caller presses one by one, groups are made, and shortcuts act at once. Pure; what a group
// or an action does to the call is not known here, nor is time.
import { pageOf, type KeypadMenu } from '../agents/keypad-menu.ts';
import { startOf, whereTo, type MenuPlace, type Went } from './menus/where-to.ts';

/** What a key does by itself. Names are the profile's. */
export type KeyAction =
  | { readonly do: 'destination'; readonly name: string }
  | { readonly do: 'voicemail' }
  | { readonly do: 'hang-up' }
  | { readonly do: 'agent'; readonly name: string }
  /** It is run without arguments. */
  | { readonly do: 'tool'; readonly name: string };

export interface KeypadRules {
  /** A group is complete when no key has followed for so long, in milliseconds. */
  readonly pauseMs: number;
  /** It completes a group at once, and is not part of it; undefined: no key does. */
  readonly finishKey: '#' | '*' | undefined;
  readonly shortcuts: Readonly<Record<string, KeyAction>>;
  /** Left out: the profile has none. */
  readonly menu?: KeypadMenu | undefined;
}

export interface Keypad {
  /** Of a group that is not complete yet. */
  readonly keys: string;
  /** The caller was asked to type: the next group is meant as a whole, whatever its first key is a shortcut for. */
  readonly asked: boolean;
  /** In the profile's menu; undefined: at its start. */
  readonly place?: MenuPlace | undefined;
}

export const NO_KEYS: Keypad = { keys: '', asked: false };

/** Longer than any number that people know by heart, or read from a card; more comes from something that leans on a key. */
export const MOST_KEYS = 32;

export type Pressed =
  | { is: 'more' }
  | { is: 'group'; keys: string }
  | { is: 'action'; key: string; action: KeyAction }
  /** Of the menu: an option, or what its page says of every key that it does not list. */
  | { is: 'option'; key: string; went: Went };

interface Press {
  readonly keypad: Keypad;
  readonly pressed: Pressed;
}

/**
 * Every key ends in exactly one group, or acts once: the options of the page where the caller is come before the shortcuts, and
 * these before what the page says of all other keys. A finish key without a group before it is a group of its own, unless it is
 * an option or a shortcut: who presses it once too often wants none of all other keys.
 */
export function press({ keys, asked, place }: Keypad, key: string, rules: KeypadRules): Press {
  const { finishKey, shortcuts, menu } = rules;
  const empty: Keypad = { ...NO_KEYS, place };
  if (keys === '' && !asked) {
    const found = menu && inMenu(menu, place ?? startOf(menu), key);
    if (found?.isListed) return found.press;
    const action = Object.hasOwn(shortcuts, key) ? shortcuts[key] : undefined;
    if (action) return { keypad: empty, pressed: { is: 'action', key, action } };
    if (found && key !== finishKey) return found.press;
  }
  const group = key === finishKey && keys !== '' ? keys : keys + key;
  if (key === finishKey || group.length >= MOST_KEYS)
    return { keypad: empty, pressed: { is: 'group', keys: group } };
  return { keypad: { keys: group, asked, place }, pressed: { is: 'more' } };
}

/** Undefined: it is told, or does what all other keys do. */
export type ActsAlone = 'shortcut' | 'option' | undefined;

/** What a key does with none before it. */
export function actsAlone(keypad: Keypad, key: string, rules: KeypadRules): ActsAlone {
  const { pressed } = press({ ...keypad, keys: '' }, key, rules);
  if (pressed.is === 'action') return 'shortcut';
  return pressed.is === 'option' && pressed.went.option ? 'option' : undefined;
}

/** Undefined: the page says nothing of this key, or of all others. */
function inMenu(
  menu: KeypadMenu,
  from: MenuPlace,
  key: string,
): { isListed: boolean; press: Press } | undefined {
  const went = whereTo(menu, from, key);
  const isListed = went.option !== undefined;
  if (!isListed && !pageOf(menu, from.page)?.otherwise) return undefined;
  const keypad: Keypad = { ...NO_KEYS, place: went.place };
  return { isListed, press: { keypad, pressed: { is: 'option', key, went } } };
}

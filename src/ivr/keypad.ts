// The keypad: of the keys that a caller presses one by one, groups are made, and shortcuts act at once. Pure; what a group
// or an action does to the call is not known here, nor is time.

import type { KeypadMenu } from '../agents/keypad-menu.ts';
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
  /** Of the menu. */
  | { is: 'option'; key: string; went: Went };

interface Press {
  readonly keypad: Keypad;
  readonly pressed: Pressed;
}

/**
 * Every key ends in exactly one group, or acts once: where the caller is in the menu comes before the shortcuts. A finish key
 * without a group before it is a group of its own.
 */
export function press({ keys, asked, place }: Keypad, key: string, rules: KeypadRules): Press {
  const { finishKey, shortcuts, menu } = rules;
  const empty: Keypad = { ...NO_KEYS, place };
  if (keys === '' && !asked) {
    const went = menu && whereTo(menu, place ?? startOf(menu), key);
    if (went?.option)
      return { keypad: { ...NO_KEYS, place: went.place }, pressed: { is: 'option', key, went } };
    const action = Object.hasOwn(shortcuts, key) ? shortcuts[key] : undefined;
    if (action) return { keypad: empty, pressed: { is: 'action', key, action } };
  }
  const group = key === finishKey && keys !== '' ? keys : keys + key;
  if (key === finishKey || group.length >= MOST_KEYS)
    return { keypad: empty, pressed: { is: 'group', keys: group } };
  return { keypad: { keys: group, asked, place }, pressed: { is: 'more' } };
}

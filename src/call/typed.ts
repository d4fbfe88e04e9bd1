// What a caller types, and what tools ask of the keypad: small parts that several themes of the call share. Pure.
import { toolCallId, turnId, type ToolCallId, type TurnId } from '../base/ids.ts';
import { actsAlone, NO_KEYS, type ActsAlone, type Keypad } from '../ivr/keypad.ts';
import { CAME_FROM, placeChosen, told } from '../ivr/menus/choices.ts';
import { startOf } from '../ivr/menus/where-to.ts';
import type { JsonObject } from '../live/session.ts';
import type { CallAction } from '../tools/tool.ts';
import type { CallRules } from './rules.ts';
import type { CallState, Effect, Talk } from './state.ts';

/** Whoever was asked to type may have to look for the number first; whoever has said it instead wants their shortcuts back. */
const ASKED_FOR_MS = 60_000;

/** For the model. True whenever it is read: one that takes the call over later is told it again. */
export const typed = (keys: string): string => `[The caller pressed keypad keys: ${keys}]`;

/** For a caller who is let go before the group was complete. */
export const lastKeys = ({ keys }: { readonly keys: string }): readonly Effect[] =>
  keys === ''
    ? []
    : [
        { do: 'disarm', timer: 'keys' },
        { do: 'tellModel', text: typed(keys), answer: false },
      ];

/** Where there is no model any more nobody is told of groups; the caller is where they were. */
export function keypadOf(state: CallState): Keypad {
  if ('keypad' in state) return state.keypad;
  return state.phase === 'finishing' ? { ...NO_KEYS, place: state.place } : NO_KEYS;
}

/** What a key does by itself where the caller is now. */
export const actsAloneIn = (state: CallState, key: string, { keypad }: CallRules): ActsAlone =>
  actsAlone(keypadOf(state), key, keypad);

export type OfKeypad = Extract<CallAction, { type: 'expectKeys' | 'atPage' }>;

/** What a tool asks of the keypad alone. */
export const isOfKeypad = (then: CallAction): then is OfKeypad =>
  then.type === 'expectKeys' || then.type === 'atPage';

/** `now`: told to the model beside the tool's own words. */
export function ofKeypad(
  keypad: Keypad,
  then: OfKeypad,
  { keypad: { menu } }: CallRules,
): { keypad: Keypad; effects: readonly Effect[]; now: JsonObject } {
  if (then.type === 'expectKeys') {
    // Of a group that has begun, the pause is under way.
    const wait: Effect[] = keypad.keys === '' ? [{ do: 'arm', timer: 'keys', ms: ASKED_FOR_MS }] : [];
    return { keypad: { ...keypad, asked: true }, effects: wait, now: {} };
  }
  if (!menu) return { keypad, effects: [], now: {} };
  const place = placeChosen(menu, keypad.place ?? startOf(menu), then.page);
  const now = then.page === CAME_FROM ? { now: told(menu, { to: 'back' }, place.page) } : {};
  return { keypad: { ...keypad, place }, effects: [], now };
}

const KEYED = 'key:';

/** Of a tool that a key runs: no id of the model's begins so. */
export const isKeyed = (id: ToolCallId): boolean => id.startsWith(KEYED);

export const ranByKeys = ({ tools }: Pick<Talk, 'tools'>): ReadonlySet<ToolCallId> =>
  new Set([...tools].filter(isKeyed));

/** Every press has an id of its own. */
export const keyed = (digit: string, upTo: TurnId): ToolCallId => toolCallId(`${KEYED}${digit}:${upTo}`);

/** The key that ran it, and every turn that was given by then. */
export function pressOf(id: ToolCallId): { digit: string; upTo: TurnId } {
  const [digit = '', upTo] = id.slice(KEYED.length).split(':');
  return { digit, upTo: turnId(Number(upTo)) };
}

// What a caller types, and what tools ask of the keypad: small parts that several themes of the call share. Pure.
import { toolCallId, type ToolCallId, type TurnId } from '../base/ids.ts';
import type { Keypad } from '../ivr/keypad.ts';
import { placeOf } from '../ivr/menus/where-to.ts';
import type { CallAction } from '../tools/tool.ts';
import type { CallRules } from './rules.ts';
import type { Effect } from './state.ts';

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

type OfKeypad = Extract<CallAction, { type: 'expectKeys' | 'atPage' }>;

/** What a tool asks of the keypad alone. */
export const isOfKeypad = (then: CallAction): then is OfKeypad =>
  then.type === 'expectKeys' || then.type === 'atPage';

export function ofKeypad(keypad: Keypad, then: OfKeypad, { keypad: { menu } }: CallRules): Keypad {
  if (then.type === 'expectKeys') return { ...keypad, asked: true };
  return { ...keypad, place: menu && placeOf(menu, then.page) };
}

const KEYED = 'key:';

/** Of a tool that a key runs: no id of the model's begins so. */
export const isKeyed = (id: ToolCallId): boolean => id.startsWith(KEYED);

/** Every press has an id of its own. */
export const keyed = (digit: string, upTo: TurnId): ToolCallId => toolCallId(`${KEYED}${digit}:${upTo}`);

/** The key that ran it. */
export const keyOf = (id: ToolCallId): string => id.slice(KEYED.length).split(':')[0] ?? '';

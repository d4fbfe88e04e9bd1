// A caller who speaks after all when they were about to be let go: they are waited for, and listened to. Pure, as step.ts,
// which it serves.
import { awaiting } from './dead-air.ts';
import { leave } from './elsewhere.ts';
import type { CallRules } from './rules.ts';
import { stay, type Leaving, type Step } from './state.ts';
import { staying, stillHere } from './still-here.ts';
import { ranByKeys } from './typed.ts';

const LOOK_AGAIN_AFTER_MS = 500;
/** Of 500 ms each: what sounds like speech for longer, and never comes to an end, is noise. */
const MOST_WAITS = 20;

/** The goodbye is over. Nobody is let go in the middle of a sentence of theirs, of a number that they type, or of what a key runs. */
export function letGo(state: Leaving, callerSpeaks: boolean, rules: CallRules): Step {
  const { departure, alone, spokenTo: isSpokenTo, waited, keypad } = state;
  // Another agent hears what the caller says, and a recorded voice that wants a key never falls silent.
  const isListenedTo = departure.to !== 'agent' && departure.to !== 'keys' && !alone;
  const isTyping = keypad.keys !== '';
  const saysMore = (callerSpeaks && isSpokenTo) || isTyping || ranByKeys(state).size > 0;
  if (!saysMore || !isListenedTo || waited >= MOST_WAITS) return leave(state, rules, callerSpeaks);
  return {
    state: { ...state, waited: waited + 1 },
    effects: [{ do: 'arm', timer: 'goodbye', ms: LOOK_AGAIN_AFTER_MS }],
  };
}

/** What began before we were about to let them go the model has answered by that. */
export function spokenTo(state: Leaving, is: 'started' | 'ended'): Step {
  if (is === 'started') return stay({ ...state, spokenTo: true });
  if (state.departure.to === 'agent') return stay(awaiting(state, 'answer'));
  if (!state.spokenTo || state.alone || state.departure.to === 'keys') return stay(state);
  return {
    state: awaiting(staying(state), 'answer'),
    effects: [{ do: 'disarm', timer: 'goodbye' }, stillHere(state)],
  };
}

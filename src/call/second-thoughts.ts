// A caller who speaks after all when they were about to be let go: they are waited for, and listened to. Pure, as step.ts,
// which it serves.
import { awaiting } from './dead-air.ts';
import { leave } from './elsewhere.ts';
import type { CallRules } from './rules.ts';
import { stay, type Effect, type Leaving, type Step, type Talk } from './state.ts';

const LOOK_AGAIN_AFTER_MS = 500;
/** Of 500 ms each: what sounds like speech for longer, and never comes to an end, is noise. */
const MOST_WAITS = 20;

/** The goodbye is over. Nobody is let go in the middle of a sentence of theirs. */
export function letGo(state: Leaving, callerSpeaks: boolean, rules: CallRules): Step {
  const isOver = !callerSpeaks || state.alone || !state.spokenTo || state.waited >= MOST_WAITS;
  if (isOver) return leave(state, rules);
  return {
    state: { ...state, waited: state.waited + 1 },
    effects: [{ do: 'arm', timer: 'goodbye', ms: LOOK_AGAIN_AFTER_MS }],
  };
}

/** What began before we were about to let them go the model has answered by that. */
export function spokenTo(state: Leaving, is: 'started' | 'ended'): Step {
  if (is === 'started') return stay({ ...state, spokenTo: true });
  if (!state.spokenTo || state.alone) return stay(state);
  return {
    state: awaiting(staying(state), 'answer'),
    effects: [{ do: 'disarm', timer: 'goodbye' }, stillHere(state)],
  };
}

export function staying(leaving: Leaving): Talk {
  const { line, losses, away, greeting, speech, doomed, tools, awaits, lowered } = leaving;
  const talk = { line, losses, away, greeting, speech, doomed, tools, awaits, lowered };
  return { ...talk, phase: 'talking', asked: false };
}

/** The model was told that they are let go, and to say nothing more. True whenever it is read. */
export const stillHere = ({ departure }: Leaving): Effect => ({
  do: 'tellModel',
  answer: false,
  text:
    `At this point the caller spoke before they were ${departure.to === 'hang-up' ? 'hung up on' : 'let go'}, and so they are still on the line ` +
    'with you: nothing was done. Answer them; if it is still wanted then, call the tool again.',
});

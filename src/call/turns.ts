// The agent's turns, as the caller hears them: each begins at its first sound and ends when its last was heard. Pure, as
// step.ts, which it serves.
import type { TurnId } from '../base/ids.ts';
import { firstComfort } from './away.ts';
import { cutDoomed } from './barge-in.ts';
import { awaiting } from './dead-air.ts';
import { leaveSoon } from './ending.ts';
import { greetingIsOver, greetingStarted } from './greeting.ts';
import type { CallRules } from './rules.ts';
import { raised } from './speech.ts';
import { QUIET, stay, type Connecting, type Effect, type Step, type Talk, type TalkStep } from './state.ts';

export function turnStarted(talk: Talk, turn: TurnId, rules: CallRules): Step {
  // The answer to an interruption must not queue behind what was interrupted.
  if (talk.doomed !== undefined) return startedAfter(cutDoomed(talk, rules), turn, rules);
  // Who is spoken to before the line was open needs no greeting any more.
  if (talk.greeting.is === 'recorded') return startedAfter(greetingIsOver(stay(talk), rules), turn, rules);
  if (talk.greeting.is === 'asked') return startedAfter(greetingStarted(talk, turn, rules), turn, rules);
  const next: Talk = awaiting({ ...talk, speech: { is: 'speaking', turn, generating: true } }, 'more');
  return next.phase === 'leaving' ? leaveSoon({ ...next, told: false }) : stay(next);
}

function startedAfter({ state, effects }: TalkStep, turn: TurnId, rules: CallRules): Step {
  const started = turnStarted(state, turn, rules);
  return { state: started.state, effects: [...effects, ...started.effects] };
}

/** Before the model is there: whoever was greeted has something to say, or waits to be spoken to. */
export function greetingHeard(state: Connecting, turn: TurnId, rules: CallRules): Step {
  if (state.speech.is === 'quiet' || state.speech.turn !== turn) return stay(state);
  const over = greetingIsOver(stay({ ...state, speech: QUIET }), rules);
  return { state: over.state, effects: [...over.effects, firstComfort(rules)] };
}

export function turnHeard(talk: Talk, turn: TurnId, rules: CallRules): Step {
  const isGreeting = talk.greeting.is === 'spoken' && talk.greeting.turn === turn;
  const over = isGreeting ? greetingIsOver(stay(talk), rules) : stay(talk);
  // What was a goodbye too greets nobody else.
  const kept: Effect[] = isGreeting && talk.phase === 'talking' ? [{ do: 'keepGreeting', turn }] : [];
  const { state: loud, effects: louder } = raised(over.state);
  const effects = [...over.effects, ...kept, ...louder];
  if (talk.speech.is === 'quiet' || talk.speech.turn !== turn) return { state: loud, effects };
  const state: Talk = { ...loud, speech: QUIET, doomed: undefined };
  if (state.phase === 'talking') return { state, effects };
  // Of a goodbye that broke off, the rest is still to come.
  const leaving = leaveSoon({ ...state, said: state.said || state.away?.broken !== true });
  return { state: leaving.state, effects: [...effects, ...leaving.effects] };
}

// While the connection to the model is being renewed: what the caller hears meanwhile. Pure, as step.ts, which it serves.
import { fillSilence, modelIdle } from './dead-air.ts';
import { leaveSoon, modelGone } from './ending.ts';
import type { CallRules } from './rules.ts';
import {
  stay,
  type CallFact,
  type Connecting,
  type Effect,
  type Here,
  type Step,
  type Talk,
  type TalkStep,
} from './state.ts';

/** A pause that long is one that people fill. */
export const COMFORT_AFTER_MS = 1_500;
/** Who has just picked up waits longer: for the first connection, and then for the first word. */
export const FIRST_COMFORT_AFTER_MS = 4_000;
export const COMFORT_EVERY_MS = 4_000;
/** While something is still played, or the caller speaks, there is nothing to fill. */
export const LOOK_AGAIN_AFTER_MS = 500;

/** No longer than the profile bears silence. */
const everyMs = ({ deadAirMs }: CallRules, usualMs: number): number =>
  deadAirMs === 0 ? usualMs : Math.min(usualMs, deadAirMs);

const armed = (ms: number): Effect => ({ do: 'arm', timer: 'comfort', ms });

/** Whoever waits for the model waits so long, and then goes on without it. */
export const modelDue = ({ fallback: { withinMs } }: CallRules): readonly Effect[] =>
  withinMs > 0 ? [{ do: 'arm', timer: 'model', ms: withinMs }] : [];

export const modelThere = ({ fallback: { withinMs } }: CallRules): readonly Effect[] =>
  withinMs > 0 ? [{ do: 'disarm', timer: 'model' }] : [];

export function modelAway(talk: Talk, broken: boolean, rules: CallRules): TalkStep {
  const effects = talk.away ? [] : missed(rules);
  const saidAll = talk.speech.is === 'quiet' || !talk.speech.generating;
  // What it has said whole it does not go on with, and it is not going to say that it waits.
  const waits = !broken && saidAll ? modelIdle(talk) : talk;
  return { state: { ...waits, away: { broken } }, effects };
}

/** From now on the model is missed. */
export const missed = (rules: CallRules): readonly Effect[] => [armed(COMFORT_AFTER_MS), ...modelDue(rules)];

export function modelBack(talk: Talk, rules: CallRules): TalkStep {
  if (!talk.away) return { state: talk, effects: [] };
  const disarmed: readonly Effect[] = [{ do: 'disarm', timer: 'comfort' }, ...modelThere(rules)];
  if (talk.phase === 'talking') return { state: { ...talk, away: undefined }, effects: disarmed };
  // The goodbye has as long as it would have had.
  const leaving = leaveSoon({ ...talk, away: undefined });
  return { state: leaving.state, effects: [...disarmed, ...leaving.effects] };
}

/** In words, for people. */
export const WHY_LATE = {
  away: 'the model was not there within the time that the profile allows (fallback.within_s)',
  mute: 'the model answers nothing, reminded and on a new connection',
} as const;

/** It is given up: were it back a moment later, nobody would be there to hear it. */
export function modelLate(
  state: Here,
  fact: Extract<CallFact, { type: 'modelLate' }>,
  rules: CallRules,
): Step {
  const isTalk = state.phase === 'talking' || state.phase === 'leaving';
  if (fact.is === 'mute' && (state.phase !== 'talking' || !rules.fallback.hasLadder))
    // Nothing is owed to a caller whom the model will not answer.
    return isTalk && state.awaits === 'answer' ? stay({ ...state, awaits: 'nothing' }) : stay(state);
  if (fact.is === 'away' && state.phase !== 'connecting' && !(isTalk && state.away)) return stay(state);
  const gone = modelGone(state, fact, 'model-late', rules);
  return { state: gone.state, effects: [{ do: 'giveUpModel', is: fact.is }, ...gone.effects] };
}

/** Before the model was there for the first time. Whoever was just greeted is waited for as one who just picked up. */
export const firstComfort = (rules: CallRules): Effect => armed(everyMs(rules, FIRST_COMFORT_AFTER_MS));

export const comfortFirst = (state: Connecting, callerSpeaks: boolean, rules: CallRules): Step => ({
  state,
  effects:
    callerSpeaks || state.speech.is === 'speaking'
      ? [armed(LOOK_AGAIN_AFTER_MS)]
      : [{ do: 'comfort' }, armed(everyMs(rules, COMFORT_EVERY_MS))],
});

export function comfort(talk: Talk, fact: Extract<CallFact, { type: 'timeUp' }>, rules: CallRules): TalkStep {
  const { callerSpeaks } = fact;
  // Since the line opened nothing was heard, and now the model thinks over its greeting.
  if (!talk.away && talk.greeting.is === 'asked') return fillSilence(talk, fact, rules);
  if (!talk.away || talk.phase === 'leaving') return stay(talk);
  return talk.speech.is === 'quiet' && talk.line === 'open' && !callerSpeaks
    ? { state: talk, effects: [{ do: 'comfort' }, armed(everyMs(rules, COMFORT_EVERY_MS))] }
    : { state: talk, effects: [armed(LOOK_AGAIN_AFTER_MS)] };
}

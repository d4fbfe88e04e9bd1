// While the connection to the model is being renewed: what the caller hears meanwhile. Pure, as step.ts, which it serves.
import { fillSilence, modelIdle } from './dead-air.ts';
import { leaveSoon } from './ending.ts';
import type { CallRules } from './rules.ts';
import {
  stay,
  type CallFact,
  type Connecting,
  type Effect,
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

export function modelAway(talk: Talk, broken: boolean): TalkStep {
  const effects = talk.away ? [] : [armed(COMFORT_AFTER_MS)];
  const saidAll = talk.speech.is === 'quiet' || !talk.speech.generating;
  // What it has said whole it does not go on with, and it is not going to say that it waits.
  const waits = !broken && saidAll ? modelIdle(talk) : talk;
  return { state: { ...waits, away: { broken } }, effects };
}

export function modelBack(talk: Talk): TalkStep {
  if (!talk.away) return { state: talk, effects: [] };
  const disarmed: Effect = { do: 'disarm', timer: 'comfort' };
  if (talk.phase === 'talking') return { state: { ...talk, away: undefined }, effects: [disarmed] };
  // The goodbye has as long as it would have had.
  const leaving = leaveSoon({ ...talk, away: undefined });
  return { state: leaving.state, effects: [disarmed, ...leaving.effects] };
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
